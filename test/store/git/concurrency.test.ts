import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { commitPaths } from '../../../src/store/git/commit.ts';
import { treeEntryAt } from '../../../src/store/git/objects.ts';
import { prepareCommit } from '../../../src/store/git/prepare.ts';
import { publishCommit } from '../../../src/store/git/publish.ts';
import { allEnded, test } from '../../harness.ts';
import { commit, fsck, gitWorks, NOW, openAt, put, refusalOf, status, withRepo } from './sandbox.ts';

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const tsx = here('../../../node_modules/tsx/dist/cli.mjs');

test('two processes commit 20 files each, and native Git a few more: all are on the branch', () =>
  withRepo({ 'a.md': 'a\n' }, async ({ top, root, git, env }) => {
    const child = (who: string) =>
      run(process.execPath, [tsx, here('commit-child.ts'), top, root, who, '20']);
    let native = 0;
    let running = true;
    const children = allEnded([child('one'), child('two')]).finally(() => {
      running = false;
    });
    while (running) {
      put(top, { 'native.md': `${native}\n` });
      const added = gitWorks(['add', 'native.md'], top, env);
      if (added && gitWorks(['commit', '-qm', 'native', '--only', 'native.md'], top, env)) native += 1;
      await new Promise((done) => setTimeout(done, 30));
    }
    const made = (await children).flatMap(({ stdout }) => stdout.trim().split('\n'));
    git(['add', '-A']);
    assert.is(made.length, 40);
    const history = git(['log', '--format=%H']).trim().split('\n');
    for (const oid of made) assert.ok(history.includes(oid), oid);
    assert.is(history.length, 41 + native);
    assert.is(git(['reflog', '--format=%H']).trim().split('\n').length, history.length);
    assert.is(git(['diff', '--cached', '--name-only', '--', 'one', 'two']), '');
    fsck(git);
  }));

test('interleaved calls in one process: all are on the branch', () =>
  withRepo({ 'a.md': 'a\n' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const series = async (who: string) => {
      for (let i = 0; i < 20; i += 1) await commit(repo, { [`${who}/${i}.md`]: `${who} ${i}\n` });
    };
    await allEnded([series('one'), series('two')]);
    assert.is(git(['rev-list', '--count', 'HEAD']).trim(), '41');
    assert.is(status(git), '');
    fsck(git);
  }));

test('a HEAD that moved on other paths is built upon; one that moved on ours is refused', () =>
  withRepo({ 'a.md': 'a\n', 'b.md': 'b\n' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const base = git(['rev-parse', 'HEAD:a.md']).trim();
    const request = {
      files: [{ path: 'a.md', bytes: Buffer.from('mine\n'), base }],
      message: 'mine',
      now: NOW,
    };
    const prepared = await prepareCommit(repo, request);
    put(top, { 'b.md': 'other\n' });
    git(['commit', '-qam', 'other']);
    assert.is(await publishCommit(repo, prepared!, async () => null, undefined), 'unchanged');
    assert.is(status(git), '');
    const result = await commitPaths(repo, request);
    assert.is(git(['log', '--format=%s']).trim(), 'mine\nother\nstart');
    const oid = result.kind === 'committed' ? result.oid : '';
    assert.is((await treeEntryAt(repo, oid, 'b.md'))?.oid, git(['rev-parse', 'HEAD~:b.md']).trim());
    assert.is(
      (await refusalOf(commitPaths(repo, { ...request, files: [{ path: 'a.md', bytes: null, base }] }))).code,
      'git/moved',
    );
    assert.equal(await commitPaths(repo, request), { kind: 'unchanged' });
  }));

test('a commit that came too late is made anew under the lock, where nobody can come first', () =>
  withRepo({ 'a.md': 'a\n', 'b.md': 'b\n' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const base = git(['rev-parse', 'HEAD:a.md']).trim();
    const request = {
      files: [{ path: 'a.md', bytes: Buffer.from('mine\n'), base }],
      message: 'mine',
      now: NOW,
    };
    const prepared = await prepareCommit(repo, request);
    put(top, { 'b.md': 'other\n' });
    git(['commit', '-qam', 'other']);
    put(top, { 'a.md': 'mine\n' });
    let locked = false;
    const renew = () => {
      locked = existsSync(join(top, '.git/index.lock'));
      return prepareCommit(repo, request);
    };
    const published = await publishCommit(repo, prepared!, renew, undefined);
    assert.ok(locked);
    assert.ok(typeof published === 'object' && published.oid !== prepared!.oid);
    assert.is(git(['log', '--format=%s']).trim(), 'mine\nother\nstart');
    assert.is(status(git), '');
    fsck(git);
  }));

test('a branch switched between the making and the publishing of a commit stays untouched', () =>
  withRepo({ 'a.md': 'a\n' }, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const base = git(['rev-parse', 'HEAD:a.md']).trim();
    const request = {
      files: [{ path: 'a.md', bytes: Buffer.from('mine\n'), base }],
      message: 'mine',
      now: NOW,
    };
    const prepared = await prepareCommit(repo, request);
    git(['switch', '-q', '-c', 'other']);
    assert.is(await publishCommit(repo, prepared!, async () => null, undefined), 'unchanged');
    await commitPaths(repo, request);
    assert.is(git(['log', '--format=%s', 'main']).trim(), 'start');
    assert.is(git(['log', '--format=%s', 'other']).trim(), 'mine\nstart');
  }));

test('a lock that goes away is waited for', () =>
  withRepo({ 'a.md': 'a\n' }, async ({ top, env }) => {
    const repo = await openAt(top, env);
    put(join(top, '.git'), { 'index.lock': '', 'refs/heads/main.lock': '' });
    setTimeout(() => put(join(top, '.git'), { 'index.lock': null }), 60);
    setTimeout(() => put(join(top, '.git'), { 'refs/heads/main.lock': null }), 160);
    assert.is((await commit(repo, { 'a.md': 'b\n' })).kind, 'committed');
  }));
