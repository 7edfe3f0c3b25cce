import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { native } from '../../../src/store/git/native/native-commit.ts';
import { allEnded, test } from '../../harness.ts';
import { committed, facts } from './native-sandbox.ts';
import {
  type Files,
  fsck,
  gitWorks,
  nativeCommit,
  openAt,
  put,
  type Sandbox,
  status,
  twin,
  withRepo,
} from './sandbox.ts';

const DIRECTORIES = ['', 'a/', 'a/b/', 'c d/', 'é/'];

/** What the user may have done to a file that was committed, or to a new one. */
const USER_STATES = [
  'clean',
  'changed',
  'staged',
  'staged, changed',
  'deleted',
  'staged deletion',
  'kept, staged deletion',
  'mode staged',
  'assumed unchanged, changed',
  'skipped',
  'untracked',
  'new staged',
  'new staged, gone',
  'intent to add',
] as const;

type UserState = (typeof USER_STATES)[number];

interface Scene {
  readonly user: readonly { readonly dir: string; readonly state: UserState }[];
  readonly targets: readonly { readonly dir: string; readonly deed: 'change' | 'create' | 'delete' }[];
  readonly index: 'plain' | 'version 4' | 'split';
  readonly packed: boolean;
  readonly refreshed: boolean;
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  user: fc.array(
    fc.record({ dir: fc.constantFrom(...DIRECTORIES), state: fc.constantFrom(...USER_STATES) }),
    { minLength: 1, maxLength: 10 },
  ),
  targets: fc.array(
    fc.record({
      dir: fc.constantFrom(...DIRECTORIES, 'new/', 'a/new/'),
      deed: fc.constantFrom('change' as const, 'create' as const, 'delete' as const),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  index: fc.constantFrom('plain' as const, 'version 4' as const, 'split' as const),
  packed: fc.boolean(),
  refreshed: fc.boolean(),
});

const userPath = (dir: string, i: number) => `${dir}user-${i}.md`;
const targetPath = (dir: string, i: number) => `${dir}target-${i}.md`;

test('whatever the user has under way stays, and all is as after git add and git commit --only', () =>
  fc.assert(
    fc.asyncProperty(scenes, (scene) => withRepo(null, (sandbox) => playScene(sandbox, scene))),
    { numRuns: 60, endOnFailure: true },
  ));

async function playScene(sandbox: Sandbox, scene: Scene): Promise<void> {
  const { top, git, env } = sandbox;
  setUp(sandbox, scene);
  const other = twin(top);
  const files = targetFiles(scene);
  const states = ['status', '--porcelain=v2', '--untracked-files=all', '--no-renames'];
  const before = { status: git(states), index: bystanders(git), disk: userFiles(top, scene) };
  const repo = await openAt(top, env);
  await native.preflight(repo, Object.keys(files));
  await committed(repo, files);
  assert.equal({ status: git(states), index: bystanders(git), disk: userFiles(top, scene) }, before);
  nativeCommit(git, other, files);
  assert.equal(facts(git, top), facts(git, other));
  fsck(git);
}

function setUp({ top, git }: Sandbox, { user, targets, packed, refreshed, index }: Scene): void {
  const started: Record<string, string> = { 'keep.md': 'keep\n' };
  user.forEach(({ dir }, i) => {
    started[userPath(dir, i)] = `user ${i}\n`;
  });
  targets.forEach(({ dir, deed }, i) => {
    if (deed !== 'create') started[targetPath(dir, i)] = `target ${i}\n`;
  });
  const isNew = (state: UserState) => /untracked|new|intent/.test(state);
  put(top, started);
  git(['add', '-A']);
  const fresh = user.flatMap(({ dir, state }, i) => (isNew(state) ? [userPath(dir, i)] : []));
  if (fresh.length > 0) git(['rm', '-q', '--cached', '--', ...fresh]);
  git(['commit', '-q', '-m', 'start']);
  if (packed) git(['gc', '-q']);
  if (index === 'version 4') git(['update-index', '--index-version', '4']);
  if (index === 'split') git(['update-index', '--split-index']);
  user.forEach(({ dir, state }, i) => {
    disturb(git, top, userPath(dir, i), state);
  });
  if (refreshed) git(['status']);
}

function disturb(git: Sandbox['git'], top: string, path: string, state: UserState): void {
  const stage = () => git(['add', '--', path]);
  const write = (text: string) => put(top, { [path]: text });
  // The same length as the committed text: only times and content tell.
  if (state.startsWith('staged') && state !== 'staged deletion') write('USER 0\n');
  if (state === 'staged' || state === 'staged, changed' || state.startsWith('new staged')) stage();
  if (state === 'changed' || state === 'staged, changed') write('USER 1\n');
  if (state === 'deleted' || state === 'new staged, gone') rmSync(join(top, path));
  if (state === 'staged deletion') git(['rm', '-q', '--', path]);
  if (state === 'kept, staged deletion') git(['rm', '-q', '--cached', '--', path]);
  if (state === 'mode staged') {
    chmodSync(join(top, path), 0o755);
    stage();
  }
  if (state === 'assumed unchanged, changed') {
    git(['update-index', '--assume-unchanged', '--', path]);
    write('USER 2\n');
  }
  if (state === 'skipped') git(['update-index', '--skip-worktree', '--', path]);
  if (state === 'intent to add') git(['add', '-N', '--', path]);
}

function targetFiles({ targets }: Scene): Files {
  return Object.fromEntries(
    targets.map(({ dir, deed }, i) => [
      targetPath(dir, i),
      deed === 'delete' ? null : `target ${i} by ${deed}\n`,
    ]),
  );
}

/** Every entry that is not ours: marks, mode, blob and stage; one of Git's flags tells `git add -N`. */
function bystanders(git: Sandbox['git']): readonly string[] {
  const entries = git(['ls-files', '-s', '-v', '--debug']).split(/\n(?! )/);
  const others = entries.filter((entry) => entry !== '' && !entry.includes('target-'));
  const isIntended = (entry: string) => (Number(`0x${/flags: (\w+)/.exec(entry)?.[1]}`) & 0x20000000) !== 0;
  return others.map((entry) => `${entry.split('\n')[0]} ${isIntended(entry)}`);
}

function userFiles(top: string, { user }: Scene): readonly (string | null)[] {
  return user.map(({ dir }, i) => {
    try {
      return readFileSync(join(top, userPath(dir, i)), 'utf8');
    } catch {
      return null;
    }
  });
}

test('a file changed in the second the index was written is not taken for clean afterwards', () =>
  withRepo({ 'ours.md': 'a\n', 'same.md': 'a\n' }, async ({ top, env, git }) => {
    // Git then compares nothing but size and seconds.
    git(['config', 'core.trustctime', 'false']);
    git(['config', 'core.checkStat', 'minimal']);
    const write = (text: string) => {
      put(top, { 'same.md': text });
      utimesSync(join(top, 'same.md'), 1_600_000_000, 1_600_000_000);
    };
    write('b\n');
    git(['add', 'same.md']);
    utimesSync(join(top, '.git/index'), 1_600_000_000, 1_600_000_000);
    write('c\n');
    assert.is(git(['diff-files', '--name-only']).trim(), 'same.md');
    await committed(await openAt(top, env), { 'ours.md': 'b\n' });
    assert.is(git(['diff-files', '--name-only']).trim(), 'same.md');
  }));

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const tsx = here('../../../node_modules/tsx/dist/cli.mjs');

test('two processes commit 10 files each, the embedded backend as many, and Git a few more: all are there', () =>
  withRepo({ 'a.md': 'a\n' }, async ({ top, root, git, env }) => {
    const child = (script: string, who: string) =>
      run(process.execPath, [tsx, here(script), top, root, who, '10']);
    let made = 0;
    let running = true;
    const children = allEnded([
      child('native-child.ts', 'one'),
      child('native-child.ts', 'two'),
      child('commit-child.ts', 'three'),
    ]).finally(() => {
      running = false;
    });
    while (running) {
      put(top, { 'native.md': `${made}\n` });
      const added = gitWorks(['add', 'native.md'], top, env);
      if (added && gitWorks(['commit', '-qm', 'native', '--only', 'native.md'], top, env)) made += 1;
      await new Promise((done) => setTimeout(done, 30));
    }
    const oids = (await children).flatMap(({ stdout }) => stdout.trim().split('\n'));
    git(['add', '-A']);
    const history = git(['log', '--format=%H']).trim().split('\n');
    assert.is(oids.length, 30);
    for (const oid of oids) assert.ok(history.includes(oid), oid);
    assert.is(history.length, 31 + made);
    assert.is(git(['reflog', '--format=%H']).trim().split('\n').length, history.length);
    assert.is(git(['diff', '--cached', '--name-only', '--', 'one', 'two', 'three']), '');
    fsck(git);
  }));

test('interleaved calls in one process: all are on the branch', () =>
  withRepo({ 'a.md': 'a\n' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const series = async (who: string) => {
      for (let i = 0; i < 8; i += 1) await committed(repo, { [`${who}/${i}.md`]: `${who} ${i}\n` });
    };
    await allEnded([series('one'), series('two')]);
    assert.is(git(['rev-list', '--count', 'HEAD']).trim(), '17');
    assert.is(status(git), '');
    fsck(git);
  }));
