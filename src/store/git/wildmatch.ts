type Token =
  | { readonly kind: 'literal'; readonly char: string }
  | { readonly kind: 'set'; readonly has: (char: string) => boolean }
  | { readonly kind: 'star'; readonly slash: boolean }
  /** Goes on either with the next token or past the next two. */
  | { readonly kind: 'fork' };

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[^ -~\x80-\xff]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

export interface WildmatchOptions {
  readonly ignoreCase?: boolean;
  /** Whether `*` and `?` stop at a slash and `**` crosses it (the default), as in path patterns. */
  readonly pathname?: boolean;
}

/** Whether Git's glob matches the whole text, byte by byte; takes at most pattern × text steps. */
export function wildmatch(pattern: string, text: string, options: WildmatchOptions = {}): boolean {
  const fold = (s: string) => {
    const bytes = Buffer.from(s, 'utf8').toString('latin1');
    return options.ignoreCase === true ? bytes.replace(/[A-Z]/g, (c) => c.toLowerCase()) : bytes;
  };
  const tokens = parsePattern(fold(pattern), options.pathname !== false);
  return tokens !== null && matchTokens(tokens, fold(text));
}

/** Null when the pattern can match nothing (an unfinished set or a trailing backslash). */
function parsePattern(pattern: string, pathname: boolean): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at]!;
    if (char === '*') {
      const [found, next] = parseStar(pattern, at, pathname);
      tokens.push(...found);
      at = next;
    } else if (char === '[') {
      const set = parseSet(pattern, at, pathname);
      if (set === null) return null;
      tokens.push(set[0]);
      at = set[1];
    } else if (char === '?') {
      tokens.push({ kind: 'set', has: (c) => !pathname || c !== '/' });
      at += 1;
    } else {
      const literal = char === '\\' ? pattern[at + 1] : char;
      if (literal === undefined) return null;
      tokens.push({ kind: 'literal', char: literal });
      at += char === '\\' ? 2 : 1;
    }
  }
  return tokens;
}

function parseStar(pattern: string, start: number, pathname: boolean): [readonly Token[], number] {
  let at = start;
  while (pattern[at] === '*') at += 1;
  const opens = start === 0 || pattern[start - 1] === '/';
  const closes = at === pattern.length || pattern[at] === '/';
  const across: Token = { kind: 'star', slash: true };
  if (!pathname) return [[across], at];
  if (at - start < 2 || !opens || !closes) return [[{ kind: 'star', slash: false }], at];
  if (at === pattern.length) return [[across], at];
  // Any number of `**/` in a row is one.
  const run = /(?:\*\*+\/)*/y;
  run.lastIndex = at + 1;
  at += 1 + run.exec(pattern)![0].length;
  return [[{ kind: 'fork' }, across, { kind: 'literal', char: '/' }], at];
}

function parseSet(pattern: string, start: number, pathname: boolean): [Token, number] | null {
  const negated = pattern[start + 1] === '!' || pattern[start + 1] === '^';
  const tests: ((char: string) => boolean)[] = [];
  let at = start + (negated ? 2 : 1);
  // A closing bracket that stands first is a member.
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    const named = /^\[:([a-z]*):\]/.exec(pattern.slice(at, at + 12));
    if (named !== null) {
      const members = CLASSES[named[1]!];
      if (members === undefined) return null;
      tests.push((char) => members.test(char));
      at += named[0].length;
      continue;
    }
    const low = setMember(pattern, at);
    if (low === null) return null;
    at = low[1];
    const ranged = pattern[at] === '-' && pattern[at + 1] !== undefined && pattern[at + 1] !== ']';
    const high = ranged ? setMember(pattern, at + 1) : low;
    if (high === null) return null;
    at = high[1];
    tests.push((char) => char === low[0] || (char >= low[0] && char <= high[0]));
  }
  const has = (char: string) => !(pathname && char === '/') && tests.some((t) => t(char)) !== negated;
  return [{ kind: 'set', has }, at + 1];
}

function setMember(pattern: string, at: number): [string, number] | null {
  const escaped = pattern[at] === '\\';
  const char = pattern[escaped ? at + 1 : at];
  return char === undefined ? null : [char, at + (escaped ? 2 : 1)];
}

/** Follows every way through the tokens at once, so that no pattern takes exponential time. */
function matchTokens(tokens: readonly Token[], text: string): boolean {
  let states = new Set<number>();
  enter(tokens, 0, states);
  for (let at = 0; at < text.length && states.size > 0; at += 1) {
    const char = text[at]!;
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token?.kind === 'literal' && token.char === char) enter(tokens, state + 1, next);
      if (token?.kind === 'set' && token.has(char)) enter(tokens, state + 1, next);
      if (token?.kind === 'star' && (token.slash || char !== '/')) enter(tokens, state, next);
    }
    states = next;
  }
  return states.has(tokens.length);
}

function enter(tokens: readonly Token[], state: number, states: Set<number>): void {
  if (states.has(state)) return;
  states.add(state);
  const kind = tokens[state]?.kind;
  if (kind === 'star' || kind === 'fork') enter(tokens, state + 1, states);
  if (kind === 'fork') enter(tokens, state + 3, states);
}
