import { createHash } from 'node:crypto';

/** SHA-256 in hex of a text with its line endings read as LF, so that a checkout's eol setting is no change. */
export function digestText(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n|\r/g, '\n') : text;
  return createHash('sha256').update(lines).digest('hex');
}

/** SHA-256 of plain data; object keys count in the order in which they stand. */
export function digestData(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex');
}
