import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readHead } from '../../../src/store/git/refs.ts';
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
  'README.md': 'hello\n',
  'firms/acme/firm.yaml': 'name: Acme\n',
  'firms/acme/roadmap.md': '# Roadmap\n',
  'firms/beta/firm.yaml': 'name: Beta\n',
  'lib/a.txt': 'a\n',
  'lib.txt': 'sorts between\n',
};

const EDIT: Files = {
  'firms/acme/firm.yaml': 'name: Acme & Co\n',
  'firms/acme/v1/snapshot.md': 'new in a new directory\n',
  'lib/a.txt': null,
};

/** Commits with both backends and compares ids, states, and the health of the repository. */
async function compare({ git, env }: Sandbox, top: string, files: Files): Promise<void> {
  const other = twin(top);
  const native = nativeCommit(git, other, files);
  const result = await commit(await openAt(top, env), files);
  assert.is(result.kind, 'committed');
  if (result.kind !== 'committed') return;
  assert.is(result.oid, native);
  assert.is(git(['rev-parse', 'HEAD'], top).trim(), native);
  assert.is(result.branch, git(['branch', '--show-current'], top).trim());
  assert.is(status(git, top), status(git, other));
  assert.is(git(['ls-files', '-s'], top), git(['ls-files', '-s'], other));
  assert.is(
    git(['reflog', 'show', '--format=%H %gd %gs', 'HEAD'], top),
    git(['reflog', 'show', '--format=%H %gd %gs', 'HEAD'], other),
  );
  fsck(git, top);
}

test('new, changed and deleted files give the commit that native Git makes', () =>
  withRepo(START, async (sandbox) => {
    await compare(sandbox, sandbox.top, EDIT);
    await compare(sandbox, `${sandbox.top}-twin`, { 'firms/acme/v1/snapshot.md': null, 'lib/b': 'b' });
  }));

test('a workspace in a sub-directory: paths are relative to the top', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(join(top, 'firms', 'acme'), env);
    assert.is(repo.top, top);
    await commit(repo, EDIT);
    assert.is(status(git), '');
  }));

test('the first commit of an unborn branch', () =>
  withRepo(null, async (sandbox) => {
    const { top, git, env } = sandbox;
    await compare(sandbox, top, { 'a/b.md': 'x\n', 'c.md': 'y\n' });
    assert.is(git(['reflog', '-1', '--format=%gs']).trim(), 'commit (initial): a change');
    const repo = await openAt(top, env);
    assert.is((await commit(repo, { 'c.md': 'z\n' })).kind, 'committed');
  }));

test('an unborn branch in a directory, with staged files of the user', () =>
  withRepo(START, async ({ top, git, env }) => {
    git(['checkout', '-q', '--orphan', 'topics/new']);
    const result = await commit(await openAt(top, env), { 'own.md': 'x\n' });
    assert.equal(result.kind === 'committed' && [result.parent, result.branch], [null, 'topics/new']);
    assert.is(git(['ls-tree', '-r', '--name-only', 'HEAD']).trim(), 'own.md');
    assert.is(git(['diff', '--cached', '--name-only']).trim().split('\n').length, Object.keys(START).length);
    fsck(git);
  }));

test('packed objects and packed refs', () =>
  withRepo(START, async (sandbox) => {
    const { top, git } = sandbox;
    git(['branch', 'side/one']);
    git(['gc', '-q', '--prune=now']);
    git(['pack-refs', '--all', '--prune']);
    await compare(sandbox, top, EDIT);
  }));

test('deltas across packs', () =>
  withRepo({ 'big.md': 'line\n'.repeat(3000), 'dir/x.md': 'x\n' }, async (sandbox) => {
    const { top, git } = sandbox;
    for (let i = 0; i < 6; i += 1) {
      writeFileSync(join(top, 'big.md'), `${'line\n'.repeat(3000)}${i}\n`);
      git(['commit', '-qam', `edit ${i}`]);
    }
    git(['repack', '-q', '-a', '-d', '-f', '--depth=50']);
    await compare(sandbox, top, { 'big.md': 'short\n', 'dir/y.md': 'y\n' });
  }));

test('a linked worktree commits on its own branch and index', () =>
  withRepo(START, async ({ top, root, git, env }) => {
    const linked = join(root, 'linked');
    git(['worktree', 'add', '-q', '-b', 'topic', linked]);
    const mainIndex = readFileSync(join(top, '.git', 'index'));
    const result = await commit(await openAt(linked, env), EDIT);
    assert.is(result.kind === 'committed' && result.branch, 'topic');
    assert.is(status(git, linked), '');
    assert.ok(mainIndex.equals(readFileSync(join(top, '.git', 'index'))));
    assert.is(git(['log', '--format=%s', 'topic']).trim(), 'a change\nstart');
    assert.is(git(['log', '--format=%s', 'main']).trim(), 'start');
    assert.match(git(['reflog', 'show', 'topic', '-1']), 'commit: a change');
    assert.match(git(['reflog', '-1'], linked), 'commit: a change');
    fsck(git);
  }));

test('a worktree of a bare repository', () =>
  withRepo(START, async ({ top, root, git, env }) => {
    const bare = join(root, 'bare.git');
    git(['clone', '-q', '--bare', top, bare]);
    git(['worktree', 'add', '-q', '-b', 'topic', join(root, 'linked')], bare);
    await commit(await openAt(join(root, 'linked'), env), EDIT);
    assert.is(status(git, join(root, 'linked')), '');
    fsck(git, bare);
  }));

test('a submodule commits in its own repository', () =>
  withRepo(START, async ({ top, root, git, env }) => {
    const outer = join(root, 'outer');
    git(['init', '-q', '-b', 'main', outer]);
    git(['submodule', '--quiet', 'add', top, 'sub'], outer);
    git(['commit', '-q', '-m', 'with a submodule'], outer);
    const repo = await openAt(join(outer, 'sub', 'firms'), env);
    assert.is(repo.top, join(outer, 'sub'));
    const result = await commit(repo, EDIT);
    assert.is(result.kind, 'committed');
    assert.is(status(git, join(outer, 'sub')), '');
    assert.match(status(git, outer), 'sub');
    fsck(git, join(outer, 'sub'));
  }));

test('a shallow clone', () =>
  withRepo(START, async ({ top, root, git, env }) => {
    writeFileSync(join(top, 'README.md'), 'again\n');
    git(['commit', '-qam', 'second']);
    const shallow = join(root, 'shallow');
    git(['clone', '-q', '--depth=1', `file://${top}`, shallow]);
    await commit(await openAt(shallow, env), EDIT);
    assert.is(status(git, shallow), '');
    fsck(git, shallow);
  }));

test('a partial clone whose trees are there', () =>
  withRepo(START, async ({ top, root, git, env }) => {
    git(['config', 'uploadpack.allowFilter', 'true']);
    const partial = join(root, 'partial');
    git(['clone', '-q', '--filter=blob:none', `file://${top}`, partial]);
    await commit(await openAt(partial, env), EDIT);
    assert.is(status(git, partial), '');
  }));

test('what HEAD already has is no commit, and writes nothing', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    await commit(repo, EDIT);
    git(['status']);
    const index = readFileSync(join(top, '.git', 'index'));
    const head = git(['rev-parse', 'HEAD']);
    assert.equal(await commit(repo, EDIT), { kind: 'unchanged' });
    assert.equal(await commit(repo, {}), { kind: 'unchanged' });
    assert.equal(await commit(repo, { 'nothing/there.md': null }), { kind: 'unchanged' });
    assert.ok(index.equals(readFileSync(join(top, '.git', 'index'))));
    assert.is(git(['rev-parse', 'HEAD']), head);
  }));

test('an existing object is not written again', () =>
  withRepo(START, async ({ top, env, git }) => {
    git(['gc', '-q', '--prune=now']);
    await commit(await openAt(top, env), { 'copy.md': 'hello\n' });
    const oid = git(['hash-object', 'README.md']).trim();
    assert.throws(() => readFileSync(join(top, '.git', 'objects', oid.slice(0, 2), oid.slice(2))));
  }));

test('everything deleted leaves the empty tree', () =>
  withRepo({ 'only.md': 'x\n' }, async (sandbox) => {
    await compare(sandbox, sandbox.top, { 'only.md': null });
  }));

test('modes stay, and names that are hard to sort or to print', () =>
  withRepo(
    { 'a/x': '1', 'a-b': '1', 'a.b': '1', 'run.sh': '#!/bin/sh\n', 'ünï/ç "q".md': 'x' },
    async (sandbox) => {
      const { git, top } = sandbox;
      git(['update-index', '--chmod=+x', 'run.sh']);
      git(['config', 'core.fileMode', 'false']);
      git(['commit', '-qm', 'executable']);
      await compare(sandbox, top, {
        'run.sh': 'echo\n',
        'ünï/ç "q".md': 'y',
        'ünï/z.md': 'z',
        a0: '2',
        'a/a': '2',
        'a+': '2',
      });
      assert.match(git(['ls-tree', 'HEAD', 'run.sh']), /^100755 /);
    },
  ));

test('an ignored path is committed all the same', () =>
  withRepo({ '.gitignore': '*.log\n' }, async (sandbox) => {
    await compare(sandbox, sandbox.top, { 'a.log': 'x\n' });
  }));

test('the index entry matches the file on disk, or says nothing of it', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    await commit(repo, { 'README.md': 'one\n' });
    assert.is(git(['diff-files', '--name-only']), '');
    await commit(repo, { 'README.md': 'two\n' }, { write: false });
    assert.match(git(['ls-files', '--debug', 'README.md']), /mtime: 0:0/);
    const blob = git(['rev-parse', 'HEAD:README.md']).trim();
    assert.is(status(git), `1 .M N... 100644 100644 100644 ${blob} ${blob} README.md\n`);
  }));

test('a file changed in the second the index was written is not taken for clean by the later index', () =>
  withRepo({ ...START, 'same.md': 'a\n' }, async ({ top, env, git }) => {
    // Git then compares nothing but size and seconds.
    git(['config', 'core.trustctime', 'false']);
    git(['config', 'core.checkStat', 'minimal']);
    const paths = ['lib/a.txt', 'same.md'];
    const touch = (path: string) => utimesSync(join(top, path), 1_600_000_000, 1_600_000_000);
    paths.forEach(touch);
    git(['update-index', '--refresh']);
    put(top, { 'lib/a.txt': 'b\n' });
    [...paths, '.git/index'].forEach(touch);
    await commit(await openAt(top, env), { 'README.md': 'new\n' });
    assert.match(git(['ls-files', '--debug', 'lib/a.txt']), 'size: 0');
    assert.match(git(['ls-files', '--debug', 'same.md']), 'size: 2');
    assert.match(status(git), /^1 \.M N\.\.\. .* lib\/a\.txt\n$/);
  }));

test('the cached trees of other directories stay valid, and Git makes the same tree', () =>
  withRepo(START, async ({ top, env, git }) => {
    git(['status']);
    const repo = await openAt(top, env);
    await commit(repo, { 'firms/acme/firm.yaml': 'x\n' });
    assert.is(git(['write-tree']).trim(), git(['rev-parse', 'HEAD^{tree}']).trim());
    await commit(repo, { 'firms/acme/firm.yaml': 'y\n', 'firms/acme/deep/er/x.md': 'x\n' });
    await commit(repo, { 'firms/acme/deep/er/x.md': null, 'firms/acme/deep/y.md': 'y' });
    assert.is(git(['write-tree']).trim(), git(['rev-parse', 'HEAD^{tree}']).trim());
  }));

test('the message is cleaned as Git cleans it', () =>
  withRepo(START, async ({ top, env, git }) => {
    const message = '\n\n  Subject \t\n\n\n\nbody  \n# not a comment\n\nScend-Firm: acme\n\n\n';
    const other = twin(top);
    const native = nativeCommit(git, other, { 'a.md': 'x' }, message);
    const result = await commit(await openAt(top, env), { 'a.md': 'x' }, { message });
    assert.is(result.kind === 'committed' && result.oid, native);
    assert.is(git(['log', '-1', '--format=%gs', '-g']), git(['log', '-1', '--format=%gs', '-g'], other));
  }));

test('author, dates and moment are those given', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, { ...env, GIT_AUTHOR_DATE: undefined, GIT_COMMITTER_DATE: undefined });
    await commit(repo, { 'a.md': 'x' }, { author: 'Cy <cy@example.org>', now: new Date(1_770_000_000_999) });
    assert.is(
      git(['log', '-1', '--format=%an %ae %at %cn %ce %ct']).trim(),
      'Cy cy@example.org 1770000000 Bo bo@example.org 1770000000',
    );
  }));

test('a half-finished commit (index moved, ref not) is completed by the same commit again', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    const before = git(['rev-parse', 'HEAD']).trim();
    await commit(repo, EDIT);
    git(['update-ref', 'refs/heads/main', before]);
    assert.is((await readHead(repo)).oid, before);
    assert.is((await commit(repo, EDIT)).kind, 'committed');
    assert.is(status(git), '');
  }));

test('a missing index is an empty one for new files', () =>
  withRepo(START, async ({ top, env, git }) => {
    rmSync(join(top, '.git', 'index'));
    await commit(await openAt(top, env), { 'new.md': 'x\n' });
    assert.is(git(['ls-files']).trim(), 'new.md');
    assert.is(git(['ls-tree', '-r', '--name-only', 'HEAD']).trim().split('\n').length, 7);
    fsck(git);
  }));

test('what fails before the index has moved leaves everything as it was, and no lock', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    const before = git(['rev-parse', 'HEAD']);
    const index = readFileSync(join(top, '.git', 'index'));
    // A log that cannot be opened.
    rmSync(join(top, '.git/logs/HEAD'));
    put(top, { '.git/logs/HEAD/in-the-way': '' });
    assert.is((await refusalOf(commit(repo, EDIT))).code, 'io/eisdir');
    assert.is(git(['rev-parse', 'HEAD']), before);
    assert.ok(index.equals(readFileSync(join(top, '.git', 'index'))));
    rmSync(join(top, '.git/logs/HEAD'), { recursive: true });
    assert.is((await commit(repo, EDIT)).kind, 'committed');
  }));
