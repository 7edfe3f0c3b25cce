import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { getConfig } from '../../../src/store/git/config.ts';
import { openRepository } from '../../../src/store/git/repository.ts';
import { test, withTempDir } from '../../harness.ts';
import { baseEnv, type Env, openAt, put, refusalOf, type Sandbox, withRepo } from './sandbox.ts';

/** Asserts that every setting and its order are those that Git lists. */
async function sameAsGit({ git, env }: Sandbox, cwd: string, extra: Env = {}): Promise<void> {
  const all = { ...env, ...extra };
  // Without the option that the helper itself passes on the command line.
  const listed = git(['config', '--list', '-z', '--includes'], cwd, all).split('\0').slice(0, -1);
  const expected = listed.filter((entry) => entry !== 'protocol.file.allow\nalways');
  const { config } = await openAt(cwd, all);
  assert.equal(
    config.map(({ key, value }) => (value === null ? key : `${key}\n${value}`)),
    expected,
  );
}

test('configuration: system, global, XDG, repository, worktree and environment, in the order of Git', () =>
  withRepo({ 'a.md': 'a' }, async (sandbox) => {
    const { root, top, git } = sandbox;
    put(root, {
      'system.conf': '[user]\n\tname = System\n[a]\n\tb\n',
      '.gitconfig': '[user]\n\tname = Home\n',
      '.config/git/config': '[user]\n\tname = Xdg\n',
      'xdg/git/config': '[user]\n\tname = Other Xdg\n',
      'global.conf': '[user]\n\tname = Global\n',
    });
    git(['config', 'extensions.worktreeConfig', 'true']);
    git(['config', '--worktree', 'user.name', 'Worktree']);
    const system = { GIT_CONFIG_NOSYSTEM: undefined, GIT_CONFIG_SYSTEM: join(root, 'system.conf') };
    await sameAsGit(sandbox, top);
    await sameAsGit(sandbox, top, system);
    await sameAsGit(sandbox, top, { ...system, GIT_CONFIG_NOSYSTEM: 'yes' });
    await sameAsGit(sandbox, top, { XDG_CONFIG_HOME: join(root, 'xdg') });
    await sameAsGit(sandbox, top, { GIT_CONFIG_GLOBAL: join(root, 'global.conf') });
    await sameAsGit(sandbox, top, { GIT_CONFIG_GLOBAL: '/dev/null', HOME: undefined });
    await sameAsGit(sandbox, top, {
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'User.Name',
      GIT_CONFIG_VALUE_0: 'Command',
      GIT_CONFIG_KEY_1: 'a.B.c',
      GIT_CONFIG_VALUE_1: '',
    });
  }));

test('includes: relative, from home, nested, missing, and by condition', () =>
  withRepo({ 'a.md': 'a' }, async (sandbox) => {
    const { root, top, git } = sandbox;
    put(root, {
      '.gitconfig': [
        '[user]\n\tname = Home',
        '[include]\n\tpath = inc/one\n\tpath = missing\n\tpath = ~/inc/three',
        `[includeIf "gitdir:${root}/repo/"]\n\tpath = inc/by-dir`,
        '[includeIf "gitdir:~/repo/.git"]\n\tpath = inc/by-home',
        '[includeIf "gitdir:repo/"]\n\tpath = inc/by-tail',
        '[includeIf "gitdir:./repo/"]\n\tpath = inc/by-place',
        '[includeIf "gitdir:REPO/"]\n\tpath = inc/never',
        '[includeIf "gitdir/i:REPO/"]\n\tpath = inc/by-case',
        '[includeIf "gitdir:**/linked"]\n\tpath = inc/by-linked',
        '[includeIf "onbranch:main"]\n\tpath = inc/by-branch',
        '[includeIf "onbranch:topics/"]\n\tpath = inc/by-topic',
        '[includeIf "onbranch:t*"]\n\tpath = inc/never',
        '[includeIf "hasconfig:remote.*.url:https://example.org/**"]\n\tpath = inc/by-remote',
        '[includeIf "hasconfig:remote.*.url:https://example.com/**"]\n\tpath = inc/never',
        '[includeIf "nonsense:x"]\n\tpath = inc/never',
        '[user]\n\temail = last@example.org\n',
      ].join('\n'),
      'inc/one': '[include]\n\tpath = two\n[x]\n\tone = 1\n',
      'inc/two': '[x]\n\ttwo = 2\n',
      'inc/three': '[x]\n\tthree = 3\n',
    });
    for (const name of ['dir', 'home', 'tail', 'place', 'case', 'linked', 'branch', 'topic', 'remote']) {
      put(root, { [`inc/by-${name}`]: `[by]\n\t${name} = yes\n` });
    }
    put(root, { 'inc/never': '[by]\n\tnever = yes\n' });
    git(['config', 'remote.origin.url', 'https://example.org/a/b.git']);
    await sameAsGit(sandbox, top);
    const { config } = await openAt(top, sandbox.env);
    for (const name of ['dir', 'home', 'tail', 'place', 'case', 'branch', 'remote']) {
      assert.is(getConfig(config, `by.${name}`), 'yes', name);
    }
    assert.is(getConfig(config, 'by.never'), undefined);
    git(['worktree', 'add', '-q', '-b', 'topics/x', join(root, 'linked')]);
    await sameAsGit(sandbox, join(root, 'linked'));
    git(['checkout', '-q', '--detach']);
    await sameAsGit(sandbox, top);
  }));

test('a file that includes itself is refused', () =>
  withRepo({ 'a.md': 'a' }, async ({ root, top, env }) => {
    put(root, { '.gitconfig': '[include]\n\tpath = .gitconfig\n' });
    assert.is((await refusalOf(openRepository(top, env))).code, 'git/bad-config');
  }));

test('the repository is found from below, through links, in worktrees and submodules', () =>
  withRepo({ 'dir/deep/a.md': 'a' }, async ({ root, top, git, env }) => {
    const linked = join(root, 'linked');
    git(['worktree', 'add', '-q', '-b', 'topic', linked]);
    git(['submodule', '--quiet', 'add', top, 'sub']);
    symlinkSync(join(top, 'dir'), join(root, 'shortcut'));
    const places = [
      top,
      join(top, 'dir/deep'),
      join(root, 'shortcut/deep'),
      linked,
      join(linked, 'dir'),
      join(top, 'sub/dir'),
    ];
    for (const place of places) {
      const repo = await openAt(place, env);
      assert.is(repo.top, git(['rev-parse', '--show-toplevel'], place).trim());
      assert.is(repo.gitDir, git(['rev-parse', '--absolute-git-dir'], place).trim());
      assert.is(
        repo.commonDir,
        git(['rev-parse', '--path-format=absolute', '--git-common-dir'], place).trim(),
      );
      assert.is(repo.branch, git(['branch', '--show-current'], place).trim());
      assert.not(repo.bare);
      assert.is(repo.elsewhere, null);
    }
  }));

test('outside a repository there is none', () =>
  withTempDir(async (dir) => {
    const env = { ...baseEnv(dir), GIT_CEILING_DIRECTORIES: dir };
    mkdirSync(join(dir, 'a/.git'), { recursive: true });
    assert.is(await openRepository(join(dir, 'a'), env), null);
    assert.is((await refusalOf(openRepository(join(dir, 'gone'), env))).code, 'io/enoent');
    writeFileSync(join(dir, 'a/file'), '');
  }));

test('a ceiling stops the search', () =>
  withRepo({ 'dir/a.md': 'a' }, async ({ top, env }) => {
    assert.is(await openRepository(join(top, 'dir'), { ...env, GIT_CEILING_DIRECTORIES: top }), null);
    assert.ok(await openRepository(top, { ...env, GIT_CEILING_DIRECTORIES: top }));
  }));
