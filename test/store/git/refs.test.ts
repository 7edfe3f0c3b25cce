import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { removeHeldLocks, takeLock } from '../../../src/store/git/lock-file.ts';
import { updateHead } from '../../../src/store/git/ref-update.ts';
import { renderReflogLine } from '../../../src/store/git/reflog.ts';
import { isSafeRef, packedRefNames, readHead, readRef } from '../../../src/store/git/refs.ts';
import { test } from '../../harness.ts';
import { commit, gitWorks, openAt, put, status, withRepo } from './sandbox.ts';

test('HEAD: loose, packed, unborn, detached, and loose over packed', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const first = git(['rev-parse', 'HEAD']).trim();
    assert.equal(await readHead(repo), { ref: 'refs/heads/main', detached: false, oid: first });
    git(['branch', 'main-2']);
    git(['tag', '-a', '-m', 'x', 'v1']);
    git(['pack-refs', '--all', '--prune']);
    assert.not(existsSync(join(top, '.git/refs/heads/main')));
    assert.equal(await readHead(repo), { ref: 'refs/heads/main', detached: false, oid: first });
    assert.equal(await packedRefNames(repo), ['refs/heads/main', 'refs/heads/main-2', 'refs/tags/v1']);
    assert.is(await readRef(repo, 'refs/heads/mai'), null);
    // An empty directory left where the ref was.
    mkdirSync(join(top, '.git/refs/heads/main/x'), { recursive: true });
    assert.is((await readHead(repo)).oid, first);
    git(['commit', '-q', '--allow-empty', '-m', 'second']);
    assert.is((await readHead(repo)).oid, git(['rev-parse', 'HEAD']).trim());
    git(['symbolic-ref', 'HEAD', 'refs/heads/none']);
    assert.equal(await readHead(repo), { ref: 'refs/heads/none', detached: false, oid: null });
    git(['checkout', '-q', '--detach', first]);
    assert.equal(await readHead(repo), { ref: 'HEAD', detached: true, oid: first });
  }));

test('HEAD as the symbolic link it once was', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, git, env }) => {
    rmSync(join(top, '.git/HEAD'));
    symlinkSync('refs/heads/main', join(top, '.git/HEAD'));
    const repo = await openAt(top, env);
    assert.is((await readHead(repo)).ref, 'refs/heads/main');
    await commit(repo, { 'a.md': 'b' });
    assert.is(status(git), '');
  }));

test('only names that Git would create are refs', () => {
  for (const ref of ['refs/heads/main', 'refs/heads/a/b-c_d', 'refs/heads/é']) assert.ok(isSafeRef(ref), ref);
  for (const ref of [
    'HEAD',
    'refs/../x',
    'refs/heads/a..b',
    'refs/heads/.a',
    'refs/heads/a.lock',
    'refs/heads/a b',
    'refs/heads//a',
    'refs/heads/a/',
    'refs/heads/a\\b',
    'refs/heads/a@{1',
  ]) {
    assert.not(isSafeRef(ref), ref);
  }
});

test('reflog lines are those of native Git', () =>
  withRepo(null, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const logs = () =>
      ['.git/logs/HEAD', '.git/logs/refs/heads/main'].map((path) => readFileSync(join(top, path), 'utf8'));
    await commit(repo, { 'a.md': '1' }, { message: 'first\tof  all \u00a0\n\nbody' });
    await commit(repo, { 'a.md': '2' }, { message: 'second' });
    const ours = logs();
    rmSync(join(top, '.git'), { recursive: true });
    git(['init', '-q', '-b', 'main']);
    put(top, { 'a.md': '1' });
    git(['add', '.']);
    git(['commit', '-q', '-m', 'first\tof  all \u00a0\n\nbody']);
    put(top, { 'a.md': '2' });
    git(['commit', '-qa', '-m', 'second']);
    assert.equal(ours, logs());
    assert.is(
      renderReflogLine({ before: null, after: '1'.repeat(40), who: 'A <a> 1 +0000', message: ' \n' }),
      `${'0'.repeat(40)} ${'1'.repeat(40)} A <a> 1 +0000\tcommit (initial):\n`,
    );
  }));

test('core.logAllRefUpdates decides whether a log is begun, never whether one is continued', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, git, env }) => {
    const log = join(top, '.git/logs/refs/heads/main');
    git(['config', 'core.logAllRefUpdates', 'false']);
    await commit(await openAt(top, env), { 'a.md': 'b' });
    assert.is(readFileSync(log, 'utf8').split('\n').length, 3);
    rmSync(join(top, '.git/logs'), { recursive: true });
    await commit(await openAt(top, env), { 'a.md': 'c' });
    assert.not(existsSync(log));
    git(['config', 'core.logAllRefUpdates', 'always']);
    await commit(await openAt(top, env), { 'a.md': 'd' });
    assert.is(readFileSync(log, 'utf8').split('\n').length, 2);
  }));

test('directories are made for a branch with slashes, and empty ones do not stand in the way', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, git, env }) => {
    git(['switch', '-q', '--orphan', 'team/topic']);
    await commit(await openAt(top, env), { 'b.md': 'b' });
    assert.is(git(['branch', '--show-current']).trim(), 'team/topic');
    git(['switch', '-q', '--orphan', 'other']);
    for (const kind of ['refs', 'logs/refs'])
      mkdirSync(join(top, '.git', kind, 'heads/other/empty/deep'), { recursive: true });
    await commit(await openAt(top, env), { 'c.md': 'c' });
    assert.is(git(['log', '--format=%s', 'other']).trim(), 'a change');
    assert.match(git(['reflog', 'show', 'other']), 'commit (initial)');
  }));

test('a ref that is not as expected is left alone, and no lock stays', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const head = await readHead(repo);
    const line = { before: head.oid, after: head.oid!, who: 'A <a> 1 +0000', message: 'x' };
    git(['commit', '-q', '--allow-empty', '-m', 'second']);
    const moved = await updateHead(repo, {
      expected: head,
      line,
      beforeMove: async () => assert.unreachable(),
    });
    assert.not(moved);
    assert.is(git(['log', '--format=%s']).trim(), 'second\nstart');
    assert.ok(gitWorks(['commit', '-q', '--allow-empty', '-m', 'third'], top, env));
  }));

test('the branch and its logs move only after what has to come before', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const head = await readHead(repo);
    const after = git(['commit-tree', '-m', 'x', '-p', 'HEAD', 'HEAD^{tree}']).trim();
    const line = { before: head.oid, after, who: 'A <a> 1 +0000', message: 'x' };
    const log = () => readFileSync(join(top, '.git/logs/HEAD'), 'utf8').split('\n').length;
    const lines = log();
    const failed = updateHead(repo, {
      expected: head,
      line,
      beforeMove: () => Promise.reject(new Error('no')),
    });
    await failed.then(
      () => assert.unreachable(),
      () => {},
    );
    assert.equal([await readHead(repo), log()], [head, lines]);
    const seen: unknown[] = [];
    const beforeMove = async () => {
      const locks = ['HEAD', 'refs/heads/main'].map((name) => existsSync(join(top, '.git', `${name}.lock`)));
      seen.push(locks, await readHead(repo), log());
    };
    assert.ok(await updateHead(repo, { expected: head, line, beforeMove }));
    assert.equal(seen, [[true, true], head, lines]);
    assert.equal([(await readHead(repo)).oid, log()], [after, lines + 1]);
  }));

test('held locks can be removed at once, as a signal handler would', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, env }) => {
    const target = join(top, '.git/index');
    const lock = await takeLock(await openAt(top, env), target);
    assert.ok(existsSync(`${target}.lock`));
    removeHeldLocks();
    assert.not(existsSync(`${target}.lock`));
    await lock.handle.close();
    writeFileSync(`${target}.lock`, 'of another process');
    removeHeldLocks();
    assert.ok(existsSync(`${target}.lock`));
  }));
