/** Engines beside engines, beside Git's own commits, beside its housekeeping. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { allEnded, test } from '../harness.ts';
import { fsck, gitWorks, type Sandbox, withRepo } from '../store/git/sandbox.ts';

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const tsx = here('../../node_modules/tsx/dist/cli.mjs');
const COUNT = 40;

/** A process that writes and commits `COUNT` files of its own, one transaction each; gives the commits' ids. */
async function engine({ top, env }: Sandbox, who: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [tsx, here('engine-child.ts'), top, who, String(COUNT)], {
    env: { ...process.env, ...env },
  });
  return stdout.trim().split('\n');
}

/** The same by `git add` and `git commit --only`, tried again while another process holds a lock. */
async function native({ top, env, git }: Sandbox, who: string): Promise<string[]> {
  const made: string[] = [];
  mkdirSync(join(top, who));
  for (let i = 0; i < COUNT; i += 1) {
    const path = `${who}/${i}.md`;
    writeFileSync(join(top, path), `${who} ${i}\n`);
    // `git commit --only` reads the index before it locks it, so that one of them can undo what another
    // process has staged meanwhile: each try stages anew.
    const commit = async () => {
      await run('git', ['add', path], { cwd: top, env });
      await run('git', ['commit', '-qm', `${who} ${i}`, '--only', path], { cwd: top, env });
    };
    for (let tries = 1; ; tries += 1) {
      try {
        await commit();
        break;
      } catch (error) {
        if (tries === 1_000) throw error;
        await new Promise((done) => setTimeout(done, 10));
      }
    }
    made.push(git(['log', '-1', '--format=%H', '--', path]).trim());
  }
  return made;
}

function assertAllThere({ git }: Sandbox, made: readonly string[]): void {
  assert.is(new Set(made).size, 4 * COUNT);
  const history = new Set(git(['log', '--format=%H']).trim().split('\n'));
  assert.equal(
    made.filter((oid) => !history.has(oid)),
    [],
  );
  assert.is(history.size, 4 * COUNT + 1);
  assert.is(git(['ls-tree', '-r', '--name-only', 'HEAD']).trim().split('\n').length, 4 * COUNT + 1);
  assert.is(git(['status', '--porcelain', '--untracked-files=all']), '');
  fsck(git);
}

const start = { 'scend.yaml': 'schema: scend/workspace@1\nid: 6f6b8b1e-36a4-4e2c-9c38-08a9a6a0c1de\n' };

test(`4 engines commit ${COUNT} times each`, () =>
  withRepo(start, async (sandbox) => {
    const made = await allEnded(['a', 'b', 'c', 'd'].map((who) => engine(sandbox, who)));
    assertAllThere(sandbox, made.flat());
  }));

test(`2 engines and 2 series of git commit, ${COUNT} each`, () =>
  withRepo(start, async (sandbox) => {
    const made = await allEnded([
      ...['a', 'b'].map((who) => engine(sandbox, who)),
      ...['c', 'd'].map((who) => native(sandbox, who)),
    ]);
    // For the same reason the index may lack a file that an engine has committed; HEAD and work tree must agree.
    sandbox.git(['reset', '-q']);
    assertAllThere(sandbox, made.flat());
  }));

test(`4 engines commit ${COUNT} times each while Git packs objects and refs without pause`, () =>
  withRepo(start, async (sandbox) => {
    const { top, env } = sandbox;
    let busy = true;
    let rounds = 0;
    const housekeeping = (async () => {
      const jobs = [
        ['gc', '-q'],
        ['repack', '-adq'],
        ['pack-refs', '--all'],
        ['prune-packed', '-q'],
      ];
      for (; busy; rounds += 1) {
        const job = jobs[rounds % jobs.length] ?? [];
        await run('git', job, { cwd: top, env }).catch(() => {});
      }
    })();
    const engines = allEnded(['a', 'b', 'c', 'd'].map((who) => engine(sandbox, who)));
    const made = await engines.finally(() => {
      busy = false;
      return housekeeping;
    });
    assert.ok(rounds >= 4);
    assert.ok(gitWorks(['gc', '-q'], top, env));
    assertAllThere(sandbox, made.flat());
  }));
