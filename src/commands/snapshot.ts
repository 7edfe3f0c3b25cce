import { didYouMean } from '../domain/closest.ts';
import { isDate } from '../domain/date.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import { derivedId } from '../domain/id.ts';
import { builtInMetrics, formatValue, type Metric, parseMetric } from '../domain/metric.ts';
import {
  type Snapshot,
  type SnapshotLabel,
  snapshotFileName,
  snapshotLabels,
  snapshotSources,
} from '../domain/snapshot.ts';
import { renderSnapshot } from '../formats/snapshot-file.ts';
import { encodeSource } from '../formats/source.ts';
import { firmPaths, loadSnapshots } from '../store/load.ts';
import { editOf, generated } from '../store/transaction/change.ts';
import { chooseFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import { askFirst } from './ask-first.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  choiceFlag,
  firmOption,
  open,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { evidenceText, readEvidence, sameEvidence } from './snapshot-evidence.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  options: [
    { ...firmOption, required: true },
    {
      name: 'label',
      value: '<label>',
      about: snapshotLabels.join(', '),
      choices: snapshotLabels,
      required: true,
    },
    { name: 'date', value: '<date>', about: 'day of the measurement; today when left out' },
    {
      name: 'source',
      value: '<source>',
      about: `${snapshotSources.join(', ')}; manual when left out`,
      choices: snapshotSources,
    },
    ...builtInMetrics.map((one) => ({
      name: dashes(one.name),
      value: '<value>',
      about: one.about,
      empty: true,
    })),
    { name: 'metric', value: '<name=value>', about: 'a metric of scend.yaml; may be repeated', many: true },
    {
      name: 'evidence',
      value: '<name=counts>',
      about: 'what a rate (close_rate=23/69) or nps=61/19/100 was counted from; may be repeated',
      many: true,
    },
    { name: 'notes', value: '<text>', about: 'a note to keep with it', empty: true },
    ...writeOptions,
  ],
  examples: [
    'scend snapshot --firm hayes_real_estate --label 90d --date 2026-04-05 --lead-response-minutes 2.5 --lead-to-appt-rate 36% --close-rate 0.13 --crm-adoption-rate 78% --weekly-ops-hours 4 --nps 63',
    'scend snapshot --firm hayes_real_estate --label 60d --close-rate 33.3% --evidence close_rate=23/69 --nps 42 --evidence nps=61/19/100',
    'scend snapshot --firm hayes_real_estate --label custom --nps 60 --notes "after the office move" --dry-run',
  ],
  run,
};

function dashes(name: string): string {
  return name.replaceAll('_', '-');
}

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const firm = await askFirm(context, workspace);
  const { slugs, diagnostics } = await chooseFirms(workspace, firm);
  const asked = await askFirst(context, (asking) => decide(asking, workspace, slugs[0] ?? ''));
  const targets = eachFirm(slugs, (present, slug) => decide(asked, present, slug));
  return carryOut(context, workspace, targets, {
    diagnostics,
    next: (decisions) =>
      decisions.some((one) => one.plan) ? [nextStep(slugs[0] ?? '', textFlag(context, 'label'))] : [],
  });
}

function nextStep(slug: string, label: string | null): string {
  return label === 'baseline'
    ? `"scend project --firm ${slug}" for targets; tick tickets as they are done, then "scend refresh --firm ${slug}"`
    : `scend outcomes --firm ${slug}`;
}

async function askFirm(context: CommandContext, workspace: Workspace): Promise<string> {
  const named = textFlag(context, 'firm') ?? workspace.currentFirm;
  if (named !== null) return named;
  const { slugs } = await chooseFirms(workspace, null);
  if (!context.prompter || slugs.length === 0)
    throw usage('missing-option', '--firm is missing', 'Name the firm: --firm SLUG.');
  return context.prompter.select({
    message: 'Which firm?',
    options: slugs.map((value) => ({ value, label: value })),
  });
}

async function decide(context: CommandContext, workspace: Workspace, slug: string): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { firm: slug, plan: null, diagnostics, lines: [], data: {} };
  const loaded = await loadSnapshots(workspace, firm);
  const found = [...diagnostics, ...loaded.diagnostics];
  if (hasErrors(found)) return { firm: slug, plan: null, diagnostics: found, lines: [], data: {} };
  const label = await askLabel(context);
  const today = todayFor(workspace, firm);
  const date = readDate(context, today);
  const source = choiceFlag(context, 'source', snapshotSources) ?? 'manual';
  const { values: metrics, typed } = await readMetrics(context, workspace.settings.metrics);
  const evidence = readEvidence(context, workspace.settings.metrics, metrics, typed);
  const notes = textFlag(context, 'notes');
  const fields = {
    firmId: firm.id,
    date,
    label,
    source,
    metrics,
    notes: notes === '' ? null : notes,
    evidence,
  };
  const same = loaded.snapshots.find((one) => isSame(one, fields));
  if (same) {
    const name = snapshotFileName(same.date, same.label, same.sequence);
    // Recorded by a run that did not commit: now it is.
    const path = `${firmPaths(slug).snapshots}/${name}`;
    const source = loaded.sources.get(same.id);
    const bytes = source && encodeSource(source, source.text);
    const change = bytes && (await editOf(workspace, path, bytes, bytes));
    const message = `snapshot(${slug}): record ${label} of ${date}

Scend-Firm: ${slug}
`;
    return {
      firm: slug,
      plan: { firm: slug, changes: change ? [change] : [], message },
      diagnostics: found,
      lines: [`recorded already as ${name}`],
      data: { changed: false, id: same.id },
    };
  }
  const sequence =
    1 +
    Math.max(
      0,
      ...loaded.snapshots
        .filter((one) => one.date === date && one.label === label)
        .map((one) => one.sequence),
    );
  const name = snapshotFileName(date, label, sequence);
  const snapshot: Snapshot = { ...fields, id: derivedId(firm.id, `snapshot:${name}`), sequence };
  const bytes = new TextEncoder().encode(renderSnapshot(snapshot, slug));
  const change = await generated(workspace, `${firmPaths(slug).snapshots}/${name}`, bytes, 'fresh');
  const message = `snapshot(${slug}): record ${label} of ${date}\n\n${summary(workspace.settings.metrics, snapshot)}\n\nScend-Firm: ${slug}\n`;
  return {
    firm: slug,
    plan: { firm: slug, changes: change ? [change] : [], message },
    diagnostics: found,
    lines: [
      `${label} snapshot of ${date}: ${summary(workspace.settings.metrics, snapshot)}`,
      // A mistyped year would make it the newest for long; with --today it may be meant.
      ...(date > today
        ? [`  ${date} is after today, ${today}: "scend undo" takes it back if it was not meant`]
        : []),
    ],
    data: {
      changed: true,
      id: snapshot.id,
      label,
      date,
      metrics,
      ...(Object.keys(evidence).length > 0 && { evidence }),
    },
  };
}

function isSame(one: Snapshot, fields: Omit<Snapshot, 'id' | 'sequence'>): boolean {
  const values = (metrics: Snapshot['metrics']) =>
    JSON.stringify(
      Object.entries(metrics)
        .filter(([, value]) => value !== null)
        .sort(),
    );
  return (
    one.date === fields.date &&
    one.label === fields.label &&
    one.source === fields.source &&
    (one.notes ?? null) === fields.notes &&
    values(one.metrics) === values(fields.metrics) &&
    sameEvidence(one.evidence, fields.evidence)
  );
}

function summary(metrics: readonly Metric[], snapshot: Snapshot): string {
  const known = metrics.filter((one) => (snapshot.metrics[one.name] ?? null) !== null);
  return (
    known
      .map(
        (one) =>
          `${one.label} ${formatValue(one, snapshot.metrics[one.name])}${evidenceText(one, snapshot.evidence)}`,
      )
      .join(', ') || 'no metric measured'
  );
}

async function askLabel(context: CommandContext): Promise<SnapshotLabel> {
  const given = choiceFlag(context, 'label', snapshotLabels);
  if (given) return given;
  if (!context.prompter)
    throw usage('missing-option', '--label is missing', `Give --label ${snapshotLabels.join('|')}.`);
  return context.prompter.select({
    message: 'Which milestone?',
    options: snapshotLabels.map((value) => ({ value, label: value })),
  });
}

function readDate(context: CommandContext, today: string): string {
  const date = textFlag(context, 'date') ?? today;
  if (!isDate(date)) throw usage('bad-date', `--date "${date}" is no date`, 'Write it like 2026-03-06.');
  return date;
}

/** Values from flags; a person is asked for what no flag gave. All wrong flags are named at once. */
async function readMetrics(
  context: CommandContext,
  metrics: readonly Metric[],
): Promise<{ values: Record<string, number | null>; typed: ReadonlyMap<string, string> }> {
  const given = new Map<string, string>();
  for (const metric of metrics) {
    const value = textFlag(context, dashes(metric.name));
    if (value !== null) given.set(metric.name, value);
  }
  const wrong: string[] = [];
  const extra = context.flags.metric;
  for (const pair of Array.isArray(extra) ? extra : typeof extra === 'string' ? [extra] : []) {
    const [name = '', ...rest] = pair.split('=');
    const known = metrics.find((one) => one.name === name.trim().replaceAll('-', '_'));
    if (known && rest.length > 0) given.set(known.name, rest.join('='));
    else wrong.push(`--metric "${pair}": ${known ? 'write it NAME=VALUE' : unknownMetric(name, metrics)}`);
  }
  const asks = context.prompter !== null && given.size === 0;
  const values: Record<string, number | null> = {};
  for (const metric of metrics) {
    const input = given.get(metric.name) ?? (asks ? await ask(context, metric) : '');
    given.set(metric.name, input);
    const read = parseMetric(metric, input);
    if (read.ok) values[metric.name] = read.value;
    else wrong.push(`--${dashes(metric.name)} "${input}": ${read.why}`);
  }
  if (wrong.length > 0)
    throw usage('bad-metric', wrong.join('; '), 'Nothing was written; mend the values and run it again.');
  if (Object.values(values).every((one) => one === null)) {
    throw usage(
      'no-metric',
      'no metric was given',
      `Give at least one, such as --${dashes(metrics[0]?.name ?? 'nps')} 3.5.`,
    );
  }
  return { values, typed: given };
}

async function ask(context: CommandContext, metric: Metric): Promise<string> {
  const prompter = context.prompter;
  if (!prompter) return '';
  return prompter.text({
    message: `${metric.label}: ${metric.about}${metric.unit === 'fraction' ? ' (20% or 0.2)' : ''}`,
    placeholder: 'empty: not measured',
    validate: (answer) => {
      const read = parseMetric(metric, answer);
      return read.ok ? undefined : read.why;
    },
  });
}

function unknownMetric(name: string, metrics: readonly Metric[]): string {
  const names = metrics.map((one) => one.name);
  return `there is no such metric. ${didYouMean(name, names) || `The metrics are ${names.join(', ')}.`}`;
}
