import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findAlternates, parseAlternates } from '../../../src/store/git/object-alternates.ts';
import { hashObject, readObject, writeBlob } from '../../../src/store/git/objects.ts';
import { test } from '../../harness.ts';
import {
  bothRefuse,
  commit,
  type Files,
  fingerprint,
  fsck,
  gitWorks,
  openAt,
  put,
  refusalOf,
  type Sandbox,
  status,
  withRepo,
} from './sandbox.ts';

const START: Files = { 'a.md': 'a\n', 'dir/b.md': 'b\n' };

const objectsOf = (top: string) => join(top, '.git/objects');
const loosePath = (top: string, oid: string) => join(objectsOf(top), oid.slice(0, 2), oid.slice(2));

/** An empty repository beside the sandbox's own, with these lines in its alternates file. */
function borrower({ root, git }: Sandbox, name: string, ...lines: readonly string[]): string {
  const top = join(root, name);
  git(['init', '-q', '-b', 'main', top]);
  writeFileSync(join(objectsOf(top), 'info/alternates'), `${lines.join('\n')}\n`);
  return top;
}

test('the lines of an alternates file: comments, quotes, empty ones, and quotes that are none', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['\n\n', []],
    ['/one\n/two', ['/one', '/two']],
    ['# no\n/one\n #yes\n', ['/one', ' #yes']],
    ['"/a \\"b\\" \\\\ \\303\\251"\n/two\n', ['/a "b" \\ é', '/two']],
    ['"/a\\nb"\n', ['/a\nb']],
    ['"/a\nb"\n', ['/a\nb']],
    ['"/open\n/two\n', ['"/open', '/two']],
    ['"/bad \\x"\n', ['"/bad \\x"']],
    ['/with "quotes" inside\n', ['/with "quotes" inside']],
    [Buffer.from('/é\n').toString('latin1'), ['/é']],
  ];
  for (const [text, paths] of cases) assert.equal(parseAlternates(text), paths, text);
});

test('objects are found wherever Git finds them: relative, quoted, nested, in circles, as deep as Git goes', () =>
  withRepo(START, async (sandbox) => {
    const { root, top, git, env } = sandbox;
    const oid = git(['rev-parse', 'HEAD:a.md']).trim();
    const chain = Array.from({ length: 9 }, (_, i) =>
      borrower(sandbox, `chain-${i}`, i === 0 ? objectsOf(top) : `../../../chain-${i - 1}/.git/objects`),
    );
    const others = [
      borrower(sandbox, 'quo"ted', '# no', '', `"${objectsOf(chain[0]!)}/"`, '/gone/objects'),
      borrower(sandbox, 'unquoted', objectsOf(join(root, 'quo"ted'))),
      borrower(sandbox, 'again', `"${root}/quo\\"ted/.git/objects"`),
      borrower(sandbox, 'circle', objectsOf(join(root, 'circle')), objectsOf(join(root, 'again'))),
      borrower(sandbox, 'no-objects', join(top, '.git')),
    ];
    writeFileSync(join(objectsOf(top), 'info/alternates'), `${objectsOf(join(root, 'circle'))}\n`);
    const found = new Map<string, boolean>();
    for (const place of [...chain, ...others]) {
      const read = await readObject(await openAt(place, env), oid, 'blob').catch(() => null);
      assert.is(read !== null, gitWorks(['cat-file', '-e', oid], place, env), place);
      found.set(place, read !== null);
    }
    assert.is(found.get(join(root, 'circle')), true);
    assert.is([...found.values()].filter((one) => !one).length, 4, [...found].join());
    assert.equal((await findAlternates(objectsOf(join(root, 'quo"ted')))).absent, ['/gone/objects']);
  }));

test('what is committed goes into the own directory, and nothing into the one borrowed from', () =>
  withRepo(START, async ({ root, top, git, env }) => {
    const clone = join(root, 'clone');
    git(['clone', '-q', '--shared', top, clone]);
    for (const packed of [false, true]) {
      if (packed) git(['gc', '-q']);
      const before = fingerprint(top);
      const repo = await openAt(clone, env);
      const made = await commit(repo, { 'a.md': `new ${packed}\n`, 'dir/new.md': 'b\n' });
      assert.is(made.kind, 'committed');
      assert.is(fingerprint(top), before);
      const oid = git(['rev-parse', 'HEAD:a.md'], clone).trim();
      assert.ok(existsSync(loosePath(clone, oid)));
      // The content of dir/b.md is there already.
      assert.not(existsSync(loosePath(clone, git(['rev-parse', 'HEAD:dir/new.md'], clone).trim())));
      fsck(git, clone);
      assert.is(status(git, clone), '');
      git(['reset', '-q', '--hard', 'HEAD~1'], clone);
    }
  }));

test('what is used again is made to look new where it lies, unless it is to be pruned', () =>
  withRepo(START, async ({ root, top, git, env }) => {
    const clone = join(root, 'clone');
    git(['clone', '-q', '--shared', top, clone]);
    const bytes = Buffer.from('a\n');
    const oid = hashObject('blob', bytes);
    const long = new Date('2020-01-01T00:00:00Z');
    const isNew = (path: string) => statSync(path).mtime > long;
    utimesSync(loosePath(top, oid), long, long);
    await writeBlob(await openAt(clone, env), bytes);
    assert.ok(isNew(loosePath(top, oid)));
    git(['gc', '-q']);
    const packs = join(objectsOf(top), 'pack');
    const pack = () => join(packs, readdirSync(packs).find((name) => name.endsWith('.pack'))!);
    utimesSync(pack(), long, long);
    await writeBlob(await openAt(clone, env), bytes);
    assert.ok(isNew(pack()));
    assert.not(existsSync(loosePath(clone, oid)));
    // Nothing refers to it: Git keeps it in a pack of what is to go.
    const unused = Buffer.from('unused\n');
    const repo = await openAt(top, env);
    const kept = await writeBlob(repo, unused);
    git(['gc', '-q', '--cruft', '--prune=never']);
    assert.ok(readdirSync(packs).some((name) => name.endsWith('.mtimes')));
    assert.not(existsSync(loosePath(top, kept)));
    await writeBlob(repo, unused);
    assert.ok(existsSync(loosePath(top, kept)));
  }));

test('a directory that is borrowed from only now is found', () =>
  withRepo(START, async ({ root, top, git, env }) => {
    const other = join(root, 'other');
    git(['clone', '-q', top, other]);
    put(other, { 'a.md': 'elsewhere\n' });
    git(['commit', '-qam', 'elsewhere'], other);
    const oid = git(['rev-parse', 'HEAD:a.md'], other).trim();
    const repo = await openAt(top, env);
    assert.is((await refusalOf(readObject(repo, oid, 'blob'))).code, 'git/missing-object');
    writeFileSync(join(objectsOf(top), 'info/alternates'), `${objectsOf(other)}\n`);
    assert.is((await readObject(repo, oid, 'blob')).toString(), 'elsewhere\n');
  }));

test('git/missing-object names the directory that is gone', () =>
  withRepo(START, async ({ root, top, git, env }) => {
    const clone = join(root, 'clone');
    git(['clone', '-q', '--shared', top, clone]);
    renameSync(top, join(root, 'moved'));
    const repo = await openAt(clone, env);
    assert.is(await bothRefuse(repo, { 'a.md': 'x' }, [root]), 'git/missing-object');
    const refused = await refusalOf(commit(repo, { 'a.md': 'x' }));
    assert.ok(refused.hint.includes(objectsOf(top)), refused.hint);
  }));

test('git/alternates: a file that cannot be read, its own or that of one borrowed from', () =>
  withRepo(START, async (sandbox) => {
    const { root, top, git, env } = sandbox;
    const clone = join(root, 'clone');
    git(['clone', '-q', '--shared', top, clone]);
    mkdirSync(join(objectsOf(top), 'info/alternates'));
    const repo = await openAt(clone, env);
    assert.is(await bothRefuse(repo, { 'a.md': 'x' }, [root]), 'git/alternates');
    rmSync(join(objectsOf(top), 'info/alternates'), { recursive: true });
    assert.is((await commit(repo, { 'a.md': 'x' })).kind, 'committed');
  }));
