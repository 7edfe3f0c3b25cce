/** What was measured, for the terminal and for BENCHMARKS.md. */
import type { Contender, Job } from './jobs.ts';
import type { Machine } from './machine.ts';
import { peers } from './peers.ts';
import { type Cost, median, ratio, type Spread, spread } from './statistics.ts';

export interface Measured {
  readonly contender: Contender;
  readonly costs: readonly Cost[];
}

export interface Result {
  readonly job: Job;
  readonly firms: number;
  /** Runs in one turn. */
  readonly times: number;
  readonly measured: readonly Measured[];
  /** Those whose program is not installed. */
  readonly skipped: readonly Contender[];
  /** Those that ended with an error, with what they said. */
  readonly failed: ReadonlyMap<Contender, string>;
  /** Those that a quick run had no time for. */
  readonly late: readonly Contender[];
}

/** Three digits, whatever the size. */
function short(value: number): string {
  if (value >= 100) return value.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function range({ median, min, max }: Spread): string {
  if (min === max) return short(median);
  return `${short(median)} (${short(min)}–${short(max)})`;
}

const cpuOf = ({ costs }: Measured) => costs.map(({ cpu }) => cpu);
const wallOf = ({ costs }: Measured) => costs.map(({ wall }) => wall);

function memoryOf({ costs }: Measured): number | null {
  const sizes = costs.flatMap(({ memory }) => (memory === null ? [] : [memory]));
  return sizes.length > 0 ? Math.max(...sizes) : null;
}

/** The aims of a contender that can be judged, and whether they were reached. */
function aimOf(one: Measured, cpu: number | null, measured: readonly Measured[]): string {
  const { aim = {} } = one.contender;
  const memory = memoryOf(one);
  const own = median(cpuOf(one));
  const judged: string[] = [];
  const judge = (words: string, reached: boolean) =>
    judged.push(`${words}: ${reached ? 'reached' : 'missed'}`);
  if (aim.cpu !== undefined && cpu !== null) judge(`≤ ${aim.cpu} ×`, cpu <= aim.cpu);
  for (const other of measured)
    if (aim.below?.includes(other.contender.name))
      judge(`below ${other.contender.name}`, own < median(cpuOf(other)));
  if (aim.memory !== undefined && memory !== null) judge(`≤ ${aim.memory} MiB`, memory <= aim.memory);
  return judged.join('; ');
}

const columns = ['', 'CPU, ms', 'wall, ms', 'peak, MiB', 'CPU, ratio', 'wall, ratio', 'aim'] as const;

/** A row for each contender; the ratios are to the first of the table, unless that one was skipped. */
function rows({ job, measured }: Result): string[][] {
  const reference = measured.find(({ contender }) => contender === job.contenders[0]);
  return measured.map((one) => {
    const memory = memoryOf(one);
    const cpu = reference ? ratio(cpuOf(one), cpuOf(reference)) : null;
    const wall = reference ? ratio(wallOf(one), wallOf(reference)) : null;
    return [
      one.contender.name,
      range(spread(cpuOf(one))),
      range(spread(wallOf(one))),
      memory === null ? '?' : short(memory),
      ...(one === reference || !cpu || !wall
        ? ['1', '1'].map((text) => (cpu ? text : ''))
        : [range(cpu), range(wall)]),
      aimOf(one, cpu?.median ?? null, measured),
    ];
  });
}

function headline({ job, firms, times, measured }: Result): string {
  const turns = measured[0]?.costs.length ?? 0;
  const runs = times > 1 ? ` of ${times} runs` : '';
  const where =
    job.size === 'pack'
      ? `${firms.toLocaleString('en')} tickets`
      : `${firms.toLocaleString('en')} ${firms === 1 ? 'firm' : 'firms'}`;
  return `${where}, ${turns} ${turns === 1 ? 'turn' : 'turns'}${runs}`;
}

function skippedLine({ skipped, failed, late }: Result): string {
  const names = skipped.map(
    ({ name, needs }) => `${name} (${needs ? peers[needs].name : 'nothing'} is not installed)`,
  );
  const broken = [...failed.keys()].map(({ name }) => `${name} (ended with an error)`);
  const all = [...names, ...broken, ...late.map(({ name }) => `${name} (the time was over)`)];
  return all.length > 0 ? `Skipped: ${all.join(', ')}.` : '';
}

export function renderText(result: Result): string {
  const all = [[...columns], ...rows(result)];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return ['', `${result.job.name}: ${result.job.title} (${headline(result)})`, ...lines, skippedLine(result)]
    .filter((line, i) => i === 0 || line !== '')
    .join('\n');
}

function commandLines({ measured }: Result): string[] {
  return measured.map(({ contender: { name, command, before = [], within } }) => {
    const notes = [
      ...(before.length > 0 ? [`before each: ${before.map((one) => stepWords[one]).join(', then ')}`] : []),
      ...(within ? [`in the same tickets as files of ${name}`] : []),
    ];
    return `- ${name}: \`${command}\`${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
  });
}

const stepWords: Record<NonNullable<Contender['before']>[number], string> = {
  cold: 'the cache is deleted',
  tick: 'a ticket of the next firm is ticked',
  status: '`scend status`',
  restored: 'everything is put back',
  refreshed: '`scend refresh --firm "$FIRM" --no-commit`',
  refreshedAll: '`scend refresh --all --no-commit`',
  synced: 'a ticket is ticked and `scend sync --firm "$FIRM" --no-commit`',
};

const table = (head: readonly string[], body: readonly (readonly string[])[], align: string) =>
  [head, align.split(''), ...body]
    .map((row, i) => `| ${(i === 1 ? row.map((one) => (one === 'r' ? '---:' : '---')) : row).join(' | ')} |`)
    .join('\n');

/** The document of a full run. */
export function renderDocument(about: Machine, results: readonly Result[]): string {
  const parts = [
    '# What it costs',
    'Made by `npm run bench`; never edited by hand. Each job was run beside its peers and its reference, the first of its table, in turns (A B A B …). CPU is user and system time of the command and all its children; figures are medians with the smallest and largest, of all turns. A ratio is that of the medians, with the smallest and largest of one turn. Memory is the largest process of any run. Everything ran with an empty environment, without `NODE_EXTRA_CA_CERTS`, and with a warm page cache: "cold" means that `.scend/cache` was deleted before the run, "warm" that the same command had run before.',
    'The workspaces are made by `npx tsx bench/generate.ts`: 85 tickets, roadmaps of 15,000 words in two versions, four snapshots and four outcomes a firm, committed, with a history. Commands ran in `<workspace>`; `$FIRM` is another firm each time, `$LIST` names the files that a commit takes, `$csv` and `$json` hold the same content in other forms.',
    '## Machine',
    table(['', ''], about.rows, 'll'),
    ...(about.missing.length > 0 ? [`Not installed, so skipped: ${about.missing.join(', ')}.`] : []),
    ...results.flatMap((result) => [
      `## ${result.job.title}`,
      `\`npm run bench -- --only ${result.job.name}\`: ${headline(result)}.`,
      table(columns, rows(result), 'lrrrrrl'),
      commandLines(result).join('\n'),
      ...(skippedLine(result) ? [skippedLine(result)] : []),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}
