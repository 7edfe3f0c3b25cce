import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test, testIf } from '../../harness.ts';
import { commit, committed, facts, indexAndHead } from './native-sandbox.ts';
import {
  type Files,
  fsck,
  gitWorks,
  nativeCommit,
  openAt,
  put,
  refusalOf,
  status,
  twin,
  withRepo,
} from './sandbox.ts';

const START: Files = { 'a.md': 'a\n', 'b.md': 'b\n', 'dir/c.md': 'c\n' };
const EDIT: Files = { 'a.md': 'changed\n', 'dir/new.md': 'new\n' };

/** Writes a hook of shell lines. */
function addHook(top: string, name: string, lines: string, directory = '.git/hooks'): void {
  mkdirSync(join(top, directory), { recursive: true });
  writeFileSync(join(top, directory, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
}

/** A hook that notes how it was called, and what index and work tree look like to it. */
const NOTE = [
  'echo "$(basename $0) $# $2 editor=$GIT_EDITOR author=$GIT_AUTHOR_NAME top=$(git rev-parse --show-prefix)" >> ../log',
  '[ $# -eq 0 ] || cat "$1" >> ../log',
  'git diff --cached --name-status HEAD >> ../log',
  'git diff-files --name-status >> ../log',
  'git ls-files -s >> ../log',
].join('\n');

test('hooks are called as git commit --only calls them, and see what it shows them', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    put(top, { 'b.md': 'staged\n' });
    git(['add', 'b.md']);
    put(top, { 'b.md': 'and changed\n', 'untracked.md': 'u\n' });
    for (const name of ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit'])
      addHook(top, name, NOTE);
    const other = twin(top);
    const said = () => {
      const text = readFileSync(join(root, 'log'), 'utf8');
      writeFileSync(join(root, 'log'), '');
      return text;
    };
    nativeCommit(git, other, EDIT);
    const expected = said();
    await committed(await openAt(top, env), EDIT);
    assert.is(said(), expected);
    assert.is(expected.match(/^(?:pre-commit|prepare-commit-msg|commit-msg|post-commit) .*$/gm)?.length, 4);
    assert.equal(facts(git, top), facts(git, other));
    fsck(git);
  }));

for (const [name, directory] of [
  ['pre-commit', '.git/hooks'],
  ['prepare-commit-msg', '.git/hooks'],
  ['commit-msg', '.husky'],
] as const) {
  test(`git/hook-refused: ${name} in ${directory} fails, says why, and nothing has moved`, () =>
    withRepo(START, async (sandbox) => {
      const { top, env, git } = sandbox;
      if (directory !== '.git/hooks') git(['config', 'core.hooksPath', directory]);
      addHook(top, name, 'echo "\x1b[31mnot like this\x1b[0m"; seq 1 40 >&2; git add -A; exit 3', directory);
      git(['add', '-A']);
      git(['commit', '-q', '--allow-empty', '--no-verify', '-m', 'x'], top, {
        ...env,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'core.hooksPath',
        GIT_CONFIG_VALUE_0: '/dev/null',
      });
      put(top, EDIT);
      const before = indexAndHead(sandbox);
      const refused = await refusalOf(commit(await openAt(top, env), EDIT));
      assert.is(refused.code, 'git/hook-refused');
      assert.match(refused.message, `the ${name} hook refused the commit:\nnot like this\n1\n2\n`);
      assert.match(refused.message, /\n19\n…$/);
      assert.match(refused.hint, 'written and not committed');
      assert.equal(indexAndHead(sandbox), before);
      assert.not.ok(existsSync(join(top, '.git/index.lock')));
      fsck(git);
    }));
}

test('git/hook-refused: reference-transaction forbids the move, and the index is as it was', () =>
  withRepo(START, async (sandbox) => {
    const { top, env, git } = sandbox;
    put(top, EDIT);
    const before = indexAndHead(sandbox);
    addHook(top, 'reference-transaction', '[ "$1" != prepared ] || { echo frozen until Monday; exit 1; }');
    const refused = await refusalOf(commit(await openAt(top, env), EDIT));
    assert.is(refused.code, 'git/hook-refused');
    assert.match(refused.message, 'the reference-transaction hook refused the commit:\nfrozen until Monday');
    assert.equal(indexAndHead(sandbox), before);
    fsck(git);
  }));

test('reference-transaction sees the move as Git shows it', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    addHook(top, 'reference-transaction', 'echo "$1 $(tr "\\n" ";")" >> ../log');
    // Git also forgets a ref that a merge may have left.
    const said = () => readFileSync(join(root, 'log'), 'utf8').replace(/.*AUTO_MERGE.*\n/g, '');
    const other = twin(top);
    nativeCommit(git, other, EDIT);
    const expected = said();
    writeFileSync(join(root, 'log'), '');
    await committed(await openAt(top, env), EDIT);
    assert.is(said(), expected);
    assert.match(expected, /^prepared .* refs\/heads\/main;\ncommitted .*\n$/);
  }));

test('what a pre-commit hook formats and adds is in the commit, and not reversed in the index', () =>
  withRepo(START, async ({ top, env, git }) => {
    addHook(
      top,
      'pre-commit',
      'for f in a.md b.md; do tr a-z A-Z <$f >$f.new; mv $f.new $f; done; echo made >made.md; git add a.md b.md made.md',
    );
    const repo = await openAt(top, env);
    await committed(repo, EDIT);
    assert.is(git(['show', 'HEAD:a.md']), 'CHANGED\n');
    assert.is(git(['show', 'HEAD:b.md']), 'B\n');
    assert.is(git(['show', 'HEAD:made.md']), 'made\n');
    assert.is(status(git), '');
    fsck(git);
  }));

test('git/staged: a hook adds a file that the user has staged otherwise', () =>
  withRepo(START, async (sandbox) => {
    const { top, env, git } = sandbox;
    put(top, { 'b.md': 'staged by the user\n' });
    git(['add', 'b.md']);
    put(top, { ...EDIT, 'b.md': 'work\n' });
    addHook(top, 'pre-commit', 'echo by the hook >b.md; git add b.md');
    const before = indexAndHead(sandbox);
    assert.is((await refusalOf(commit(await openAt(top, env), EDIT))).code, 'git/staged');
    assert.equal(indexAndHead(sandbox), before);
  }));

test('a hook that takes the change out again leaves nothing to commit', () =>
  withRepo(START, async (sandbox) => {
    const { top, env } = sandbox;
    put(top, EDIT);
    addHook(top, 'pre-commit', 'git read-tree HEAD');
    const before = indexAndHead(sandbox);
    assert.equal(await commit(await openAt(top, env), EDIT), { kind: 'unchanged' });
    assert.equal(indexAndHead(sandbox), before);
  }));

test('the message is what the hooks make of it; an empty one is refused', () =>
  withRepo(START, async (sandbox) => {
    const { top, env, git } = sandbox;
    addHook(top, 'prepare-commit-msg', '[ "$2" = message ] && echo "prepared  " >> "$1"');
    addHook(top, 'commit-msg', 'printf "\\n\\nTicket: 7\\n" >> .git/COMMIT_EDITMSG');
    const repo = await openAt(top, env);
    await committed(repo, EDIT, { message: 'a subject' });
    assert.is(git(['log', '-1', '--format=%B']).trimEnd(), 'a subject\nprepared\n\nTicket: 7');
    assert.is(git(['reflog', '-1', '--format=%gs']).trim(), 'commit: a subject');
    addHook(top, 'commit-msg', ': > "$1"');
    const before = indexAndHead(sandbox);
    const files = { 'b.md': 'x\n' };
    assert.is((await refusalOf(commit(repo, files, { write: false }))).code, 'git/bad-message');
    assert.equal(indexAndHead(sandbox), before);
  }));

test('post-commit: it runs when all is done, its failure and what it leaves running do not matter', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    const later =
      '(n=0; while [ ! -e ../go ] && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done; echo late >> ../log) &';
    const lines = `git log -1 --format=%s > ../log; git status --porcelain >> ../log\n${later}\nexit 1`;
    addHook(top, 'post-commit', lines);
    await committed(await openAt(top, env), EDIT);
    const said = readFileSync(join(root, 'log'), 'utf8');
    writeFileSync(join(root, 'go'), '');
    assert.is(said, 'a change\n');
    assert.is(status(git), '');
  }));

test('post-index-change runs, a hook that is not executable does not', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    addHook(top, 'post-index-change', 'echo $0 >> "$HOME/log"');
    writeFileSync(join(top, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o644 });
    await committed(await openAt(top, env), EDIT);
    assert.match(readFileSync(join(root, 'log'), 'utf8'), 'post-index-change');
    assert.is(status(git), '');
  }));

test('a hook that commits or moves HEAD itself: the commit is made on what it left', () =>
  withRepo(START, async ({ top, env, git }) => {
    addHook(
      top,
      'pre-commit',
      '[ -e .git/once ] || { : > .git/once; git update-ref HEAD $(git commit-tree -p HEAD -m by-hook HEAD^{tree}); }',
    );
    await committed(await openAt(top, env), EDIT);
    assert.is(git(['log', '--format=%s']).trim(), 'a change\nby-hook\nstart');
    assert.is(status(git), '');
    fsck(git);
  }));

test('git/contended: a HEAD that moves every time', () =>
  withRepo(START, async ({ top, env, git }) => {
    const move = 'git update-ref HEAD $(git commit-tree -p HEAD -m by-hook HEAD^{tree})';
    addHook(top, 'pre-commit', move);
    const index = readFileSync(join(top, '.git/index'));
    const refused = await refusalOf(commit(await openAt(top, env), EDIT, { write: false }));
    assert.is(refused.code, 'git/contended');
    assert.ok(index.equals(readFileSync(join(top, '.git/index'))));
    assert.is(git(['log', '--format=%s', '-1']).trim(), 'by-hook');
  }));

test('a branch switched by a hook stays untouched, also when both are at one commit', () =>
  withRepo(START, async ({ top, env, git }) => {
    git(['branch', 'other']);
    addHook(
      top,
      'pre-commit',
      '[ -e .git/once ] || { : > .git/once; git symbolic-ref HEAD refs/heads/other; }',
    );
    const result = await commit(await openAt(top, env), EDIT);
    assert.is(result.kind === 'committed' && result.branch, 'other');
    assert.is(git(['log', '--format=%s', 'main']).trim(), 'start');
    assert.is(git(['log', '--format=%s', 'other']).trim(), 'a change\nstart');
    assert.is(status(git), '');
  }));

test('git/signing: a signer that fails', () =>
  withRepo(START, async (sandbox) => {
    const { top, root, env, git } = sandbox;
    writeFileSync(join(root, 'signer'), '#!/bin/sh\necho no card >&2\nexit 2\n', { mode: 0o755 });
    git(['config', 'commit.gpgSign', 'true']);
    git(['config', 'gpg.format', 'ssh']);
    git(['config', 'gpg.ssh.program', join(root, 'signer')]);
    git(['config', 'user.signingKey', 'key::ssh-ed25519 AAAA']);
    put(top, EDIT);
    const before = indexAndHead(sandbox);
    const refused = await refusalOf(commit(await openAt(top, env), EDIT));
    assert.is(refused.code, 'git/signing');
    assert.match(refused.message, 'no card');
    assert.equal(indexAndHead(sandbox), before);
  }));

const has = (program: string, ...args: string[]) =>
  spawnSync(program, args, { stdio: 'ignore' }).error === undefined;

testIf(has('ssh-keygen', '-?'), 'there is no ssh-keygen', 'a commit signed with an SSH key', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    const key = join(root, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', key]);
    const [kind, text] = readFileSync(`${key}.pub`, 'utf8').split(' ');
    writeFileSync(join(root, 'allowed'), `bo@example.org ${kind} ${text}\n`);
    git(['config', 'commit.gpgSign', 'true']);
    git(['config', 'gpg.format', 'ssh']);
    git(['config', 'user.signingKey', key]);
    git(['config', 'gpg.ssh.allowedSignersFile', join(root, 'allowed')]);
    const oid = await committed(await openAt(top, env), EDIT);
    assert.ok(gitWorks(['verify-commit', oid], top, env));
    assert.not.ok(gitWorks(['verify-commit', 'HEAD~'], top, env));
    assert.is(status(git), '');
    fsck(git);
  }),
);

testIf(has('gpg', '--version'), 'there is no gpg', 'a commit signed with a GPG key', () =>
  withRepo(START, async (sandbox) => {
    const home = join(sandbox.root, 'gnupg');
    mkdirSync(home, { mode: 0o700 });
    const env = { ...sandbox.env, GNUPGHOME: home };
    const gpg = (...args: string[]) => execFileSync('gpg', ['--batch', ...args], { env, stdio: 'pipe' });
    try {
      gpg('--passphrase', '', '--quick-generate-key', 'Bo <bo@example.org>', 'ed25519', 'sign', 'never');
      sandbox.git(['config', 'commit.gpgSign', 'true']);
      const oid = await committed(await openAt(sandbox.top, env), EDIT);
      assert.ok(gitWorks(['verify-commit', oid], sandbox.top, env));
      fsck(sandbox.git);
    } finally {
      spawnSync('gpgconf', ['--kill', 'gpg-agent'], { env, stdio: 'ignore' });
    }
  }),
);
