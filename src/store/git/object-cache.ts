import type { StoredObject } from './object-id.ts';

/** What an object takes beside its bytes, roughly. */
const OVERHEAD = 300;

/**
 * Objects by key, up to some bytes, the ones used last; only those whose bytes nobody changes belong here. They
 * are kept in two generations: when the young one has half of the bytes it becomes the old one, and what of the
 * old one was not asked for meanwhile goes. So a look at what is kept changes nothing most of the time.
 */
export class ObjectCache {
  #young = new Map<string, StoredObject>();
  #old = new Map<string, StoredObject>();
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): StoredObject | null {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return null;
    this.#add(key, old);
    return old;
  }

  set(key: string, object: StoredObject): void {
    if (object.bytes.length <= this.#limit / 4 && !this.#young.has(key)) this.#add(key, object);
  }

  #add(key: string, object: StoredObject): void {
    this.#young.set(key, object);
    this.#size += object.bytes.length + OVERHEAD;
    if (this.#size <= this.#limit / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#size = 0;
  }
}
