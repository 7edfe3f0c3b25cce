import fc from 'fast-check';

/** Scalars that mean something else than they seem to, or that a scanner could take for what they are not. */
const scalars = [
  ...[
    '1',
    '0.08',
    '-0',
    '1.10',
    '007',
    '1e3',
    '1e400',
    '-1.5E-7',
    '.5',
    '5.',
    '+1',
    '0x1F',
    '0o17',
    '0o8',
    '0b1',
  ],
  ...[
    '.inf',
    '-.INF',
    '.nan',
    '-.nan',
    '..5',
    '1_000',
    '12345678901234567890',
    '9007199254740993',
    '1e',
    '-',
    '--',
    '---',
  ],
  ...[
    'null',
    '~',
    'Null',
    'NULL',
    'nUll',
    'true',
    'True',
    'TRUE',
    'tRUE',
    'false',
    'yes',
    'on',
    'y',
    '~x',
    'truex',
  ],
  ...[
    '2026-01-05',
    '29e50ec2-6450-58ee-b822-ea165d0b2076',
    '12:30',
    '1:30',
    'a:b',
    'a: b',
    'a:',
    ':a',
    ':',
    '::',
    'a :b',
  ],
  ...[
    'a#b',
    'a #b',
    '# b',
    '#',
    'a\\nb',
    "it's",
    'a "b" c',
    '"b" c',
    "'b' c",
    '"a',
    "'a",
    'a"',
    'http://x/y?z=1#q',
  ],
  ...[
    '- a',
    '-a',
    '-1-',
    '-"a"',
    '? a',
    '?a',
    '! a',
    '!a',
    '&a',
    '*a',
    '%a',
    '@a',
    '`a`',
    '|',
    '>',
    '|-',
    '> a',
    '<<',
    '<',
  ],
  ...[
    'a, b',
    'a [b]',
    '[b',
    ']',
    '{a',
    '}',
    '{}',
    '[]',
    '[a, b]',
    '{ a: 1 }',
    '{a: 1, b: [x, y]}',
    '[a, ]',
    '[, a]',
    '{a}',
  ],
  ...[
    "[a b, \"c, d\", 'e''f', 1.10]",
    '{ a: , b: 1 }',
    '{ a: 1, a: 2 }',
    '[a: b]',
    '{"a": 1}',
    '[-1, -a, - a]',
    '[1]x',
    '[a]: b',
  ],
  ...[
    '"a"',
    "'a'",
    '"a: b"',
    '"a # b"',
    '"\\u00e9\\n"',
    '"\\x41"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"\\/"',
    '"\\q"',
    '"a\\"b"',
    "'a\\'",
  ],
  ...[
    "'a''b'",
    "''",
    '""',
    '"a" # c',
    '"a"# c',
    '"a" b',
    '"a":',
    '"a": b',
    'é',
    'naïve café',
    '😀',
    'x\u00a0y',
    '\u00a0x',
    '\u2028',
  ],
  ...[
    'x\u2028%y',
    '\ufeffx',
    '\u0085',
    'a\u0007b',
    'a\tb',
    '\ta',
    'a\t',
    'a\t# b',
    'a\rb',
    '__proto__',
    'a   b',
    '...',
    '... a',
    '=',
    '= a',
  ],
];
const words = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,.()/+-]{0,24}$/);
const figure = fc.oneof(fc.integer().map(String), fc.double({ noNaN: true }).map(String));
const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...scalars) },
  { weight: 4, arbitrary: words },
  { weight: 3, arbitrary: figure },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }).map((text) => `'${text.replaceAll("'", "''")}'`) },
);
const tameScalar = fc.oneof(
  words,
  figure,
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    ...scalars.filter((one) => /^[\w.][\w.-]*$/.test(one)),
    '[]',
    '{}',
    '[a, b]',
    '{ a: 1, b: 0.5 }',
  ),
);

const key = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[a-z][a-z_0-9]{0,9}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '30d',
      '1.5',
      'null',
      'true',
      '0',
      '-1',
      '.a',
      'a b',
      '"q"',
      'a.b/c',
      'é',
      'a'.repeat(30),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', 'constructor', '<<', '?', 'a:b', '[a]', '- a', "'k'", '~', 'a#'),
  },
);

type Node =
  | { kind: 'scalar'; text: string }
  | { kind: 'map'; entries: [string, Node][] }
  | { kind: 'list'; items: Node[] };

function nodeOf(leaf: fc.Arbitrary<string>, keys: fc.Arbitrary<string>): fc.Arbitrary<Node> {
  return fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf.map((text): Node => ({ kind: 'scalar', text })),
      fc
        .array(fc.tuple(keys, tie('node')), { minLength: 1, maxLength: 5 })
        .map((entries): Node => ({ kind: 'map', entries })),
      fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((items): Node => ({ kind: 'list', items })),
    ),
  })).node;
}

interface Style {
  readonly step: number;
  readonly flush: boolean;
  readonly between: readonly string[];
  readonly eol: string;
  readonly tail: string;
}

const style: fc.Arbitrary<Style> = fc.record({
  step: fc.integer({ min: 1, max: 4 }),
  flush: fc.boolean(),
  between: fc.array(fc.constantFrom('', '', '', '', '# c', '  # c', '   ', '#', ' # é: "x" [', '#\u2028%'), {
    minLength: 1,
    maxLength: 6,
  }),
  eol: fc.constantFrom('\n', '\n', '\n', '\r\n'),
  tail: fc.constantFrom('\n', '\n', '', '\n\n', '\n# end', '\n  ', '\n...\n'),
});

function render(node: Node, given: Style): string {
  const lines: string[] = [];
  let turn = 0;
  const push = (line: string) => {
    const more = given.between[turn % given.between.length] ?? '';
    turn += 1;
    if (more !== '' && turn % 2 === 0) lines.push(more);
    lines.push(more !== '' && turn % 5 === 0 ? `${line}   ${more.trim()}` : line);
  };
  const put = (head: string, value: Node, indent: number): void => {
    if (value.kind === 'scalar') push(`${head} ${value.text}`);
    else {
      push(head);
      const flush = value.kind === 'list' && given.flush && !head.trimStart().startsWith('-');
      walk(value, flush ? indent : indent + given.step);
    }
  };
  const walk = (value: Node, indent: number): void => {
    const pad = ' '.repeat(indent);
    if (value.kind === 'scalar') push(pad + value.text);
    else if (value.kind === 'map')
      for (const [name, one] of value.entries) put(`${pad}${name}:`, one, indent);
    else for (const item of value.items) walkItem(item, indent);
  };
  const walkItem = (item: Node, indent: number): void => {
    const from = lines.length;
    if (item.kind === 'scalar') push(`${' '.repeat(indent)}- ${item.text}`);
    else {
      walk(item, indent + 2);
      // The dash goes in front of the item's first line, unless something else stands there.
      const first = lines.findIndex(
        (line, index) => index >= from && line.trim() !== '' && !line.trim().startsWith('#'),
      );
      const line = lines[first] ?? '';
      if (line.slice(0, indent + 2).trim() === '')
        lines[first] = `${' '.repeat(indent)}- ${line.slice(indent + 2)}`;
    }
  };
  walk(node, 0);
  return lines.join(given.eol) + given.tail;
}

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => `${JSON.stringify({ value }, null, 2)}\n`);
const tame = fc
  .tuple(nodeOf(tameScalar, fc.stringMatching(/^[a-z][a-z_0-9]{0,9}$/)), style)
  .map(([node, given]) => render(node, given));
const wild = fc.tuple(nodeOf(scalar, key), style).map(([node, given]) => render(node, given));

/** YAML as programs write it and people mostly do. */
export const usual = fc.oneof({ weight: 5, arbitrary: tame }, { weight: 1, arbitrary: json });

/** The same with all that a scalar and a key can be. */
export const unusual = wild;

const digits = fc.oneof(
  figure,
  fc.stringMatching(/^[-+]?[0-9]{0,18}\.?[0-9]{0,18}$/),
  fc.stringMatching(/^[-+]?[0-9.]{1,6}[eE][-+]?[0-9]{1,3}$/),
  fc.stringMatching(/^0[xo][0-9a-fA-F]{1,18}$/),
  fc.stringMatching(/^[-+.]?[0-9a-fxoe.+_-]{1,8}$/),
  fc
    .tuple(fc.integer(), fc.nat({ max: 17 }))
    .map(([whole, places]) => (whole / 10 ** places).toFixed(places)),
);

/** A list of what numbers are, or nearly are. */
export const figures = fc
  .array(
    digits.filter((one) => one !== '' && one !== '-'),
    { minLength: 8, maxLength: 8 },
  )
  .map((all) => all.map((one) => `- ${one}\n`).join(''));

const line = fc
  .tuple(
    fc.constantFrom('', '', '', '  ', '  ', '    ', ' ', '\t', '      '),
    fc.constantFrom('', '', '- ', '- - ', '-   ', '? ', '-'),
    fc.oneof(key, fc.constantFrom('a', 'b', 'c')),
    fc.constantFrom(': ', ': ', ': ', ':', ': # x', ' : ', ':  ', ''),
    fc.oneof(
      { weight: 2, arbitrary: tameScalar },
      { weight: 1, arbitrary: scalar },
      { weight: 1, arbitrary: fc.constant('') },
    ),
    fc.constantFrom('', '', '', ' ', ' # c', '#c'),
  )
  .map((parts) => parts.join(''));
const oddLine = fc.constantFrom(
  '',
  '---',
  '...',
  '# c',
  '%YAML 1.2',
  '- ',
  '-',
  '    ',
  '}',
  ']',
  '  b',
  '"x"',
  '? a',
  ': b',
  '- |',
  'a: >-',
);

/** Lines at any indentation, one under the other. */
export const hostileLines = fc
  .array(fc.oneof({ weight: 8, arbitrary: line }, { weight: 1, arbitrary: oddLine }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((lines) => lines.join('\n'));

/** Texts with a few small changes: characters and lines taken out, put in, doubled, moved, indented. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    kind: fc.constantFrom(
      'insert',
      'insert',
      'replace',
      'delete',
      'double',
      'indent',
      'dedent',
      'swap',
      'cut',
      'value',
    ),
    at: fc.nat({ max: 1_000_000 }),
    other: fc.nat({ max: 1_000_000 }),
    text: fc.oneof(
      scalar,
      fc.constantFrom(' ', '\n', '#', ':', '-', '"', "'", '[', ']', '{', '}', ',', '\t', '\r', '|', '\u00a0'),
    ),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) => changes.reduce(changed, text));
}

function changed(
  text: string,
  { kind, at, other, text: piece }: { kind: string; at: number; other: number; text: string },
): string {
  const offset = at % (text.length + 1);
  if (kind === 'insert') return text.slice(0, offset) + piece + text.slice(offset);
  if (kind === 'replace') return text.slice(0, offset) + piece + text.slice(offset + 1);
  if (kind === 'delete') return text.slice(0, offset) + text.slice(offset + 1 + (other % 3));
  if (kind === 'cut') return text.slice(0, offset);
  const lines = text.split('\n');
  const [one, two] = [at % lines.length, other % lines.length];
  const chosen = lines[one] ?? '';
  if (kind === 'double') lines.splice(two, 0, chosen);
  else if (kind === 'indent') lines[one] = ' '.repeat(1 + (other % 3)) + chosen;
  else if (kind === 'dedent') lines[one] = chosen.replace(/^ {1,2}/, '');
  else if (kind === 'value') lines[one] = chosen.replace(/: .*$/, `: ${piece}`);
  else [lines[one], lines[two]] = [lines[two] ?? '', chosen];
  return lines.join('\n');
}
