import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test, withTempDir } from '../harness.ts';
import { someFirms, workspaceId, writeFirms } from '../many-firms.ts';
import { Practice } from '../scend.ts';

const slug = 'acme_law';
const roadmap = `firms/${slug}/deliverables/${slug}_ROADMAP_v1.0.md`;
const metadata = `firms/${slug}/deliverables/${slug}_metadata_v1.0.json`;

/** A new firm beside others that were measured, with or without its own baseline. */
async function withNewFirm(
  others: number,
  baseline: boolean,
  body: (practice: Practice) => void,
): Promise<void> {
  await withTempDir((dir) => {
    const practice = new Practice(dir, { SCEND_TODAY: '2026-05-04' });
    practice.ok('init', '.');
    const settings = practice.read('scend.yaml').replace(/^id: .*$/m, `id: ${workspaceId}`);
    writeFirms(dir, someFirms(others));
    practice.write('scend.yaml', settings);
    practice.start();
    practice.ok(
      ...['firm', 'add', slug, '--name', 'Acme Law', '--industry', 'legal', '--team-size', '8'],
      ...['--blended-hourly-rate', '50', '--annual-lead-volume', '420', '--avg-deal-value', '7500'],
      ...['--implementation-cost', '16800'],
    );
    if (baseline)
      practice.ok(
        ...['snapshot', '--firm', slug, '--label', 'baseline', '--lead-response-minutes', '20'],
        ...['--lead-to-appt-rate', '20%', '--close-rate', '0.1', '--weekly-ops-hours', '14', '--nps', '30'],
      );
    body(practice);
  });
}

interface Projected {
  readonly firms: [
    {
      readonly roi_projection: {
        readonly targets: Record<string, number>;
        readonly revenue_impact_annual: number;
      };
      readonly evidence: {
        readonly metric: string;
        readonly result: string;
        readonly steps: { n: number }[];
      }[];
    },
  ];
}
const data = (practice: Practice, ...args: string[]) =>
  (practice.json('project', '--firm', slug, ...args) as Projected).firms[0];

test('targets and figures come from other firms, with their evidence, into roadmap and metadata', () =>
  withNewFirm(24, true, (practice) => {
    const before = practice.read(roadmap);
    const out = practice.ok('project', '--firm', slug, '--explain');
    assert.match(out, 'Lead response time: 20 min → 5.8 min (from 4 firms)');
    assert.match(out, /all firms, 12 firms: 5\.63 min\n {2}legal, 4 firms: 6\.09 min, drawn .* 5\.83 min/);
    assert.match(out, 'Net promoter score: no target, 0 other firms measured at 90 days');
    const after = practice.read(roadmap);
    assert.match(after, '      lead_response_minutes: 5.8\n');
    assert.match(after, '| Lead response time | 20 min | 5.8 min | 4 firms: legal |');
    // Nothing else was touched.
    const rest = after
      .replace(
        /<!-- scend:begin projection-evidence -->[\s\S]*<!-- scend:end projection-evidence -->\n\n/,
        '',
      )
      .replace(/ {4}targets:\n(?: {4,6}[a-z0-9_]+: [\d.]+\n)+/, '    targets: {}\n');
    assert.is(rest, before);
    const written = JSON.parse(practice.read(metadata)) as { roi_projection: { targets: object } };
    assert.equal(written.roi_projection.targets, {
      lead_response_minutes: 5.8,
      lead_to_appt_rate: 0.316,
      weekly_ops_hours: 4.7,
    });
    practice.clean();
    const head = practice.git('rev-parse', 'HEAD');
    assert.match(practice.ok('project', '--firm', slug), 'unchanged');
    assert.is(practice.git('rev-parse', 'HEAD'), head);
    const found = practice.scend('check', `firms/${slug}`);
    assert.is(found.code, 0, found.out);
  }));

test('figures of a group that may not leave the practice are not quoted in the roadmap', () =>
  withNewFirm(24, true, (practice) => {
    practice.ok('project', '--firm', slug);
    // Four legal firms are too few for a document that goes to a client; twelve of all kinds are not.
    assert.match(practice.read(roadmap), /\| 4 firms: legal \| [\d.]+ % \([^|]*\) of 12 firms, all firms \|/);
  }));

test('a target of a person counts over the projected one, and the figures follow', () =>
  withNewFirm(24, true, (practice) => {
    const first = data(practice);
    const second = data(practice, '--target', 'close_rate=15%');
    assert.is(second.roi_projection.targets.close_rate, 0.15);
    assert.ok(second.roi_projection.revenue_impact_annual > first.roi_projection.revenue_impact_annual);
    practice.edit(roadmap, (text) =>
      text.replace(/revenue_impact_annual: .*/, 'revenue_impact_annual: 50000'),
    );
    practice.git('commit', '-qam', 'Promise less');
    const third = data(practice, '--target', 'nps=50');
    assert.is(third.roi_projection.revenue_impact_annual, 50_000);
    const fourth = data(practice, '--replace', '--target', 'nps=55');
    assert.not.equal(fourth.roi_projection.revenue_impact_annual, 50_000);
    assert.is(fourth.roi_projection.targets.nps, 55);
    assert.is(practice.scend('project', '--firm', slug, '--target', 'nps=20').code, 2);
    practice.clean();
  }));

test("with too little evidence it says so and asks for the consultant's own figures", () =>
  withNewFirm(2, true, (practice) => {
    const ran = practice.scend('project', '--firm', slug);
    assert.is(ran.code, 2);
    assert.match(ran.err, 'too little is known to project from: 1 other firm measured at 90 days');
    assert.match(ran.err, '--target lead_response_minutes=5');
    const out = practice.ok('project', '--firm', slug, '--target', 'lead-response-minutes=5');
    assert.match(out, 'Lead response time: 20 min → 5 min (a figure of your own)');
    practice.clean();
  }));

test('without a baseline it says what to do first; own targets need none', () =>
  withNewFirm(24, false, (practice) => {
    const ran = practice.scend('project', '--firm', slug);
    assert.is(ran.code, 2);
    assert.match(ran.err, `scend snapshot --firm ${slug} --label baseline`);
    practice.ok('project', '--firm', slug, '--target', 'nps=60');
    practice.clean();
  }));

test('a front matter that leaves no room is refused by name, and nothing is written', () =>
  withNewFirm(24, true, (practice) => {
    practice.edit(roadmap, (text) => text.replace(/metadata:\n(?: {2}.*\n)+/, ''));
    practice.git('commit', '-qam', 'Take metadata away');
    const ran = practice.scend('project', '--firm', slug);
    assert.is(ran.code, 1);
    assert.match(ran.err, `${roadmap}:1:1 error the projection cannot be written into this front matter`);
    practice.clean();
  }));

test('a new firm is told what similar firms had reached', () =>
  withNewFirm(24, false, (practice) => {
    practice.ok('aggregate');
    const add = ['--name', 'B', '--industry', 'dental', '--team-size', '200'];
    const out = practice.ok('firm', 'add', 'b_dental', ...add);
    assert.match(out, 'similar firms after 90 days (dental): Lead response time 76.6 %');
    rmSync(join(practice.dir, 'analytics'), { recursive: true });
    practice.git('commit', '-qam', 'Take the figures away');
    assert.not.match(practice.ok('firm', 'add', 'c_dental', ...add), 'similar firms');
  }));
