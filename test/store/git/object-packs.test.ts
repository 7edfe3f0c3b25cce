import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs, { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { ScendError } from '../../../src/domain/error.ts';
import { findStored, objectDirectories } from '../../../src/store/git/object-search.ts';
import { type ObjectType, readObject } from '../../../src/store/git/objects.ts';
import { test } from '../../harness.ts';
import { type Env, type Files, openAt, put, refusalOf, withRepo } from './sandbox.ts';

const START: Files = { 'a.md': 'a\n', 'dir/b.md': 'b\n', 'dir/sub/c.md': 'c\n', 'é/d.md': 'd\n' };

/** Every object Git lists, with type and content. */
function everyObject(cwd: string, env: Env): readonly { oid: string; type: string; bytes: Buffer }[] {
  const options = { cwd, env, maxBuffer: 1 << 28 };
  const out = execFileSync('git', ['cat-file', '--batch', '--batch-all-objects', '--unordered'], options);
  const objects = [];
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf(0x0a, at);
    const [oid = '', type = '', size] = out.toString('latin1', at, end).split(' ');
    const next = end + 1 + Number(size);
    objects.push({ oid, type, bytes: out.subarray(end + 1, next) });
    at = next + 1;
  }
  return objects;
}

/**
 * Asserts that every object is found as Git has it, forwards and backwards, by the own reader, for which
 * isomorphic-git would stand in otherwise; and that nobody who changes a file's bytes spoils what is kept.
 */
async function readsAll(cwd: string, env: Env): Promise<number> {
  const objects = everyObject(cwd, env);
  for (const order of [objects, objects.toReversed()]) {
    const repo = await openAt(cwd, env);
    for (const { oid, type, bytes } of order) {
      const found = findStored(await objectDirectories(repo), oid);
      assert.ok(found?.type === type && found.bytes.equals(bytes), `${type} ${oid}`);
      if (type !== 'blob') continue;
      (await readObject(repo, oid, 'blob')).fill(0);
      assert.ok((await readObject(repo, oid, 'blob')).equals(bytes), `blob ${oid} again`);
    }
  }
  return objects.length;
}

interface Change {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly grow: boolean;
}

/** Histories of files that change a little each time, as deltas like them. */
const histories: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    path: fc.constantFrom('a.md', 'dir/b.md', 'dir/c.bin', 'dir/sub/d.md'),
    line: fc.nat(399),
    text: fc.string({ maxLength: 60 }),
    grow: fc.boolean(),
  }),
  { minLength: 15, maxLength: 30 },
);

/** The ways to pack that give other bytes. */
const PACKINGS: readonly (readonly string[])[] = [
  ['repack', '-adfq', '--depth=50', '--window=50'],
  ['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq', '--depth=50', '--window=50'],
  ['-c', 'pack.indexVersion=1', 'repack', '-adfq'],
  ['-c', 'core.compression=0', '-c', 'pack.compression=0', 'repack', '-adFq'],
  ['repack', '-adq', '--write-midx', '--write-bitmap-index'],
];

test('packs of any history, however they are made, are read as Git reads them', () =>
  withRepo(null, async ({ top, git, env }) => {
    const lines = new Map<string, string[]>();
    const play = async (changes: readonly Change[]) => {
      for (const { path, line, text, grow } of changes) {
        const before =
          lines.get(path) ??
          Array.from({ length: path.endsWith('.bin') ? 6000 : 400 }, (_, i) => `${path} line ${i * 7919}`);
        lines.set(path, before.toSpliced(line, grow ? 0 : 1, text));
        put(top, { [path]: lines.get(path)!.join('\n') });
        git(['add', '-A']);
        git(['commit', '-q', '--allow-empty', '-m', 'x']);
      }
      git(['tag', '-f', '-a', '-m', 'a tag', 'tagged']);
      for (const packing of PACKINGS) {
        git(packing);
        assert.ok((await readsAll(top, env)) > changes.length, packing.join(' '));
      }
      // Offsets of 64 bits, which come otherwise with packs of more than 2 GiB.
      const pack = join(top, '.git/objects/pack', packNames(top)[0]!);
      rmSync(pack.replace(/pack$/, 'idx'));
      git(['index-pack', '--index-version=2,0x40', pack]);
      await readsAll(top, env);
    };
    await fc.assert(fc.asyncProperty(histories, play), { numRuns: 2, endOnFailure: true });
  }));

function packNames(top: string): readonly string[] {
  return readdirSync(join(top, '.git/objects/pack')).filter((name) => name.endsWith('.pack'));
}

test('an annotated tag is not taken for what it names', () =>
  withRepo(START, async ({ top, git, env }) => {
    git(['tag', '-a', '-m', 'a tag', 'tagged']);
    const read = async () =>
      readObject(await openAt(top, env), git(['rev-parse', 'tagged']).trim(), 'commit');
    assert.is((await refusalOf(read())).code, 'git/unreadable-object');
    git(['gc', '-q']);
    assert.is((await refusalOf(read())).code, 'git/unreadable-object');
  }));

test('many packs, loose objects and large files are read as Git reads them', () =>
  withRepo(START, async ({ top, git, env }) => {
    const noise = createHash('sha512').update('x').digest();
    for (let i = 0; i < 5; i += 1) {
      put(top, {
        'large.bin': Buffer.alloc(3_000_000 + i, i % 2 === 0 ? noise : 0),
        'a.md': `${i}\n`,
        empty: '',
      });
      git(['add', '-A']);
      git(['commit', '-qm', String(i)]);
      git(['repack', '-dq']);
    }
    assert.is(packNames(top).length, 5);
    git(['multi-pack-index', 'write']);
    put(top, { 'a.md': 'loose\n' });
    git(['commit', '-qam', 'loose']);
    await readsAll(top, env);
  }));

/** A pack's index with the places of two files interchanged. */
function swapped(index: Buffer, objects: readonly { readonly oid: string; readonly type: string }[]): Buffer {
  const ids = objects.map(({ oid }) => oid).sort();
  const [a, b] = objects
    .filter(({ type }) => type === 'blob')
    .map(({ oid }) => 1032 + ids.length * 24 + ids.indexOf(oid) * 4);
  const bytes = Buffer.from(index);
  bytes.writeUInt32BE(index.readUInt32BE(a!), b);
  bytes.writeUInt32BE(index.readUInt32BE(b!), a);
  return bytes;
}

test('a damaged pack is refused by name, object by object, and what is whole elsewhere is read', () =>
  withRepo(START, async ({ top, git, env }) => {
    put(top, { 'a.md': 'more\n'.repeat(500) });
    git(['commit', '-qam', 'more']);
    git(['gc', '-q']);
    const objects = everyObject(top, env);
    const path = join(top, '.git/objects/pack', packNames(top)[0]!);
    chmodSync(path, 0o644);
    chmodSync(path.replace(/pack$/, 'idx'), 0o644);
    const good = readFileSync(path);
    const index = readFileSync(path.replace(/pack$/, 'idx'));
    const outcomes = async () => {
      const repo = await openAt(top, env);
      const codes = new Set<string>();
      for (const { oid, type, bytes } of objects) {
        const read = readObject(repo, oid, type as ObjectType);
        await read.then(
          (found) => codes.add(found.equals(bytes) ? 'whole' : 'wrong'),
          (error) => codes.add(error instanceof ScendError ? error.code : String(error)),
        );
      }
      return [...codes].sort();
    };
    for (let at = 13; at < good.length - 20; at += 11) {
      const bad = Buffer.from(good);
      bad[at] = bad[at]! ^ 0x55;
      writeFileSync(path, bad);
      const found = await outcomes();
      assert.ok(
        !found.includes('wrong') && found.every((code) => /^(whole|git\/unreadable-object)$/.test(code)),
        found.join(),
      );
    }
    writeFileSync(path, good.subarray(0, good.length - 21));
    assert.equal(await outcomes(), ['git/unreadable-object']);
    writeFileSync(path, good);
    writeFileSync(path.replace(/pack$/, 'idx'), swapped(index, objects));
    assert.equal(await outcomes(), ['git/unreadable-object', 'whole']);
    for (let at = 0; at < index.length; at += 31) {
      const bad = Buffer.from(index);
      bad[at] = bad[at]! ^ 0x55;
      writeFileSync(path.replace(/pack$/, 'idx'), bad);
      const found = await outcomes();
      assert.not(found.includes('wrong'), `${at}`);
      assert.ok(
        found.every((code) => /^(whole|git\/(unreadable|missing)-object)$/.test(code)),
        found.join(),
      );
    }
    writeFileSync(path, good.fill(0x55, 20, good.length - 30));
    for (const { oid, type, bytes } of objects) {
      const loose = join(top, '.git/objects', oid.slice(0, 2), oid.slice(2));
      mkdirSync(join(loose, '..'), { recursive: true });
      writeFileSync(loose, deflateSync(Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes])));
    }
    writeFileSync(path.replace(/pack$/, 'idx'), index);
    assert.equal(await outcomes(), ['whole']);
  }));

/** The index of a thin pack, which Git itself never keeps as it is. */
function indexOfThin(thin: Buffer, cwd: string, env: Env): Buffer {
  const scratch = join(cwd, '../scratch');
  const git = (args: readonly string[], input?: Buffer) =>
    execFileSync('git', args, { cwd: scratch, env, input });
  cpSync(join(cwd, '.git'), scratch, { recursive: true });
  const name = git(['index-pack', '--fix-thin', '--stdin'], thin).toString().trim().replace('\t', '-');
  const listed = git(['verify-pack', '-v', join(scratch, 'objects/pack', name)])
    .toString()
    .split('\n');
  const objects = listed
    .flatMap((line) => /^([0-9a-f]{40}) \S+ +\d+ \d+ (\d+)/.exec(line)?.slice(1, 3) ?? [])
    .flatMap((oid, i, all) => (i % 2 === 0 ? [{ oid, offset: Number(all[i + 1]) }] : []))
    .filter(({ offset }) => offset < thin.length - 20)
    .sort((a, b) => (a.oid < b.oid ? -1 : 1));
  const numbers = (values: readonly number[]) => Buffer.from(Uint32Array.from(values).buffer).swap32();
  const counts = Array.from(
    { length: 256 },
    (_, i) => objects.filter(({ oid }) => Number.parseInt(oid.slice(0, 2), 16) <= i).length,
  );
  const body = Buffer.concat([
    Buffer.from('ff744f6300000002', 'hex'),
    numbers(counts),
    Buffer.from(objects.map(({ oid }) => oid).join(''), 'hex'),
    numbers(objects.map(() => 0)),
    numbers(objects.map(({ offset }) => offset)),
    thin.subarray(-20),
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

test('what the own reader does not understand, isomorphic-git may: a delta to an object of another pack', () =>
  withRepo(START, async ({ top, git, env }) => {
    const text = (n: number) =>
      Buffer.from(Array.from({ length: 300 }, (_, i) => `line ${i * 31}`).join('\n') + n);
    put(top, { 'a.md': text(1) });
    git(['commit', '-qam', 'one']);
    put(top, { 'a.md': text(2) });
    git(['commit', '-qam', 'two']);
    const oid = git(['rev-parse', 'HEAD:a.md']).trim();
    const thin = execFileSync('git', ['pack-objects', '--thin', '--revs', '--stdout', '-q'], {
      cwd: top,
      env,
      input: 'HEAD\n^HEAD~1\n',
    });
    const packs = join(top, '.git/objects/pack');
    writeFileSync(join(packs, 'pack-thin.pack'), thin);
    writeFileSync(join(packs, 'pack-thin.idx'), indexOfThin(thin, top, env));
    rmSync(join(top, '.git/objects', oid.slice(0, 2), oid.slice(2)));
    assert.ok((await readObject(await openAt(top, env), oid, 'blob')).equals(text(2)));
  }));

test('packs that are replaced each time they have been listed are looked for until they stay', () =>
  withRepo(START, async ({ top, git, env }) => {
    const oid = git(['rev-parse', 'HEAD:a.md']).trim();
    git(['repack', '-adq']);
    const repo = await openAt(top, env);
    const { readdir } = fs.promises;
    let listed = 0;
    const replacing = async (path: string) => {
      const names = await readdir(path);
      listed += 1;
      if (listed <= 5) {
        put(top, { 'dir/b.md': `${listed}\n` });
        git(['commit', '-qam', String(listed)]);
        git(['repack', '-adq']);
      }
      return names;
    };
    Object.assign(fs.promises, { readdir: replacing });
    syncBuiltinESMExports();
    try {
      assert.is((await readObject(repo, oid, 'blob')).toString(), START['a.md']);
    } finally {
      Object.assign(fs.promises, { readdir });
      syncBuiltinESMExports();
    }
    assert.is(listed, 6);
  }));
