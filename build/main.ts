/**
 * `npm run build`: the modules and types for programs (tsc), and the command line in few files of which a command
 * loads only its own (esbuild).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
rmSync('dist', { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
for (const [path, text] of await bundle()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: path.startsWith('dist/bin') ? 0o755 : 0o644 });
}
