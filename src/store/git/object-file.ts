import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { constants, inflateSync } from 'node:zlib';

/** A file that is open for reading pieces of it. */
export interface OpenFile {
  readonly size: number;
  /** Exactly these bytes; throws when the file ends before. */
  readonly read: (position: number, length: number) => Buffer;
}

/**
 * Runs `body` with a file and closes it, so that nobody who wants to remove it has to wait. Synchronous: a
 * commit reads some hundred small pieces, and a promise would cost more than each read.
 */
export function withFile<T>(path: string, body: (file: OpenFile) => T): T {
  const handle = openSync(path, 'r');
  try {
    const read = (position: number, length: number) => readExactly(handle, position, length);
    return body({ size: fstatSync(handle).size, read });
  } finally {
    closeSync(handle);
  }
}

/** Inflates what begins at a place and must give exactly `size` bytes; `end` is where the file's data ends. */
export function inflateAt(file: OpenFile, at: number, end: number, size: number): Buffer {
  // No compressor of a sound mind makes more of it; if one did, all that is left is read.
  const usual = size + Math.ceil(size / 8) + 1024;
  try {
    return inflateExactly(file.read(at, Math.min(usual, end - at)), size);
  } catch (error) {
    const short = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    if (!short || at + usual >= end) throw error;
    return inflateExactly(file.read(at, end - at), size);
  }
}

/** Inflates bytes that must give exactly `size` bytes; what follows the compressed data is ignored. */
export function inflateExactly(bytes: Buffer, size: number): Buffer {
  const chunkSize = Math.min(Math.max(constants.Z_MIN_CHUNK, size + 1), 1 << 20);
  const content = inflateSync(bytes, { chunkSize, maxOutputLength: size + 1 });
  if (content.length !== size) throw new Error(`${content.length} bytes where ${size} are announced`);
  return content;
}

function readExactly(handle: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(handle, bytes, done, bytes.length - done, position + done);
    if (read === 0) throw new Error('the file ends too early');
    done += read;
  }
  return bytes;
}
