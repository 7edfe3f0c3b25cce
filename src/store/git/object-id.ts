import { createHash } from 'node:crypto';

export type ObjectType = 'blob' | 'tree' | 'commit';

/** The id of the tree without entries, which exists in every repository without being stored. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** An object's type and content. */
export interface StoredObject {
  /** One of `ObjectType`, or `tag`. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** The id Git gives these bytes. */
export function hashObject(type: string, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}
