import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { chooseBackend, explainBackend, openReader } from '../../../src/store/git/choose-backend.ts';
import { test } from '../../harness.ts';
import {
  type Files,
  fingerprint,
  gitWorks,
  NOW,
  openAt,
  put,
  refusalOf,
  type Sandbox,
  status,
  withRepo,
} from './sandbox.ts';

const START: Files = { 'a.md': 'a\n', 'dir/b.md': 'b\n' };

function addHook(top: string, name: string): void {
  mkdirSync(join(top, '.git/hooks'), { recursive: true });
  writeFileSync(join(top, '.git/hooks', name), '#!/bin/sh\n', { mode: 0o755 });
}

/** Each is refused by the embedded backend, and done by Git. */
const NATIVE_ONLY: Readonly<Record<string, (sandbox: Sandbox) => void>> = {
  'git/hook': ({ top }) => addHook(top, 'commit-msg'),
  'git/signing': ({ git, root }) => {
    writeFileSync(join(root, 'signer'), '#!/bin/sh\nexit 2\n', { mode: 0o755 });
    git(['config', 'commit.gpgSign', 'true']);
  },
  'git/filter': ({ top }) => put(top, { '.git/info/attributes': '*.md ident\n' }),
  'git/index-format': ({ git }) => {
    git(['update-index', '--split-index']);
  },
  'git/symbolic-branch': ({ git }) => {
    git(['branch', 'real']);
    git(['symbolic-ref', 'refs/heads/main', 'refs/heads/real']);
  },
  'git/replaced-commit': ({ git }) => {
    git(['commit', '-q', '--allow-empty', '-m', 'second']);
    git(['replace', 'HEAD', 'HEAD~1']);
  },
};

for (const [code, prepare] of Object.entries(NATIVE_ONLY)) {
  test(`${code}: Git commits; without Git the embedded backend's refusal says to install it`, () =>
    withRepo(START, async (sandbox) => {
      prepare(sandbox);
      const { top, root, env } = sandbox;
      const repo = await openAt(top, env);
      const before = fingerprint(root);
      assert.is((await chooseBackend(repo, ['a.md', 'new.md'])).name, 'native');
      const without = await openAt(top, { ...env, PATH: join(root, 'nothing') });
      const refused = await refusalOf(chooseBackend(without, ['a.md']));
      assert.is(refused.code, code);
      assert.match(refused.hint, /Or install Git: Scend then commits with it\.$/);
      assert.is(fingerprint(root), before);
      if (code === 'git/filter') return;
      const report = await explainBackend(repo);
      assert.is(report.backend, 'native');
      assert.equal(
        report.reasons.map((one) => one.code),
        [code],
      );
      assert.match(report.git ?? '', /^\d+\.\d+/);
      const lone = await explainBackend(without);
      assert.equal([lone.backend, lone.git], [null, null]);
      assert.match(lone.reasons[0]?.hint ?? '', 'Or install Git');
    }));
}

test('nothing special: the embedded backend, with Git and without', () =>
  withRepo(START, async ({ top, root, env }) => {
    for (const PATH of [env.PATH, join(root, 'nothing'), undefined]) {
      const repo = await openAt(top, { ...env, PATH });
      assert.is((await chooseBackend(repo, ['a.md'])).name, 'embedded');
      const report = await explainBackend(repo);
      assert.equal([report.backend, report.reasons], ['embedded', []]);
    }
  }));

test('a refusal that Git shares is met whatever else is there', () =>
  withRepo(START, async ({ top, env, git }) => {
    addHook(top, 'pre-commit');
    git(['config', 'commit.gpgSign', 'true']);
    git(['update-index', '--split-index']);
    put(top, { 'a.md': 'staged\n' });
    git(['add', 'a.md']);
    const repo = await openAt(top, env);
    assert.is((await chooseBackend(repo, ['dir/b.md'])).name, 'native');
    const bytes = new Map([['a.md', Buffer.from('other\n')]]);
    assert.is((await refusalOf(chooseBackend(repo, ['a.md'], { bytes }))).code, 'git/staged');
    assert.is((await refusalOf(chooseBackend(repo, ['x/../y']))).code, 'git/bad-path');
    const nobody = await openAt(top, { ...env, GIT_AUTHOR_NAME: undefined });
    assert.is((await refusalOf(chooseBackend(nobody, ['dir/b.md']))).code, 'git/no-identity');
    await chooseBackend(nobody, ['dir/b.md'], { author: 'Ada <ada@example.org>' });
    writeFileSync(join(top, '.git/MERGE_HEAD'), git(['rev-parse', 'HEAD']));
    assert.is((await refusalOf(chooseBackend(repo, ['dir/b.md']))).code, 'git/merge-in-progress');
    const { backend, reasons } = await explainBackend(repo);
    assert.is(backend, null);
    assert.equal(
      reasons.map(({ code }) => code),
      ['git/merge-in-progress', 'git/hook', 'git/signing', 'git/index-format'],
    );
  }));

test('every hook is a reason of its own', () =>
  withRepo(START, async ({ top, env }) => {
    for (const name of ['pre-commit', 'post-commit']) addHook(top, name);
    const { backend, reasons } = await explainBackend(await openAt(top, env));
    assert.is(backend, 'native');
    assert.equal(
      reasons.map(({ data }) => data.hook),
      ['pre-commit', 'post-commit'],
    );
  }));

test('a work tree elsewhere is refused: Git would not find the files either', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    mkdirSync(join(root, 'away'));
    git(['config', 'core.worktree', join(root, 'away')]);
    const repo = await openAt(top, env);
    const refused = await refusalOf(chooseBackend(repo, ['a.md']));
    assert.is(refused.code, 'git/work-tree-elsewhere');
    assert.not.match(refused.hint, 'nstall');
    assert.is((await explainBackend(repo)).backend, null);
  }));

test('an extension that installed Git does not know either', () =>
  withRepo(START, async ({ top, env, git }) => {
    git(['config', 'core.repositoryFormatVersion', '1']);
    git(['config', 'extensions.notYetInvented', 'true']);
    const repo = await openAt(top, env);
    const refused = await refusalOf(chooseBackend(repo, ['a.md']));
    assert.is(refused.code, 'git/extension');
    assert.match(refused.hint, /Installed Git \(.*\) cannot either: .*notyetinvented/s);
    const { backend, reasons } = await explainBackend(repo);
    assert.equal([backend, reasons.length], [null, 1]);
    // It is not known to matter to reading.
    assert.is((await (await openReader(repo)).readHead()).ref, 'refs/heads/main');
  }));

/** A directory with a Git that says it is of another version, and is the real one otherwise. */
function pretend(root: string, version: string): string {
  const bin = join(root, `git-${version}`);
  mkdirSync(bin);
  const lines = ['#!/bin/sh', `[ "$1" != version ] || { echo git version ${version}; exit; }`, 'PATH=$REAL'];
  writeFileSync(join(bin, 'git'), [...lines, 'exec git "$@"', ''].join('\n'), { mode: 0o755 });
  return bin;
}

test('an old Git commits too, but runs no hooks; a very old one commits nothing', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    git(['update-index', '--split-index']);
    const old = await openAt(top, { ...env, REAL: env.PATH, PATH: pretend(root, '2.34.1') });
    const backend = await chooseBackend(old, ['a.md']);
    const file = { path: 'a.md', bytes: Buffer.from('new\n'), base: git(['rev-parse', 'HEAD:a.md']).trim() };
    put(top, { 'a.md': 'new\n' });
    const result = await backend.commitPaths(old, { files: [file], message: 'x', now: NOW });
    assert.is(result.kind, 'committed');
    assert.is(status(git), '');
    addHook(top, 'commit-msg');
    const refused = await refusalOf(chooseBackend(old, ['a.md']));
    assert.is(refused.code, 'git/hook');
    assert.match(refused.message, 'Git 2.36 or newer; this is 2.34.1');
    const ancient = await openAt(top, { ...env, REAL: env.PATH, PATH: pretend(root, '2.20.1') });
    const late = await refusalOf(chooseBackend(ancient, ['a.md']));
    assert.is(late.code, 'git/hook');
    assert.match(late.hint, 'update Git to 2.27 or newer: Scend then commits with it (this is 2.20.1)');
  }));

test('a relative directory in PATH does not choose the program', () =>
  withRepo(START, async ({ top, root, env }) => {
    const evil = pretend(top, '9.9.9');
    addHook(top, 'pre-commit');
    for (const PATH of ['.', 'git-9.9.9', '', `:${join(root, 'nothing')}:./git-9.9.9`]) {
      assert.is((await explainBackend(await openAt(top, { ...env, PATH }))).git, null, PATH);
    }
    rmSync(evil, { recursive: true });
  }));

test('a repository of sha256 names: through Git in all', () =>
  withRepo(START, async ({ root, env, git }) => {
    const top = join(root, 'long');
    git(['init', '-q', '-b', 'main', '--object-format=sha256', top]);
    const repo = await openAt(top, env);
    const commit = async (path: string, text: string) => {
      put(top, { [path]: text });
      const file = { path, bytes: Buffer.from(text), base: null };
      const backend = await chooseBackend(repo, [path]);
      return backend.commitPaths(repo, { files: [file], message: 'x', now: NOW });
    };
    await commit('a.md', 'a\n');
    const second = await commit('b.md', 'b\n');
    const oid = second.kind === 'committed' ? second.oid : '';
    const reader = await openReader(repo);
    assert.equal(await reader.readHead(), { ref: 'refs/heads/main', detached: false, oid });
    assert.is((await reader.commit(oid))?.parents[0]?.length, 64);
    assert.is((await reader.list(oid, '')).length, 2);
    const { backend, reasons } = await explainBackend(repo);
    assert.equal([backend, reasons.map(({ code }) => code)], ['native', ['git/sha256']]);
    assert.ok(gitWorks(['fsck', '--strict'], top, env));
    git(['checkout', '-q', '--detach'], top);
    const detached = await explainBackend(repo);
    assert.equal(
      [detached.backend, detached.reasons.map(({ code }) => code)],
      [null, ['git/sha256', 'git/detached-head']],
    );
    const without = await openAt(top, { ...env, PATH: '' });
    assert.is((await refusalOf((await openReader(without)).readHead())).code, 'git/broken-ref');
  }));

test('the usual form is read without Git', () =>
  withRepo(START, async ({ top, root, env, git }) => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    symlinkSync('/bin/false', join(bin, 'git'));
    const reader = await openReader(await openAt(top, { ...env, PATH: bin }));
    assert.is((await reader.readHead()).oid, git(['rev-parse', 'HEAD']).trim());
  }));
