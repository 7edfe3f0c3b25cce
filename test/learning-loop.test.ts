import * as assert from 'uvu/assert';
import { test, withTempDir } from './harness.ts';
import { Practice } from './scend.ts';

const slug = 'acme_law';
const deliverables = `firms/${slug}/deliverables`;

const figures = (...values: string[]) => {
  const names = [
    'lead-response-minutes',
    'lead-to-appt-rate',
    'close-rate',
    'crm-adoption-rate',
    'weekly-ops-hours',
    'nps',
  ];
  return names.flatMap((name, index) => [`--${name}`, values[index] ?? '']);
};

test('the learning loop, from an empty folder to a committed v1.1 and v1.2', async () => {
  await withTempDir((dir) => {
    const practice = new Practice(dir);
    // 1. A test firm with its roadmap and ticket pack.
    practice.ok('init', '.');
    practice.start();
    practice.ok(
      ...[
        'firm',
        'add',
        slug,
        '--name',
        'Acme Law',
        '--industry',
        'legal',
        '--team-size',
        '9',
        '--today',
        '2026-01-05',
      ],
      ...['--blended-hourly-rate', '50', '--annual-lead-volume', '420', '--avg-deal-value', '7500'],
      ...[
        '--implementation-cost',
        '16800',
        '--go-live-date',
        '2026-03-06',
        '--target',
        'lead_response_minutes=2',
      ],
      ...[
        '--target',
        'lead_to_appt_rate=40%',
        '--target',
        'crm_adoption_rate=80%',
        '--target',
        'weekly_ops_hours=2',
        '--target',
        'nps=60',
      ],
    );
    const created = practice.json(
      'pack',
      'create',
      '--firm',
      slug,
      '--systems',
      '1,2',
      '--start',
      '2026-01-05',
      '--today',
      '2026-01-05',
    );
    assert.is((created as { firms: { tickets: number }[] }).firms[0]?.tickets, 24);
    // 2. Some tickets are ticked, and one status set, in an editor.
    practice.tick(slug, 'T1.1.1', 'T1.1.2', 'T1.1.3');
    practice.edit(`firms/${slug}/ticket-pack.md`, (text) =>
      text.replace(/(- \[ \] T1\.1\.4 .*\n {2}- Status: )not_started/, '$1in_progress'),
    );
    practice.ok('sync', '--firm', slug, '--today', '2026-01-12');
    const pack = practice.read(`firms/${slug}/ticket-pack.md`);
    assert.match(
      pack,
      /- \[x\] T1\.1\.1 .*\n {2}- Status: done\n {2}- Started: 2026-01-12\n {2}- Completed: 2026-01-12\n/,
    );
    assert.match(practice.read(`firms/${slug}/rollup.yaml`), /done: 3\n {2}in_progress: 1\n/);
    // 3. and 4. A baseline and a 60-day snapshot.
    practice.ok(
      'snapshot',
      '--firm',
      slug,
      '--label',
      'baseline',
      '--date',
      '2026-01-05',
      ...figures('12', '25%', '0.1', '20%', '12', '42'),
    );
    practice.ok(
      'snapshot',
      '--firm',
      slug,
      '--label',
      '60d',
      '--date',
      '2026-03-06',
      ...figures('3.5', '33%', '0.13', '73%', '5', '61'),
    );
    // 5. Outcomes.
    const [outcome] = (
      practice.json('outcomes', '--firm', slug, '--target-label', '60d') as {
        firms: Record<string, unknown>[];
      }
    ).firms;
    assert.is(outcome?.status, 'on_track');
    assert.is(Math.round(Number(outcome?.net_roi_percent) * 100) / 100, 343.96);
    // 6. Refresh, with a dry run first that writes nothing.
    const before = practice.git('rev-parse', 'HEAD');
    practice.ok('refresh', '--firm', slug, '--dry-run', '--today', '2026-03-07');
    assert.is(practice.git('rev-parse', 'HEAD'), before);
    practice.clean();
    practice.ok('refresh', '--firm', slug, '--today', '2026-03-07');
    // 7. All files are there, in one commit that holds exactly them.
    const written = [
      ...['before_after', 'burn_up', 'metrics_over_time'].map(
        (one) => `${deliverables}/${slug}_CHART_${one}_v1.1.svg`,
      ),
      `${deliverables}/${slug}_ROADMAP_CHANGELOG_v1.0_to_v1.1.md`,
      `${deliverables}/${slug}_ROADMAP_v1.1.md`,
      `${deliverables}/${slug}_TICKET_PACK_v1.1.md`,
      `${deliverables}/${slug}_metadata_v1.1.json`,
    ];
    assert.equal(practice.git('show', '--name-only', '--format=', 'HEAD').trim().split('\n').sort(), written);
    assert.match(practice.git('log', '-1', '--format=%B'), `Scend-Version: v1.1`);
    const metadata = JSON.parse(practice.read(`${deliverables}/${slug}_metadata_v1.1.json`));
    assert.equal(metadata.implementation_progress, {
      tickets_completed: 3,
      tickets_total: 24,
      tickets_active: 24,
      pct_complete: 12,
      systems_implemented: [],
      systems_in_progress: ['1'],
      last_updated: '2026-03-07',
    });
    // Every picture that the roadmap shows lies beside it.
    const shown = [...practice.read(`${deliverables}/${slug}_ROADMAP_v1.1.md`).matchAll(/\]\((\S+\.svg)\)/g)];
    assert.equal(shown.map((one) => `${deliverables}/${one[1]}`).sort(), written.slice(0, 3));
    // 8. Section 10 holds the outcome.
    const section10 = practice.read(`${deliverables}/${slug}_ROADMAP_v1.1.md`).split('## 10. ')[1] ?? '';
    for (const part of [
      'On track (score 0.96)',
      '343.96 %',
      '56,385 USD',
      'Before/after, no control group',
    ]) {
      assert.match(section10, part);
    }
    // The same again is no new version; a person's learnings survive the next one.
    assert.match(
      practice.ok('refresh', '--firm', slug, '--today', '2026-03-08'),
      'nothing changed since v1.1',
    );
    practice.edit(
      `${deliverables}/${slug}_ROADMAP_v1.1.md`,
      (text) => `${text}\nThe team asked for a shorter script.\n`,
    );
    practice.git('commit', '-qam', 'Note what was learned');
    practice.tick(slug, 'T1.1.4');
    practice.ok('refresh', '--firm', slug, '--today', '2026-03-09');
    assert.match(
      practice.read(`${deliverables}/${slug}_ROADMAP_v1.2.md`),
      'The team asked for a shorter script.',
    );
    assert.match(
      practice.read(`${deliverables}/${slug}_ROADMAP_CHANGELOG_v1.1_to_v1.2.md`),
      'Section 10 (Outcomes & Learning) was edited since v1.1',
    );
    assert.match(practice.read(`firms/${slug}/ticket-pack.md`), /T1\.1\.4 .*\n {2}- Status: done/);
    assert.match(practice.ok('check'), 'no findings');
    practice.clean();
    // 9. The temporary folder goes with the test.
  });
});
