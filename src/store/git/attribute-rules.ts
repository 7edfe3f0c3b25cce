import { wildmatch } from './wildmatch.ts';

/** true: set, false: unset (`-name`), null: back to unspecified (`!name`), or the text after `=`. */
export type AttributeValue = boolean | null | string;

type Setting = readonly [name: string, value: AttributeValue];

/** One line of an attributes file, or the definition of a macro. */
export interface AttributeRule {
  readonly pattern: string;
  readonly macro: boolean;
  readonly settings: readonly Setting[];
}

/** The rules of one file; `base` is its directory (`''` is the top), which its patterns are relative to. */
export interface AttributeFile {
  readonly base: string;
  readonly rules: readonly AttributeRule[];
}

/** Git ignores longer lines. */
const MAX_LINE = 2048;

/** What Git knows without any file. */
export const BUILT_IN: AttributeFile = {
  base: '',
  rules: [
    {
      pattern: 'binary',
      macro: true,
      settings: [
        ['diff', false],
        ['merge', false],
        ['text', false],
      ],
    },
  ],
};

/** Reads an attributes file; macros count only where `macros` says that Git allows them. */
export function parseAttributes(text: string, base: string, macros: boolean): AttributeFile {
  const rules: AttributeRule[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    const rule = line.length < MAX_LINE ? parseLine(line.replace(/^[ \t\r]+/, '')) : null;
    if (rule !== null && (macros || !rule.macro)) rules.push(rule);
  }
  return { base, rules };
}

/** The attributes of a path, files given from the weakest to the strongest. */
export function attributesOf(
  files: readonly AttributeFile[],
  path: string,
  ignoreCase: boolean,
): ReadonlyMap<string, AttributeValue> {
  const found = new Map<string, AttributeValue>();
  const strongestFirst = files
    .toReversed()
    .flatMap(({ base, rules }) => rules.toReversed().map((rule) => ({ base, rule })));
  const macros = new Map<string, readonly Setting[]>();
  for (const { rule } of strongestFirst) {
    if (rule.macro && !macros.has(rule.pattern)) macros.set(rule.pattern, rule.settings);
  }
  const fill = (settings: readonly Setting[]) => {
    for (const [name, value] of settings.toReversed()) {
      if (found.has(name)) continue;
      found.set(name, value);
      if (value === true) fill(macros.get(name) ?? []);
    }
  };
  for (const { base, rule } of strongestFirst) {
    if (!rule.macro && matchesRule(rule.pattern, base, path, ignoreCase)) fill(rule.settings);
  }
  return found;
}

function parseLine(line: string): AttributeRule | null {
  if (line === '' || line.startsWith('#')) return null;
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(line);
  const head = quoted?.[0] ?? /^[^ \t\r]+/.exec(line)?.[0] ?? '';
  const pattern = quoted === null ? head : unquote(quoted[1]!);
  const words = line
    .slice(head.length)
    .split(/[ \t\r]+/)
    .filter((word) => word !== '');
  const settings = words.map(parseSetting);
  // One bad name makes Git drop the line.
  if (!settings.every(([name]) => /^[A-Za-z0-9_.][-A-Za-z0-9_.]*$/.test(name))) return null;
  const macro = pattern.startsWith('[attr]') && pattern.length > 6;
  if (macro) return { pattern: pattern.slice(6), macro, settings };
  return pattern.startsWith('!') ? null : { pattern, macro, settings };
}

function parseSetting(word: string): Setting {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  if (name.startsWith('-')) return [name.slice(1), false];
  if (name.startsWith('!')) return [name.slice(1), null];
  return [name, equals < 0 ? true : word.slice(equals + 1)];
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

/** C-style quoting as Git prints paths; octal escapes are bytes. */
function unquote(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const plain = bytes.replace(/\\([0-3][0-7]{2}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}

function matchesRule(pattern: string, base: string, path: string, ignoreCase: boolean): boolean {
  // A pattern that ends in a slash means directories, which have no attributes of their own.
  if (pattern.endsWith('/')) return false;
  if (!pattern.includes('/')) {
    return wildmatch(pattern, path.slice(path.lastIndexOf('/') + 1), { ignoreCase });
  }
  if (base !== '' && !path.startsWith(`${base}/`)) return false;
  const below = base === '' ? path : path.slice(base.length + 1);
  // Git compares what stands before the first wildcard by itself, so that `a**/b` begins anew after the `a`.
  const [plain] = /^[^*?[\\]*/.exec(pattern)!;
  const prefix = plain.replace(/^\//, '');
  const same = ignoreCase ? foldAscii(below).startsWith(foldAscii(prefix)) : below.startsWith(prefix);
  return same && wildmatch(pattern.slice(plain.length), below.slice(prefix.length), { ignoreCase });
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (char) => char.toLowerCase());
}
