import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  EMPTY_INDEX,
  entryMarks,
  entryMode,
  entryOid,
  findEntry,
  type GitIndex,
  makeEntry,
  parseIndex,
  renderIndex,
  spliceIndex,
} from '../../../src/store/git/index-file.ts';
import { NO_STAT } from '../../../src/store/git/index-stat.ts';
import { invalidateTree } from '../../../src/store/git/index-tree.ts';
import { fromName, toName } from '../../../src/store/git/tree.ts';
import { test } from '../../harness.ts';
import { commit, type Files, openAt, put, refusalOf, withRepo } from './sandbox.ts';

const START: Files = {
  'a.md': 'a\n',
  'dir/b.md': 'b\n',
  'dir/sub/c.md': 'c\n',
  'é/d.md': 'd\n',
  [`long/${'n'.repeat(200)}`]: 'x',
};

const read = (top: string) => readFileSync(join(top, '.git/index'));
const names = (index: GitIndex) => index.extensions.map(({ name }) => name);

test('versions 2 and 3 are read and written byte for byte', () =>
  withRepo(START, ({ top, git }) => {
    const two = read(top);
    assert.is(parseIndex(two).version, 2);
    assert.ok(renderIndex(parseIndex(two)).equals(two));
    put(top, { 'new.md': 'n' });
    git(['add', '-N', 'new.md']);
    git(['update-index', '--skip-worktree', 'a.md']);
    git(['update-index', '--assume-unchanged', 'dir/b.md']);
    const three = read(top);
    const index = parseIndex(three);
    assert.is(index.version, 3);
    assert.ok(renderIndex(index).equals(three));
    const none = { assumeUnchanged: false, skipWorktree: false, intentToAdd: false };
    assert.equal(entryMarks(findEntry(index, 'new.md')!), { ...none, intentToAdd: true });
    assert.equal(entryMarks(findEntry(index, 'a.md')!), { ...none, skipWorktree: true });
    assert.equal(entryMarks(findEntry(index, 'dir/b.md')!), { ...none, assumeUnchanged: true });
    assert.is(entryMode(findEntry(index, toName('é/d.md'))!), '100644');
    assert.is(entryOid(findEntry(index, 'a.md')!), git(['rev-parse', 'HEAD:a.md']).trim());
  }));

/** What each entry says; `raw` is the same in every version but for the flag that version 2 does not know. */
const facts = (index: GitIndex) => index.entries.map(({ name, raw }) => [name, raw.toString('hex')]);

test('version 4 is read and written byte for byte, and says the same as version 3', () =>
  withRepo({ ...START, 'dir/sub/conflict.md': 'x' }, ({ top, git, env }) => {
    put(top, { 'new.md': 'n', 'dir/new.md': 'n' });
    git(['add', '-N', 'new.md', 'dir/new.md']);
    git(['update-index', '--skip-worktree', 'a.md']);
    git(['update-index', '--assume-unchanged', 'dir/b.md']);
    const oid = git(['rev-parse', 'HEAD:a.md']).trim();
    const stages = [1, 2, 3].map((stage) => `100644 ${oid} ${stage}\tdir/sub/conflict.md`);
    git(['update-index', '--force-remove', 'dir/sub/conflict.md']);
    execFileSync('git', ['update-index', '--index-info'], { cwd: top, env, input: stages.join('\n') });
    const three = parseIndex(read(top));
    git(['update-index', '--index-version', '4']);
    const bytes = read(top);
    const four = parseIndex(bytes);
    assert.is(four.version, 4);
    assert.ok(renderIndex(four).equals(bytes));
    assert.equal(facts(four), facts(three));
  }));

test('version 4 in blocks for several threads is read, and written without them', () =>
  withRepo(START, async ({ top, git, env }) => {
    git(['-c', 'index.threads=2', 'update-index', '--index-version', '4']);
    assert.ok(read(top).includes('IEOT'));
    const before = git(['ls-files', '-s']);
    writeFileSync(join(top, '.git/index'), renderIndex(parseIndex(read(top))));
    assert.not(read(top).includes('IEOT'));
    assert.is(git(['ls-files', '-s']), before);
    await commit(await openAt(top, env), { 'dir/b.md': 'new\n' });
    assert.is(git(['status', '--porcelain']), '');
    assert.is(read(top).readUInt32BE(4), 4);
  }));

/** Names that share much, little and nothing, some longer than the flags can tell. */
const parts = fc.constantFrom('a', 'b', 'ab', 'é', 'a b', 'n'.repeat(130), 'n'.repeat(2100));
const entries = fc.uniqueArray(
  fc.record({
    name: fc.array(parts, { minLength: 1, maxLength: 4 }).map((all) => toName(`${all.join('/')}.md`)),
    mode: fc.constantFrom('100644', '100755', '120000'),
    stat: fc.uint8Array({ minLength: 40, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  }),
  { selector: ({ name }) => name, maxLength: 30 },
);

test('any entries written in version 4 are read back the same, and by Git', () =>
  withRepo(null, ({ top, git }) => {
    const oid = git(['hash-object', '-w', '--stdin']).trim();
    fc.assert(
      fc.property(entries, (wanted) => {
        const changes = wanted.map(({ name, mode, stat }) => ({
          name,
          entry: makeEntry(name, mode, oid, stat),
        }));
        const index = spliceIndex({ ...EMPTY_INDEX, version: 4 }, changes);
        const bytes = renderIndex(index);
        assert.equal(facts(parseIndex(bytes)), facts(index));
        assert.ok(renderIndex(parseIndex(bytes)).equals(bytes));
        writeFileSync(join(top, '.git/index'), bytes);
        const listed = git(['ls-files', '-s', '-z']).split('\0').slice(0, -1);
        const expected = index.entries.map(
          (entry) => `${entryMode(entry)} ${oid} 0\t${fromName(entry.name)}`,
        );
        assert.equal(listed, expected);
      }),
      { numRuns: 50 },
    );
  }));

test('names of every length and an empty index are read by Git', () =>
  withRepo(null, ({ top, git }) => {
    const oid = git(['hash-object', '-w', '--stdin']).trim();
    const wanted = [...Array(20).keys(), 4090, 4094, 4095, 4096, 5000]
      .map((n) => 'x'.repeat(n + 1))
      .concat('é/ü', 'a b');
    const changes = wanted.map((name) => ({
      name: toName(name),
      entry: makeEntry(toName(name), '100644', oid, NO_STAT),
    }));
    const bytes = renderIndex(spliceIndex(EMPTY_INDEX, changes));
    writeFileSync(join(top, '.git/index'), bytes);
    const listed = git(['ls-files', '-z', '-s']).split('\0').slice(0, -1);
    assert.equal(listed.map((line) => line.split('\t')[1]).sort(), [...wanted].sort());
    assert.ok(renderIndex(parseIndex(bytes)).equals(bytes));
    writeFileSync(join(top, '.git/index'), renderIndex(EMPTY_INDEX));
    assert.is(git(['ls-files']), '');
  }));

test('entries go in, out and over in the order Git keeps', () =>
  withRepo(START, ({ top, git }) => {
    const oid = git(['rev-parse', 'HEAD:a.md']).trim();
    const entry = (name: string) => ({ name, entry: makeEntry(name, '100755', oid, NO_STAT) });
    const changes = ['dir0', 'dir.x', 'dir/zz', 'zzz', 'A', 'a.md'].map(entry);
    const next = spliceIndex(parseIndex(read(top)), [...changes, { name: 'dir/b.md', entry: null }]);
    writeFileSync(join(top, '.git/index'), renderIndex(next));
    const expected = ['A', 'a.md', 'dir.x', 'dir/sub/c.md', 'dir/zz', 'dir0', 'long', 'zzz', 'é'];
    const listed = git(['-c', 'core.quotePath=false', 'ls-files']).trim().split('\n');
    assert.equal(
      listed.map((name) => name.replace(/^(long|é)\/.*/, '$1')),
      expected,
    );
    assert.match(git(['ls-files', '-s', 'a.md']), /^100755 /);
    assert.ok(git(['write-tree']));
  }));

test('staged conflicts are kept as they are', () =>
  withRepo(START, async ({ top, git, env }) => {
    put(top, { 'a.md': 'stashed\n' });
    git(['stash', '-q']);
    put(top, { 'a.md': 'other\n' });
    git(['commit', '-qam', 'other']);
    assert.throws(() => git(['stash', 'pop', '-q']));
    const before = git(['ls-files', '-u']);
    await commit(await openAt(top, env), { 'dir/b.md': 'new\n' });
    assert.is(git(['ls-files', '-u']), before);
    assert.is(before.trim().split('\n').length, 3);
  }));

test('resolved conflicts (REUC) stay; what Git makes anew goes', () =>
  withRepo(START, async ({ top, git, env }) => {
    git(['switch', '-q', '-c', 'other']);
    put(top, { 'a.md': 'theirs\n' });
    git(['commit', '-qam', 'theirs']);
    git(['switch', '-q', 'main']);
    put(top, { 'a.md': 'ours\n' });
    git(['commit', '-qam', 'ours']);
    assert.throws(() => git(['merge', 'other']));
    git(['add', 'a.md']);
    git(['commit', '-qm', 'merged']);
    git(['update-index', '--untracked-cache']);
    git(['-c', 'index.threads=2', '-c', 'core.fsmonitor=false', 'status']);
    const before = parseIndex(read(top));
    assert.ok(names(before).includes('REUC'));
    assert.ok(read(top).includes('UNTR'));
    await commit(await openAt(top, env), { 'dir/b.md': 'new\n' });
    const after = parseIndex(read(top));
    assert.equal(names(after).sort(), ['REUC', 'TREE']);
    assert.not(read(top).includes('UNTR'));
    const reuc = (index: GitIndex) =>
      index.extensions.find(({ name }) => name === 'REUC')?.data.toString('hex');
    assert.is(reuc(after), reuc(before));
  }));

test('cached trees: those on the path are dropped, the others stay, as Git itself does it', () =>
  withRepo(START, ({ top, git }) => {
    const tree = (index: GitIndex) => index.extensions.find(({ name }) => name === 'TREE')!.data;
    git(['write-tree']);
    const before = parseIndex(read(top));
    for (const path of ['dir/sub/c.md', 'dir/b.md', 'a.md']) {
      git(['update-index', '--force-remove', path]);
      const byGit = tree(parseIndex(read(top)));
      assert.ok(invalidateTree(tree(before), [path])!.equals(byGit), path);
      git(['reset', '-q', '--hard']);
      git(['write-tree']);
      assert.ok(tree(parseIndex(read(top))).equals(tree(before)));
    }
    assert.is(invalidateTree(Buffer.from('junk'), ['a']), null);
    assert.is(invalidateTree(tree(before).subarray(0, -1), ['a']), null);
    // What was a directory is a file now.
    assert.not(invalidateTree(tree(before), ['dir'])!.includes('dir'));
  }));

test('cached trees of several paths at once are dropped as one after the other', () =>
  withRepo(START, ({ top, git }) => {
    git(['write-tree']);
    const data = parseIndex(read(top)).extensions.find(({ name }) => name === 'TREE')!.data;
    const some = ['a.md', 'dir/b.md', 'dir/sub/c.md', 'dir', 'dir/sub', 'é', 'é/d.md', 'none/x', 'é/none/x'];
    fc.assert(
      fc.property(fc.subarray(some), (paths) => {
        const each = paths.reduce((before, path) => invalidateTree(before, [path])!, data);
        assert.ok(invalidateTree(data, paths)!.equals(each), paths.join());
      }),
    );
    for (let at = 0; at < data.length; at += 1) {
      assert.is(invalidateTree(data.subarray(0, at), ['dir/sub/c.md']), null, String(at));
      assert.is(invalidateTree(data.subarray(0, at), []), null, String(at));
    }
  }));

test('a checksum of zeros stays where index.skipHash asks for it, and no zeros are put in', () =>
  withRepo(START, async ({ top, git, env }) => {
    const hashed = () =>
      read(top)
        .subarray(-20)
        .some((byte) => byte !== 0);
    const clear = () => {
      const bytes = read(top);
      writeFileSync(join(top, '.git/index'), bytes.fill(0, bytes.length - 20));
    };
    for (const [key, value, zeros] of [
      ['index.skipHash', 'true', true],
      ['feature.manyFiles', 'true', true],
      ['index.skipHash', 'false', false],
    ] as const) {
      git(['config', key, value]);
      await commit(await openAt(top, env), { 'a.md': `${key} ${value} hashed\n` });
      assert.ok(hashed());
      clear();
      await commit(await openAt(top, env), { 'a.md': `${key} ${value}\n` });
      assert.is(hashed(), !zeros, `${key} ${value}`);
      assert.is(git(['status', '--porcelain']), '');
      git(['config', '--unset', key]);
      git(['reset', '-q', '--hard']);
    }
  }));

test('a checksum of zeros (index.skipHash) is accepted, and a real one written', () =>
  withRepo(START, async ({ top, git, env }) => {
    const bytes = read(top);
    writeFileSync(join(top, '.git/index'), bytes.fill(0, bytes.length - 20));
    await commit(await openAt(top, env), { 'a.md': 'new\n' });
    assert.not(
      read(top)
        .subarray(-20)
        .every((byte) => byte === 0),
    );
    assert.is(git(['status', '--porcelain']), '');
  }));

test('damage and unknown forms are refused by name', () =>
  withRepo(START, async ({ top }) => {
    const good = read(top);
    const index = parseIndex(good);
    const withExtension = (name: string) =>
      renderIndex({ ...index, extensions: [{ name, data: Buffer.from('x') }] });
    const refused = (bytes: Buffer) => refusalOf(Promise.resolve().then(() => parseIndex(bytes)));
    assert.is((await refused(Buffer.alloc(0))).code, 'git/bad-index');
    assert.is((await refused(Buffer.from('x'.repeat(100)))).code, 'git/bad-index');
    const doubled = renderIndex({ ...index, entries: index.entries.slice(0, 1).concat(index.entries) });
    assert.match((await refused(doubled)).message, 'out of order');
    assert.match((await refused(withExtension('link'))).message, 'split index');
    assert.equal(names(parseIndex(withExtension('sdir'))), ['sdir']);
    const directory = { name: 'z/', entry: makeEntry('z/', '40000', '1'.repeat(40), NO_STAT) };
    assert.match((await refused(renderIndex(spliceIndex(index, [directory])))).message, 'directory');
    const version5 = Buffer.from(good);
    version5.writeUInt32BE(5, 4);
    assert.match((await refused(version5)).message, 'version 5');
    assert.match((await refused(withExtension('abcd'))).message, '"abcd"');
    assert.equal(parseIndex(withExtension('ABCD')).extensions, []);
    for (const whole of [good, renderIndex({ ...index, version: 4 })]) {
      const bare = renderIndex({ ...parseIndex(whole), extensions: [] }).length - 20;
      for (let at = 12; at < whole.length - 20; at += 3) {
        // Without its extensions, it is whole.
        if (at === bare) continue;
        const cut = Buffer.concat([whole.subarray(0, at), Buffer.alloc(20)]);
        assert.is((await refused(cut)).code, 'git/bad-index', String(at));
      }
    }
  }));
