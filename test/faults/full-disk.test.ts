/** A disk that is really full, with room for a little more each time: what lay there stays, whole. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { testIf } from '../harness.ts';
import type { Round } from './full-disk-child.ts';
import { buildOne, pack } from './outcome.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder('disk');
const mount = join(root, 'disk');
mkdirSync(mount);

/** In a name space of its own, so that no mount outlasts the test. */
function unshared(command: string, ...args: readonly string[]) {
  const options = { encoding: 'utf8', maxBuffer: 1e8 } as const;
  return spawnSync('unshare', ['--mount', '--map-root-user', command, ...args], options);
}

const possible = unshared('mount', '-t', 'tmpfs', '-o', 'size=1m', 'scend-test', mount).status === 0;

testIf(
  possible,
  'no file system may be mounted here',
  'on a full disk, with 0, 1, 2 … blocks or names left',
  async () => {
    const base = await buildOne(join(root, 'base'));
    // Several blocks of it, so that one write may take a part.
    appendFileSync(join(base.dir, pack), `\n## Notes\n\n${'What was said about it.\n\n'.repeat(500)}`);
    const child = fileURLToPath(new URL('./full-disk-child.ts', import.meta.url));
    const args = [...process.execArgv, child, base.dir, mount, JSON.stringify(base.env), '120'];
    const ran = unshared(process.execPath, ...args);
    assert.is(ran.status, 0, ran.stderr);
    const rounds = ran.stdout
      .trim()
      .split('\n')
      .map((line): Round => JSON.parse(line));
    for (const { what, left, failure } of rounds)
      assert.is(failure, null, `${left} ${what} left: ${failure}`);
    const of = (what: Round['what'], full: boolean) =>
      rounds.filter((one) => one.what === what && (one.exitCode !== 0) === full).length;
    for (const what of ['blocks', 'names'] as const) {
      assert.ok(of(what, true) >= 20, `${of(what, true)} rounds on a full disk`);
      assert.ok(of(what, false) >= 1, 'it ends well at last');
    }
    assert.ok(rounds.length >= 50);
  },
);
