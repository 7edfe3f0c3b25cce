import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { hiddenCharacters } from '../../src/domain/text.ts';
import { painter } from '../../src/report/paint.ts';
import { plainText, printable, safeJson } from '../../src/report/plain.ts';
import { renderError, renderResult } from '../../src/report/result.ts';
import { call } from '../command-line.ts';
import { test } from '../harness.ts';
import { withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const words = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b[31m',
        '\u001b]0;x\u0007',
        '\u009b2J',
        '\r',
        '\b',
        '\u007f',
        '\u202e',
        '\u2066',
        '\u061c',
        '\u2028',
      ),
      fc.constantFrom(
        '::error::x',
        '::',
        ' ::set-output',
        '##[error]',
        '##[',
        '\n',
        'a',
        ' ',
        'ä',
        '🏠',
        '%0A',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
  )
  .map((some) => some.join(''));

/** No terminal and no runner acts upon it; colours of the engine's own are allowed where there are any. */
function harmless(text: string, coloured: boolean): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const bare = coloured ? text.replace(/\u001b\[(?:0|1|2|22|3[0-7]|39|9[0-7])m/g, '') : text;
  const bad = bare.replace(/\n/g, '').match(hiddenCharacters);
  assert.is(bad, null, JSON.stringify([bad, text.slice(0, 400)]));
  assert.not.match(bare, /^\s*::/m, text);
  assert.not.match(bare, '##[', text);
}

test('nothing that a file says gives a terminal or a runner an order', () => {
  fc.assert(
    fc.property(words, words, fc.boolean(), (one, other, coloured) => {
      const paint = painter(coloured);
      const finding = {
        rule: 'yaml/syntax',
        severity: 'error',
        file: one,
        line: 1,
        column: 1,
        message: other,
        hint: one,
      } as const;
      const result = { text: `${one}\n${other}`, notes: [other, one], diagnostics: [finding] };
      for (const findingsAreOutput of [true, false]) {
        const { out, err } = renderResult({ ...result, findingsAreOutput }, { out: paint, err: paint });
        harmless(printable(out, coloured), coloured);
        harmless(printable(err, coloured), coloured);
      }
      for (const error of [new Error(one), Object.assign(new Error(other), { stack: `${one}\n${other}` })])
        harmless(renderError(error, { json: false, debug: true, paint }), coloured);
      assert.is(plainText(plainText(one)), plainText(one));
    }),
    { includeErrorInReport: true },
  );
});

test('the last gate lets no control character through, whatever a renderer forgot', () => {
  fc.assert(
    fc.property(words, fc.boolean(), (text, coloured) => {
      const shown = printable(text, coloured);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      const bare = coloured ? shown.replace(/\u001b\[\d+m/g, '') : shown;
      assert.is(bare.replace(/[\n\t]/g, '').match(hiddenCharacters), null);
      assert.is(printable(shown, coloured), shown);
    }),
  );
  const painted = painter(true).red('x');
  assert.is(printable(painted, true), painted);
  assert.is(printable('\u001b[31mx\u001b[2J', true), '\u001b[31mx\\u001b[2J');
});

test('JSON reads back as it was, and holds no order either', () => {
  fc.assert(
    fc.property(fc.dictionary(words, fc.array(words)), (value) => {
      const text = safeJson(value);
      assert.equal(JSON.parse(text), { ...value });
      harmless(text, false);
    }),
  );
});

const evil = 'Ev\u001b[31mil \u202e\u009b2J | --> <!-- scend:end outcomes --> ##[error] x';
const quoted = safeJson(evil);

test('a workspace full of control characters prints none of them, in text or JSON, with colours or without', async () => {
  await withSample(async (practice) => {
    const { dir } = practice;
    practice.edit(`firms/${slug}/firm.yaml`, (text) => text.replace(/^name: .*$/m, `name: ${quoted}`));
    practice.edit(`firms/${slug}/ticket-pack.md`, (text) =>
      text
        .slice(0, text.indexOf('## Sprint 2'))
        .replace('name: Speed to Lead', `name: ${quoted}`)
        .replace('Configure inbound phone number', evil)
        .replace('- Assignee: Luis', `- Assignee: ::error::${evil}`)
        .replace('- Notes: carrier', `- Notes: ::warning::${evil}`),
    );
    practice.edit('templates/ticket-library.md', (text) => text.replace('Inbound Capture', `::x::${evil}`));
    practice.edit(
      'scend.yaml',
      (text) => `${text}metrics:\n  - { name: calls, label: ${quoted}, unit: count, better: higher }\n`,
    );
    if (process.platform !== 'win32')
      writeFileSync(join(dir, `firms/${slug}/snapshots/::error::\u001b[31m.yaml`), 'a: b\n');
    writeFileSync(join(dir, 'evil.md'), `# ${evil}\n\n## ${evil}\n\nText 12 %.\n`);
    practice.git('add', '-A');
    practice.git('commit', '-q', '-m', '::error::x');
    const calls = [
      ['status'],
      ['check'],
      ['forecast', '--backtest'],
      ['doctor'],
      ['sync', '--dry-run'],
      ['outcomes', '--firm', slug, '--dry-run'],
      ['refresh', '--firm', slug, '--dry-run'],
      ['project', '--firm', slug, '--explain', '--dry-run'],
      ['snapshot', '--firm', slug, '--label', '90d', '--metric', 'calls=3', '--dry-run'],
      ['snapshot', '--firm', slug, '--label', '90d', '--metric', `${evil}=3`],
      ['aggregate', '--dry-run'],
      ['migrate', '--dry-run'],
      ['import', 'roadmap', 'evil.md', '--firm', slug],
      ['status', '--firm', evil],
      ['status', `--${evil}`],
      [evil],
      ['check', evil],
      ['-C', evil, 'status'],
      ['sync', '--firm', slug, '--file', evil],
    ];
    let shown = 0;
    for (const [n, args] of calls.entries()) {
      // With colours and without, and the first of them in both ways.
      for (const coloured of n < 2 ? [false, true] : [n % 2 === 0]) {
        const env: Record<string, string> = coloured ? { FORCE_COLOR: '1' } : {};
        const { out, err } = await call(dir, args, { env });
        harmless(out, coloured);
        harmless(err, coloured);
        if (/\\u001b\[31m/.test(out + err)) shown += 1;
      }
      const { out, err } = await call(
        dir,
        [...args, '--json'].sort((a) => (a === '--json' ? -1 : 0)),
      );
      harmless(out, false);
      assert.is(err, '');
    }
    assert.ok(shown > 6, `the characters are shown as escapes: ${shown}`);
  });
});
