import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { globbySync } from 'globby';

const top = new URL('../', import.meta.url);

/** Documents that people and the engine wrote: those of the project. */
export function realDocuments(): { readonly path: string; readonly text: string }[] {
  const own = globbySync(
    ['firms/**/*.md', 'templates/*.md', 'README.md', 'CONTRIBUTING.md', 'SOPs/*.md', 'test/fixtures/**/*.md'],
    { cwd: top },
  );
  return own.sort().map((path) => ({ path, text: readFileSync(new URL(path, top), 'utf8') }));
}

const words = fc.constantFrom(
  'Configure the inbound number',
  'waits for the carrier’s A2P approval',
  '**bold** and *emphasis*',
  '`code` in it',
  'a [link](https://example.org) and www.example.org',
  'ümlaut 😀 𝒳',
  'one | two',
  'trailing space ',
  '2026-01-06',
  'none',
  'mail me@example.org',
  'back\\slash and \\[x]',
  '<b>html</b> inside',
  'tab\there',
  'no-break\u00a0space',
  'T1.1.1, T2.3.4',
  '“quoted”',
  '(in brackets)',
  '60 seconds',
  '5. of May',
  '[ref] and [^1]',
  '~~gone~~',
  '--- dashes ---',
  '',
);
const often = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
const bullet = often('-', '*', '+', '1.', '2.', '1)', '10.', '•', '–', '');
const box = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('[ ] ', '[x] ', '[X] ') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '[/] ',
      '[-] ',
      '[ ]',
      '[] ',
      '[x]\t',
      '[\u00a0] ',
      '[ ]  ',
      '[x]: ',
      '',
      '[\t] ',
    ),
  },
);
const id = fc.constantFrom(
  'T1.1.1',
  'T1.1.2',
  'A1',
  'S3-T1',
  '**T2.1**',
  '`T3`',
  '24h',
  'GA4',
  'T1.1.1',
  'word',
);
const separator = often(' – ', ': ', ' ', ' - ', ' — ', '');
const key = often(
  'Status',
  'Assignee',
  'Notes',
  'Depends on',
  'Estimate',
  'Started',
  'Completed',
  '**System**',
  'Custom',
);
const value = fc.oneof(words, fc.constantFrom('done', 'in_progress', 'dnoe', '2h', '2026-02-30'));
const gap = often(' ', '  ', '    ', '     ', '\t');

const ticket = fc
  .tuple(bullet, gap, box, id, separator, words)
  .map(([mark, space, tick, name, set, title]) => `${mark}${space}${tick}${name}${set}${title}`);
const detail = fc.tuple(bullet, gap, key, often(': ', ':', '： '), value).map((some) => some.join(''));
const item = fc.tuple(bullet, gap, words).map((some) => some.join(''));
const indented = (depth: fc.Arbitrary<number>, line: fc.Arbitrary<string>) =>
  fc.tuple(depth, line).map(([count, text]) => ' '.repeat(count) + text);
const depth = (usual: number) => often(usual, 0, 1, 2, 3, 4, 6);

/** Some editors indent with a tab for each level. */
const tabbed = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^(?: {2})+/, (spaces) => '\t'.repeat(spaces.length / 2)));

/** A ticket with its details, sometimes with notes of its own, sub-tickets and blank lines. */
const block = fc
  .tuple(
    often(false, true),
    indented(often(0, 1, 2, 3, 4), ticket),
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: indented(depth(2), detail) },
        { weight: 1, arbitrary: indented(depth(2), ticket) },
        { weight: 1, arbitrary: indented(depth(4), item) },
        { weight: 1, arbitrary: indented(depth(2), words) },
        { weight: 1, arbitrary: fc.constantFrom('', '', '  ', '\t') },
      ),
      { maxLength: 5 },
    ),
  )
  .map(([tabs, first, rest]) => (tabs ? tabbed([first, ...rest]) : [first, ...rest]));
const row = fc.array(words, { minLength: 2, maxLength: 2 }).map((cells) => `| ${cells.join(' | ')} |`);
const lines = <T extends string>(...some: T[]) => fc.constant<string[]>(some);
const section = fc.oneof(
  { weight: 6, arbitrary: fc.array(block, { minLength: 1, maxLength: 3 }).map((some) => some.flat()) },
  { weight: 3, arbitrary: fc.array(words, { minLength: 1, maxLength: 3 }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(often('#', '##', '###', '####### '), often(' ', '', '\t'), words, often('', ' ##', '  '))
      .map((some) => [some.join('')]),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(['## Sprint 1 — Start'], ['## Sprint 2: More'], ['### System 2 — Calls']),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(row, often('|---|---|', '| :-: | --: |', '|---|', '---|---'), fc.array(row, { maxLength: 2 }))
      .map(([head, rule, rows]) => [head, rule, ...rows]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        often('```', '~~~', '````', '``` `', '```md'),
        fc.array(fc.oneof(ticket, words), { maxLength: 3 }),
        often('```', '~~~', '', '    ```', '```  '),
      )
      .map(([open, inside, close]) => [open, ...inside, close]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        often('<!-- ', '<!--', '<!-->', '<!--- '),
        fc.array(fc.oneof(ticket, words), { minLength: 1, maxLength: 3 }),
        often(' -->', '-->', '--', ' --> x'),
      )
      .map(([open, inside, close]) => (open + inside.join('\n') + close).split('\n')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ['<!-- scend:begin actuals -->'],
      ['<!-- scend:end actuals -->'],
      ['---'],
      ['***'],
      ['* * *'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      lines('> - [ ] T8.8.8 – quoted', 'lazy'),
      lines('<div>', '- [ ] T7.7 – in HTML', '</div>'),
      lines('[x]: https://example.org'),
      lines('[^1]: a note', '    - [ ] T5.5 – in it'),
      lines('Title', '==='),
      lines('    code'),
      lines('<details>', '', 'text', '', '</details>'),
      lines('a | b', '- | -', 'c | d'),
      lines('- - a', '- # b', '- > c', '-', '- 1. d'),
      lines('__________', '*** *', '___x'),
      lines('+++', 'a = 1', '+++'),
    ),
  },
);

const eols = ['\n', '\n', '\n', '\n', '\n', '\r\n', '\r\n', '\r'];

/** A document made as people make them, with a slip here and there. */
export const writtenDocument: fc.Arbitrary<string> = fc
  .record({
    parts: fc.array(fc.tuple(section, often(1, 0, 2)), { minLength: 1, maxLength: 7 }),
    eol: fc.constantFrom(...eols),
    last: often(true, false),
    bom: often(false, true),
  })
  .map(({ parts, eol, last, bom }) => {
    const text = parts.map(([some, blank]) => `${some.join('\n')}\n${'\n'.repeat(blank)}`).join('');
    return (bom ? '\uFEFF' : '') + (last ? text : text.trimEnd()).replaceAll('\n', eol);
  });

const fragments = [
  ' ',
  '  ',
  '    ',
  '\t',
  '\n',
  '\n\n',
  '\r',
  '\r\n',
  '-',
  '- ',
  '* ',
  '+',
  '1. ',
  '2) ',
  '#',
  '## ',
  '>',
  '> ',
  '|',
  '| - |',
  '`',
  '```',
  '~~~',
  '<',
  '<!--',
  '-->',
  '<div>',
  '[',
  ']',
  '[ ] ',
  '[x]',
  ']:',
  '[^',
  '=',
  '===',
  '---',
  '***',
  '_',
  ':',
  '\\',
  '\u00a0',
  '\u2028',
  '\uFEFF',
  '😀',
  '\u0000',
  '\f',
  '\v',
  'x',
  '@',
  'www.',
  '+++',
  '- - -',
  ':-',
  '&nbsp;',
  '\u3000',
];
const mutation = fc.record({
  at: fc.nat({ max: 1_000_000 }),
  kind: fc.constantFrom(
    'insert',
    'insert',
    'lineStart',
    'lineStart',
    'lineEnd',
    'delete',
    'dropLine',
    'join',
    'dedent',
  ),
  text: fc.constantFrom(...fragments),
  length: fc.integer({ min: 1, max: 4 }),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(text: string, { at, kind, text: added, length }: Mutation): string {
  const place = at % (text.length + 1);
  const start = Math.max(text.lastIndexOf('\n', place - 1), text.lastIndexOf('\r', place - 1)) + 1;
  const found = text.slice(place).search(/[\r\n]/);
  const end = found < 0 ? text.length : place + found;
  const splice = (from: number, to: number, by = '') => text.slice(0, from) + by + text.slice(to);
  switch (kind) {
    case 'insert':
      return splice(place, place, added);
    case 'lineStart':
      return splice(start, start, added);
    case 'lineEnd':
      return splice(end, end, added);
    case 'delete':
      return splice(place, place + length);
    case 'dropLine':
      return splice(start, end + 1);
    case 'join':
      return splice(end, end + 1);
    default:
      return splice(start, start + Math.min(length, /^ */.exec(text.slice(start))?.[0].length ?? 0));
  }
}

/** A stretch of a real document, or a document as people make them, with up to four slips of the hand. */
export function anyDocument(real: readonly { readonly text: string }[]): fc.Arbitrary<string> {
  const stretch = fc
    .record({
      which: fc.nat({ max: 1_000_000 }),
      line: fc.nat({ max: 1_000_000 }),
      count: fc.integer({ min: 1, max: 30 }),
    })
    .map(({ which, line, count }) => {
      const some = (real[which % real.length]?.text ?? '').split(/(?<=\n)/);
      const first = line % some.length;
      return some.slice(first, first + count).join('');
    });
  const slips = fc.array(mutation, { maxLength: 4 });
  return fc
    .tuple(fc.oneof({ weight: 2, arbitrary: writtenDocument }, { weight: 1, arbitrary: stretch }), slips)
    .map(([text, some]) => some.reduce(mutate, text));
}
