import type { StoredObject } from './object-id.ts';

/** What an object takes beside its bytes, roughly. */
const OVERHEAD = 300;

/** Objects by key, up to some bytes, the ones used last; only those whose bytes nobody changes belong here. */
export class ObjectCache {
  readonly #kept = new Map<string, StoredObject>();
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): StoredObject | null {
    const object = this.#kept.get(key);
    if (object === undefined) return null;
    this.#kept.delete(key);
    this.#kept.set(key, object);
    return object;
  }

  set(key: string, object: StoredObject): void {
    if (object.bytes.length > this.#limit / 4 || this.#kept.has(key)) return;
    this.#kept.set(key, object);
    this.#size += object.bytes.length + OVERHEAD;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#size <= this.#limit) return;
      this.#kept.delete(oldest);
      this.#size -= bytes.length + OVERHEAD;
    }
  }
}
