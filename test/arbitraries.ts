import fc from 'fast-check';

/** Pieces of Markdown that people and their editors leave in a pack, benign and hostile. */
const lines = [
  '- [ ] T1.1.1 – Configure the inbound number',
  '* [x] **T1.1.2** – Bold id',
  '+ [X] T1.1.3: With a colon',
  '1. [ ] T1.2.1 – Numbered',
  '  - [ ] T1.2.2 – Nested',
  '- [/] T1.2.3 – Obsidian in progress',
  '- [-] T1.2.4 – Obsidian skipped',
  '-   [ ]  T1.3.1 – Wide gaps 😀 ümlaut',
  '-\t[ ]\tT1.3.2 – Tabs',
  '- [ ] T1.3.3 – A title that\n  runs over two lines',
  '  - Status: in_progress',
  '  - Status: done',
  '    - Status: blocked',
  '  - Assignee: Ana María   ',
  '  - Started: 2026-01-06',
  '  - Completed: 2026-01-12',
  '  - Completed:',
  '  - Notes: long\n    note',
  '  - Custom: kept <!-- and this -->',
  '  - [ ] an acceptance line',
  '\t- Status: not_started',
  '## Sprint 1 — Foundation',
  '## Sprint 2: Second',
  '### System 2 — Routing',
  '## Appendix',
  'Prose with *emphasis*, `code` and a trailing space ',
  '| a | b |\n|---|:-:|\n| wide   | - [ ] T9.9.9 |',
  '> - [ ] T8.8.8 – quoted',
  '<!-- - [ ] T7.7.7 in a comment -->',
  '```md\n- [ ] T6.6.6 in code\n```',
  '[x]: https://example.org',
  '',
  '   ',
  '---',
  '- plain item',
  'text[^1]\n\n[^1]: a footnote',
];

const eols = ['\n', '\r\n'];

/** A random pack body with one line ending throughout, with or without a byte order mark. */
export const packBody: fc.Arbitrary<string> = fc
  .record({
    picked: fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 24 }),
    eol: fc.constantFrom(...eols),
    last: fc.boolean(),
  })
  .map(({ picked, eol, last }) => picked.join('\n').replaceAll('\n', eol) + (last ? eol : ''));

export const packFront =
  '---\nschema: scend/ticket-pack@1\nid: 7f0c1111-2222-4333-8444-555566667777\nfirm: acme\nversion: v1.0\ncreated_at: 2026-01-05 # kept\n---\n';

/** A whole pack file: front matter, body, perhaps a byte order mark. */
export const packText: fc.Arbitrary<string> = fc
  .record({ body: packBody, bom: fc.boolean() })
  .map(({ body, bom }) => {
    const eol = body.includes('\r\n') ? '\r\n' : '\n';
    return (bom ? '\uFEFF' : '') + packFront.replaceAll('\n', eol) + body;
  });
