import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, ioError, isAbsent } from '../errno.ts';
import { readHeadText } from './head.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';

/** Where HEAD stands: the ref it names (`HEAD` itself when detached) and its commit, null when unborn. */
export interface Head {
  readonly ref: string;
  readonly detached: boolean;
  readonly oid: string | null;
}

const OID = /^[0-9a-f]{40}$/;
const PACKED = /^[0-9a-f]{40} refs\//;

/** Reads HEAD and the branch it names, loose first, then packed; throws `git/broken-ref`. */
export async function readHead(repo: Repository): Promise<Head> {
  const text = await readHeadText(repo.gitDir);
  if (OID.test(text)) return { ref: 'HEAD', detached: true, oid: text };
  const ref = /^ref:\s*(\S.*)$/.exec(text)?.[1];
  if (ref === undefined || !isSafeRef(ref)) throw brokenRef('HEAD', text);
  return { ref, detached: false, oid: await readRef(repo, ref) };
}

/** The commit of a shared ref, null when it does not exist; throws `git/broken-ref`. */
export async function readRef(repo: Repository, ref: string): Promise<string | null> {
  const loose = await readLoose(join(repo.commonDir, ref));
  if (loose === null) return packedOid(await readPackedText(repo), ref);
  if (OID.test(loose)) return loose;
  if (loose.startsWith('ref:')) {
    throw refusal(
      'git/symbolic-branch',
      `${ref} is a symbolic ref (${loose})`,
      'Check out the branch that it stands for.',
      { ref, native: true },
    );
  }
  throw brokenRef(ref, loose);
}

/** The names of all packed refs. */
export async function packedRefNames(repo: Repository): Promise<readonly string[]> {
  const lines = (await readPackedText(repo)).split('\n');
  return lines.filter((line) => PACKED.test(line)).map((line) => line.slice(41));
}

/** Whether a ref's name is one that Git would create, and so cannot lead out of its directory. */
export function isSafeRef(ref: string): boolean {
  if (!ref.startsWith('refs/') || /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/$|\.$/.test(ref)) return false;
  return ref.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

async function readPackedText(repo: Repository): Promise<string> {
  const path = join(repo.commonDir, 'packed-refs');
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return '';
    throw ioError(error, 'read', path);
  }
}

function packedOid(text: string, ref: string): string | null {
  const at = `\n${text}\n`.indexOf(` ${ref}\n`) - 1;
  const oid = at < 40 ? '' : text.slice(at - 40, at);
  return OID.test(oid) ? oid : null;
}

async function readLoose(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trimEnd();
  } catch (error) {
    // A directory may stand where the ref was once, left empty.
    if (isAbsent(error) || errnoOf(error) === 'EISDIR') return null;
    throw ioError(error, 'read', path);
  }
}

function brokenRef(ref: string, text: string): Error {
  return refusal(
    'git/broken-ref',
    `${ref} holds no commit id (${JSON.stringify(text.slice(0, 60))})`,
    `See where it last stood with: git reflog show ${ref}`,
    { ref },
  );
}
