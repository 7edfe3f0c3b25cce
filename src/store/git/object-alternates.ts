import { readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { errnoOf, ifPresent, ioError, isAbsent } from '../errno.ts';
import { refusal } from './refusal.ts';
import { fromName } from './tree.ts';

/** Git reads the alternates of alternates this far down and no further. */
const MAX_DEPTH = 5;

/** The object directories that one borrows from, and those it names that are not there. */
export interface Alternates {
  /** Real paths, in the order Git searches them. */
  readonly found: readonly string[];
  readonly absent: readonly string[];
}

/** Follows `info/alternates` of an object directory; throws `git/alternates` where one cannot be read. */
export async function findAlternates(objects: string): Promise<Alternates> {
  const own = (await ifPresent(realpath(objects), objects)) ?? objects;
  const found: string[] = [];
  const absent: string[] = [];
  const follow = async (directory: string, depth: number): Promise<void> => {
    for (const line of parseAlternates(await readAlternates(directory))) {
      const path = isAbsolute(line) ? line : join(directory, line);
      const real = await ifPresent(realpath(path), path);
      if (real === null) absent.push(path);
      else if (real !== own && !found.includes(real)) {
        found.push(real);
        if (depth < MAX_DEPTH) await follow(real, depth + 1);
      }
    }
  };
  await follow(own, 0);
  return { found, absent };
}

/** The paths in an alternates file, whose bytes are one a character: one a line, `#` begins a comment. */
export function parseAlternates(text: string): readonly string[] {
  const paths: string[] = [];
  const quoted = /"((?:[^"\\]|\\(?:[abfnrtv"\\]|[0-3][0-7]{2}))*)"/y;
  const line = /[^\n]*/y;
  for (let at = 0; at < text.length; at += 1) {
    quoted.lastIndex = at;
    line.lastIndex = at;
    const inQuotes = quoted.exec(text);
    // What is quoted wrongly is a path as it stands.
    const [whole, path] = inQuotes ?? [line.exec(text)?.[0] ?? '', null];
    at += whole!.length;
    if (path !== null) paths.push(fromName(withoutEscapes(path!)));
    else if (!/^(#|$)/.test(whole!)) paths.push(fromName(whole!));
  }
  return paths.filter((path) => path !== '');
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function withoutEscapes(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  );
}

async function readAlternates(objects: string): Promise<string> {
  const path = join(objects, 'info', 'alternates');
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (isAbsent(error)) return '';
    // A disk that fails, or a file that may not be read, is no matter of Git's.
    if (errnoOf(error) !== 'EISDIR') throw ioError(error, 'read', path);
    throw refusal(
      'git/alternates',
      `what the repository borrows objects from cannot be told: ${path} cannot be read`,
      `Give yourself read permission on it; what it names is taken in with: git repack -a -d && rm ${path}`,
      { path, native: true },
    );
  }
}
