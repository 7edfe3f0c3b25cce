import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commitPaths, preflight } from '../../../src/store/git/commit.ts';
import { refuseForeignOwner } from '../../../src/store/git/refuse-layout.ts';
import { test } from '../../harness.ts';
import {
  bothRefuse,
  commit,
  type Env,
  type Files,
  fingerprint,
  NOW,
  openAt,
  put,
  refusalOf,
  runGit,
  type Sandbox,
  twin,
  withRepo,
} from './sandbox.ts';

const START: Files = { 'a.md': 'a\n', 'dir/b.md': 'b\n', 'dir/c.md': 'c\n' };

/** A test that the state made by `prepare` refuses a commit of `files`, and that nothing is written. */
function refuses(
  code: string,
  name: string,
  prepare: (sandbox: Sandbox) => void,
  files: Files = { 'a.md': 'new\n' },
): void {
  test(`${code}: ${name}`, () =>
    withRepo(START, async (sandbox) => {
      prepare(sandbox);
      const repo = await openAt(sandbox.top, sandbox.env);
      assert.is(await bothRefuse(repo, files, [sandbox.root]), code);
    }));
}

/** The same for something in the environment. */
function refusesEnv(code: string, extra: Env): void {
  test(`${code}: ${Object.keys(extra).join(', ')}`, () =>
    withRepo(START, async ({ top, root, env }) => {
      const repo = await openAt(top, { ...env, ...extra });
      assert.is(await bothRefuse(repo, { 'a.md': 'new\n' }, [root]), code);
    }));
}

function conflict({ git, top }: Sandbox, command: readonly string[]): void {
  git(['switch', '-q', '-c', 'other']);
  put(top, { 'a.md': 'theirs\n' });
  git(['commit', '-qam', 'theirs']);
  git(['switch', '-q', 'main']);
  put(top, { 'a.md': 'ours\n' });
  git(['commit', '-qam', 'ours']);
  assert.throws(() => git([...command]));
}

refuses('git/merge-in-progress', 'a merge', (s) => conflict(s, ['merge', 'other']), { 'dir/b.md': 'x' });
refuses('git/rebase-in-progress', 'a rebase', (s) => conflict(s, ['rebase', 'other']), { 'dir/b.md': 'x' });
refuses('git/rebase-in-progress', 'a rebase by patches', (s) => conflict(s, ['rebase', '--apply', 'other']), {
  'dir/b.md': 'x',
});
refuses('git/cherry-pick-in-progress', 'a cherry-pick', (s) => conflict(s, ['cherry-pick', 'other']), {
  'dir/b.md': 'x',
});
refuses(
  'git/revert-in-progress',
  'a revert',
  ({ git, top }) => {
    put(top, { 'a.md': '2\n' });
    git(['commit', '-qam', '2']);
    put(top, { 'a.md': '3\n' });
    git(['commit', '-qam', '3']);
    assert.throws(() => git(['revert', 'HEAD~1']));
  },
  { 'dir/b.md': 'x' },
);
refuses(
  'git/am-in-progress',
  'an am',
  ({ git, top, root }) => {
    put(top, { 'a.md': '2\n' });
    git(['commit', '-qam', '2']);
    const patch = join(root, 'p.patch');
    writeFileSync(patch, git(['format-patch', '--stdout', '-1']));
    git(['reset', '-q', '--hard', 'HEAD~1']);
    put(top, { 'a.md': '3\n' });
    git(['commit', '-qam', '3']);
    assert.throws(() => git(['am', patch]));
  },
  { 'dir/b.md': 'x' },
);
refuses('git/bisect-in-progress', 'a bisect', ({ git }) => {
  git(['bisect', 'start']);
});

refuses('git/detached-head', 'HEAD at a commit', ({ git }) => {
  git(['checkout', '-q', '--detach']);
});
refuses('git/not-a-branch', 'HEAD at a ref that is no branch', ({ git }) => {
  git(['update-ref', 'refs/other/x', 'HEAD']);
  git(['symbolic-ref', 'HEAD', 'refs/other/x']);
});
refuses('git/symbolic-branch', 'a branch that stands for another', ({ git }) => {
  git(['branch', 'real']);
  git(['symbolic-ref', 'refs/heads/main', 'refs/heads/real']);
});
refuses('git/broken-ref', 'a torn branch', ({ top }) =>
  writeFileSync(join(top, '.git/refs/heads/main'), '\n'),
);
refuses('git/broken-ref', 'HEAD that leads out of the Git directory', ({ top }) =>
  writeFileSync(join(top, '.git/HEAD'), 'ref: refs/heads/../../../x\n'),
);
refuses(
  'git/ref-conflict',
  'an unborn branch below another',
  ({ git }) => {
    git(['symbolic-ref', 'HEAD', 'refs/heads/main/sub']);
  },
  { 'new.md': 'x' },
);
refuses(
  'git/ref-conflict',
  'an unborn branch above another',
  ({ git }) => {
    git(['branch', 'topic/sub']);
    git(['symbolic-ref', 'HEAD', 'refs/heads/topic']);
  },
  { 'new.md': 'x' },
);
refuses(
  'git/ref-conflict',
  'the same with packed refs',
  ({ git }) => {
    git(['branch', 'topic/sub']);
    git(['pack-refs', '--all', '--prune']);
    git(['symbolic-ref', 'HEAD', 'refs/heads/topic']);
  },
  { 'new.md': 'x' },
);
refuses('git/replaced-commit', 'git replace of HEAD', ({ git }) => {
  git(['commit', '-q', '--allow-empty', '-m', 'second']);
  git(['replace', 'HEAD', 'HEAD~1']);
});

refuses('git/staged', 'staged changes', ({ git, top }) => {
  put(top, { 'a.md': 'staged\n' });
  git(['add', 'a.md']);
  put(top, { 'a.md': 'and changed again\n' });
});
refuses('git/staged', 'a staged mode', ({ git }) => {
  git(['update-index', '--chmod=+x', 'a.md']);
});
refuses('git/staged', 'a staged deletion', ({ git }) => {
  git(['rm', '-q', '--cached', 'a.md']);
  git(['add', '-N', 'a.md']);
});
refuses(
  'git/staged',
  'a staged new file',
  ({ git, top }) => {
    put(top, { 'new.md': 'staged\n' });
    git(['add', 'new.md']);
    put(top, { 'new.md': 'on disk\n' });
  },
  { 'new.md': 'x' },
);
refuses('git/unmerged', 'conflicts left by a stash', ({ git, top }) => {
  put(top, { 'a.md': 'stashed\n' });
  git(['stash', '-q']);
  put(top, { 'a.md': 'committed\n' });
  git(['commit', '-qam', 'two']);
  assert.throws(() => git(['stash', 'pop', '-q']));
});
refuses('git/assume-unchanged', 'assume-unchanged', ({ git }) => {
  git(['update-index', '--assume-unchanged', 'a.md']);
});
refuses('git/skip-worktree', 'skip-worktree', ({ git }) => {
  git(['update-index', '--skip-worktree', 'a.md']);
});
refuses(
  'git/skip-worktree',
  'a file outside the sparse checkout',
  ({ git }) => {
    git(['sparse-checkout', 'set', '--no-cone', '/a.md']);
  },
  { 'dir/b.md': 'x' },
);

refuses('git/symlink', 'the file is a link', ({ top }) => {
  rmSync(join(top, 'a.md'));
  symlinkSync('dir/b.md', join(top, 'a.md'));
});
refuses(
  'git/symlink',
  'the file is a link in HEAD',
  ({ git, top }) => {
    symlinkSync('a.md', join(top, 'link.md'));
    git(['add', 'link.md']);
    git(['commit', '-qm', 'link']);
    rmSync(join(top, 'link.md'));
  },
  { 'link.md': 'x' },
);
refuses(
  'git/symlink',
  'a directory above it is a link',
  ({ top, root }) => {
    mkdirSync(join(root, 'away'));
    symlinkSync(join(root, 'away'), join(top, 'linked'));
  },
  { 'linked/x/y.md': 'x' },
);
refuses(
  'git/symlink',
  'a directory above it is a link in HEAD',
  ({ git, top }) => {
    symlinkSync('dir', join(top, 'linked'));
    git(['add', 'linked']);
    git(['commit', '-qm', 'link']);
    rmSync(join(top, 'linked'));
  },
  { 'linked/x.md': 'x' },
);
refuses(
  'git/submodule',
  'a path in a submodule',
  ({ git, top }) => {
    git(['submodule', '--quiet', 'add', twin(top), 'sub']);
    git(['commit', '-qm', 'sub']);
  },
  { 'sub/a.md': 'x' },
);
refuses(
  'git/submodule',
  'a path in a submodule that is not checked out',
  ({ git, top }) => {
    git(['submodule', '--quiet', 'add', twin(top), 'sub']);
    git(['commit', '-qm', 'sub']);
    git(['submodule', '--quiet', 'deinit', '-f', 'sub']);
  },
  { 'sub/a.md': 'x' },
);
refuses(
  'git/submodule',
  'a path in a repository that is no submodule',
  ({ git, top }) => {
    git(['init', '-q', join(top, 'nested')]);
  },
  { 'nested/a.md': 'x' },
);
refuses('git/path-conflict', 'a file where a directory is', () => {}, { dir: 'x' });
refuses('git/path-conflict', 'a file below a file', () => {}, { 'a.md/x.md': 'x' });
refuses(
  'git/path-conflict',
  'a file below a staged file',
  ({ git, top }) => {
    put(top, { stage: 'x' });
    git(['add', 'stage']);
    rmSync(join(top, 'stage'));
  },
  { 'stage/x.md': 'x' },
);
refuses('git/name-collision', 'another case', () => {}, { 'A.md': 'x' });
refuses('git/name-collision', 'another case of a directory', () => {}, { 'Dir/new.md': 'x' });
refuses('git/name-collision', 'two new names', () => {}, { 'new/é.md': 'x', 'new/e\u0301.md': 'x' });
refuses(
  'git/name-collision',
  'another composition of a staged name',
  ({ git, top }) => {
    put(top, { 'é.md': 'x' });
    git(['add', '.']);
  },
  { 'e\u0301.md': 'x' },
);
refuses(
  'git/name-collision',
  'a name only in HEAD',
  ({ git }) => {
    git(['rm', '-q', '--cached', 'dir/b.md']);
  },
  { 'dir/B.md': 'x' },
);
for (const path of [
  '../x',
  '/x',
  'a//b',
  'a/./b',
  '.git/config',
  'x/.GIT/y',
  'git~1/x',
  'a\\b',
  'a\0b',
  '',
  '.g\u200cit/x',
  '.git. /x',
  '.git::$INDEX_ALLOCATION/x',
  'a\ud800b',
]) {
  refuses('git/bad-path', JSON.stringify(path), () => {}, { [path]: 'x' });
}

refuses('git/index-format', 'a split index', ({ git }) => {
  git(['update-index', '--split-index']);
});
refuses('git/skip-worktree', 'a file in a directory that a sparse index leaves out', sparseIndex, {
  'two/x.md': 'x',
});
refuses('git/skip-worktree', 'a new file below such a directory', sparseIndex, { 'two/deep/new.md': 'x' });
refuses('git/path-conflict', 'a file in the place of such a directory', sparseIndex, { two: 'x' });
refuses('git/name-collision', 'another case of such a directory', sparseIndex, { 'Two/x.md': 'x' });
refuses('git/bad-index', 'a damaged index', ({ top }) => {
  const path = join(top, '.git/index');
  const bytes = readFileSync(path);
  bytes[30] = bytes[30]! ^ 1;
  writeFileSync(path, bytes);
});

refuses('git/extension', 'an unknown extension', ({ git }) => {
  git(['config', 'extensions.notYetInvented', 'true']);
});
refuses('git/reftable', 'reftable', ({ top }) => {
  const config = join(top, '.git/config');
  writeFileSync(
    config,
    `${readFileSync(config, 'utf8').replace('version = 0', 'version = 1')}[extensions]\n\trefStorage = reftable\n`,
  );
  writeFileSync(join(top, '.git/HEAD'), 'ref: refs/heads/.invalid\n');
});
refuses('git/format-version', 'a newer format', ({ top }) => {
  const config = join(top, '.git/config');
  writeFileSync(config, readFileSync(config, 'utf8').replace('version = 0', 'version = 2'));
});
refuses('git/work-tree-elsewhere', 'core.worktree', ({ git, root }) => {
  mkdirSync(join(root, 'away'));
  git(['config', 'core.worktree', join(root, 'away')]);
});
refuses('git/bare', 'core.bare', ({ git }) => {
  git(['config', 'core.bare', 'true']);
});
refuses('git/alternates', 'borrowed objects of which it cannot be told where they are', ({ top }) => {
  mkdirSync(join(top, '.git/objects/info/alternates'));
});
refuses('git/signing', 'signed commits', ({ git }) => {
  git(['config', 'commit.gpgSign', 'true']);
});
for (const hook of [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'reference-transaction',
  'post-index-change',
]) {
  refuses('git/hook', hook, ({ top }) => addHook(join(top, '.git/hooks'), hook));
}
refuses('git/hook', 'in core.hooksPath, relative to the top', ({ git, top }) => {
  git(['config', 'core.hooksPath', '.husky']);
  addHook(join(top, '.husky'), 'commit-msg');
});
refuses('git/hook', 'in the configuration', ({ git }) => {
  git(['config', 'hook.lint.command', 'true']);
  git(['config', 'hook.lint.event', 'pre-commit']);
});
refuses('git/filter', 'a filter', attributes('*.md filter=lfs'));
refuses('git/filter', 'ident', attributes('a.md ident'));
refuses('git/filter', 'an encoding', attributes('*.md working-tree-encoding=UTF-16'));
refuses('git/filter', 'a filter in the user\u2019s own attributes', ({ root }) =>
  put(root, { '.config/git/attributes': '*.md filter=x\n' }),
);
refuses('git/filter', 'a filter in info/attributes', ({ top }) =>
  put(top, { '.git/info/attributes': '*.md filter=x\n' }),
);
refuses('git/bad-config', 'a setting that cannot be read', ({ git }) => {
  git(['config', 'commit.gpgSign', 'perhaps']);
});

for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR']) {
  refusesEnv('git/environment', { [name]: '/somewhere' });
}
refusesEnv('git/no-identity', { GIT_COMMITTER_NAME: undefined });
refusesEnv('git/no-identity', { GIT_AUTHOR_EMAIL: undefined });
refusesEnv('git/bad-date', { GIT_AUTHOR_DATE: 'yesterday' });

test('git/sha256: another object format', () =>
  withRepo(START, async ({ root, env, git }) => {
    git(['init', '-q', '--object-format=sha256', join(root, 'long')]);
    assert.is(await bothRefuse(await openAt(join(root, 'long'), env), { 'a.md': 'x' }, [root]), 'git/sha256');
  }));

test('git/bare: a bare repository, and the inside of a Git directory', () =>
  withRepo(START, async ({ root, top, env, git }) => {
    git(['clone', '-q', '--bare', top, join(root, 'bare')]);
    assert.is(await bothRefuse(await openAt(join(root, 'bare'), env), { 'a.md': 'x' }, [root]), 'git/bare');
    assert.is(
      await bothRefuse(await openAt(join(top, '.git/refs'), env), { 'a.md': 'x' }, [root]),
      'git/bare',
    );
  }));

test('git/missing-object: a partial clone without the tree, and without Git to fetch it', () =>
  withRepo(START, async ({ root, top, env, git }) => {
    git(['config', 'uploadpack.allowFilter', 'true']);
    const partial = join(root, 'partial');
    git(['clone', '-q', '--filter=tree:0', '--no-checkout', `file://${top}`, partial]);
    const repo = await openAt(partial, { ...env, PATH: root });
    assert.is(await bothRefuse(repo, { 'a.md': 'x' }, [root]), 'git/missing-object');
  }));

test('git/unreadable-object: a torn tree', () =>
  withRepo(START, async ({ root, top, env, git }) => {
    const oid = git(['rev-parse', 'HEAD^{tree}']).trim();
    const path = join(top, '.git/objects', oid.slice(0, 2), oid.slice(2));
    chmodSync(path, 0o644);
    writeFileSync(path, '');
    assert.is(await bothRefuse(await openAt(top, env), { 'a.md': 'x' }, [root]), 'git/unreadable-object');
  }));

test('git/unsafe-directory: another owner, unless listed', () =>
  withRepo(START, async ({ top, env, git, root }) => {
    const stranger = 123_456;
    const check = async () => refuseForeignOwner(await openAt(top, env), stranger);
    assert.is((await refusalOf(check())).code, 'git/unsafe-directory');
    git(['config', 'safe.directory', '*']);
    assert.is((await refusalOf(check())).code, 'git/unsafe-directory');
    for (const listed of [top, '*', `${root}/*`]) {
      put(root, { '.gitconfig': `[safe]\n\tdirectory = ${listed}\n` });
      await check();
    }
    put(root, { '.gitconfig': `[safe]\n\tdirectory = ${top}\n\tdirectory =\n` });
    assert.is((await refusalOf(check())).code, 'git/unsafe-directory');
  }));

test('git/moved: HEAD has another version than the edit was made from', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    const repo = await openAt(top, env);
    const base = git(['rev-parse', 'HEAD:a.md']).trim();
    const bytes = Buffer.from('mine\n');
    const ask = (path: string, from: string | null) =>
      commitPaths(repo, { files: [{ path, bytes, base: from }], message: 'x', now: NOW });
    put(top, { 'a.md': 'theirs\n' });
    git(['commit', '-qam', 'theirs']);
    const before = fingerprint(root);
    assert.is((await refusalOf(ask('a.md', base))).code, 'git/moved');
    assert.is((await refusalOf(ask('a.md', null))).code, 'git/moved');
    assert.is((await refusalOf(ask('new.md', base))).code, 'git/moved');
    assert.is(fingerprint(root), before);
  }));

test('git/bad-message and usage/author', () =>
  withRepo(START, async ({ top, root, env }) => {
    const repo = await openAt(top, env);
    const before = fingerprint(root);
    const files = { 'a.md': 'x' };
    assert.is(
      (await refusalOf(commit(repo, files, { write: false, message: ' \n\n' }))).code,
      'git/bad-message',
    );
    assert.is(
      (await refusalOf(commit(repo, files, { write: false, message: 'a\0b' }))).code,
      'git/bad-message',
    );
    assert.is(
      (await refusalOf(commit(repo, files, { write: false, author: 'nobody' }))).code,
      'usage/author',
    );
    assert.is(fingerprint(root), before);
  }));

test('git/locked: a lock that stays is named and left', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    const head = git(['rev-parse', 'HEAD']);
    for (const name of ['index.lock', 'HEAD.lock', 'refs/heads/main.lock']) {
      const path = join(top, '.git', name);
      const index = readFileSync(join(top, '.git/index'));
      writeFileSync(path, '');
      const refused = await refusalOf(commit(repo, { 'a.md': 'x\n' }, { lockTimeout: 40, write: false }));
      assert.is(refused.code, 'git/locked');
      assert.ok(refused.hint.includes(path));
      assert.is(readFileSync(path, 'utf8'), '');
      rmSync(path);
      assert.ok(index.equals(readFileSync(join(top, '.git/index'))));
      assert.is(git(['rev-parse', 'HEAD']), head);
    }
    assert.is(runGit(['status', '--porcelain'], top, env), '');
  }));

test('git/bad-git-file: a submodule whose Git directory is gone', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    git(['submodule', '--quiet', 'add', twin(top), 'sub']);
    renameSync(join(top, '.git/modules'), join(root, 'modules'));
    assert.is((await refusalOf(openAt(join(top, 'sub'), env))).code, 'git/bad-git-file');
  }));

test('preflight allows staged content that the work tree or the known bytes agree with', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    put(top, { 'a.md': 'staged\n' });
    git(['add', 'a.md']);
    await preflight(repo, ['a.md', 'dir/b.md']);
    await preflight(repo, ['a.md'], { bytes: new Map([['a.md', Buffer.from('staged\n')]]) });
    const other = preflight(repo, ['a.md'], { bytes: new Map([['a.md', Buffer.from('other\n')]]) });
    assert.is((await refusalOf(other)).code, 'git/staged');
  }));

/** The directory `one` is checked out, `two` is a single entry of the index. */
function sparseIndex({ git, top }: Sandbox): void {
  put(top, { 'one/x.md': 'x', 'two/x.md': 'x', 'two/deep/x.md': 'x' });
  git(['add', '.']);
  git(['commit', '-qm', 'more']);
  git(['sparse-checkout', 'set', '--cone', '--sparse-index', 'one']);
}

function addHook(directory: string, name: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), '#!/bin/sh\n', { mode: 0o755 });
}

function attributes(line: string): (sandbox: Sandbox) => void {
  return ({ top }) => writeFileSync(join(top, '.gitattributes'), `${line}\n`);
}
