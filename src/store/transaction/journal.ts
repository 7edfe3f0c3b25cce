import { createHash } from 'node:crypto';
import { mkdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory, writeFileAtomic } from '../atomic.ts';
import { ioError, isAbsent } from '../errno.ts';

/** One file of a transaction. Digests are those of `digestOf`, over the bytes as they lie on disk. */
export interface JournalFile {
  readonly path: string;
  /** What was there; null for a new file. */
  readonly old: string | null;
  /** What is to be there; null for a file that is removed. */
  readonly new: string | null;
  /** The blob that holds the new bytes as they are; null when there are none, or the transaction makes no commit. */
  readonly blob: string | null;
  /** The blob of HEAD that the change was made from; null where HEAD had none. */
  readonly base: string | null;
}

/** The commit that a transaction ends with. */
export interface JournalCommit {
  readonly ref: string;
  readonly message: string;
  readonly author: string | null;
  /** ISO 8601. */
  readonly now: string;
}

/** What a run is about to do, written before it does it, so that the next one can tell what was done. */
export interface Intent {
  /** Names the temporary files beside each target. */
  readonly id: string;
  readonly firm: string | null;
  readonly commit: JournalCommit | null;
  readonly files: readonly JournalFile[];
}

/** The record in a place: the run under way (or cut short), and which uncommitted bytes are the engine's own. */
export interface Journal {
  readonly intent: Intent | null;
  /** Path → digest of what the engine wrote there and no commit holds yet. */
  readonly owned: Readonly<Record<string, string>>;
}

export const EMPTY_JOURNAL: Journal = { intent: null, owned: {} };

const FORMAT = 1;

/** SHA-256 in hexadecimal; null for no file. */
export function digestOf(bytes: Uint8Array): string;
export function digestOf(bytes: Uint8Array | null): string | null;
export function digestOf(bytes: Uint8Array | null): string | null {
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

export function journalPath(directory: string): string {
  return join(directory, 'journal.json');
}

/** Reads the record; an absent, foreign or torn one is empty. */
export async function readJournal(directory: string): Promise<Journal> {
  const path = journalPath(directory);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return EMPTY_JOURNAL;
    throw ioError(error, 'read', path);
  }
  try {
    const value = JSON.parse(text);
    // It is written in one step: what does not read is of a later version, or not the engine's.
    return value.format === FORMAT ? { intent: value.intent, owned: value.owned } : EMPTY_JOURNAL;
  } catch {
    return EMPTY_JOURNAL;
  }
}

/** Replaces the record, on the disk when it returns; one that says nothing is removed. */
export async function writeJournal(directory: string, journal: Journal): Promise<void> {
  const path = journalPath(directory);
  if (journal.intent === null && Object.keys(journal.owned).length === 0) return removeJournal(path);
  await mkdir(directory, { recursive: true })
    .then((made) => (made ? syncDirectory(dirname(directory)) : undefined))
    .catch((error) => {
      throw ioError(error, 'create', directory);
    });
  await writeFileAtomic(path, Buffer.from(`${JSON.stringify({ format: FORMAT, ...journal })}\n`));
}

async function removeJournal(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (isAbsent(error)) return;
    throw ioError(error, 'remove', path);
  }
  await syncDirectory(dirname(path));
}
