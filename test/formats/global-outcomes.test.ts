import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { aggregate } from '../../src/domain/learning/aggregate.ts';
import { groupsOf, keyOf } from '../../src/domain/learning/group.ts';
import type { FirmRecord, MilestoneRecord } from '../../src/domain/learning/record.ts';
import { firmsOf, joinParts, type LearningPart } from '../../src/domain/learning/shard.ts';
import { builtInMetrics } from '../../src/domain/metric.ts';
import { renderGlobalOutcomes } from '../../src/formats/global-outcomes.ts';
import { renderOutcomesPage } from '../../src/formats/global-outcomes-page.ts';
import { groupPictureLink, picturesOfGroups } from '../../src/formats/global-outcomes-pictures.ts';
import { parsePart, renderPart } from '../../src/formats/learning-part.ts';
import { conforms } from '../../src/formats/schema.ts';
import { makeSource } from '../../src/formats/source.ts';
import { leaks } from '../domain/learning/leaks.ts';
import { test } from '../harness.ts';
import { someFirms } from '../many-firms.ts';

const sizeBands = [5, 15, 50];

/** The firms of the made practice as records. */
function records(count: number): FirmRecord[] {
  return someFirms(count).map(({ slug, industry, teamSize, baseline, reached }, i) => ({
    slug,
    industry,
    teamSize,
    systems: i % 4 === 0 ? ['1', '3'] : ['1'],
    milestones: Object.entries(reached).map(([milestone, current]) => ({
      milestone: milestone as MilestoneRecord['milestone'],
      roadmapVersion: 'v1.0',
      days: Number.parseInt(milestone, 10),
      status: 'on_track' as const,
      netRoiPercent: i % 3 === 0 ? null : 100 + i,
      baseline,
      current,
    })),
  }));
}

interface Figure {
  readonly n: number;
  readonly median: number | null;
  readonly p25: number | null;
  readonly median_interval: object | null;
  readonly reasons: Readonly<Record<string, string>>;
}
interface Written {
  readonly groups: readonly {
    readonly kind: string;
    readonly industry: string | null;
    readonly size_band: string | null;
    readonly system: string | null;
    readonly milestones: Readonly<
      Record<
        string,
        {
          readonly days_to_milestone: Figure;
          readonly net_roi_percent: Figure;
          readonly metrics: Readonly<Record<string, { improvement: Figure; improvement_percent?: Figure }>>;
        }
      >
    >;
  }[];
}

function outcomesOf(firms: readonly FirmRecord[], minGroupSize = 3, total = firms.length) {
  return aggregate({
    workspaceId: null,
    firms,
    total,
    unreadable: 0,
    metrics: builtInMetrics,
    sizeBands,
    minGroupSize,
    shareable: minGroupSize >= 5,
  });
}

function render(firms: readonly FirmRecord[], minGroupSize = 3, total = firms.length): string {
  const outcomes = outcomesOf(firms, minGroupSize, total);
  const page = renderOutcomesPage(outcomes, { systemNames: new Map(), pictures: new Map() });
  assert.not.match(page, /undefined|NaN|null/);
  return renderGlobalOutcomes(outcomes, builtInMetrics, new Map([['1', 'Inbound']]));
}

/** Every figure of a file with the name of what it measures. */
function figuresOf(group: Written['groups'][number]): [string, Figure][] {
  return Object.entries(group.milestones).flatMap(([milestone, at]): [string, Figure][] => [
    [`${milestone} days`, at.days_to_milestone],
    [`${milestone} net ROI`, at.net_roi_percent],
    ...Object.entries(at.metrics).flatMap(([name, one]): [string, Figure][] => [
      [`${milestone} ${name}`, one.improvement],
      ...(one.improvement_percent
        ? [[`${milestone} ${name} %`, one.improvement_percent] as [string, Figure]]
        : []),
    ]),
  ]);
}

for (const count of [0, 1, 2, 4, 5, 6, 1000]) {
  test(`the file of ${count} firms is valid, and each null in it has its reason`, () => {
    const text = render(records(count));
    const written = JSON.parse(text) as Written;
    assert.ok(conforms('global-outcomes', written));
    let nulls = 0;
    for (const [name, { n, median, p25, median_interval, reasons }] of written.groups.flatMap(figuresOf)) {
      assert.equal(
        [median === null, p25 === null, median_interval === null],
        ['median', 'quartiles', 'interval'].map((key) => key in reasons),
        name,
      );
      assert.is(reasons.median === 'no_data', n === 0, name);
      nulls += median === null ? 1 : 0;
    }
    assert.ok(nulls > 0);
    assert.ok(text.endsWith('}\n'));
  });
}

test('keys are sorted and nothing in the file tells when it was made', () => {
  const text = render(records(6));
  const check = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    if (!Array.isArray(value)) assert.equal(Object.keys(value), Object.keys(value).sort());
    Object.values(value).forEach(check);
  };
  check(JSON.parse(text));
  assert.not.match(text, /20\d\d-\d\d/);
});

const anyFirms = fc
  .array(
    fc.record({
      industry: fc.constantFrom('legal', 'dental'),
      teamSize: fc.option(fc.constantFrom(3, 9, 30)),
      systems: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { maxLength: 3 }),
      response: fc.option(fc.integer({ min: 0, max: 20 })),
      roi: fc.option(fc.integer({ min: -200, max: 400 })),
    }),
    { maxLength: 10 },
  )
  .map((all) =>
    all.map(
      ({ response, roi, ...one }, i): FirmRecord => ({
        ...one,
        slug: `f${i}`,
        milestones: [
          {
            milestone: '60d',
            roadmapVersion: 'v1.0',
            days: 60,
            status: null,
            netRoiPercent: roi,
            baseline: { lead_response_minutes: 10 },
            current: { lead_response_minutes: response },
          },
        ],
      }),
    ),
  );

test('from a shareable file no sum or difference of groups tells of fewer firms than the minimum', () => {
  fc.assert(
    fc.property(anyFirms, fc.constantFrom(5, 6), (firms, min) => {
      const { groups } = JSON.parse(render(firms, min)) as Written;
      const members = (group: Written['groups'][number]) => {
        const { kind, industry, size_band: sizeBand, system } = group;
        const key = keyOf({ kind: kind as 'all', industry, sizeBand, system });
        return firms.map((firm) => groupsOf(firm, sizeBands).some((one) => keyOf(one) === key));
      };
      const known: Readonly<Record<string, (firm: FirmRecord) => boolean>> = {
        '60d days': () => true,
        '60d net ROI': (firm) => firm.milestones[0]?.netRoiPercent !== null,
        '60d lead_response_minutes': (firm) => firm.milestones[0]?.current.lead_response_minutes !== null,
      };
      for (const [name, isKnown] of Object.entries(known)) {
        const published = groups
          .filter((group) => new Map(figuresOf(group)).get(name)?.median !== null)
          .map((group) => members(group).flatMap((is, i) => (is && isKnown(firms[i]!) ? [i] : [])));
        assert.equal(leaks(firms.length, published, min), [], name);
      }
    }),
    { numRuns: 200 },
  );
});

test('shards in any number, any order and twice give the bytes of one run', () => {
  const slugs = Array.from({ length: 14 }, (_, i) => `f${i}`);
  const made = fc.tuple(
    anyFirms,
    fc.integer({ min: 1, max: 6 }),
    fc.uniqueArray(fc.nat(13), { maxLength: 3 }),
    fc.array(fc.nat(), { maxLength: 12 }),
  );
  fc.assert(
    fc.property(made, ([firms, count, broken, order]) => {
      const unreadable = broken.map((i) => `f${i}`);
      const readable = firms.filter((one) => !unreadable.includes(one.slug));
      const empty = (slug: string): FirmRecord => ({
        slug,
        industry: 'legal',
        teamSize: null,
        systems: [],
        milestones: [],
      });
      const recordOf = (slug: string) => readable.find((one) => one.slug === slug) ?? empty(slug);
      const parts = Array.from({ length: count }, (_, i): LearningPart => {
        const covered = firmsOf(slugs, { index: i + 1, count });
        return {
          engine: '1',
          workspaceId: null,
          state: 'x',
          covered,
          unreadable: covered.filter((slug) => unreadable.includes(slug)),
          firms: covered.filter((slug) => !unreadable.includes(slug)).map(recordOf),
        };
      });
      const shuffled = [...parts, ...order.map((k) => parts[k % count]!)].sort(
        (a, b) => (order[parts.indexOf(a)] ?? 0) - (order[parts.indexOf(b)] ?? 0),
      );
      const read = shuffled.map((part) => parsePart(makeSource('part.json', renderPart(part))).part!);
      const joined = joinParts(read, slugs);
      assert.equal([joined.missing, joined.contradicted], [[], []]);
      assert.equal(
        joined.unreadable,
        [...unreadable].sort((a, b) => slugs.indexOf(a) - slugs.indexOf(b)),
      );
      assert.is(render(joined.firms, 3, slugs.length), render(readable, 3, slugs.length));
    }),
    { numRuns: 100 },
  );
});

test('parts that tell of a firm differently, or not at all, are named', () => {
  const [a, b] = records(2);
  const part = (more: Partial<LearningPart>): LearningPart => ({
    engine: '1',
    workspaceId: null,
    state: 'x',
    covered: [a!.slug],
    unreadable: [],
    firms: [a!],
    ...more,
  });
  const joined = joinParts([part({}), part({ firms: [{ ...a!, industry: 'dental' }] })], [a!.slug, b!.slug]);
  assert.equal([joined.missing, joined.contradicted], [[b!.slug], [a!.slug]]);
  assert.equal(joinParts([part({}), part({ unreadable: [a!.slug], firms: [] })], []).contradicted, [a!.slug]);
});

test('groups are drawn at the latest milestone that tells anything, those hidden with their reason', () => {
  const outcomes = outcomesOf(records(24));
  const pictures = picturesOfGroups(outcomes, new Map([['1', 'Inbound']]));
  assert.equal(
    pictures.map((one) => one.kind),
    ['industry', 'size_band', 'system'],
  );
  const [, sizes, systems] = pictures;
  assert.is(sizes?.input.title, 'Lead response time by size of the firm');
  assert.match(sizes?.input.note ?? '', 'Improvement after 90 days, in percent of the baseline');
  assert.equal(sizes?.input.rows[0]?.name, 'All firms');
  const small = sizes?.input.rows.find((one) => one.name === '1–5 people');
  assert.equal(small, { name: '1–5 people', n: 1, hidden: 'too few firms' });
  assert.ok(systems?.input.rows.some((one) => one.name === '1 Inbound'));
  assert.match(groupPictureLink(pictures[0]!, 'global_outcomes'), '(global_outcomes_by_industry.svg)');
  assert.equal(picturesOfGroups(outcomesOf(records(2)), new Map()), []);
});
