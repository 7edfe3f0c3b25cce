import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Flags } from '../src/commands/context.ts';
import { commandTable } from '../src/commands/table.ts';
import { type RuleId, rules } from '../src/domain/rules.ts';
import { renderRulesReference } from '../src/report/rules-reference.ts';
import { cleanEnv } from './environment.ts';
import { test, withTempDir } from './harness.ts';
import { checkResult } from './output-schemas.ts';
import { Practice } from './scend.ts';

const firm = 'firms/acme';
const ids = {
  firm: '7f0c1111-2222-4333-8444-555566667777',
  pack: '11111111-2222-4333-8444-555566667777',
  roadmap: '22222222-2222-4333-8444-555566667777',
  baseline: '33333333-2222-4333-8444-555566667777',
  d60: '44444444-2222-4333-8444-555566667777',
};

const packHead = `---\nschema: scend/ticket-pack@1\nid: ${ids.pack}\nfirm: acme\nversion: v1.0\ncreated_at: 2026-01-05\nsprints:\n  - { number: 1, name: Start }\n---\n`;
const pack = (body: string) => `${packHead}# Acme\n\n${body}`;
/** Line of the first line of `body`. */
const bodyLine = 12;
const packBody = '## Sprint 1 — Start\n\n- [ ] T1.1.1 – First\n- [ ] T1.1.2 – Second\n';

const roadmap = (more = '', front = '') =>
  `---\nschema: scend/roadmap@1\nid: ${ids.roadmap}\nfirm: acme\nversion: v1.0\nstatus: draft\ngenerated_at: 2026-01-05\n${front}sections:\n  - { section_number: 1, section_name: executive_summary, status: planned }\n---\n# Acme\n\n## 1. Executive Summary\n\nText.\n${more}`;

const snapshot = (label: string, date: string, id: string, metrics = 'nps: 42') =>
  `schema: scend/snapshot@1\nid: ${id}\nfirm: acme\nfirm_id: ${ids.firm}\ndate: ${date}\nlabel: ${label}\nsource: manual\nmetrics:\n  ${metrics}\n`;

const base: Record<string, string> = {
  'scend.yaml': 'schema: scend/workspace@1\n',
  [`${firm}/firm.yaml`]: `schema: scend/firm@1\nid: ${ids.firm}\nslug: acme\nname: Acme\nindustry: legal\ncreated_at: 2026-01-05\n`,
  [`${firm}/ticket-pack.md`]: pack(packBody),
  [`${firm}/deliverables/acme_ROADMAP_v1.0.md`]: roadmap(),
  [`${firm}/snapshots/2026-01-05_baseline.yaml`]: snapshot('baseline', '2026-01-05', ids.baseline),
};

interface Fixture {
  /** Files over the sound workspace; null takes one away, a function makes it. */
  readonly files?: Record<string, string | Uint8Array | null | ((path: string) => void)>;
  /** The command that finds it, `check` when left out. */
  readonly run?: readonly [command: string, flags?: Flags, args?: readonly string[]];
  /** `file:line` of the finding. */
  readonly at: string;
  /** Only where the repository matters. */
  readonly git?: (practice: Practice) => void;
}

const inPack = (body: string, line: number): Fixture => ({
  files: { [`${firm}/ticket-pack.md`]: pack(body) },
  at: `${firm}/ticket-pack.md:${bodyLine + line - 1}`,
});
const inFirm = (text: string, line: number): Fixture => ({
  files: { [`${firm}/firm.yaml`]: (base[`${firm}/firm.yaml`] ?? '') + text },
  at: `${firm}/firm.yaml:${line}`,
});
const roadmapFile = `${firm}/deliverables/acme_ROADMAP_v1.0.md`;
const inRoadmap = (text: string, line: number): Fixture => ({
  files: { [roadmapFile]: text },
  at: `${roadmapFile}:${line}`,
});
const library = (text: string): Record<string, string> => ({ 'templates/ticket-library.md': text });
const system = '# SYSTEM 1 — A\n\n## 1.1 — B\n\n';
const exported = (body: string): Fixture['files'] => ({ 'export.md': pack(body) });
const outcome = (over = '') =>
  `schema: scend/outcome@1\nid: ${ids.d60}\nfirm: acme\nfirm_id: ${ids.firm}\nroadmap_id: ${ids.roadmap}\nroadmap_version: v1.0\ntarget_label: 60d\nbaseline_date: 2026-01-05\ntarget_date: 2026-03-06\nbaseline_snapshot_id: ${ids.baseline}\ntarget_snapshot_id: ${ids.d60}\ndeltas: { nps: ${over || '3'} }\nrealized_roi_12_months_estimate: {}\nassumptions: {}\nstatus: null\nstatus_reason: no_projection\n`;

const fixtures: Record<RuleId, Fixture> = {
  'file/too-large': {
    files: { [`${firm}/recommendations.yaml`]: `#${'x'.repeat(1_048_576)}\n` },
    at: `${firm}/recommendations.yaml:1`,
  },
  'file/not-utf8': {
    files: { [`${firm}/ticket-pack.md`]: new Uint8Array([0xff, 0xfe, 0x41, 0]) },
    at: `${firm}/ticket-pack.md:1`,
  },
  'file/conflict-markers': inPack(
    '<<<<<<< HEAD\n- [x] T1.1.1 – A\n=======\n- [ ] T1.1.1 – A\n>>>>>>> other\n',
    1,
  ),
  'file/unsafe-path': {
    files: { [`${firm}/ticket-pack.md`]: (path) => symlinkSync('/etc/hostname', path) },
    at: `${firm}/ticket-pack.md:1`,
  },
  'file/missing': { files: { [`${firm}/firm.yaml`]: null }, at: `${firm}/firm.yaml:1` },
  'run/unfinished': {
    files: {
      '.scend/journal.json': JSON.stringify({
        format: 1,
        intent: {
          id: 'a',
          firm: 'acme',
          commit: null,
          files: [{ path: `${firm}/ticket-pack.md`, old: null, new: '0', blob: null, base: null }],
        },
        owned: {},
      }),
    },
    at: `${firm}/ticket-pack.md:1`,
  },
  'file/unknown-name': {
    files: { [`${firm}/snapshots/march.yaml`]: 'a: 1\n' },
    at: `${firm}/snapshots/march.yaml:1`,
  },
  'yaml/syntax': inFirm('cohort: a: b\n', 7),
  'yaml/duplicate-key': inFirm('name: Again\n', 7),
  'yaml/forbidden': inFirm('cohort: &a x\n', 7),
  'yaml/too-deep': inFirm(`cohort: ${'['.repeat(60)}\n`, 7),
  'front-matter/missing': {
    files: { [`${firm}/ticket-pack.md`]: '# Acme\n' },
    at: `${firm}/ticket-pack.md:1`,
  },
  'front-matter/unclosed': {
    files: { [`${firm}/ticket-pack.md`]: '---\na: 1\n' },
    at: `${firm}/ticket-pack.md:1`,
  },
  'front-matter/language': {
    files: { [`${firm}/ticket-pack.md`]: '---js\nprocess.exit(3)\n---\n' },
    at: `${firm}/ticket-pack.md:1`,
  },
  'schema/required': {
    files: { [`${firm}/firm.yaml`]: 'schema: scend/firm@1\nslug: acme\n' },
    at: `${firm}/firm.yaml:1`,
  },
  'schema/unknown-key': inFirm('team_sise: 9\n', 7),
  'schema/invalid': inFirm('team_size: nine\n', 7),
  'schema/kind': {
    files: { [`${firm}/firm.yaml`]: 'schema: scend/snapshot@1\n' },
    at: `${firm}/firm.yaml:1`,
  },
  'schema/newer': { files: { [`${firm}/firm.yaml`]: 'schema: scend/firm@9\n' }, at: `${firm}/firm.yaml:1` },
  'schema/old': { files: { [`${firm}/firm.yaml`]: 'slug: acme\nname: Acme\n' }, at: `${firm}/firm.yaml:1` },
  'markdown/too-deep': inPack(`${'> '.repeat(60)}x\n`, 1),
  'pack/not-a-task': inPack(`${packBody}-[ ] T1.1.3 – Third\n`, 5),
  'pack/indented-code': inPack(`${packBody}\nText.\n\n    - [ ] T1.1.3 – Third\n`, 8),
  'pack/ticket-in-code': inPack(`${packBody}\n\`\`\`\n- [ ] T1.1.3 – Third\n\`\`\`\n`, 7),
  'pack/ticket-in-quote': inPack(`${packBody}\n> - [ ] T1.1.3 – Third\n`, 6),
  'pack/unclosed': inPack(`${packBody}\n<!--\n- [ ] T1.1.3 – Third\n`, 6),
  'pack/task-without-id': inPack(`${packBody}- [ ] Buy milk\n`, 5),
  'pack/odd-id': inPack(`${packBody}- [ ] T1.1.3 – Third\n- [ ] GA4 event fires\n`, 6),
  'pack/duplicate-id': inPack(`${packBody}- [ ] T1.1.1 – Again\n`, 5),
  'pack/unknown-status': inPack(`${packBody}  - Status: dnoe\n`, 5),
  'pack/bad-date': inPack(`${packBody}  - Started: 6 January\n`, 5),
  'pack/bad-estimate': inPack(`${packBody}  - Estimate: long\n`, 5),
  'pack/date-order': inPack(`${packBody}  - Started: 2026-02-01\n  - Completed: 2026-01-01\n`, 6),
  'pack/duplicate-detail': inPack(`${packBody}  - Status: done\n  - Status: blocked\n`, 6),
  'pack/detail-not-bullet': inPack(`${packBody}  Status: done\n`, 5),
  'pack/detail-not-nested': inPack(`${packBody}- Status: done\n`, 5),
  'pack/full-width-colon': inPack(`${packBody}  - Status： blocked\n`, 5),
  'pack/contradiction': {
    git: (practice) => {
      practice.start();
      practice.write(
        `${firm}/ticket-pack.md`,
        pack(packBody.replace('- [ ] T1.1.1 – First', '- [x] T1.1.1 – First\n  - Status: blocked')),
      );
    },
    at: `${firm}/ticket-pack.md:${bodyLine + 2}`,
  },
  'pack/sprint-twice': inPack(`${packBody}\n## Sprint 1 — Again\n`, 6),
  'pack/sprint-unplanned': inPack(`${packBody}\n## Sprint 2 — Next\n`, 6),
  'pack/sprint-missing': {
    files: { [`${firm}/ticket-pack.md`]: pack('- [ ] T1.1.1 – First\n') },
    at: `${firm}/ticket-pack.md:8`,
  },
  'pack/outside-sprint': inPack(`${packBody}\n## Backlog\n\n- [ ] T1.1.3 – Third\n`, 8),
  'pack/unknown-dependency': inPack(`${packBody}  - Depends on: T9.9.9\n`, 5),
  'pack/cannot-edit': {
    ...inPack('## Sprint 1 — Start\n\n- - [x] T1.1.1 – First\n', 3),
    run: ['sync', { firm: 'acme' }],
  },
  'pack/tight-list': inPack(`${packBody}- [ ] T1.1.3 – Third\n`, 3),
  'pack/empty': {
    files: { [`${firm}/ticket-pack.md`]: pack('## Sprint 1 — Start\n') },
    at: `${firm}/ticket-pack.md:9`,
  },
  'roadmap/block': inRoadmap(roadmap('\n<!-- scend:begin sprints -->\n'), 17),
  'roadmap/unclosed': inRoadmap(roadmap('\n```js\nfoo\n'), 17),
  'roadmap/block-edited': {
    git: (practice) => {
      practice.start();
      practice.ok('refresh', '--firm', 'acme');
      practice.edit(`${firm}/deliverables/acme_ROADMAP_v1.1.md`, (text) =>
        text.replace('0 of 2 tickets', '2 of 2 tickets'),
      );
    },
    at: `${firm}/deliverables/acme_ROADMAP_v1.1.md:18`,
  },
  'roadmap/cannot-edit': {
    ...inRoadmap(
      roadmap().replace(
        'sections:\n  - { section_number: 1, section_name: executive_summary, status: planned }',
        'sections: [{ section_number: 1, section_name: executive_summary, status: planned }]',
      ),
      2,
    ),
    run: ['refresh', { firm: 'acme' }],
  },
  'roadmap/section-missing': inRoadmap(roadmap().replace('## 1. Executive Summary', '## Summary'), 11),
  'roadmap/section-twice': inRoadmap(roadmap('\n## 1. Again\n'), 17),
  'roadmap/superseded-edited': {
    git: (practice) => {
      practice.start();
      practice.ok('refresh', '--firm', 'acme');
      practice.edit(roadmapFile, (text) => text.replace('Text.', 'Other text.'));
    },
    at: `${roadmapFile}:1`,
  },
  'roadmap/unknown-ticket': inRoadmap(roadmap('\nTickets: T1.1.1, T7.7.7\n'), 17),
  'roadmap/version-twice': {
    git: (practice) => {
      practice.start();
      const version = (title: string) => {
        practice.edit(`${firm}/ticket-pack.md`, (text) => text.replace('– First', `– ${title}`));
        practice.git('commit', '-qam', title);
        practice.ok('refresh', '--firm', 'acme');
      };
      practice.git('switch', '-qc', 'side');
      version('Other');
      practice.git('switch', '-q', 'main');
      version('This');
      spawnSync('git', ['merge', '-q', 'side'], { cwd: practice.dir, env: practice.env });
    },
    at: `${firm}/deliverables/acme_ROADMAP_v1.1.md:1`,
  },
  'export/edited': {
    git: (practice) => {
      practice.start();
      practice.ok('refresh', '--firm', 'acme');
      practice.edit(`${firm}/deliverables/acme_TICKET_PACK_v1.1.md`, (text) =>
        text.replace('- [ ] T1.1.1', '- [x] T1.1.1'),
      );
      practice.git('commit', '-qam', 'Tick the export');
    },
    at: `${firm}/deliverables/acme_TICKET_PACK_v1.1.md:17`,
  },
  'export/conflict': {
    git: (practice) => {
      practice.start();
      practice.ok('refresh', '--firm', 'acme');
      practice.edit(`${firm}/ticket-pack.md`, (text) =>
        text.replace('– First', '– First\n  - Assignee: Ana'),
      );
      practice.edit(`${firm}/deliverables/acme_TICKET_PACK_v1.1.md`, (text) =>
        text.replace('– First', '– First\n  - Assignee: Luis'),
      );
    },
    run: ['sync', { firm: 'acme', file: `${firm}/deliverables/acme_TICKET_PACK_v1.1.md` }],
    at: `${firm}/deliverables/acme_TICKET_PACK_v1.1.md:1`,
  },
  'export/unknown-ticket': {
    files: exported('- [x] T9.9.9 – Other\n') ?? {},
    run: ['sync', { firm: 'acme', file: 'export.md' }],
    at: 'export.md:1',
  },
  'export/behind': {
    files: {
      ...exported(packBody),
      [`${firm}/ticket-pack.md`]: pack(packBody.replace('- [ ] T1.1.1', '- [x] T1.1.1')),
    },
    run: ['sync', { firm: 'acme', file: 'export.md' }],
    at: 'export.md:1',
  },
  'import/empty': {
    files: { 'in.md': '' },
    run: ['import pack', { firm: 'acme' }, ['in.md']],
    at: 'in.md:1',
  },
  'import/unplaced': {
    files: { 'in.md': '# Executive Summary\n\nA.\n\n# Team\n\nB.\n' },
    run: ['import roadmap', { firm: 'acme' }, ['in.md']],
    at: 'in.md:5',
  },
  'import/bad-row': {
    files: { 'in.csv': 'ticket_id,title\nT1.1.1,First\nT1.1.1,Again\n' },
    run: ['import pack', { firm: 'acme' }, ['in.csv']],
    at: 'in.csv:3',
  },
  'import/not-taken': {
    files: {
      [`${firm}/ticket-pack.md`]: null,
      'in.csv': 'ticket_id,title,updated_at\nT1.1.1,First,2026-01-05\n',
    },
    run: ['import pack', { firm: 'acme' }, ['in.csv']],
    at: 'in.csv:2',
  },
  'library/duplicate-id': {
    files: library(`${system}* **T1.1.1** – A\n* **T1.1.1** – B\n`),
    at: 'templates/ticket-library.md:6',
  },
  'library/unknown-dependency': {
    files: library(`${system}* **T1.1.1** – A\n  * Depends on: T9.9.9\n`),
    at: 'templates/ticket-library.md:5',
  },
  'library/cycle': {
    files: library(`${system}* **T1.1.1** – A\n  * Depends on: T1.1.1\n`),
    at: 'templates/ticket-library.md:5',
  },
  'library/bad-detail': {
    files: library(`${system}* **T1.1.1** – A\n  * Estimate: soon\n`),
    at: 'templates/ticket-library.md:6',
  },
  'library/no-system': { files: library('* **T1.1.1** – A\n'), at: 'templates/ticket-library.md:1' },
  'metric/unknown': {
    files: {
      [`${firm}/snapshots/2026-01-05_baseline.yaml`]: snapshot(
        'baseline',
        '2026-01-05',
        ids.baseline,
        'npss: 42',
      ),
    },
    at: `${firm}/snapshots/2026-01-05_baseline.yaml:9`,
  },
  'metric/range': {
    files: {
      'scend.yaml':
        'schema: scend/workspace@1\nmetrics:\n  - { name: calls, label: Calls, unit: count, better: higher, min: 0 }\n',
      [`${firm}/snapshots/2026-01-05_baseline.yaml`]: snapshot(
        'baseline',
        '2026-01-05',
        ids.baseline,
        'calls: -1',
      ),
    },
    at: `${firm}/snapshots/2026-01-05_baseline.yaml:9`,
  },
  'metric/evidence-mismatch': {
    files: {
      [`${firm}/snapshots/2026-01-05_baseline.yaml`]: snapshot(
        'baseline',
        '2026-01-05',
        ids.baseline,
        'close_rate: 0.25\nevidence:\n  close_rate: { numerator: 23, denominator: 69 }',
      ),
    },
    at: `${firm}/snapshots/2026-01-05_baseline.yaml:11`,
  },
  'metric/backward-target': inRoadmap(
    roadmap('', 'metadata:\n  roi_projection:\n    targets: { nps: 30 }\n'),
    10,
  ),
  'reference/mismatch': {
    files: {
      [`${firm}/snapshots/2026-01-05_baseline.yaml`]: snapshot('baseline', '2026-01-06', ids.baseline),
    },
    at: `${firm}/snapshots/2026-01-05_baseline.yaml:5`,
  },
  'reference/missing': {
    files: { [`${firm}/outcomes/v1.0_60d.yaml`]: outcome() },
    at: `${firm}/outcomes/v1.0_60d.yaml:11`,
  },
  'reference/duplicate': {
    files: { [`${firm}/snapshots/2026-03-06_60d.yaml`]: snapshot('60d', '2026-03-06', ids.baseline) },
    at: `${firm}/snapshots/2026-03-06_60d.yaml:1`,
  },
  'derived/stale': { files: { [`${firm}/rollup.yaml`]: '<<<<<<< HEAD\n' }, at: `${firm}/rollup.yaml:1` },
  'derived/outcome-stale': {
    files: {
      [`${firm}/snapshots/2026-03-06_60d.yaml`]: snapshot('60d', '2026-03-06', ids.d60, 'nps: 45'),
      [`${firm}/outcomes/v1.0_60d.yaml`]: outcome('9'),
    },
    at: `${firm}/outcomes/v1.0_60d.yaml:1`,
  },
  'learning/superseded-outcome': {
    files: {
      [`${firm}/snapshots/2026-03-06_60d.yaml`]: snapshot('60d', '2026-03-06', ids.d60, 'nps: 45'),
      [`${firm}/outcomes/v1.0_60d.yaml`]: outcome(),
      [`${firm}/outcomes/v1.1_60d.yaml`]: outcome().replace('version: v1.0', 'version: v1.1'),
    },
    run: ['aggregate'],
    at: `${firm}/outcomes/v1.0_60d.yaml:1`,
  },
  'learning/left-out': {
    files: { [`${firm}/outcomes/v1.0_60d.yaml`]: outcome() },
    run: ['aggregate'],
    at: `${firm}/outcomes/v1.0_60d.yaml:1`,
  },
  'learning/foreign-part': {
    files: {
      'part.json':
        '{"schema":"scend/learning-part@1","engine":"0","workspace_id":null,"state":"","covered":[],"unreadable":[],"firms":[]}',
    },
    run: ['aggregate', { merge: true }, ['part.json']],
    at: 'part.json:1',
  },
  'learning/part-missing': {
    git: (practice) => practice.ok('aggregate', '--shard', '2/2', '--out', 'part.json'),
    run: ['aggregate', { merge: true }, ['part.json']],
    at: 'firms:1',
  },
  'learning/part-conflict': {
    git: (practice) => {
      practice.ok('aggregate', '--shard', '1/1', '--out', 'a.json');
      practice.write('b.json', practice.read('a.json').replace('"legal"', '"dental"'));
    },
    run: ['aggregate', { merge: true }, ['*.json']],
    at: `${firm}:1`,
  },
  'diff/off-track': {
    git: (practice) => {
      practice.start();
      mkdirSync(join(practice.dir, firm, 'outcomes'));
      practice.write(
        `${firm}/outcomes/v1.0_60d.yaml`,
        outcome().replace('status: null', 'status: off_track'),
      );
    },
    run: ['diff', { 'fail-on': 'off_track' }],
    at: `${firm}/outcomes/v1.0_60d.yaml:1`,
  },
  'diff/regression': {
    git: (practice) => {
      practice.start();
      const worse = snapshot('60d', '2026-03-06', ids.d60, 'nps: 41');
      practice.write(`${firm}/snapshots/2026-03-06_60d.yaml`, worse);
    },
    run: ['diff', { 'fail-on': 'regression' }],
    at: `${firm}/snapshots/2026-03-06_60d.yaml:1`,
  },
  'diff/reopened': {
    files: { [`${firm}/ticket-pack.md`]: pack(packBody.replace('[ ] T1.1.2', '[x] T1.1.2')) },
    git: (practice) => {
      practice.start();
      practice.write(`${firm}/ticket-pack.md`, pack(packBody));
    },
    run: ['diff', { 'fail-on': 'reopened' }],
    at: `${firm}/ticket-pack.md:${bodyLine + 3}`,
  },
  'settings/invalid': inFirm('timezone: Mars/Olympus\n', 7),
};

async function findings(dir: string, { files = {}, run = ['check'], git }: Fixture): Promise<string[]> {
  for (const [path, content] of Object.entries({ ...base, ...files })) {
    const full = join(dir, path);
    if (content === null) continue;
    mkdirSync(dirname(full), { recursive: true });
    rmSync(full, { force: true });
    if (typeof content === 'function') content(full);
    else writeFileSync(full, content);
  }
  git?.(new Practice(dir));
  const [name, flags = {}, args = []] = run;
  const command = await commandTable.find((one) => one.name === name)!.load();
  const result = await command.run({
    cwd: dir,
    env: cleanEnv(dir),
    now: new Date('2026-03-07T12:00:00Z'),
    args,
    flags: { ...flags, 'no-commit': true },
    prompter: null,
    newId: () => ids.firm,
  });
  checkResult(name, result);
  return result.diagnostics.map((one) => `${one.file}:${one.line} ${one.rule}`);
}

test('the workspace under the fixtures is sound', async () => {
  await withTempDir(async (dir) => assert.equal(await findings(dir, { at: '' }), []));
});

for (const [rule, fixture] of Object.entries(fixtures)) {
  test(`${rule} is found at its place`, async () => {
    await withTempDir(async (dir) => {
      const found = await findings(dir, fixture);
      assert.ok(
        found.includes(`${fixture.at} ${rule}`),
        `${fixture.at} ${rule} is not among\n${found.join('\n')}`,
      );
    });
  });
}

test('every rule has a hint, and the reference is what the catalogue says', () => {
  for (const [id, rule] of Object.entries(rules)) assert.ok(rule.about && rule.hint, id);
  const written = readFileSync(new URL('../SOPs/RULES.md', import.meta.url), 'utf8');
  assert.is(written, renderRulesReference(), 'SOPs/RULES.md is out of date: npm run docs');
});
