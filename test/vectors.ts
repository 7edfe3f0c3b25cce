import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const shared = new URL('../../shared/', import.meta.url);

/** A file beside the checkout that tests may use when it is there. */
export function sharedFile(path: string): string | null {
  const file = fileURLToPath(new URL(path, shared));
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
