import type {
  GlobalOutcomes,
  GroupFigure,
  GroupFigures,
  MilestoneFigures,
  StatusCounts,
} from '../domain/learning/aggregate.ts';
import { type Milestone, milestones } from '../domain/learning/record.ts';
import type { Metric } from '../domain/metric.ts';
import { formatNumber, plural } from '../domain/number.ts';
import { design } from '../domain/outcome.ts';
import {
  amountOf,
  formatGain,
  formatPercent,
  groupName,
  intervalCell,
  percentCell,
  reasonWord,
} from './figure-text.ts';
import { inline, sentence, table } from './inline.ts';
import { statusWords } from './outcome-text.ts';

/** What the page needs beside the figures. */
export interface PageContext {
  readonly systemNames: ReadonlyMap<string, string>;
  /** Pictures by the group kind that they show, as Markdown. */
  readonly pictures: ReadonlyMap<GroupFigures['kind'], string>;
}

const titles: Readonly<Record<GroupFigures['kind'], string>> = {
  all: 'All firms',
  industry: 'By industry',
  size_band: 'By size of the firm',
  system: 'By implemented system',
  industry_size_band: 'By industry and size',
};

/** `analytics/global_outcomes.md`: the figures for people. */
export function renderOutcomesPage(outcomes: GlobalOutcomes, context: PageContext): string {
  const { firms, groups } = outcomes;
  const whole = groups[0];
  const unreadable =
    firms.unreadable > 0 ? ` ${plural(firms.unreadable, 'firm')} could not be read and is not in here.` : '';
  const parts = [
    `<!-- Derived by "scend aggregate"; never edited by hand. -->\n\n# What our firms reached`,
    `${firms.measured} of ${plural(firms.total, 'firm')} ${firms.measured === 1 ? 'has' : 'have'} been measured after a baseline.${unreadable} ${sentence(design)}: what follows says what changed, not what caused it.`,
    ...(outcomes.shareable
      ? []
      : ['For use inside the practice; `scend aggregate --shareable` makes a page to pass on.']),
  ];
  if (!whole || firms.measured === 0) {
    parts.push(
      'Nothing has been measured yet: capture a baseline and a later snapshot (`scend snapshot`), then run `scend outcomes` and `scend aggregate`.',
    );
  } else {
    parts.push(`## ${titles.all}`, ...pictureOf('all', context), ...whole.milestones.map(wholeAt));
    for (const kind of ['industry', 'size_band', 'system', 'industry_size_band'] as const) {
      const own = groups.filter((one) => one.kind === kind);
      if (own.length === 0) continue;
      parts.push(`## ${titles[kind]}`, ...pictureOf(kind, context), ...groupTables(own, context));
    }
  }
  parts.push('## How to read this', howToRead(outcomes));
  return `${parts.join('\n\n')}\n`;
}

function pictureOf(kind: GroupFigures['kind'], { pictures }: PageContext): string[] {
  const picture = pictures.get(kind);
  return picture === undefined ? [] : [picture];
}

function wholeAt(at: MilestoneFigures): string {
  const heading = `### After ${daysWord(at.milestone)}: ${plural(at.firms, 'firm')}`;
  if (at.firms === 0) return `${heading}\n\nNobody has been measured.`;
  if (isAllHidden(at)) return `${heading}\n\nToo few firms to tell more than their number.`;
  const rows = at.metrics
    .filter((one) => one.improvement.n > 0)
    .map(({ metric, improvement, percent }) => [
      inline(metric.label),
      String(improvement.n),
      amountOf(metric, improvement),
      percent ? percentCell(percent) : '—',
      intervalCell(percent ?? improvement, (value) =>
        percent ? formatPercent(value) : formatGain(metric, value),
      ),
    ]);
  const head = [
    'Improvement',
    'Firms',
    'Median (middle half)',
    'In percent of the baseline',
    '95 % interval of the median',
  ];
  const body = table([...head], rows, ['left', 'right', 'right', 'right', 'right']);
  const lines = [
    `Net ROI as a 12-month run rate: ${percentCell(at.netRoiPercent)}${ofFirms(at.netRoiPercent, at.firms)}.`,
    `Measured ${at.days.median === null ? 'on days that are not told' : `${formatNumber(at.days.median, 0)} days after the baseline (median)`}. ${statusLine(at.status)}`,
  ];
  return `${heading}\n\n${body}\n\n${lines.join('\n')}`;
}

/** The figures of a milestone as lines for a terminal. */
export function milestoneLines(at: MilestoneFigures): string[] {
  if (at.firms === 0) return [];
  const head = `After ${daysWord(at.milestone)}, ${plural(at.firms, 'firm')}`;
  if (isAllHidden(at)) return [`${head}: too few to tell more`];
  const known = at.metrics.filter((one) => one.improvement.n > 0);
  const width = Math.max(0, ...known.map((one) => one.metric.label.length));
  return [
    head,
    ...known.map(({ metric }) => `  ${metric.label.padEnd(width)}  ${cellOf(at, metric)}`),
    `  ${'Net ROI'.padEnd(width)}  ${percentCell(at.netRoiPercent)}${ofFirms(at.netRoiPercent, at.firms)}`,
  ];
}

function ofFirms(figure: GroupFigure, firms: number): string {
  return figure.n === firms || figure.n === 0 ? '' : ` (${plural(figure.n, 'firm')})`;
}

function isAllHidden({ metrics, netRoiPercent, days }: MilestoneFigures): boolean {
  const figures = [days, netRoiPercent, ...metrics.map((one) => one.improvement)];
  return figures.every((one) => one.median === null);
}

function statusLine({ n, counts, reason }: StatusCounts): string {
  if (counts === null) return `Status of ${plural(n, 'firm')}: ${reasonWord(reason)}.`;
  const words = Object.entries({ ...statusWords, none: 'No status' })
    .map(([key, word]) => [word.toLowerCase(), counts[key as keyof typeof counts]] as const)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`);
  return `Status: ${words.join(', ')}.`;
}

/** A table for each milestone: a row for each group, a column for each metric. */
function groupTables(groups: readonly GroupFigures[], { systemNames }: PageContext): string[] {
  return milestones.flatMap((milestone) => {
    const rows = groups
      .map((group) => ({ group, at: group.milestones.find((one) => one.milestone === milestone) }))
      .filter((one): one is { group: GroupFigures; at: MilestoneFigures } => (one.at?.firms ?? 0) > 0);
    const metrics = (rows[0]?.at.metrics ?? [])
      .map((one) => one.metric)
      .filter((metric) => rows.some(({ at }) => figureOf(at, metric).figure.n > 0));
    if (rows.length === 0) return [];
    const roi = rows.some(({ at }) => at.netRoiPercent.n > 0);
    const cells = rows.map(({ group, at }) => [
      groupName(group, systemNames),
      String(at.firms),
      ...metrics.map((metric) => cellOf(at, metric)),
      ...(roi ? [percentCell(at.netRoiPercent)] : []),
    ]);
    const head = ['Group', 'Firms', ...metrics.map((one) => inline(one.label)), ...(roi ? ['Net ROI'] : [])];
    const align = head.map((_, i) => (i === 0 ? ('left' as const) : ('right' as const)));
    return [`### After ${daysWord(milestone)}\n\n${table(head, cells, align)}`];
  });
}

function figureOf(at: MilestoneFigures, metric: Metric) {
  const { improvement, percent } = at.metrics.find((one) => one.metric === metric)!;
  return { figure: percent ?? improvement, isPercent: percent !== null };
}

function cellOf(at: MilestoneFigures, metric: Metric): string {
  const { figure, isPercent } = figureOf(at, metric);
  const text = isPercent ? percentCell(figure) : amountOf(metric, figure);
  return figure.n === at.firms || figure.median === null ? text : `${text}, n ${figure.n}`;
}

function daysWord(milestone: Milestone): string {
  return `${Number.parseInt(milestone, 10)} days`;
}

function howToRead({ minGroupSize }: GlobalOutcomes): string {
  return [
    '- A firm counts once at each milestone, with the outcome against its newest roadmap.',
    '- Improvements are positive: fewer minutes and hours, higher rates and scores; a negative figure got worse.',
    '- The middle half lies between the lower and the upper quartile (type 7); the interval of the median holds whatever the distribution, from six firms on.',
    `- Of fewer than ${minGroupSize} firms only their number is told ("too few firms"); "hidden" are figures from which those of fewer could be derived.`,
    '- `global_outcomes.json` beside this page holds every figure, with the reason for each that is missing.',
  ].join('\n');
}
