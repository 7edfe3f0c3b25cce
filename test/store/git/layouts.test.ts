import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ScendError } from '../../../src/domain/error.ts';
import { preflight } from '../../../src/store/git/commit.ts';
import {
  entryMarks,
  entryMode,
  entryOid,
  type IndexEntry,
  parseIndex,
} from '../../../src/store/git/index-file.ts';
import { readBlobAt, readObject, writeBlob } from '../../../src/store/git/objects.ts';
import { fromName } from '../../../src/store/git/tree.ts';
import { test } from '../../harness.ts';
import {
  commit,
  type Files,
  fsck,
  nativeCommit,
  openAt,
  put,
  refusalOf,
  type Sandbox,
  status,
  twin,
  withRepo,
} from './sandbox.ts';

const START: Files = {
  'a.md': 'a\n',
  'dir/b.md': 'b\n',
  'dir/c.md': 'c\n',
  'dir/calm/h.md': 'h\n',
  'dir/sub/d.md': 'd\n',
  'dir/staged.md': 'staged\n',
  'dir/gone.md': 'gone\n',
  'dirty.md': 'dirty\n',
  'far/away/e.md': 'e\n',
  'far/f.md': 'f\n',
  'dir/run.sh': '#!/bin/sh\n',
};

/** What is committed: changes, a deletion, a file that lies there untracked, and one in a new directory. */
const EDIT: Files = {
  'a.md': 'a, changed\n',
  'dir/b.md': 'b, changed\n',
  'dir/calm/known.md': 'known\n',
  'dir/new/g.md': 'new\n',
  'dir/sub/d.md': null,
  'dir/run.sh': '#!/bin/sh\necho\n',
};

interface Layout {
  readonly name: string;
  /** Gives the repository its form; returns where it is when that is not the sandbox's own place. */
  readonly make: (sandbox: Sandbox) => string | undefined;
  /** Runs after the user's own changes. */
  readonly finish?: (git: (...args: readonly string[]) => string, top: string) => void;
  /** The version that the index has then; Git lets version 2 do unless something is marked. */
  readonly version: 2 | 3 | 4;
  /** Index version 2 has no room for `git add -N`. */
  readonly intent?: false;
  /** What the index holds by its bytes, before the commit. */
  readonly holds?: string;
}

const index = (top: string) => readFileSync(join(top, '.git/index'));

function cloned({ root, top, git }: Sandbox, ...options: readonly string[]): string {
  const clone = join(root, 'clone');
  git(['config', 'uploadpack.allowFilter', 'true']);
  const from = options.includes('--shared') ? top : `file://${top}`;
  git(['clone', '-q', ...options, from, clone]);
  return clone;
}

const version4 = (git: (...args: readonly string[]) => string) => {
  git('config', 'index.version', '4');
  git('update-index', '--index-version', '4');
};

const LAYOUTS: readonly Layout[] = [
  { name: 'index version 2', make: () => undefined, version: 2, intent: false },
  { name: 'index version 3', make: () => undefined, version: 3 },
  { name: 'index version 4', make: () => undefined, finish: version4, version: 4 },
  {
    name: 'index version 4 and a sparse index',
    make: ({ git }) => void git(['sparse-checkout', 'set', '--cone', '--sparse-index', 'dir']),
    finish: version4,
    version: 4,
    holds: 'sdir',
  },
  {
    name: 'a sparse checkout with a whole index',
    make: ({ git }) => void git(['sparse-checkout', 'set', '--cone', '--no-sparse-index', 'dir']),
    version: 3,
  },
  {
    name: 'index.skipHash',
    make: ({ git }) => void git(['config', 'index.skipHash', 'true']),
    // Git 2.40 writes it so.
    finish: (_, top) => writeFileSync(join(top, '.git/index'), index(top).fill(0, index(top).length - 20)),
    version: 3,
    holds: '\0'.repeat(20),
  },
  {
    name: 'the untracked cache',
    make: ({ git }) => void git(['config', 'core.untrackedCache', 'true']),
    finish: (git) => {
      git('update-index', '--untracked-cache');
      git('status');
    },
    version: 3,
    holds: 'UNTR',
  },
  {
    name: 'a file system monitor',
    make: ({ root, git }) => {
      // All that changes after it was asked first.
      put(root, { monitor: `#!/bin/sh\nprintf 'token\\0${Object.keys(EDIT).join('\\0')}\\0'\n` });
      chmodSync(join(root, 'monitor'), 0o755);
      git(['config', 'core.fsmonitor', join(root, 'monitor')]);
      git(['config', 'core.fsmonitorHookVersion', '2']);
      return undefined;
    },
    finish: (git) => void git('status'),
    version: 3,
    holds: 'FSMN',
  },
  { name: 'objects borrowed from another', make: (sandbox) => cloned(sandbox, '--shared'), version: 3 },
  { name: 'a shallow clone', make: (sandbox) => cloned(sandbox, '--depth=1'), version: 3 },
  { name: 'a clone without blobs', make: (sandbox) => cloned(sandbox, '--filter=blob:none'), version: 3 },
  {
    name: 'a clone without blobs, sparsely checked out',
    make: (sandbox) => {
      const clone = cloned(sandbox, '--filter=blob:none', '--sparse');
      sandbox.git(['sparse-checkout', 'set', 'dir'], clone);
      return clone;
    },
    version: 3,
  },
  { name: 'a clone without trees', make: (sandbox) => cloned(sandbox, '--filter=tree:0'), version: 3 },
  {
    name: 'one pack',
    make: ({ git }) => void git(['gc', '-q', '--prune=now']),
    version: 3,
  },
  {
    name: 'several packs and an index of all of them',
    make: ({ git, top }) => {
      for (const text of ['x', 'y']) {
        git(['repack', '-dq']);
        put(top, { 'far/f.md': text });
        git(['commit', '-qam', text]);
      }
      git(['repack', '-dq']);
      git(['multi-pack-index', 'write', '--bitmap']);
      return undefined;
    },
    version: 3,
  },
  {
    name: 'a bitmap and a commit graph',
    make: ({ git }) => {
      git(['repack', '-adbq']);
      git(['commit-graph', 'write', '--reachable', '--changed-paths']);
      return undefined;
    },
    version: 3,
  },
];

/** Staged, changed, deleted and untracked files, and one that is only intended to be added. */
function disturb({ git }: Sandbox, top: string, { intent }: Layout): void {
  put(top, { 'dir/staged.md': 'staged again\n', 'dir/added.md': 'added\n' });
  git(['add', 'dir/staged.md', 'dir/added.md'], top);
  put(top, { 'dir/staged.md': 'and changed\n', 'dirty.md': 'changed\n' });
  put(top, { 'dir/untracked.md': 'u\n', 'dir/calm/known.md': 'known\n' });
  git(['rm', '-q', '--cached', 'dir/gone.md'], top);
  if (intent === false) return;
  put(top, { 'dir/intended.md': 'later\n' });
  git(['add', '-N', 'dir/intended.md'], top);
}

/** All that the index says of what is not committed. */
function bystanders(top: string): readonly unknown[] {
  const describe = (entry: IndexEntry) => [
    fromName(entry.name),
    entry.stage,
    entryMode(entry),
    entryOid(entry),
    entryMarks(entry),
    entry.raw.subarray(0, 36).toString('hex'),
  ];
  const { entries } = parseIndex(index(top));
  return entries.filter(({ name }) => !(name in EDIT)).map(describe);
}

for (const layout of LAYOUTS) {
  test(`${layout.name}: a commit like Git's own, and all else as it was`, () =>
    withRepo(START, async (sandbox) => {
      const { git, env } = sandbox;
      chmodSync(join(sandbox.top, 'dir/run.sh'), 0o755);
      put(sandbox.top, { 'dir/b.md': 'b, second\n', 'far/away/e.md': 'e, second\n' });
      git(['commit', '-qam', 'second']);
      const top = layout.make(sandbox) ?? sandbox.top;
      disturb(sandbox, top, layout);
      const copy = twin(top);
      layout.finish?.((...args) => git(args, top), top);
      assert.is(parseIndex(index(top)).version, layout.version);
      assert.ok(index(top).includes(layout.holds ?? ''));
      const before = bystanders(top);
      const repo = await openAt(top, env);
      await preflight(repo, Object.keys(EDIT));
      const result = await commit(repo, EDIT);
      assert.is(result.kind, 'committed');
      assert.is(parseIndex(index(top)).version, layout.version);
      assert.equal(bystanders(top), before);
      nativeCommit(git, copy, EDIT);
      assert.is(git(['rev-parse', 'HEAD^{tree}'], top), git(['rev-parse', 'HEAD^{tree}'], copy));
      // Twice, as the first one may use what the index has cached, and writes it anew.
      for (let i = 0; i < 2; i += 1) {
        const brief = git(['status', '--porcelain=v2'], top);
        assert.is(brief, git(['status', '--porcelain=v2'], copy));
        assert.match(brief, '? dir/untracked.md');
        assert.is(status(git, top), status(git, copy));
      }
      git(['update-index', '--force-write-index'], top);
      fsck(git, top);
    }));
}

test('git/skip-worktree: what a sparse index leaves out, Git would not commit either', () =>
  withRepo(START, async ({ top, git, env }) => {
    git(['sparse-checkout', 'set', '--cone', '--sparse-index', 'dir']);
    const repo = await openAt(top, env);
    for (const path of ['far/f.md', 'far/new.md', 'far/away/e.md', 'far/away/new/x.md']) {
      const error = await preflight(repo, [path]).then(
        () => assert.unreachable(),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof ScendError);
      assert.is(error.code, 'git/skip-worktree');
      assert.equal(error.data, { path, native: false });
      assert.ok(error.message.includes(path));
    }
    assert.is((await commit(repo, { 'fare/x.md': 'x\n', 'far.md': 'x\n' })).kind, 'committed');
    assert.is(git(['status', '--porcelain']), '');
    assert.equal(git(['ls-files', '--sparse']).match(/^far.*$/gm), ['far.md', 'far/', 'fare/x.md']);
    fsck(git);
  }));

/** A partial clone, and the ids of what it lacks. */
async function withPartial(
  filter: string,
  body: (sandbox: Sandbox, clone: string, lacking: () => readonly string[]) => Promise<void>,
): Promise<void> {
  await withRepo(START, async (sandbox) => {
    const { top, git } = sandbox;
    put(top, { 'dir/b.md': 'b, second\n' });
    git(['commit', '-qam', 'second']);
    const clone = cloned(sandbox, `--filter=${filter}`);
    const lacking = () =>
      git(['rev-list', '--objects', '--all', '--missing=print'], clone).match(/^\?\w+/gm) ?? [];
    await body(sandbox, clone, lacking);
  });
}

for (const filter of ['blob:none', 'tree:0']) {
  test(`a partial clone (${filter}): what is lacking is fetched through installed Git`, () =>
    withPartial(filter, async ({ git, env }, clone, lacking) => {
      const first = git(['rev-parse', 'HEAD~1'], clone).trim();
      const before = lacking();
      assert.ok(before.length > 0);
      const bytes = await readBlobAt(await openAt(clone, env), first, 'dir/b.md');
      assert.is(Buffer.from(bytes!).toString(), 'b\n');
      assert.ok(lacking().length < before.length);
      fsck(git, clone);
    }));
}

test('git/missing-object: nothing to fetch with, or nowhere to fetch from', () =>
  withPartial('blob:none', async ({ root, top, git, env }, clone) => {
    const oid = git(['rev-parse', 'HEAD~1:dir/b.md'], clone).trim();
    const refused = async (path: string | undefined) => {
      const repo = await openAt(clone, { ...env, PATH: path });
      const error = await readObject(repo, oid, 'blob').then(
        () => assert.unreachable(),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof ScendError);
      assert.is(error.code, 'git/missing-object');
      assert.equal(error.data, { oid, native: true });
      assert.match(error.hint, 'git fetch');
    };
    await refused(root);
    renameSync(top, join(root, 'moved'));
    await refused(env.PATH);
  }));

test('only what a partial clone lacks and is read is asked for, and never with a question', () =>
  withPartial('blob:none', async ({ root, top, git, env }, clone) => {
    const log = join(root, 'log');
    put(root, { 'bin/git': `#!/bin/sh\necho "$PWD $GIT_TERMINAL_PROMPT $*" >>'${log}'\nexit 1\n` });
    chmodSync(join(root, 'bin/git'), 0o755);
    const fake = { ...env, PATH: `${join(root, 'bin')}:${env.PATH}` };
    const asked = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
    const oid = git(['rev-parse', 'HEAD~1:dir/b.md'], clone).trim();
    const repo = await openAt(clone, fake);
    const none = '1'.repeat(40);
    assert.is((await refusalOf(readObject(repo, none, 'commit'))).code, 'git/missing-object');
    await writeBlob(repo, Buffer.from('some\n'));
    assert.equal(asked(), []);
    assert.is((await refusalOf(readObject(repo, oid, 'blob'))).code, 'git/missing-object');
    assert.equal(asked(), [`${clone} 0 cat-file blob ${oid}`]);
    assert.is(await writeBlob(repo, Buffer.from('b\n')), oid);
    assert.ok((await readObject(repo, oid, 'blob')).equals(Buffer.from('b\n')));
    const whole = await openAt(top, fake);
    assert.is((await refusalOf(readObject(whole, none, 'blob'))).code, 'git/missing-object');
    assert.is(asked().length, 1);
  }));
