/**
 * Measured by bench/commit.ts: opens the repository at argv[2], inspects the changed files listed in argv[3]
 * (one path a line, as they lie in the work tree) and commits them, as a command of Scend's would.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitPaths, preflight } from '../dist/store/git/commit.js';
import { treeEntryAt } from '../dist/store/git/objects.js';
import { readHead } from '../dist/store/git/refs.js';
import { openRepository } from '../dist/store/git/repository.js';

const [top, list] = process.argv.slice(2);
const repo = await openRepository(top, process.env);
const { oid: head } = await readHead(repo);
const files = [];
for (const path of readFileSync(list, 'utf8').trim().split('\n')) {
  const base = (await treeEntryAt(repo, head, path))?.oid ?? null;
  files.push({ path, bytes: readFileSync(join(top, path)), base });
}
const bytes = new Map(files.map((file) => [file.path, file.bytes]));
await preflight(repo, [...bytes.keys()], { bytes });
const result = await commitPaths(repo, { files, message: 'bench', now: new Date() });
if (result.kind !== 'committed') throw new Error(result.kind);
