import { ScendError } from '../../domain/error.ts';

export type ConfigScope = 'system' | 'global' | 'local' | 'worktree' | 'command';

/** One setting: `key` is canonical (section and name in lower case), `value` null for a bare `name`. */
export interface ConfigEntry {
  readonly key: string;
  readonly value: string | null;
  readonly scope: ConfigScope;
  /** The file it stands in, or the environment variable. */
  readonly origin: string;
}

/** Every setting in the order Git reads them: the last one of a key wins. */
export type GitConfig = readonly ConfigEntry[];

interface Cursor {
  readonly text: string;
  readonly origin: string;
  at: number;
}

/** Reads the text of a Git configuration file; throws `git/bad-config` with file and line. */
export function parseGitConfig(text: string, origin: string, scope: ConfigScope = 'local'): GitConfig {
  const cursor: Cursor = { text: text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), origin, at: 0 };
  const entries: ConfigEntry[] = [];
  let section = '';
  for (;;) {
    skip(cursor, /[ \t\r\n]*/y);
    const char = cursor.text[cursor.at];
    if (char === undefined) return entries;
    if (char === '#' || char === ';') {
      skip(cursor, /[^\n]*/y);
    } else if (char === '[') {
      section = `${parseSection(cursor)}.`;
    } else {
      const name = take(cursor, /[A-Za-z][A-Za-z0-9-]*/y).toLowerCase();
      if (name === '') throw badConfig(cursor);
      entries.push({ key: section + name, value: parseAssignment(cursor), scope, origin });
    }
  }
}

/** `section.sub.name` with the case-blind parts in lower case, the way entries are keyed. */
export function canonicalKey(key: string): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase();
}

/** The last value of a key; null for a bare name, undefined when it is not set. */
export function getConfig(config: GitConfig, key: string): string | null | undefined {
  const wanted = canonicalKey(key);
  return config.findLast((entry) => entry.key === wanted)?.value;
}

/** Every value of a key, in order; a bare name counts as the empty text. */
export function getAllConfig(config: GitConfig, key: string): readonly string[] {
  const wanted = canonicalKey(key);
  return config.filter((entry) => entry.key === wanted).map((entry) => entry.value ?? '');
}

/** The truth of a key, undefined when it is not set; throws `git/bad-config` for what is no truth value. */
export function getBoolConfig(config: GitConfig, key: string): boolean | undefined {
  const value = getConfig(config, key);
  if (value === undefined) return undefined;
  const truth = parseBool(value);
  if (truth !== null) return truth;
  throw new ScendError(
    'git/bad-config',
    `the Git setting ${key} = ${value} is neither true nor false`,
    `Set it with: git config ${key} true (or false).`,
    { key },
  );
}

/** What Git takes a text for: true, false, or null when it is neither. */
export function parseBool(value: string | null): boolean | null {
  if (value === null || /^(true|yes|on)$/i.test(value)) return true;
  if (value === '' || /^(false|no|off)$/i.test(value)) return false;
  return /^[+-]?\d+[kmg]?$/i.test(value) ? Number.parseInt(value, 10) !== 0 : null;
}

function parseSection(cursor: Cursor): string {
  cursor.at += 1;
  const name = take(cursor, /[A-Za-z0-9.-]*/y).toLowerCase();
  const space = take(cursor, /[ \t\r]*/y);
  let section = name;
  if (space !== '') {
    const quoted = take(cursor, /"(?:[^"\\\n]|\\[^\n])*"/y);
    if (quoted === '') throw badConfig(cursor);
    section = `${name}.${quoted.slice(1, -1).replace(/\\([^\n])/g, '$1')}`;
  }
  if (section === '' || cursor.text[cursor.at] !== ']') throw badConfig(cursor);
  cursor.at += 1;
  return section;
}

function parseAssignment(cursor: Cursor): string | null {
  skip(cursor, /[ \t]*/y);
  const char = cursor.text[cursor.at];
  if (char === undefined || char === '\n') return null;
  if (char !== '=') throw badConfig(cursor);
  cursor.at += 1;
  return parseValue(cursor);
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', b: '\b', n: '\n', '\\': '\\', '"': '"' };

function parseValue(cursor: Cursor): string {
  let value = '';
  let space = '';
  let quoted = false;
  for (;;) {
    const char = cursor.text[cursor.at] ?? '\n';
    cursor.at += 1;
    if (char === '\n') {
      if (quoted) throw badConfig(cursor, -1);
      return value;
    }
    if (!quoted && (char === '#' || char === ';')) {
      skip(cursor, /[^\n]*/y);
    } else if (!quoted && (char === ' ' || char === '\t' || char === '\r')) {
      if (value !== '') space += char;
    } else if (char === '"') {
      value += space;
      space = '';
      quoted = !quoted;
    } else {
      value += space + (char === '\\' ? parseEscape(cursor) : char);
      space = '';
    }
  }
}

function parseEscape(cursor: Cursor): string {
  const char = cursor.text[cursor.at] ?? '\n';
  cursor.at += 1;
  if (char === '\n') return '';
  const escaped = ESCAPES[char];
  if (escaped === undefined) throw badConfig(cursor, -1);
  return escaped;
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function skip(cursor: Cursor, pattern: RegExp): void {
  take(cursor, pattern);
}

function badConfig(cursor: Cursor, back = 0): ScendError {
  const line = cursor.text.slice(0, cursor.at + back).split('\n').length;
  return new ScendError(
    'git/bad-config',
    `${cursor.origin}:${line}: not a Git configuration line`,
    `Mend that line, or see what Git says: git config --file ${cursor.origin} --list`,
    { file: cursor.origin, line },
  );
}
