import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { rollUp } from '../../src/domain/rollup.ts';
import { settlePack } from '../../src/domain/settle-pack.ts';
import { parsePackFile } from '../../src/formats/pack-file.ts';
import { takePack } from '../../src/formats/pack-import.ts';
import { renderExport } from '../../src/formats/pack-render.ts';
import { makeSource } from '../../src/formats/source.ts';
import { test, testIf } from '../harness.ts';
import { firm, packText } from '../refresh-state.ts';
import { sharedFile } from '../vectors.ts';

const owner = { firm, today: '2026-01-05', timeZone: 'UTC' };
const take = (text: string, over: Partial<typeof owner> = {}) =>
  takePack(makeSource('in.md', text), { ...owner, ...over });

/** The export of a pack's text, as a refresh writes it. */
function exportOf(text: string, version = 'v1.1', of = firm): string {
  const { pack, diagnostics } = parsePackFile(makeSource('ticket-pack.md', text), of);
  assert.ok(pack, JSON.stringify(diagnostics));
  const { tickets } = settlePack(pack!.facts, pack!.facts.entries, '2026-03-07').pack;
  return renderExport(pack!, text, version, '2026-03-07', rollUp(tickets)) ?? '';
}

test('export, import, export: the same bytes', () => {
  for (const text of [packText, packText.replaceAll('\n', '\r\n'), `${packText}\n\ttabs\t \n`]) {
    const exported = exportOf(text);
    const taken = take(exported);
    assert.equal(taken.diagnostics, []);
    assert.is(taken.text, text.replace('version: v1.0', 'version: v1.1'));
    assert.is(exportOf(taken.text ?? ''), exported);
  }
});

test('export, import, export of the sample pack, whose first line is for editors', () => {
  const path = new URL('../../firms/hayes_real_estate/ticket-pack.md', import.meta.url);
  const text = readFileSync(path, 'utf8');
  const hayes = { ...firm, slug: 'hayes_real_estate' };
  const exported = exportOf(text, 'v1.1', hayes);
  const taken = take(exported, { firm: hayes });
  assert.is(exportOf(taken.text ?? '', 'v1.1', hayes), exported);
});

const titles = fc.constantFrom('First', 'Agent "accepts" → reroute', 'A, b; c: d', 'x_y *z*');
const packs = fc
  .record({
    eol: fc.constantFrom('\n', '\r\n'),
    bullet: fc.constantFrom('-', '*', '+'),
    rows: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 99 }),
        box: fc.constantFrom(' ', 'x', 'X', '/'),
        title: titles,
      }),
      {
        minLength: 1,
        maxLength: 8,
        selector: (one) => one.id,
      },
    ),
    prose: fc.constantFrom('', 'Text.  \n\n', '```\n- [ ] not one\n```\n\n', '\ttab\n\n'),
  })
  .map(({ eol, bullet, rows, prose }) => {
    const items = rows.map(
      (one) => `${bullet} [${one.box}] T1.1.${one.id} – ${one.title}\n  ${bullet} Notes: n${one.id}\n`,
    );
    return `# Pack\n\n${prose}## Sprint 1 — Start\n\n${items.join('')}`.replaceAll('\n', eol);
  });

test('a pack of our grammar stays byte for byte below its front matter, and survives being exported', () => {
  fc.assert(
    fc.property(packs, (text) => {
      const taken = take(text);
      assert.ok(taken.text?.endsWith(text), JSON.stringify(taken.diagnostics));
      const exported = exportOf(taken.text ?? '');
      assert.is(exportOf(take(exported).text ?? ''), exported);
    }),
    { numRuns: 100 },
  );
});

test('the export of another firm gets that firm and an id of its own', () => {
  const taken = take(exportOf(packText), {
    firm: { ...firm, slug: 'birch', id: '9f0c1111-2222-4333-8444-555566667777' },
  });
  assert.match(taken.text ?? '', '\nfirm: birch\n');
  assert.not.match(taken.text ?? '', '11111111-2222');
});

test('front matter of another tool stays, with ours before it', () => {
  const taken = take('---\ntitle: Mine # yes\n---\n- [ ] T1.1.1 – A\n');
  assert.match(taken.text ?? '', 'sprints: []\ntitle: Mine # yes\n---\n- [ ] T1.1.1 – A\n');
});

test('list items with ids get a checkbox, and nothing else changes', () => {
  const text =
    '# SYSTEM 1 — A\n\n* **T1.1.1** – One\n  * a note\n* T1.1.2 – Two\n* 24h reminder\n* T1.1.1 comes first\n\n1. T1.1.3: Three\n';
  const taken = take(text);
  assert.ok(
    taken.text?.endsWith(
      '# SYSTEM 1 — A\n\n* [ ] **T1.1.1** – One\n  * a note\n* [ ] T1.1.2 – Two\n* 24h reminder\n* T1.1.1 comes first\n\n1. [ ] T1.1.3: Three\n',
    ),
    taken.text ?? JSON.stringify(taken.diagnostics),
  );
  assert.equal(
    taken.tickets.map((one) => one.ticketId),
    ['T1.1.1', 'T1.1.2', 'T1.1.3'],
  );
});

test('ids of every known form', () => {
  for (const ids of [
    ['T1.3.1', 'T1.3.2'],
    ['A1', 'A2'],
    ['T001', 'T002'],
    ['S3-T1', 'S3-T2'],
  ]) {
    const taken = take(ids.map((one) => `- ${one} do it\n`).join(''));
    assert.equal(
      taken.tickets.map((one) => one.ticketId),
      ids,
    );
  }
});

test('headings with ids get a ticket under them', () => {
  const taken = take(
    '## SYSTEM L0\n\n### **L0.1.1 — Add `status`**\n\n**Goal**: g.\n\n- L0.1.1, L0.1.2 first\n',
  );
  assert.match(
    taken.text ?? '',
    '### **L0.1.1 — Add `status`**\n\n- [ ] L0.1.1 – Add `status`\n\n**Goal**: g.\n\n- L0.1.1, L0.1.2 first\n',
  );
});

test('a table with ids becomes a list in its place; columns without a meaning become bullets', () => {
  const taken = take(
    'Before.\n\n| ID | Task | Owner | Status | Priority |\n|---|---|---|---|---|\n| `A1` | Do \\| it | Mia | done | high |\n| A2 | Two | | | |\n\nAfter.\n',
  );
  assert.match(
    taken.text ?? '',
    'Before.\n\n- [x] A1 – Do | it\n  - Status: done\n  - Assignee: Mia\n  - Priority: high\n- [ ] A2 – Two\n  - Status: not_started\n\nAfter.\n',
  );
});

test('a fault in a table, and a near miss, are told at their own line', () => {
  const rules = (text: string) => take(text).diagnostics.map((one) => `${one.line} ${one.rule}`);
  assert.equal(rules('a\n\n| ID | Title | Status |\n|---|---|---|\n| A1 | One | dnoe |\n'), [
    '5 import/bad-row',
  ]);
  assert.equal(rules('- [ ] T1.1.1 – A\n- [ ]T1.1.2 – B\n'), ['2 pack/not-a-task']);
  assert.equal(rules('- [ ] T1.1.1 – A\n\n- T1.1.2 – B\n'), ['1 import/not-taken']);
  assert.equal(rules('- [ ] T1.1.1 – A\n- [ ] T1.1.1 – B\n'), ['2 pack/duplicate-id']);
  assert.equal(rules('# Prose\n\nNo tickets.\n'), ['1 import/empty']);
  assert.equal(rules(' \n'), ['1 import/empty']);
  assert.equal(rules('---\nschema: scend/firm@1\n---\n'), ['2 schema/kind']);
});

const library = sharedFile('data/ticket-library.md');
testIf(library !== null, 'the library is not beside the checkout', 'a whole library becomes a pack', () => {
  const taken = take(library!);
  assert.equal(taken.diagnostics, []);
  assert.is(taken.tickets.length, library!.match(/^\* \*\*T/gm)?.length);
  assert.is((taken.text ?? '').slice((taken.text ?? '').indexOf('# SYSTEM')).replaceAll('[ ] ', ''), library);
});

const seed = sharedFile('seed/000_59820afdfd01e32c.txt');
testIf(
  seed !== null,
  'the first requirement is not beside the checkout',
  'the first requirement has 17 tickets',
  () => {
    const taken = take(seed!);
    assert.equal(
      taken.diagnostics.filter((one) => one.severity === 'error'),
      [],
    );
    assert.is(taken.tickets.length, 17);
  },
);
