import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Flags, Prompter } from '../../src/commands/context.ts';
import { commandTable } from '../../src/commands/table.ts';
import { cleanEnv } from '../environment.ts';
import { test, withTempDir } from '../harness.ts';
import { checkResult } from '../output-schemas.ts';
import { Practice } from '../scend.ts';

const roadmapPath = 'firms/acme/deliverables/acme_ROADMAP_v1.0.md';
const packPath = 'firms/acme/ticket-pack.md';
const text =
  '# Acme\n\n# Executive Summary\n\nNet ROI: 344 %. See T1.1.1 and T9.9.9.\n\n# Metrics\n\n## 1. Count\n\nB.\n';

async function run(
  dir: string,
  name: string,
  args: readonly string[],
  flags: Flags = {},
  prompter: Prompter | null = null,
) {
  const command = await commandTable.find((one) => one.name === name)!.load();
  const result = await command.run({
    cwd: dir,
    env: cleanEnv(dir),
    now: new Date('2026-03-07T12:00:00Z'),
    args,
    flags: { firm: 'acme', ...flags },
    prompter,
    newId: () => '7f0c1111-2222-4333-8444-555566667777',
  });
  checkResult(name, result);
  return result;
}

/** A workspace in Git with the firm that `firm add` makes. */
function withFirm(body: (practice: Practice, dir: string) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const practice = new Practice(dir);
    await run(dir, 'init', ['.']);
    practice.start();
    const flags = {
      firm: undefined,
      name: 'Acme',
      industry: 'legal',
      target: ['nps=60'],
      'blended-hourly-rate': '50',
      'annual-lead-volume': '420',
      'avg-deal-value': '7500',
      'implementation-cost': '16800',
    };
    const added = await run(dir, 'firm add', ['acme'], flags);
    assert.is(added.exitCode, 0, added.text);
    mkdirSync(join(dir, 'in'));
    await body(practice, dir);
  });
}

test('a roadmap takes the place of the one that firm add made, in one commit, and can be refreshed', () =>
  withFirm(async (practice, dir) => {
    practice.write('in/r.md', text);
    const dry = await run(dir, 'import roadmap', ['in/r.md'], { 'dry-run': true });
    assert.match(dry.text, '"Metrics" → 8. Metrics Dashboard');
    assert.not.match(practice.read(roadmapPath), 'Net ROI: 344');
    const before = practice.git('rev-list', '--count', 'HEAD').trim();
    const done = await run(dir, 'import roadmap', ['in/r.md']);
    assert.is(done.exitCode, 0, done.text);
    assert.is(Number(practice.git('rev-list', '--count', 'HEAD')), Number(before) + 1);
    const written = practice.read(roadmapPath);
    assert.ok(written.endsWith('# 9. Appendix\n'));
    assert.match(written, '# 1. Executive Summary\n\nNet ROI: 344 %. See T1.1.1 and T9.9.9.\n');
    assert.match(written, '    targets:\n      nps: 60\n');
    assert.not.match(written, 'net_roi_12_months');
    assert.match(done.text, 'in/r.md:5 344 % → net_roi_12_months: 344?');
    assert.match(done.text, 'ticket ids known: T1.1.1');
    assert.match(done.text, 'ticket id not in pack or library: T9.9.9 (in/r.md:5)');
    const again = await run(dir, 'import roadmap', ['in/r.md']);
    assert.match(again.text, 'imported already');
    practice.write('in/p.md', '- [x] T1.1.1 – One\n');
    assert.is((await run(dir, 'import pack', ['in/p.md'])).exitCode, 0);
    const refreshed = await run(dir, 'refresh', []);
    assert.is(refreshed.exitCode, 0, refreshed.text);
    assert.match(practice.read('firms/acme/deliverables/acme_ROADMAP_v1.1.md'), '## 1\\. Count\n\nB.');
    const checked = await run(dir, 'check', [], { firm: undefined });
    assert.equal(checked.diagnostics, []);
  }));

test('a roadmap in which somebody wrote is not replaced', () =>
  withFirm(async (practice, dir) => {
    practice.write('in/r.md', text);
    practice.edit(roadmapPath, (old) => old.replace('### The Situation', '### The Situation\n\nMine.'));
    practice.git('commit', '-qam', 'Write');
    const done = await run(dir, 'import roadmap', ['in/r.md']);
    assert.is(done.error?.code, 'usage/roadmap-exists');
    assert.match(practice.read(roadmapPath), 'Mine.');
  }));

test('figures are taken only when somebody says so', () =>
  withFirm(async (practice, dir) => {
    practice.write('in/r.md', text);
    const taken = await run(dir, 'import roadmap', ['in/r.md'], { 'take-figures': true, 'dry-run': true });
    assert.match(taken.text, '+    net_roi_12_months: 344');
    const said = await run(dir, 'import roadmap', ['in/r.md'], {
      figure: ['revenue-impact-annual=56385'],
      'dry-run': true,
    });
    assert.match(said.text, '+    revenue_impact_annual: 56385');
    assert.not.match(said.text, '+    net_roi_12_months');
    const wrong = await run(dir, 'import roadmap', ['in/r.md'], {
      figure: ['net_roi_12_months=3,4'],
      'dry-run': true,
    });
    assert.is(wrong.error?.code, 'usage/bad-figure');
    const asked: string[] = [];
    const prompter: Prompter = {
      text: async () => '',
      select: async ({ message, options }) => {
        asked.push(message);
        return options.at(-1)!.value;
      },
    };
    const confirmed = await run(dir, 'import roadmap', ['in/r.md'], { 'dry-run': true }, prompter);
    assert.equal(asked, ['Take 344 as roi_projection.net_roi_12_months (in/r.md:5)?']);
    assert.match(confirmed.text, '+    net_roi_12_months: 344');
  }));

test('a person is asked where a heading belongs; without one it is a finding, and nothing is written', () =>
  withFirm(async (practice, dir) => {
    practice.write('in/r.md', '# Executive Summary\n\nA.\n\n# Team\n\nB.\n');
    const refused = await run(dir, 'import roadmap', ['in/r.md']);
    assert.equal(
      refused.diagnostics.map((one) => `${one.file}:${one.line} ${one.rule}`),
      ['in/r.md:5 import/unplaced'],
    );
    assert.match(practice.read(roadmapPath), 'The Situation');
    const prompter: Prompter = {
      text: async () => '',
      select: async ({ options }) => options.find((one) => one.value === '7')!.value,
    };
    await run(dir, 'import roadmap', ['in/r.md'], {}, prompter);
    assert.match(practice.read(roadmapPath), '# 7. Team\n\nB.');
    assert.is(
      (await run(dir, 'import roadmap', ['in/r.md'], { map: ['Tema=7'] })).error?.hint,
      'Did you mean "Team"?',
    );
    assert.is(
      (await run(dir, 'import roadmap', ['in/r.md'], { map: ['Team=11'] })).error?.code,
      'usage/bad-map',
    );
  }));

test('a folder gives its Markdown in the order of its numbers, and says what it passes over', () =>
  withFirm(async (practice, dir) => {
    for (const number of [10, 2, 1])
      practice.write(`in/${number}.md`, `# SECTION ${number} — X\n\nText ${number}.\n`);
    practice.write('in/photo.png', 'x');
    mkdirSync(join(dir, 'in/drafts'));
    const done = await run(dir, 'import roadmap', ['in']);
    assert.is(done.exitCode, 0, done.text);
    assert.match(done.text, 'not read: in/drafts, in/photo.png');
    const order = [...practice.read(roadmapPath).matchAll(/Text (\d+)/g)].map((one) => one[1]);
    assert.equal(order, ['1', '2', '10']);
    assert.match(practice.read(roadmapPath), 'section_number: 10');
    const none = run(dir, 'import roadmap', ['in/drafts']);
    assert.match((await none).error?.message ?? '', 'holds no Markdown file');
  }));

test('Windows-1252 is refused with the place of its byte, and the file stays as it is', () =>
  withFirm(async (practice, dir) => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode('# Executive Summary\n\nna'),
      0xef,
      0x76,
      0x65,
      0x0a,
    ]);
    writeFileSync(join(dir, 'in/r.md'), bytes);
    for (const name of ['import roadmap', 'import pack']) {
      const { diagnostics } = await run(dir, name, ['in/r.md']);
      assert.equal(
        diagnostics.map((one) => `${one.line}:${one.column} ${one.rule}`),
        ['3:3 file/not-utf8'],
      );
      assert.match(diagnostics[0]!.message, 'byte 24 is 0xef');
      assert.match(diagnostics[0]!.hint, 'UTF-8');
    }
    assert.not(practice.has(packPath));
  }));

const rows = {
  tickets: [{ ticketId: 'T1.1.1', title: 'One' }],
  ticketInstances: [
    { id: 'i', ticketId: 'T1.1.1', status: 'done', completedAt: '2026-01-12T23:30:00-05:00' },
  ],
  implementationSnapshots: [
    {
      id: '33333333-2222-4333-8444-555566667777',
      date: '2026-01-05',
      label: 'baseline',
      metrics: { weekly_ops_hours: 12, lead_to_appt_rate: 0.25, close_rate: 0.1 },
    },
    {
      id: '44444444-2222-4333-8444-555566667777',
      date: '2026-03-06',
      label: '60d',
      metrics: { weekly_ops_hours: 5, lead_to_appt_rate: 0.33, close_rate: 0.13 },
    },
  ],
  roadmapOutcomes: [
    {
      baselineSnapshotId: '33333333-2222-4333-8444-555566667777',
      at60dSnapshotId: '44444444-2222-4333-8444-555566667777',
      deltas: { weekly_ops_hours: 8 },
      realizedRoi12MonthsEstimate: { time_savings_value_annual: 18200, net_roi_percent: 443.96 },
    },
  ],
};

test('rows of a database become pack and snapshots in one commit; outcomes are only compared', () =>
  withFirm(async (practice, dir) => {
    practice.write('in/db.json', JSON.stringify(rows));
    const done = await run(dir, 'import pack', ['in/db.json']);
    assert.is(done.exitCode, 0, done.text);
    assert.match(
      practice.read(packPath),
      '- [x] T1.1.1 – One\n  - Status: done\n  - Completed: 2026-01-13\n',
    );
    assert.equal(readdirSync(join(dir, 'firms/acme/snapshots')), [
      '2026-01-05_baseline.yaml',
      '2026-03-06_60d.yaml',
    ]);
    assert.match(
      done.text,
      'weekly_ops_hours 8 there, 7 here; net_roi_percent 443.96 there (benefit / cost, which is not net), 343.96 here',
    );
    assert.not(practice.has('firms/acme/outcomes'));
    assert.match((await run(dir, 'import pack', ['in/db.json'])).text, 'nothing to do');
    assert.is(practice.git('status', '--porcelain').trim(), '?? in/');
  }));

test('with one bad row among good ones nothing at all is written', () =>
  withFirm(async (practice, dir) => {
    const [baseline, later] = rows.implementationSnapshots;
    const bad = { ...rows, implementationSnapshots: [baseline, { ...later, metrics: { close_rate: 13 } }] };
    practice.write('in/db.json', JSON.stringify(bad));
    const done = await run(dir, 'import pack', ['in/db.json']);
    assert.is(done.exitCode, 1);
    assert.match(done.diagnostics.map((one) => one.message).join(), 'a rate lies between 0 and 1');
    assert.not(practice.has(packPath));
    assert.not(practice.has('firms/acme/snapshots'));
  }));

test('a pack that is there is not imported over', () =>
  withFirm(async (practice, dir) => {
    practice.write('in/a.csv', 'ticket_id,title\nT1.1.1,One\n');
    practice.write('in/b.csv', 'ticket_id,title\nT1.1.1,Other\n');
    assert.is((await run(dir, 'import pack', ['in/a.csv'])).exitCode, 0);
    assert.is((await run(dir, 'import pack', ['in/b.csv'])).error?.code, 'usage/pack-exists');
    assert.match(practice.read(packPath), 'One');
    const missing = await run(dir, 'import pack', ['in/none.csv']);
    assert.is(missing.error?.hint, 'Check the path.');
    practice.write('in/p.md', '- [ ] A1 – One\n');
    assert.is((await run(dir, 'import pack', ['in/a.csv', 'in/p.md'])).error?.code, 'usage/mixed-files');
  }));

test('rows of instances alone fill in the pack that is there, and contradict nobody', () =>
  withFirm(async (practice, dir) => {
    practice.write('in/a.csv', 'ticket_id,title\nT1.1.1,One\nT1.1.2,Two\n');
    assert.is((await run(dir, 'import pack', ['in/a.csv'])).exitCode, 0);
    practice.write(
      'in/i.csv',
      'ticket_id,status,assignee,completed_at\nT1.1.1,done,Mia,2026-01-12\nT1.1.2,not_started,,\n',
    );
    const done = await run(dir, 'import pack', ['in/i.csv']);
    assert.is(done.exitCode, 0, done.text);
    const expected =
      '- [x] T1.1.1 – One\n  - Status: done\n  - Assignee: Mia\n  - Completed: 2026-01-12\n- [ ] T1.1.2 – Two\n  - Status: not_started\n';
    for (const line of expected.trim().split('\n')) assert.match(practice.read(packPath), line);
    assert.match((await run(dir, 'import pack', ['in/i.csv'])).text, 'nothing to do');
    const before = practice.read(packPath);
    practice.write('in/j.csv', 'ticket_id,status,assignee\nT1.1.1,in_progress,Ana\nT9.9.9,done,\n');
    const refused = await run(dir, 'import pack', ['in/j.csv']);
    assert.equal(
      refused.diagnostics.map((one) => `${one.line} ${one.message}`),
      [
        '2 row 1: T1.1.1: assignee is "Ana" in the row and "Mia" in the pack',
        '2 row 1: T1.1.1: status is "in_progress" in the row and "done" in the pack',
        '3 row 2: T9.9.9: the pack has no such ticket',
      ],
    );
    assert.is(practice.read(packPath), before);
  }));
