/**
 * A disk with a page cache. Fed with the calls of a process, it knows what every program sees now (`now`) and
 * what has been brought to the disk (`durable`): fsync of a file brings its content there, not its name; fsync
 * of a folder brings its names there, not the contents. `crash` tells what a loss of power may leave.
 */
import { constants } from 'node:fs';
import { resolve, sep } from 'node:path';
import { type Leaf, readTree, type Tree } from './disk-tree.ts';
import type { Op, Witness } from './fs-shim.ts';

class FileNode {
  readonly kind = 'file';
  bytes: Buffer;
  mode: number;
  /** Null: nothing of it was ever brought to the disk. */
  durable: Buffer | null = null;
  /** To how many bytes it was cut since then: a disk may do that before it takes what was written after. */
  cut = Number.POSITIVE_INFINITY;

  constructor(bytes: Buffer, mode: number) {
    this.bytes = bytes;
    this.mode = mode;
  }

  /** What is there when what was not brought to the disk is lost. */
  get kept(): Buffer {
    return this.durable ?? EMPTY;
  }
}

class FolderNode {
  readonly kind = 'folder';
  readonly now = new Map<string, Node>();
  durable: ReadonlyMap<string, Node> = new Map();
}

interface LinkNode {
  readonly kind: 'link';
  readonly target: string;
}

type Node = FileNode | FolderNode | LinkNode;

interface OpenFile {
  readonly node: FileNode | FolderNode;
  readonly append: boolean;
  position: number;
}

/**
 * What a loss of power leaves. `strict`: nothing but what was synced. `delayed`: all names, and contents only
 * as they were synced, as where the disk takes names first and contents later. `mixed`: each folder either as
 * synced or as it was, contents as synced, as they were, or the beginning of them.
 */
export type Loss = 'strict' | 'delayed' | 'mixed';

const EMPTY = Buffer.alloc(0);

export class Disk {
  readonly #root: string;
  readonly #top = new FolderNode();
  readonly #open = new WeakMap<object, OpenFile>();

  /** The disk of the folder `root`; it holds `tree`, all of it durably. */
  constructor(root: string, tree: Tree) {
    this.#root = root;
    for (const [path, leaf] of tree) {
      const node = nodeOf(leaf);
      this.put(path, node);
      if (node.kind === 'file') node.durable = node.bytes;
    }
    syncAll(this.#top);
  }

  static of(root: string): Disk {
    return new Disk(root, readTree(root));
  }

  /** Takes note of a call that came back; throws when it is one that is not known here. */
  readonly witness: Witness = (op, result) => {
    if (op.kind === 'read' && op.name !== 'open') return;
    const effect = effects[op.name];
    if (!effect) throw new Error(`the model of the disk does not know ${op.name}`);
    effect(this, op, result);
  };

  /** What programs see. */
  now(): Tree {
    return treeOf(this.#top, { names: (folder) => folder.now, bytes: (file) => file.bytes });
  }

  /** What is there when the power comes back; `random` gives numbers from 0 to below 1. */
  crash(loss: Loss, random: () => number = Math.random): Tree {
    if (loss === 'mixed') return treeOf(this.#top, mixed(random));
    if (loss === 'strict')
      return treeOf(this.#top, { names: (folder) => folder.durable, bytes: (file) => file.kept });
    return treeOf(this.#top, {
      names: (folder) => folder.now,
      bytes: (file) => (file.cut < file.kept.length ? file.kept.subarray(0, file.cut) : file.kept),
    });
  }

  open({ args: [at, flags, mode] }: Op, handle: object): void {
    const path = this.#within(String(at));
    // Only read: what is changed there is refused when it is written.
    if (path === null) return;
    let node = this.find(path);
    if (!node && has(flags, 'O_CREAT', /[wa]/)) {
      node = newFile(mode);
      this.put(path, node);
    }
    if (node?.kind !== 'file' && node?.kind !== 'folder') throw new Error(`opened, yet not there: ${path}`);
    if (node.kind === 'file' && has(flags, 'O_TRUNC', /w/)) resize(node, 0);
    this.#open.set(handle, { node, append: has(flags, 'O_APPEND', /a/), position: 0 });
  }

  opened(op: Op): OpenFile {
    const open = op.handle && this.#open.get(op.handle);
    if (!open) throw new Error(`${op.name} of a file that was not seen being opened: ${op.paths}`);
    return open;
  }

  /** The path below the root; throws for others. */
  path(at: unknown): string {
    const path = this.#within(String(at));
    if (path === null) throw new Error(`changed outside of ${this.#root}: ${at}`);
    return path;
  }

  find(path: string): Node | null {
    let node: Node | undefined = this.#top;
    for (const part of path === '' ? [] : path.split('/')) {
      node = node?.kind === 'folder' ? node.now.get(part) : undefined;
    }
    return node ?? null;
  }

  put(path: string, node: Node): void {
    this.#folderOf(path).set(nameOf(path), node);
  }

  take(path: string): Node {
    const node = this.find(path);
    if (!node) throw new Error(`not there: ${path}`);
    this.#folderOf(path).delete(nameOf(path));
    return node;
  }

  #within(at: string): string | null {
    const path = resolve(at);
    if (path === this.#root) return '';
    if (!path.startsWith(`${this.#root}${sep}`)) return null;
    return path
      .slice(this.#root.length + 1)
      .split(sep)
      .join('/');
  }

  #folderOf(path: string): Map<string, Node> {
    const node = this.find(path.split('/').slice(0, -1).join('/'));
    if (node?.kind !== 'folder') throw new Error(`no folder for ${path}`);
    return node.now;
  }
}

type Effect = (disk: Disk, op: Op, result: unknown) => void;

const effects: Readonly<Record<string, Effect>> = {
  open: (disk, op, handle) => disk.open(op, handle as object),
  'handle.write': write,
  'handle.sync': (disk, op) => sync(disk.opened(op).node),
  'handle.datasync': (disk, op) => sync(disk.opened(op).node),
  'handle.truncate': (disk, op) => resize(fileOf(disk.opened(op)), Number(op.args[0] ?? 0)),
  'handle.chmod': (disk, op) => {
    fileOf(disk.opened(op)).mode = Number(op.args[0]);
  },
  chmod: (disk, { args: [at, mode] }) => {
    const node = disk.find(disk.path(at));
    if (node?.kind === 'file') node.mode = Number(mode);
  },
  truncate: (disk, { args: [at, length] }) => resize(fileAt(disk, at), Number(length ?? 0)),
  writeFile: (disk, { args: [at, data, options] }) => {
    if (options !== undefined && typeof options !== 'string') throw new Error('an unknown form of writeFile');
    if (!disk.find(disk.path(at))) disk.put(disk.path(at), newFile(undefined));
    const file = fileAt(disk, at);
    resize(file, 0);
    file.bytes = Buffer.from(data as Uint8Array);
  },
  link: (disk, { args: [from, to] }) => disk.put(disk.path(to), fileAt(disk, from)),
  rename: (disk, { args: [from, to] }) => {
    const [one, other] = [disk.path(from), disk.path(to)];
    // Two names of one file are left alone.
    if (disk.find(one) !== disk.find(other)) disk.put(other, disk.take(one));
  },
  unlink: (disk, { args: [at] }) => void disk.take(disk.path(at)),
  rmdir: (disk, { args: [at] }) => void disk.take(disk.path(at)),
  rm: (disk, { args: [at] }) => {
    if (disk.find(disk.path(at))) disk.take(disk.path(at));
  },
  mkdir: (disk, { args: [at] }) => {
    const parts = disk.path(at).split('/');
    for (let length = 1; length <= parts.length; length += 1) {
      const path = parts.slice(0, length).join('/');
      if (!disk.find(path)) disk.put(path, new FolderNode());
    }
  },
  utimes: () => {},
};

function write(disk: Disk, op: Op, result: unknown): void {
  const open = disk.opened(op);
  const [bytes, offset, , at] = op.args as [Uint8Array, number?, number?, number?];
  if (!(bytes instanceof Uint8Array) || typeof offset === 'object')
    throw new Error('an unknown form of write');
  const { bytesWritten } = result as { bytesWritten: number };
  const file = fileOf(open);
  const position = open.append ? file.bytes.length : (at ?? open.position);
  const length = Math.max(file.bytes.length, position + bytesWritten);
  const after = Buffer.concat([file.bytes, Buffer.alloc(length - file.bytes.length)]);
  after.set(bytes.subarray(offset ?? 0, (offset ?? 0) + bytesWritten), position);
  file.bytes = after;
  if (typeof at !== 'number') open.position = position + bytesWritten;
}

function fileOf({ node }: OpenFile): FileNode {
  if (node.kind !== 'file') throw new Error('written to a folder');
  return node;
}

function resize(file: FileNode, length: number): void {
  file.cut = Math.min(file.cut, length);
  file.bytes = Buffer.concat([file.bytes, Buffer.alloc(length)]).subarray(0, length);
}

function sync(node: FileNode | FolderNode): void {
  if (node.kind === 'folder') node.durable = new Map(node.now);
  else {
    node.durable = node.bytes;
    node.cut = Number.POSITIVE_INFINITY;
  }
}

function syncAll(folder: FolderNode): void {
  sync(folder);
  for (const node of folder.now.values()) if (node.kind === 'folder') syncAll(node);
}

function nodeOf(leaf: Leaf): Node {
  if (leaf.kind === 'folder') return new FolderNode();
  return leaf.kind === 'file' ? new FileNode(leaf.bytes, leaf.mode) : leaf;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function newFile(mode: unknown): FileNode {
  return new FileNode(EMPTY, Number(mode ?? 0o666) & ~process.umask());
}

function fileAt(disk: Disk, at: unknown): FileNode {
  const node = disk.find(disk.path(at));
  if (node?.kind !== 'file') throw new Error(`not a file: ${at}`);
  return node;
}

function has(flags: unknown, bit: 'O_CREAT' | 'O_TRUNC' | 'O_APPEND', letters: RegExp): boolean {
  return typeof flags === 'number' ? (flags & constants[bit]) !== 0 : letters.test(String(flags ?? 'r'));
}

interface Choice {
  readonly names: (folder: FolderNode) => ReadonlyMap<string, Node>;
  readonly bytes: (file: FileNode) => Buffer;
}

function mixed(random: () => number): Choice {
  return {
    names: (folder) => (random() < 0.5 ? folder.now : folder.durable),
    bytes: (file) => {
      if (file.bytes === file.durable) return file.bytes;
      const { bytes, kept } = file;
      const grown = bytes.subarray(0, kept.length).equals(kept);
      // What is written over is as before or as after; what is written behind may come in part.
      if (!grown) return random() < 0.5 ? kept : bytes;
      return bytes.subarray(0, kept.length + Math.floor(random() * (bytes.length - kept.length + 1)));
    },
  };
}

function treeOf(top: FolderNode, { names, bytes }: Choice): Tree {
  const tree = new Map<string, Leaf>();
  // A file of two names has one content.
  const contents = new Map<FileNode, Buffer>();
  const add = (folder: FolderNode, above: string) => {
    for (const [name, node] of names(folder)) {
      const path = `${above}${name}`;
      if (node.kind === 'file') {
        const content = contents.get(node) ?? bytes(node);
        contents.set(node, content);
        tree.set(path, { kind: 'file', bytes: content, mode: node.mode, identity: node });
      } else {
        tree.set(path, node.kind === 'link' ? node : { kind: 'folder' });
        if (node.kind === 'folder') add(node, `${path}/`);
      }
    }
  };
  add(top, '');
  return tree;
}
