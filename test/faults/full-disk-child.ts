/**
 * Run as a process of its own, in a name space of mounts of its own: refreshes the practice in the given folder on
 * a disk that has room for so many more blocks or names, then with room enough. Prints a line for each.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { simulate } from './fs-shim.ts';
import { assertKept, assertNext, assertTold, type Outcome, outcomeOf, told } from './outcome.ts';
import { copyOf, factsOf, type Practice, refresh } from './scenario.ts';

export interface Round {
  readonly what: 'blocks' | 'names';
  /** How many of them were left. */
  readonly left: number;
  readonly exitCode: number | null;
  /** What did not hold; null when all did. */
  readonly failure: string | null;
}

const [dir, mount, env, most] = process.argv.slice(2) as [string, string, string, string];
const base: Practice = { dir, env: JSON.parse(env) };
const before = factsOf(base);

async function onDisk<T>(options: string, body: () => Promise<T>): Promise<T> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'scend-test', mount]);
  try {
    return await body();
  } finally {
    execFileSync('umount', [mount]);
  }
}

const whole = copyOf(base, join(mount, '../whole'));
await refresh(whole);
const expected = factsOf(whole);

/** Takes up all of the disk but so many blocks, or names. */
function fillUp(what: Round['what'], left: number): void {
  const filler = join(mount, 'filler');
  mkdirSync(filler);
  if (what === 'blocks') {
    const { bavail, bsize } = statfsSync(mount);
    writeFileSync(join(filler, 'all'), Buffer.alloc((bavail - left) * bsize, 1));
    return;
  }
  for (let n = statfsSync(mount).ffree; n > left; n -= 1) writeFileSync(join(filler, String(n)), '');
}

async function round(what: Round['what'], left: number): Promise<Round> {
  return onDisk('size=1m,nr_inodes=400', async () => {
    const practice = copyOf(base, join(mount, 'practice'));
    fillUp(what, left);
    let outcome: Outcome | null = null;
    let failure: string | null = null;
    try {
      outcome = outcomeOf(await simulate(() => refresh(practice)));
      if (outcome.exitCode === 0) assert.equal(factsOf(practice), expected);
      else {
        assertTold(outcome);
        assertKept(practice, before, expected, true);
      }
      rmSync(join(mount, 'filler'), { recursive: true });
      await assertNext(practice, expected);
    } catch (error) {
      failure = `${String(outcome?.error)}\n${told(error)}`;
    }
    return { what, left, exitCode: outcome?.exitCode ?? null, failure };
  });
}

for (const what of ['blocks', 'names'] as const) {
  for (let left = 0, done = 0; done < 3; left += 1) {
    const made = await round(what, left);
    console.log(JSON.stringify(made));
    if (made.exitCode === 0) done += 1;
    if (left > Number(most)) break;
  }
}
