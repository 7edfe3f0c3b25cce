import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { writeRef } from 'isomorphic-git';
import * as assert from 'uvu/assert';
import { objectFs } from '../../../src/store/git/object-fs.ts';
import {
  hashObject,
  listTreeAt,
  readBlobAt,
  readObject,
  treeEntryAt,
  treeOfCommit,
  writeBlob,
} from '../../../src/store/git/objects.ts';
import { parseTree, renderTree } from '../../../src/store/git/tree.ts';
import { editTree } from '../../../src/store/git/tree-edit.ts';
import { test } from '../../harness.ts';
import { type Files, fingerprint, fsck, openAt, put, refusalOf, withRepo } from './sandbox.ts';

const START: Files = { 'a.md': 'a\n', 'dir/b.md': 'b\n', 'dir/sub/c.md': 'c\n', 'é/d.md': 'd\n' };

test('files and directories of a commit, loose and packed', () =>
  withRepo(START, async ({ top, git, env }) => {
    const head = git(['rev-parse', 'HEAD']).trim();
    for (const pack of [false, true]) {
      if (pack) git(['gc', '-q', '--prune=now']);
      const repo = await openAt(top, env);
      const read = async (path: string) => {
        const bytes = await readBlobAt(repo, head, path);
        return bytes && Buffer.from(bytes).toString('utf8');
      };
      assert.is(await read('dir/sub/c.md'), 'c\n');
      assert.is(await read('é/d.md'), 'd\n');
      for (const path of ['dir', 'none', 'a.md/x', 'dir/none/x', '']) assert.is(await read(path), null, path);
      const listed = await listTreeAt(repo, head, 'dir');
      assert.equal(
        listed.map(({ mode, name }) => `${mode} ${name}`),
        ['100644 b.md', '40000 sub'],
      );
      assert.equal(
        (await listTreeAt(repo, head, '')).map(({ name }) => name),
        ['a.md', 'dir', 'é'],
      );
      assert.equal(await listTreeAt(repo, head, 'dir/'), listed);
      assert.equal(await listTreeAt(repo, head, 'a.md'), []);
      assert.equal(await listTreeAt(repo, head, 'none'), []);
      assert.is((await treeEntryAt(repo, head, 'dir/sub'))?.oid, git(['rev-parse', 'HEAD:dir/sub']).trim());
      assert.is(await treeOfCommit(repo, head), git(['rev-parse', 'HEAD^{tree}']).trim());
    }
  }));

test('a repository that is repacked while it is open is read on', () =>
  withRepo(START, async ({ top, git, env }) => {
    git(['gc', '-q', '--prune=now']);
    const repo = await openAt(top, env);
    const first = git(['rev-parse', 'HEAD']).trim();
    await treeOfCommit(repo, first);
    put(top, { 'a.md': 'changed\n' });
    git(['commit', '-qam', 'second']);
    git(['gc', '-q', '--prune=now']);
    const second = git(['rev-parse', 'HEAD']).trim();
    assert.is(Buffer.from((await readBlobAt(repo, second, 'a.md'))!).toString(), 'changed\n');
    assert.is(Buffer.from((await readBlobAt(repo, first, 'a.md'))!).toString(), 'a\n');
  }));

test('a blob is stored once, read-only, and readable by Git', () =>
  withRepo(START, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const bytes = Buffer.from('some text\n');
    const oid = await writeBlob(repo, bytes);
    const path = join(top, '.git/objects', oid.slice(0, 2), oid.slice(2));
    assert.is(oid, hashObject('blob', bytes));
    assert.is(git(['cat-file', 'blob', oid]), 'some text\n');
    assert.is(statSync(path).mode & 0o777, 0o444);
    const { ino } = statSync(path);
    assert.is(await writeBlob(repo, bytes), oid);
    assert.is(statSync(path).ino, ino);
    assert.ok((await readObject(repo, oid, 'blob')).equals(bytes));
    assert.is((await refusalOf(readObject(repo, oid, 'tree'))).code, 'git/unreadable-object');
    assert.is((await refusalOf(readObject(repo, '1'.repeat(40), 'blob'))).code, 'git/missing-object');
  }));

test('any bytes are stored as Git stores them', () =>
  withRepo(START, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const oid = await writeBlob(repo, bytes);
        put(top, { 'x.bin': bytes });
        assert.is(oid, git(['hash-object', '--no-filters', 'x.bin']).trim());
        assert.ok((await readObject(repo, oid, 'blob')).equals(bytes));
      }),
      { numRuns: 25 },
    );
    fsck(git);
  }));

test('the library can write nothing but loose objects', () =>
  withRepo(START, async ({ top, env }) => {
    const repo = await openAt(top, env);
    const before = fingerprint(top);
    const fs = objectFs(repo);
    const write = (path: string) => fs.promises.writeFile(join(top, '.git', path), Buffer.from('x'));
    for (const path of [
      'HEAD',
      'index',
      'refs/heads/x',
      'objects/info/alternates',
      'objects/pack/x.pack',
      'objects/ab/short',
      `objects/ab/../../${'a'.repeat(38)}`,
      `../objects/ab/${'a'.repeat(38)}`,
    ]) {
      await write(path).then(assert.unreachable, (error: Error) =>
        assert.match(error.message, 'isomorphic-git tried'),
      );
    }
    const gitdir = join(top, '.git');
    const ref = writeRef({ fs, gitdir, ref: 'refs/heads/x', value: 'a'.repeat(40) });
    await ref.then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, 'isomorphic-git tried'),
    );
    for (const verb of ['unlink', 'rmdir', 'rm', 'symlink'] as const) {
      await fs.promises[verb](join(gitdir, 'HEAD')).then(assert.unreachable, () => {});
    }
    assert.is(fingerprint(top), before);
  }));

test('a tree read and written is the same bytes', () =>
  withRepo(START, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const bytes = await readObject(repo, git(['rev-parse', 'HEAD^{tree}']).trim(), 'tree');
    assert.ok(renderTree(parseTree(bytes)).equals(bytes));
    assert.throws(() => parseTree(bytes.subarray(0, -1)));
  }));

const NAMES = ['a', 'a-b', 'a.b', 'a0', 'b', 'é'];
const paths = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.map((part, i) => (i === parts.length - 1 ? `${part}.md` : part)).join('/'));

test('any changes give the tree that Git writes', () =>
  withRepo(null, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const blobs = [await writeBlob(repo, Buffer.from('1')), await writeBlob(repo, Buffer.from('2'))];
    const treeOf = (files: ReadonlyMap<string, string>) => {
      git(['read-tree', '--empty']);
      const info = [...files].flatMap(([path, oid]) => ['--cacheinfo', `100644,${oid},${path}`]);
      if (info.length > 0) git(['update-index', '--add', ...info]);
      return git(['write-tree']).trim();
    };
    const scene = fc.record({
      start: fc.dictionary(paths, fc.constantFrom(...blobs), { maxKeys: 8, noNullPrototype: true }),
      changes: fc.dictionary(paths, fc.constantFrom(...blobs, null), { maxKeys: 5, noNullPrototype: true }),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ start, changes }) => {
        const files = new Map(Object.entries(start));
        const before = treeOf(files);
        const edited = Object.entries(changes).map(([path, oid]) => ({ path, oid }));
        for (const { path, oid } of edited) {
          if (oid === null) files.delete(path);
          else files.set(path, oid);
        }
        assert.is(await editTree(repo, before, edited), treeOf(files));
      }),
      { numRuns: 60 },
    );
  }));

test('a file and a directory of the same name are refused', () =>
  withRepo(START, async ({ top, git, env }) => {
    const repo = await openAt(top, env);
    const root = git(['rev-parse', 'HEAD^{tree}']).trim();
    const oid = git(['rev-parse', 'HEAD:a.md']).trim();
    const wrong = [['dir'], ['a.md/x'], ['new', 'new/x'], ['x/y/z', 'x/y']];
    for (const names of wrong) {
      const refused = await refusalOf(
        editTree(
          repo,
          root,
          names.map((path) => ({ path, oid })),
        ),
      );
      assert.is(refused.code, 'git/path-conflict');
    }
  }));

test('shared repositories get shared permissions', () =>
  withRepo(START, async ({ top, git, env }) => {
    for (const [value, file, directory] of [
      ['group', 0o444, 0o2070],
      ['0640', 0o440, 0o2050],
    ] as const) {
      git(['config', 'core.sharedRepository', value]);
      const repo = await openAt(top, env);
      const oid = await writeBlob(repo, Buffer.from(`shared ${value}\n`));
      const path = join(top, '.git/objects', oid.slice(0, 2), oid.slice(2));
      assert.is(statSync(path).mode & file, file);
      assert.is(statSync(join(path, '..')).mode & directory, directory);
    }
    assert.ok(existsSync(join(top, '.git')) && readFileSync(join(top, '.git/HEAD')));
  }));
