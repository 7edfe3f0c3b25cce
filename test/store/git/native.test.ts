import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ScendError } from '../../../src/domain/error.ts';
import { isHalfway } from '../../../src/store/git/backend.ts';
import { chooseBackend, explainBackend, openReader } from '../../../src/store/git/choose-backend.ts';
import { native } from '../../../src/store/git/native/native-commit.ts';
import { nativeReader } from '../../../src/store/git/native/native-reader.ts';
import { test, testIf } from '../../harness.ts';
import { bothRefuse, commit, committed, compare, indexAndHead } from './native-sandbox.ts';
import {
  type Env,
  type Files,
  fingerprint,
  fsck,
  NOW,
  nativeCommit,
  openAt,
  put,
  refusalOf,
  runGit,
  type Sandbox,
  status,
  twin,
  withRepo,
} from './sandbox.ts';

const START: Files = {
  'README.md': 'hello\n',
  'firms/acme/firm.yaml': 'name: Acme\n',
  'firms/acme/roadmap.md': '# Roadmap\n',
  'lib/a.txt': 'a\n',
  'lib.txt': 'sorts between\n',
};

const EDIT: Files = {
  'firms/acme/firm.yaml': 'name: Acme & Co\n',
  'firms/acme/v1/snapshot.md': 'new in a new directory\n',
  'lib/a.txt': null,
};

/** A test that a repository prepared in some way gets the commit that `git commit` makes. */
function commits(name: string, prepare: (sandbox: Sandbox) => void, files: Files = EDIT): void {
  test(name, () =>
    withRepo(START, async (sandbox) => {
      prepare(sandbox);
      await compare(sandbox, sandbox.top, files);
    }),
  );
}

const configured =
  (key: string, value: string) =>
  ({ git }: Sandbox) => {
    git(['config', key, value]);
  };

const attributes =
  (line: string) =>
  ({ top, git }: Sandbox) => {
    put(top, { '.gitattributes': `${line}\n` });
    git(['add', '.gitattributes']);
    git(['commit', '-qm', 'attributes']);
  };

commits('new, changed and deleted files', () => {});
commits('packed objects and refs', ({ git }) => {
  git(['branch', 'side/one']);
  git(['gc', '-q', '--prune=now']);
  git(['pack-refs', '--all', '--prune']);
});
commits('index version 4', ({ git }) => {
  git(['update-index', '--index-version', '4']);
});
commits('a split index', ({ git }) => {
  git(['config', 'core.splitIndex', 'true']);
  git(['update-index', '--split-index']);
});
commits('an untracked cache', ({ git }) => {
  git(['config', 'core.untrackedCache', 'true']);
  git(['status']);
});
commits('borrowed objects', ({ git, top, root }) => {
  const lender = join(root, 'lender');
  renameSync(join(top, '.git/objects'), lender);
  mkdirSync(join(top, '.git/objects/info'), { recursive: true });
  put(top, { '.git/objects/info/alternates': `${lender}\n` });
  git(['status']);
});
commits('a replaced commit', ({ git, top }) => {
  put(top, { 'README.md': 'second\n' });
  git(['commit', '-qam', 'second']);
  git(['replace', 'HEAD', git(['commit-tree', '-m', 'other', 'HEAD^{tree}']).trim()]);
});
commits(
  'everything deleted leaves the empty tree',
  () => {},
  Object.fromEntries(Object.keys(START).map((path) => [path, null])),
);
commits('an ignored path', ({ top }) => put(top, { '.git/info/exclude': '*.log\n' }), { 'a.log': 'x\n' });
commits(
  'modes stay, and names that are hard to sort or to print',
  ({ git, top }) => {
    put(top, { 'a/x': '1', 'a-b': '1', 'run.sh': '#!/bin/sh\n', 'ünï/ç "q".md': 'x', '*.md': 'star' });
    git(['add', '.']);
    git(['update-index', '--chmod=+x', 'run.sh']);
    git(['config', 'core.fileMode', 'false']);
    git(['commit', '-qm', 'names']);
  },
  {
    'run.sh': 'echo\n',
    'ünï/ç "q".md': 'y',
    'ünï/z\tz.md': 'z',
    '*.md': 'only this one',
    ':(top)x': 'x',
    'a/a': '2',
    'a+': '2',
  },
);
commits('a clean filter', (s) => {
  configured('filter.rot.clean', 'tr a-z n-za-m')(s);
  configured('filter.rot.smudge', 'tr n-za-m a-z')(s);
  attributes('*.yaml filter=rot')(s);
});
commits('ident', attributes('*.yaml ident'), { 'firms/acme/firm.yaml': 'id: $Id: 12345 $\n' });
commits('another encoding in the work tree', attributes('*.txt working-tree-encoding=UTF-16'), {
  'wide.txt': Buffer.from('\ufeffhello\r\n', 'utf16le'),
});
for (const [name, line] of [
  ['text=auto', '* text=auto'],
  ['text', '*.txt text'],
  ['eol=crlf', '*.txt eol=crlf'],
] as const) {
  commits(`CRLF to LF by ${name}`, attributes(line), { 'lib/a.txt': 'one\r\ntwo\r\n', 'new.txt': 'x\r\n' });
}
commits('CRLF to LF by core.autocrlf', configured('core.autocrlf', 'input'), { 'lib/a.txt': 'one\r\n' });
for (const [name, settle] of [
  ['text=auto', attributes('* text=auto')],
  ['core.autocrlf', configured('core.autocrlf', 'true')],
  [
    'core.autocrlf and a filter',
    (s: Sandbox) => {
      configured('core.autocrlf', 'true')(s);
      configured('filter.rot.clean', 'tr a-z n-za-m')(s);
      put(s.top, { '.git/info/attributes': '*.txt filter=rot\n' });
    },
  ],
] as const) {
  commits(
    `CRLF that is in the index already stays, with ${name}`,
    (s) => {
      put(s.top, { 'old.txt': 'one\r\n' });
      s.git(['-c', 'core.autocrlf=false', 'add', 'old.txt']);
      s.git(['commit', '-qm', 'CRLF']);
      settle(s);
    },
    { 'old.txt': 'one\r\ntwo\r\n' },
  );
}

test('the first commit of an unborn branch, and of an orphan one beside staged files', () =>
  withRepo(null, async (sandbox) => {
    const { top, git, env } = sandbox;
    await compare(sandbox, top, { 'a/b.md': 'x\n', 'c.md': 'y\n' });
    assert.is(git(['reflog', '-1', '--format=%gs']).trim(), 'commit (initial): a change');
    git(['checkout', '-q', '--orphan', 'topics/new']);
    const result = await commit(await openAt(top, env), { 'own.md': 'x\n' });
    assert.equal(result.kind === 'committed' && [result.parent, result.branch], [null, 'topics/new']);
    assert.is(git(['ls-tree', '-r', '--name-only', 'HEAD']).trim(), 'own.md');
    assert.is(git(['diff', '--cached', '--name-only']).trim(), 'a/b.md\nc.md');
    fsck(git);
  }));

test('a linked worktree, a submodule and a sub-directory', () =>
  withRepo(START, async ({ top, root, git, env }) => {
    const linked = join(root, 'linked');
    git(['worktree', 'add', '-q', '-b', 'topic', linked]);
    const index = readFileSync(join(top, '.git', 'index'));
    const result = await commit(await openAt(join(linked, 'lib'), env), EDIT);
    assert.is(result.kind === 'committed' && result.branch, 'topic');
    assert.is(status(git, linked), '');
    assert.ok(index.equals(readFileSync(join(top, '.git', 'index'))));
    const outer = join(root, 'outer');
    git(['init', '-q', '-b', 'main', outer]);
    git(['submodule', '--quiet', 'add', top, 'sub'], outer);
    await committed(await openAt(join(outer, 'sub'), env), EDIT);
    assert.is(status(git, join(outer, 'sub')), '');
    fsck(git, join(outer, 'sub'));
    fsck(git);
  }));

test('a branch that is a symbolic ref: the one it stands for moves', () =>
  withRepo(START, async (sandbox) => {
    const { top, git, env } = sandbox;
    git(['branch', 'real']);
    git(['symbolic-ref', 'refs/heads/main', 'refs/heads/real']);
    const result = await commit(await openAt(top, env), EDIT);
    assert.is(result.kind === 'committed' && result.branch, 'real');
    assert.is(git(['symbolic-ref', '--no-recurse', 'HEAD']).trim(), 'refs/heads/main');
    assert.is(git(['log', '--format=%s', 'real']).trim(), 'a change\nstart');
    assert.is(status(git), '');
    fsck(git);
  }));

test('a sparse checkout with a sparse index: what is outside stays outside', () =>
  withRepo({ ...START, 'two/x.md': 'x\n', 'three/deep/y.md': 'y\n' }, async ({ top, git, env }) => {
    git(['sparse-checkout', 'set', '--cone', '--sparse-index', 'firms']);
    const listed = git(['ls-files', '-t', '--', 'two', 'three']);
    const repo = await openAt(top, env);
    await committed(repo, { 'firms/acme/firm.yaml': 'x\n', 'firms/new/a.md': 'a\n' });
    assert.is(status(git), '');
    assert.is(git(['ls-files', '-t', '--', 'two', 'three']), listed);
    assert.match(git(['ls-files', '--sparse']), /^three\/$/m);
    assert.is(
      (await refusalOf(commit(repo, { 'two/x.md': 'z' }, { write: false }))).code,
      'git/skip-worktree',
    );
    fsck(git);
  }));

test('sha256: commits, history and reads', () =>
  withRepo(null, async (sandbox) => {
    const { root, env, git } = sandbox;
    const top = join(root, 'long');
    git(['init', '-q', '-b', 'main', '--object-format=sha256', top]);
    const repo = await openAt(top, env);
    const first = await committed(repo, { 'a/b.md': 'one\n', 'c.md': 'c\n' });
    await compare(sandbox, top, { 'a/b.md': 'two\n', 'new/d.md': 'd\n', 'c.md': null });
    git(['gc', '-q', '--prune=now'], top);
    git(['pack-refs', '--all', '--prune'], top);
    await compare(sandbox, `${top}-twin`, { 'a/b.md': 'three\n' });
    const reader = nativeReader(repo);
    const head = await reader.readHead();
    assert.is(head.ref, 'refs/heads/main');
    const parents = (await reader.commit(head.oid!))?.parents ?? [];
    assert.equal(parents, [first]);
    const entry = await reader.entryAt(first, 'a/b.md');
    assert.is(entry?.oid.length, 64);
    assert.is(Buffer.from(await reader.blob(entry!.oid)).toString(), 'one\n');
    assert.equal(
      (await reader.list(head.oid!, '')).map(({ name, mode }) => [name, mode]),
      [
        ['a', '40000'],
        ['new', '40000'],
      ],
    );
    const [blob] = await native.storeBlobs(repo, [Buffer.from('raw\r\n')]);
    assert.is(git(['cat-file', 'blob', blob!], top), 'raw\r\n');
  }));

const reftable = spawnSync('git', ['init', '-h']).stdout.includes('--ref-format');
const withReftable = (name: string, body: (sandbox: Sandbox) => Promise<void>) =>
  testIf(reftable, 'this Git has no reftable', `reftable: ${name}`, () =>
    withRepo(null, async ({ root, env, git }) => {
      const top = join(root, 'tables');
      git(['init', '-q', '-b', 'main', '--ref-format=reftable', top]);
      await body({ root, top, env, git: (args, cwd = top, other = env) => git(args, cwd, other) });
    }),
  );

withReftable('commits, the first and later ones', async (sandbox) => {
  const { top, git, env } = sandbox;
  await compare(sandbox, top, { 'a/b.md': 'x\n', 'c.md': 'y\n' });
  assert.is(git(['reflog', '-1', '--format=%gs']).trim(), 'commit (initial): a change');
  const repo = await openAt(top, env);
  assert.is((await chooseBackend(repo, ['c.md'])).name, 'native');
  await compare(sandbox, top, { 'a/b.md': null, 'c.md': 'z\n' });
  const reader = await openReader(repo);
  const head = await reader.readHead();
  assert.equal(head, { ref: 'refs/heads/main', detached: false, oid: git(['rev-parse', 'HEAD']).trim() });
  assert.is((await reader.list(head.oid!, '')).length, 1);
  assert.equal(
    (await explainBackend(repo)).reasons.map(({ code }) => code),
    ['git/reftable'],
  );
});

withReftable('what Git refuses there', async (sandbox) => {
  const { top, git, env } = sandbox;
  put(top, START);
  git(['add', '.']);
  git(['commit', '-qm', 'start']);
  const repo = await openAt(top, env);
  const code = () => bothRefuse(sandbox, repo, OTHER);
  git(['branch', 'topic/sub']);
  git(['symbolic-ref', 'HEAD', 'refs/heads/topic']);
  assert.is(await bothRefuse(sandbox, repo, { 'new.md': 'x' }), 'git/ref-conflict');
  git(['symbolic-ref', 'HEAD', 'refs/heads/main']);
  git(['checkout', '-q', '--detach']);
  assert.is(await code(), 'git/detached-head');
  git(['switch', '-q', 'main']);
  writeFileSync(join(top, '.git/reftable/tables.list.lock'), '');
  const locked = commit(repo, OTHER, { write: false, lockTimeout: 40 });
  assert.is((await refusalOf(locked)).code, 'git/locked');
  rmSync(join(top, '.git/reftable/tables.list.lock'));
  conflict(sandbox, ['cherry-pick', 'other']);
  assert.is(await code(), 'git/cherry-pick-in-progress');
});

test('blobs are stored as they are, in order, whatever attributes say', () =>
  withRepo(START, async (sandbox) => {
    attributes('*.md text=auto eol=lf working-tree-encoding=UTF-16')(sandbox);
    const repo = await openAt(sandbox.top, sandbox.env);
    const contents = ['a\r\n', '', 'name: Acme\n', 'a\r\n'].map((text) => Buffer.from(text));
    const oids = await native.storeBlobs(repo, [...contents, Buffer.from([0, 255, 13, 10])]);
    const known = contents.map((bytes) => runHash(sandbox, bytes));
    assert.equal(oids.slice(0, 4), known);
    assert.is(sandbox.git(['cat-file', '-s', oids[4]!]).trim(), '4');
    assert.equal(await native.storeBlobs(repo, []), []);
  }));

function runHash({ git, root }: Sandbox, bytes: Buffer): string {
  writeFileSync(join(root, 'raw'), bytes);
  return git(['hash-object', '--no-filters', join(root, 'raw')]).trim();
}

test('a partial clone without trees: Git fetches what is needed; without its remote it is refused', () =>
  withRepo(START, async ({ top, root, git, env }) => {
    git(['config', 'uploadpack.allowFilter', 'true']);
    git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
    for (const name of ['partial', 'cut-off']) {
      git(['clone', '-q', '--filter=tree:0', '--no-checkout', `file://${top}`, join(root, name)]);
    }
    const partial = await openAt(join(root, 'partial'), env);
    await committed(partial, { 'new.md': 'x\n' });
    assert.is(git(['diff', '--name-only', 'HEAD~', 'HEAD'], partial.top).trim(), 'new.md');
    const cut = await openAt(join(root, 'cut-off'), env);
    renameSync(top, `${top}-gone`);
    assert.is((await refusalOf(native.preflight(cut, ['README.md']))).code, 'git/missing-object');
  }));

test('what HEAD already has is no commit, and writes nothing', () =>
  withRepo(START, async (sandbox) => {
    const { top, env, git } = sandbox;
    const repo = await openAt(top, env);
    await committed(repo, EDIT);
    git(['status']);
    const before = indexAndHead(sandbox);
    assert.equal(await commit(repo, EDIT), { kind: 'unchanged' });
    assert.equal(await commit(repo, {}), { kind: 'unchanged' });
    assert.equal(await commit(repo, { 'nothing/there.md': null }), { kind: 'unchanged' });
    assert.equal(indexAndHead(sandbox), before);
  }));

test('the request is committed, not what lies on disk by now', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    put(top, { 'README.md': 'saved by an editor\n' });
    await committed(repo, { 'README.md': 'asked\n' }, { write: false });
    assert.is(git(['show', 'HEAD:README.md']), 'asked\n');
    assert.is(git(['diff', '--name-only']).trim(), 'README.md');
    assert.is(git(['diff', '--cached', '--name-only']), '');
  }));

test('author, dates and message are those of the request', () =>
  withRepo(START, async ({ top, env, git }) => {
    const plain = { ...env, GIT_AUTHOR_DATE: undefined, GIT_COMMITTER_DATE: undefined, TZ: 'UTC' };
    git(['config', 'i18n.commitEncoding', 'ISO-8859-1']);
    const repo = await openAt(top, plain);
    const message = '\n  Zürich  \n\n\n# kept\nend\n\n';
    const oid = await committed(repo, EDIT, { author: 'Çelik <c@example.org>', message });
    assert.match(
      git(['cat-file', 'commit', oid]),
      /author Çelik <c@example.org> 1770091506 .*\ncommitter Bo <bo@example.org> 1770091506 .*\n\n {2}Zürich\n\n# kept\nend\n$/,
    );
  }));

/** A test that the state made by `prepare` refuses a commit of `files`, and that nothing is written. */
function refuses(
  code: string,
  name: string,
  prepare: (sandbox: Sandbox) => void,
  files: Files = { 'README.md': 'new\n' },
  extra: Env = {},
): void {
  test(`${code}: ${name}`, () =>
    withRepo(START, async (sandbox) => {
      prepare(sandbox);
      const repo = await openAt(sandbox.top, { ...sandbox.env, ...extra });
      assert.is(await bothRefuse(sandbox, repo, files), code);
    }));
}

function conflict({ git, top }: Sandbox, command: readonly string[]): void {
  git(['switch', '-q', '-c', 'other']);
  put(top, { 'README.md': 'theirs\n' });
  git(['commit', '-qam', 'theirs']);
  git(['switch', '-q', 'main']);
  put(top, { 'README.md': 'ours\n' });
  git(['commit', '-qam', 'ours']);
  assert.throws(() => git([...command]));
}

const OTHER: Files = { 'lib/a.txt': 'x' };

refuses('git/merge-in-progress', 'a merge', (s) => conflict(s, ['merge', 'other']), OTHER);
refuses('git/rebase-in-progress', 'a rebase', (s) => conflict(s, ['rebase', 'other']), OTHER);
refuses('git/cherry-pick-in-progress', 'a cherry-pick', (s) => conflict(s, ['cherry-pick', 'other']), OTHER);
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
refuses('git/broken-ref', 'a torn branch', ({ top }) =>
  writeFileSync(join(top, '.git/refs/heads/main'), '\n'),
);
for (const [packed, name] of [
  [false, 'loose'],
  [true, 'packed'],
] as const) {
  refuses(
    'git/ref-conflict',
    `an unborn branch above another that is ${name}`,
    ({ git }) => {
      git(['branch', 'topic/sub']);
      if (packed) git(['pack-refs', '--all', '--prune']);
      git(['symbolic-ref', 'HEAD', 'refs/heads/topic']);
    },
    { 'new.md': 'x' },
  );
}
refuses(
  'git/ref-conflict',
  'an unborn branch below another',
  ({ git }) => {
    git(['symbolic-ref', 'HEAD', 'refs/heads/main/sub']);
  },
  { 'new.md': 'x' },
);
refuses('git/staged', 'staged changes', ({ git, top }) => {
  put(top, { 'README.md': 'staged\n' });
  git(['add', 'README.md']);
  put(top, { 'README.md': 'and changed again\n' });
});
refuses('git/staged', 'a staged mode', ({ git }) => {
  git(['update-index', '--chmod=+x', 'README.md']);
});
refuses('git/staged', 'a staged deletion', ({ git }) => {
  git(['rm', '-q', '--cached', 'README.md']);
  git(['add', '-N', 'README.md']);
});
refuses(
  'git/staged',
  'a staged empty file',
  ({ git, top }) => {
    put(top, { 'new.md': '' });
    git(['add', 'new.md']);
    put(top, { 'new.md': 'on disk\n' });
  },
  { 'new.md': 'x' },
);
refuses('git/unmerged', 'conflicts left by a stash', ({ git, top }) => {
  put(top, { 'README.md': 'stashed\n' });
  git(['stash', '-q']);
  put(top, { 'README.md': 'committed\n' });
  git(['commit', '-qam', 'two']);
  assert.throws(() => git(['stash', 'pop', '-q']));
});
refuses('git/assume-unchanged', 'assume-unchanged', ({ git }) => {
  git(['update-index', '--assume-unchanged', 'README.md']);
});
refuses('git/skip-worktree', 'skip-worktree', ({ git }) => {
  git(['update-index', '--skip-worktree', 'README.md']);
});
refuses('git/symlink', 'the file is a link', ({ top }) => {
  rmSync(join(top, 'README.md'));
  symlinkSync('lib.txt', join(top, 'README.md'));
});
refuses(
  'git/symlink',
  'a directory above it is a link in HEAD',
  ({ git, top }) => {
    symlinkSync('lib', join(top, 'linked'));
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
  { 'sub/README.md': 'x' },
);
refuses('git/path-conflict', 'a file where a directory is', () => {}, { lib: 'x' });
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
refuses('git/name-collision', 'another case', () => {}, { 'readme.md': 'x' });
refuses(
  'git/name-collision',
  'another composition of a staged name',
  ({ git, top }) => {
    put(top, { 'é.md': 'x' });
    git(['add', '.']);
  },
  { 'e\u0301.md': 'x' },
);
refuses('git/bad-path', 'a path of .git', () => {}, { '.git/config': 'x' });
refuses('git/bare', 'core.bare', configured('core.bare', 'true'));
for (const name of ['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE']) {
  refuses('git/environment', name, () => {}, undefined, { [name]: '/somewhere' });
}
refuses('git/no-identity', 'no committer', () => {}, undefined, { GIT_COMMITTER_NAME: undefined });
refuses('git/native-failed', 'an extension that this Git does not know', ({ git }) => {
  git(['config', 'core.repositoryFormatVersion', '1']);
  git(['config', 'extensions.notYetInvented', 'true']);
});

test('git/bad-message and usage/author', () =>
  withRepo(START, async ({ top, root, env }) => {
    const repo = await openAt(top, env);
    const before = fingerprint(root);
    const code = async (options: object) =>
      (await refusalOf(commit(repo, OTHER, { write: false, ...options }))).code;
    assert.is(await code({ message: ' \n\n' }), 'git/bad-message');
    assert.is(await code({ author: 'nobody' }), 'usage/author');
    assert.is(fingerprint(root), before);
  }));

test('git/eol: core.safecrlf forbids what attributes ask', () =>
  withRepo(START, async (sandbox) => {
    attributes('*.txt text')(sandbox);
    configured('core.safecrlf', 'true')(sandbox);
    const before = indexAndHead(sandbox);
    const repo = await openAt(sandbox.top, sandbox.env);
    assert.is((await refusalOf(commit(repo, { 'lib/a.txt': 'x\r\n' }))).code, 'git/eol');
    assert.equal(indexAndHead(sandbox), before);
  }));

test('git/native-failed: a required filter that fails is named', () =>
  withRepo(START, async (sandbox) => {
    configured('filter.big.clean', 'echo out of order >&2; false')(sandbox);
    configured('filter.big.required', 'true')(sandbox);
    put(sandbox.top, { '.git/info/attributes': '*.yaml filter=big\n' });
    const before = indexAndHead(sandbox);
    const refused = await refusalOf(commit(await openAt(sandbox.top, sandbox.env), EDIT));
    assert.is(refused.code, 'git/native-failed');
    assert.match(refused.message, 'out of order');
    assert.match(refused.message, 'firms/acme/firm.yaml');
    assert.equal(indexAndHead(sandbox), before);
  }));

test('git/moved: HEAD has another version than the edit was made from', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    const repo = await openAt(top, env);
    const base = git(['rev-parse', 'HEAD:README.md']).trim();
    const bytes = Buffer.from('mine\n');
    const ask = (path: string, from: string | null) =>
      native.commitPaths(repo, { files: [{ path, bytes, base: from }], message: 'x', now: NOW });
    put(top, { 'README.md': 'theirs\n' });
    git(['commit', '-qam', 'theirs']);
    const before = fingerprint(root);
    assert.is((await refusalOf(ask('README.md', base))).code, 'git/moved');
    assert.is((await refusalOf(ask('README.md', null))).code, 'git/moved');
    assert.is((await refusalOf(ask('new.md', base))).code, 'git/moved');
    assert.is(fingerprint(root), before);
    put(top, { 'README.md': 'mine\n' });
    git(['commit', '-qam', 'the very same']);
    assert.equal(await ask('README.md', base), { kind: 'unchanged' });
  }));

test('preflight allows staged content that the work tree or the known bytes agree with', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    put(top, { 'README.md': 'staged\n' });
    git(['add', 'README.md']);
    await native.preflight(repo, ['README.md', 'lib/a.txt']);
    const known = (text: string) => ({ bytes: new Map([['README.md', Buffer.from(text)]]) });
    await native.preflight(repo, ['README.md'], known('staged\n'));
    const other = native.preflight(repo, ['README.md'], known('other\n'));
    assert.is((await refusalOf(other)).code, 'git/staged');
    await committed(repo, { 'README.md': 'staged\n' });
    assert.is(status(git), '');
  }));

test('an interrupted commit (index moved, ref not) is completed by the same commit again', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    const before = git(['rev-parse', 'HEAD']).trim();
    await committed(repo, EDIT);
    git(['update-ref', 'refs/heads/main', before]);
    await committed(repo, EDIT);
    assert.is(status(git), '');
  }));

test('when the branch cannot move after all, the index is put back', () =>
  withRepo(START, async (sandbox) => {
    const { top, env, git } = sandbox;
    const repo = await openAt(top, env);
    put(top, { 'lib.txt': 'staged\n' });
    git(['add', 'lib.txt']);
    const entries = git(['ls-files', '-s']);
    const head = git(['rev-parse', 'HEAD']);
    // A log that cannot be opened, which Git notices last of all.
    rmSync(join(top, '.git/logs/HEAD'));
    put(top, { '.git/logs/HEAD/in-the-way': '' });
    const failed = await commit(repo, EDIT).catch((error: unknown) => error);
    assert.ok(failed instanceof ScendError && failed.code === 'git/native-failed' && !isHalfway(failed));
    assert.is(git(['ls-files', '-s']), entries);
    assert.is(git(['rev-parse', 'HEAD']), head);
    rmSync(join(top, '.git/index'));
    assert.is((await refusalOf(commit(repo, { 'new.md': 'x' }))).code, 'git/native-failed');
    assert.not.ok(existsSync(join(top, '.git/index')));
    rmSync(join(top, '.git/logs/HEAD'), { recursive: true });
    await committed(repo, { 'new.md': 'x' });
    assert.is(git(['ls-files']).trim(), 'new.md');
  }));

test('halfway: neither the branch can move nor the index be put back; the same commit completes it', () =>
  withRepo(START, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    const head = git(['rev-parse', 'HEAD']);
    const hook = join(top, '.git/hooks/reference-transaction');
    put(top, { '.git/hooks/reference-transaction': '#!/bin/sh\nrm -f .git/scend/native-*/previous-index\n' });
    chmodSync(hook, 0o755);
    rmSync(join(top, '.git/logs/HEAD'));
    put(top, { '.git/logs/HEAD/in-the-way': '' });
    const failed = await commit(repo, EDIT).catch((error: unknown) => error);
    assert.ok(isHalfway(failed));
    assert.is(git(['rev-parse', 'HEAD']), head);
    assert.is(git(['diff', '--name-only']), '');
    assert.is(git(['diff', '--cached', '--name-only']).trim().split('\n').length, 3);
    rmSync(join(top, '.git/logs/HEAD'), { recursive: true });
    rmSync(hook);
    await committed(repo, EDIT);
    assert.is(status(git), '');
  }));

test('git/locked: a lock that stays is named and left, and one that goes away is waited for', () =>
  withRepo(START, async (sandbox) => {
    const { top, env, git } = sandbox;
    const repo = await openAt(top, env);
    for (const name of ['index.lock', 'HEAD.lock', 'refs/heads/main.lock']) {
      const path = join(top, '.git', name);
      const before = indexAndHead(sandbox);
      writeFileSync(path, '');
      const refused = await refusalOf(commit(repo, OTHER, { lockTimeout: 40, write: false }));
      assert.is(refused.code, 'git/locked');
      assert.ok(refused.hint.includes(path), refused.hint);
      assert.is(readFileSync(path, 'utf8'), '');
      rmSync(path);
      assert.equal(indexAndHead(sandbox), before);
    }
    put(join(top, '.git'), { 'index.lock': '', 'refs/heads/main.lock': '' });
    setTimeout(() => put(join(top, '.git'), { 'index.lock': null }), 60);
    setTimeout(() => put(join(top, '.git'), { 'refs/heads/main.lock': null }), 900);
    await committed(repo, OTHER);
    assert.is(status(git), '');
  }));

test('the private directory is removed, and what a killed process left of one after a day', () =>
  withRepo(START, async ({ top, env, git }) => {
    const left = join(top, '.git/scend/native-0123456789ab');
    put(left, { 'commit-index': 'x' });
    git(['version']);
    await committed(await openAt(top, env), OTHER);
    assert.ok(readFileSync(join(left, 'commit-index')));
    runTouch(left, top, env);
    await committed(await openAt(top, env), { 'lib/a.txt': 'y' });
    assert.throws(() => readFileSync(join(left, 'commit-index')));
    assert.is(git(['status', '--porcelain', '--ignored']), '');
  }));

function runTouch(path: string, top: string, env: Env): void {
  // Git's own shell has it wherever the tests run.
  runGit(['-c', `alias.old=!touch -d '3 days ago' '${path}'`, 'old'], top, env);
}

test('a reader that is not closed does not keep the process, and starts anew when Git is gone', () =>
  withRepo(START, async ({ top, env, git }) => {
    const reader = nativeReader(await openAt(top, env));
    const oid = git(['rev-parse', 'HEAD']).trim();
    const many = await Promise.all(Array.from({ length: 200 }, () => reader.entryAt(oid, 'lib/a.txt')));
    assert.is(new Set(many.map((entry) => entry?.oid)).size, 1);
    await new Promise((done) => setTimeout(done, 2300));
    assert.is(Buffer.from(await reader.blob(many[0]!.oid)).toString(), 'a\n');
    const big = Buffer.alloc(3_000_000, 'x');
    put(top, { big });
    const id = nativeCommit(git, top, { big });
    const entry = await reader.entryAt(id, 'big');
    assert.ok(big.equals(Buffer.from(await reader.blob(entry!.oid))));
    assert.is(await reader.commit('0'.repeat(40)), null);
    assert.is(await reader.commit('no id\nat all'), null);
    assert.is(await reader.commit(entry!.oid), null);
    assert.is(await reader.entryAt(id, 'lib/none.txt'), null);
    assert.equal(await reader.list(id, 'none'), []);
    assert.equal(
      (await reader.list(id, 'lib/')).map(({ name }) => name),
      ['a.txt'],
    );
    assert.is((await refusalOf(reader.blob('0'.repeat(40)))).code, 'git/missing-object');
    assert.is((await refusalOf(reader.blob(id))).code, 'git/unreadable-object');
  }));

test('the reader sees where HEAD is: unborn, on a branch, detached; and where a shallow clone ends', () =>
  withRepo(null, async ({ top, root, env, git }) => {
    const reader = nativeReader(await openAt(top, env));
    assert.equal(await reader.readHead(), { ref: 'refs/heads/main', detached: false, oid: null });
    put(top, { 'a.md': 'a' });
    git(['add', '.']);
    git(['commit', '-qm', 'one']);
    git(['commit', '-q', '--allow-empty', '-m', 'two']);
    const oid = git(['rev-parse', 'HEAD']).trim();
    assert.equal(await reader.readHead(), { ref: 'refs/heads/main', detached: false, oid });
    assert.equal((await reader.commit(oid))?.parents, [git(['rev-parse', 'HEAD~']).trim()]);
    git(['checkout', '-q', '--detach']);
    assert.equal(await reader.readHead(), { ref: 'HEAD', detached: true, oid });
    git(['clone', '-q', '--depth=1', `file://${top}`, join(root, 'shallow')]);
    const shallow = nativeReader(await openAt(join(root, 'shallow'), env));
    assert.equal((await shallow.commit(oid))?.parents, []);
  }));
