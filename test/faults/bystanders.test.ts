import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { preflight } from '../../src/store/git/commit.ts';
import {
  entryMarks,
  entryMode,
  entryOid,
  type IndexEntry,
  parseIndex,
} from '../../src/store/git/index-file.ts';
import { fromName } from '../../src/store/git/tree.ts';
import { test } from '../harness.ts';
import {
  commit,
  type Files,
  fsck,
  nativeCommit,
  openAt,
  put,
  type Sandbox,
  twin,
  withRepo,
} from '../store/git/sandbox.ts';

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
  'untracked',
  'new staged',
  'new staged, gone',
  'intent to add',
] as const;

type UserState = (typeof USER_STATES)[number];

interface Scene {
  readonly user: readonly { readonly dir: string; readonly state: UserState }[];
  readonly targets: readonly { readonly dir: string; readonly deed: 'change' | 'create' | 'delete' }[];
  readonly packed: boolean;
  readonly refreshed: boolean;
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  user: fc.array(
    fc.record({ dir: fc.constantFrom(...DIRECTORIES), state: fc.constantFrom(...USER_STATES) }),
    { minLength: 1, maxLength: 12 },
  ),
  targets: fc.array(
    fc.record({
      dir: fc.constantFrom(...DIRECTORIES, 'new/', 'a/new/'),
      deed: fc.constantFrom('change' as const, 'create' as const, 'delete' as const),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  packed: fc.boolean(),
  refreshed: fc.boolean(),
});

const userPath = (dir: string, i: number) => `${dir}user-${i}.md`;
const targetPath = (dir: string, i: number) => `${dir}target-${i}.md`;

const RUNS = 500;

test(`${RUNS} random repositories: what the user has staged, changed, left untracked or marked is the same after a commit, and its tree is that of git commit --only`, () =>
  fc.assert(
    fc.asyncProperty(scenes, (scene) => withRepo(null, (sandbox) => playScene(sandbox, scene))),
    { numRuns: RUNS, endOnFailure: true },
  ));

async function playScene(sandbox: Sandbox, scene: Scene): Promise<void> {
  const { top, git, env } = sandbox;
  setUp(sandbox, scene);
  const states = ['status', '--porcelain=v2', '--untracked-files=all', '--no-renames'];
  const before = git(states);
  const entries = bystanders(top);
  const disk = userFiles(top, scene);
  const files = targetFiles(scene);
  const other = twin(top);
  nativeCommit(git, other, files);
  const repo = await openAt(top, env);
  await preflight(repo, Object.keys(files));
  assert.is((await commit(repo, files)).kind, 'committed');
  const tree = ['rev-parse', 'HEAD^{tree}'];
  assert.is(git(tree), git(tree, other));
  assert.equal(bystanders(top), entries);
  assert.equal(userFiles(top, scene), disk);
  assert.is(git(states), before);
  const changed = git([
    '-c',
    'core.quotePath=false',
    'diff-tree',
    '-r',
    '--name-only',
    '--no-commit-id',
    'HEAD~',
    'HEAD',
  ]);
  assert.equal(changed.trim().split('\n').sort(), Object.keys(files).sort());
  fsck(git);
}

function setUp({ top, git }: Sandbox, { user, targets, packed, refreshed }: Scene): void {
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

/** Every entry that is not ours: all it says, except the file data, which may be marked for comparison. */
function bystanders(top: string): readonly unknown[] {
  const { entries } = parseIndex(readFileSync(join(top, '.git', 'index')));
  const describe = (entry: IndexEntry) => [
    fromName(entry.name),
    entry.stage,
    entryMode(entry),
    entryOid(entry),
    entryMarks(entry),
    entry.raw.subarray(0, 36).toString('hex'),
  ];
  return entries.filter(({ name }) => !name.includes('target-')).map(describe);
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

test('entries that nothing makes doubtful keep every byte', () =>
  withRepo({ 'a.md': 'a\n', 'b.md': 'b\n', 'dir/c.md': 'c\n' }, async ({ top, git, env }) => {
    execFileSync('touch', [
      '-d',
      '2020-01-01T00:00:00Z',
      ...['a.md', 'b.md', 'dir/c.md'].map((file) => join(top, file)),
    ]);
    git(['update-index', '--refresh']);
    const raw = () =>
      parseIndex(readFileSync(join(top, '.git', 'index')))
        .entries.filter(({ name }) => name !== 'a.md')
        .map((entry) => entry.raw.toString('hex'));
    const before = raw();
    await commit(await openAt(top, env), { 'a.md': 'changed\n' });
    assert.equal(raw(), before);
  }));
