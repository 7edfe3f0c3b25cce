/** What a folder holds, as a value: to be compared, told apart from others, and written out. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

export interface FileLeaf {
  readonly kind: 'file';
  readonly bytes: Buffer;
  readonly mode: number;
  /** The same object for all names of one file. */
  readonly identity: object;
}

export type Leaf =
  | FileLeaf
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string };

/** By path with `/`, relative to the folder; each folder before what it holds. */
export type Tree = ReadonlyMap<string, Leaf>;

/** Reads a folder. */
export function readTree(dir: string): Tree {
  const tree = new Map<string, Leaf>();
  const files = new Map<bigint, FileLeaf>();
  const read = (folder: string) => {
    for (const name of readdirSync(join(dir, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const leaf = readLeaf(join(dir, path), files);
      tree.set(path, leaf);
      if (leaf.kind === 'folder') read(path);
    }
  };
  read('');
  return tree;
}

function readLeaf(path: string, files: Map<bigint, FileLeaf>): Leaf {
  const stats = lstatSync(path, { bigint: true });
  if (stats.isDirectory()) return { kind: 'folder' };
  if (stats.isSymbolicLink()) return { kind: 'link', target: readlinkSync(path) };
  const known = files.get(stats.ino);
  if (known) return known;
  const mode = Number(stats.mode) & 0o777;
  const leaf: Leaf = { kind: 'file', bytes: readFileSync(path), mode, identity: {} };
  files.set(stats.ino, leaf);
  return leaf;
}

/** What lies at each path, in one line: the same for the same. */
type Facts = ReadonlyMap<string, string>;

const digests = new WeakMap<Buffer, string>();

function factsOf(tree: Tree): Facts {
  const facts = new Map<string, string>();
  const firsts = new Map<object, string>();
  for (const path of [...tree.keys()].sort()) {
    const leaf = tree.get(path)!;
    if (leaf.kind !== 'file') facts.set(path, leaf.kind === 'link' ? `link ${leaf.target}` : leaf.kind);
    else {
      const first = firsts.get(leaf.identity);
      firsts.set(leaf.identity, first ?? path);
      facts.set(path, first === undefined ? factOf(leaf) : `the same file as ${first}`);
    }
  }
  return facts;
}

function factOf({ bytes, mode }: FileLeaf): string {
  const digest = digests.get(bytes) ?? createHash('sha256').update(bytes).digest('hex');
  digests.set(bytes, digest);
  return `file ${mode.toString(8)} ${digest}`;
}

/** The same for trees that hold the same, and only for these. */
export function digestOfTree(tree: Tree): string {
  const hash = createHash('sha256');
  for (const [path, fact] of factsOf(tree)) hash.update(`${JSON.stringify(path)} ${fact}\n`);
  return hash.digest('hex');
}

/** The paths at which two trees differ, with what each holds there. */
export function differences(one: Tree, other: Tree): string[] {
  const [a, b] = [factsOf(one), factsOf(other)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => `${path}: ${a.get(path)} / ${b.get(path)}`);
}

/** The machine is off for a minute: what was under way counts as old afterwards. */
const MINUTE = 60_000;

/** Makes a folder that holds `from` hold `to`. */
export function rewrite(dir: string, from: Tree, to: Tree): void {
  const [before, after] = [factsOf(from), factsOf(to)];
  const stays = (path: string) => before.get(path) === after.get(path);
  for (const [path, leaf] of from) {
    const folders = leaf.kind === 'folder' && to.get(path)?.kind === 'folder';
    if (!stays(path) && !folders) rmSync(join(dir, path), { recursive: true, force: true });
  }
  const written = new Map<object, string>();
  for (const path of [...to.keys()].sort()) {
    const leaf = to.get(path)!;
    const full = join(dir, path);
    if (!stays(path)) writeLeaf(full, leaf, written);
    if (leaf.kind === 'file') written.set(leaf.identity, full);
  }
}

function writeLeaf(path: string, leaf: Leaf, written: ReadonlyMap<object, string>): void {
  if (leaf.kind === 'folder') mkdirSync(path);
  else if (leaf.kind === 'link') symlinkSync(leaf.target, path);
  else {
    const other = written.get(leaf.identity);
    if (other === undefined) writeFile(path, leaf);
    else linkSync(other, path);
  }
}

function writeFile(path: string, leaf: FileLeaf): void {
  const then = new Date(Date.now() - MINUTE);
  writeFileSync(path, leaf.bytes);
  chmodSync(path, leaf.mode);
  utimesSync(path, then, then);
}

/** Gives the files of a copy that have several names in the original as many in the copy. */
export function linkAlike(original: string, copy: string): void {
  const names = new Map<bigint, string>();
  for (const entry of readdirSync(original, { recursive: true, withFileTypes: true })) {
    const path = relative(original, join(entry.parentPath, entry.name));
    const stats = lstatSync(join(original, path), { bigint: true });
    if (!stats.isFile() || stats.nlink < 2n) continue;
    const first = names.get(stats.ino);
    names.set(stats.ino, first ?? path);
    if (first === undefined) continue;
    rmSync(join(copy, path));
    linkSync(join(copy, first), join(copy, path));
  }
}
