import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type CacheRecord, decodeRecord, encodeRecord, readRecords, renderRecords } from './record.ts';

/** Over how many files the records of one name are spread, so that one change does not write all anew. */
const shards = 64;

/** After how long a file that a killed run left half-written is removed, in milliseconds. */
const abandoned = 600_000;

interface Shard {
  readonly file: string;
  readonly records: Map<string, Buffer>;
  /** Keys of which this run put a record in, or took it out. */
  readonly changed: Set<string>;
}

/**
 * The records of one name, by firm, below `.scend/cache`, in a folder of this build's own. It is always
 * disposable: what cannot be read counts as not there, what cannot be written is not kept, and nothing is ever
 * reported. A file is written whole and then renamed, so that of two runs at once one wins, and a killed one
 * leaves nothing half-read.
 */
export class Shelf {
  private readonly firms: string;
  private readonly folder: string;
  private readonly name: string;
  private readonly madeWith: string;
  private readonly opened = new Map<number, Shard>();
  private clock: number | null = null;
  private hasFolder = false;

  constructor(root: string, build: string, name: string, madeWith: string) {
    this.firms = join(root, 'firms');
    this.folder = join(root, '.scend', 'cache', build);
    this.name = name;
    this.madeWith = madeWith;
  }

  get(key: string): CacheRecord | undefined {
    const bytes = this.shardOf(key).records.get(key);
    return bytes && attempt(() => decodeRecord(bytes));
  }

  put(key: string, record: CacheRecord): void {
    const shard = this.shardOf(key);
    shard.records.set(key, encodeRecord(record));
    shard.changed.add(key);
  }

  drop(key: string): void {
    const shard = this.shardOf(key);
    if (shard.records.delete(key)) shard.changed.add(key);
  }

  /**
   * The time by the clock of the file system that the workspace lies on, in milliseconds, as stamps tell it;
   * 0, by which every stamp is a young one, where nothing can be written.
   */
  now(): number {
    if (this.clock !== null) return this.clock;
    this.clock = 0;
    attempt(() => {
      this.makeFolder();
      const probe = this.temporary();
      const handle = openSync(probe, 'wx');
      try {
        this.clock = fstatSync(handle).mtimeMs;
      } finally {
        closeSync(handle);
        unlinkSync(probe);
      }
    });
    return this.clock;
  }

  /** Writes what changed, and lets go of it; never fails. */
  save(): void {
    for (const [n, shard] of this.opened) {
      if (shard.changed.size > 0) attempt(() => this.write(shard));
      this.opened.delete(n);
    }
  }

  private write({ file, records, changed }: Shard): void {
    for (const key of records.keys()) if (!changed.has(key) && !this.isThere(key)) records.delete(key);
    this.makeFolder();
    const temporary = this.temporary();
    try {
      writeFileSync(temporary, renderRecords(this.madeWith, records), { flag: 'wx' });
      renameSync(temporary, file);
      changed.clear();
    } catch (error) {
      attempt(() => unlinkSync(temporary));
      throw error;
    }
  }

  /** Records of firms that have gone go with the next write. */
  private isThere(key: string): boolean {
    return existsSync(join(this.firms, key));
  }

  private shardOf(key: string): Shard {
    let sum = 0;
    for (let n = 0; n < key.length; n += 1) sum = (Math.imul(sum, 31) + key.charCodeAt(n)) >>> 0;
    return this.open(sum % shards);
  }

  private open(n: number): Shard {
    const known = this.opened.get(n);
    if (known) return known;
    const file = join(this.folder, `${this.name}-${n}`);
    const records = attempt(() => readRecords(readFileSync(file), this.madeWith)) ?? new Map();
    const shard: Shard = { file, records, changed: new Set() };
    this.opened.set(n, shard);
    return shard;
  }

  private temporary(): string {
    return join(this.folder, `tmp-${randomBytes(6).toString('hex')}`);
  }

  private makeFolder(): void {
    if (this.hasFolder) return;
    this.hasFolder = true;
    if (mkdirSync(this.folder, { recursive: true }) === undefined) {
      this.tidy();
      return;
    }
    const cache = dirname(this.folder);
    // Git is not to see any of it, whatever the repository ignores.
    attempt(() => writeFileSync(join(dirname(cache), '.gitignore'), '*\n', { flag: 'wx' }));
    for (const other of readdirSync(cache))
      if (join(cache, other) !== this.folder)
        attempt(() => rmSync(join(cache, other), { recursive: true, force: true }));
  }

  /** Removes what killed runs left. */
  private tidy(): void {
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      if (name.startsWith('tmp-') && Date.now() - statSync(path).mtimeMs > abandoned)
        attempt(() => unlinkSync(path));
    }
  }
}

/** What a step gives; undefined where the disk does not let it. */
function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
