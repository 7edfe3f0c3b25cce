import { describeQuartiles, type QuartileInput } from '../charts/index.ts';
import type {
  GlobalOutcomes,
  GroupFigure,
  GroupFigures,
  MilestoneFigures,
} from '../domain/learning/aggregate.ts';
import { type Milestone, milestones } from '../domain/learning/record.ts';
import type { Metric } from '../domain/metric.ts';
import { round } from '../domain/number.ts';
import { groupName, reasonWord } from './figure-text.ts';
import { image } from './inline.ts';

/** A picture of the groups of one kind, decided and not yet drawn. */
export interface GroupPicture {
  readonly kind: GroupFigures['kind'];
  readonly input: QuartileInput;
}

const titles: Readonly<Partial<Record<GroupFigures['kind'], string>>> = {
  industry: 'by industry',
  size_band: 'by size of the firm',
  system: 'by implemented system',
};

/** More rows than these are no picture; the table has them all. */
const mostRows = 24;

/**
 * For industry, size and system a picture of the first metric that is known, at the latest milestone of which
 * anything is told; none where nothing is.
 */
export function picturesOfGroups(
  outcomes: GlobalOutcomes,
  systemNames: ReadonlyMap<string, string>,
): GroupPicture[] {
  const whole = outcomes.groups[0];
  const subject = whole && subjectOf(whole);
  if (!whole || !subject) return [];
  return (['industry', 'size_band', 'system'] as const).flatMap((kind) => {
    const own = outcomes.groups
      .filter((one) => one.kind === kind && figureAt(one, subject).n > 0)
      .toSorted((a, b) => b.firms - a.firms);
    const groups = own.slice(0, mostRows);
    if (groups.length === 0) return [];
    const largest = own.length > groups.length ? `; the ${mostRows} largest of ${own.length} groups` : '';
    const share = subject.isPercent ? ', in percent of the baseline' : '';
    const input: QuartileInput = {
      title: `${subject.metric.label} ${titles[kind]}`,
      note: `Improvement after ${Number.parseInt(subject.milestone, 10)} days${share}${largest}; before/after, no control group`,
      unit: unitOf(subject),
      rows: [whole, ...groups].map((group) => rowOf(group, subject, systemNames)),
    };
    return [{ kind, input }];
  });
}

/** Where a picture lies, beside the page. */
export function groupPictureFile(base: string, kind: GroupPicture['kind']): string {
  return `${base}_by_${kind}.svg`;
}

/** A picture as Markdown, its figures in words for those who cannot see it. */
export function groupPictureLink({ kind, input }: GroupPicture, base: string): string {
  return image(describeQuartiles(input), groupPictureFile(base, kind));
}

interface Subject {
  readonly milestone: Milestone;
  readonly metric: Metric;
  readonly isPercent: boolean;
}

function subjectOf(whole: GroupFigures): Subject | null {
  for (const milestone of milestones.toReversed()) {
    const found = milestoneOf(whole, milestone).metrics.find((one) => one.improvement.median !== null);
    if (found) return { milestone, metric: found.metric, isPercent: found.percent !== null };
  }
  return null;
}

function unitOf({ metric, isPercent }: Subject): QuartileInput['unit'] {
  if (isPercent) return 'percent';
  return metric.unit === 'fraction' ? 'percentage_points' : metric.unit;
}

function milestoneOf(group: GroupFigures, milestone: Milestone): MilestoneFigures {
  return group.milestones.find((one) => one.milestone === milestone)!;
}

function figureAt(group: GroupFigures, { milestone, metric, isPercent }: Subject): GroupFigure {
  const figures = milestoneOf(group, milestone).metrics.find((one) => one.metric === metric)!;
  return (isPercent ? figures.percent : null) ?? figures.improvement;
}

function rowOf(group: GroupFigures, subject: Subject, systemNames: ReadonlyMap<string, string>) {
  const { n, median, p25, p75, interval, reasons } = figureAt(group, subject);
  const name = groupName(group, systemNames);
  if (median === null) return { name, n, hidden: reasonWord(reasons.median ?? null) };
  // As exact as the table beside it.
  const told = (value: number) => round(value, subject.isPercent ? 1 : 3);
  return {
    name,
    n,
    median: told(median),
    p25: p25 === null ? null : told(p25),
    p75: p75 === null ? null : told(p75),
    interval: interval && { low: told(interval.from), high: told(interval.to) },
  };
}
