import { hash } from 'node:crypto';
import type { Listed } from '../files.ts';

/** Of content, in hexadecimal; what it stands for only has to be told from other content. */
export function digestOf(content: Uint8Array | string): string {
  return hash('sha1', content);
}

/** Of what a folder holds. */
export function digestOfList(listed: readonly Listed[]): string {
  return digestOf(listed.map((one) => `${one.kind} ${one.name}`).join('\n'));
}
