/**
 * `npm run bench [-- --quick] [-- --only NAME] [-- --firms N] [-- --words N]`: measures each job of `jobs.ts`
 * beside its peers and what bounds it, in turns (A B A B …), and prints what they took. A full run writes
 * BENCHMARKS.md; `--quick` (1 and 100 firms, few turns) and `--only` print alone. Peers from npm are looked for in
 * the folder that BENCH_PEERS names. Needs bash, and Git for the workspaces.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contender, type Job, jobs, type SizeName } from './jobs.ts';
import { machine } from './machine.ts';
import { benchEnv, measure, root } from './measure.ts';
import { findPeers } from './peers.ts';
import { type Measured, type Result, renderDocument, renderText } from './report.ts';
import { type Cost, mean } from './statistics.ts';
import { steps } from './steps.ts';
import { formOf, type Kept, packWorkspace, workspace } from './workspaces.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    firms: { type: 'string', default: '10000' },
    words: { type: 'string', default: '15000' },
  },
});
const quick = options.quick;
const sizes: Record<SizeName, number> = quick
  ? { one: 1, hundred: 20, thousand: 100, all: 100, pack: 10_000 }
  : { one: 1, hundred: 100, thousand: 1000, all: Number(options.firms), pack: 10_000 };
/** Turns end when a job has taken so long, in milliseconds, and this many turns were had. */
const limits = quick ? { turns: 3, least: 1, budget: 3000 } : { turns: 9, least: 3, budget: 120_000 };
/** A quick run begins nothing after so many milliseconds, so that it is over after two minutes. */
const latest = quick ? 100_000 : Number.POSITIVE_INFINITY;

const work = mkdtempSync(join(tmpdir(), 'scend-bench-'));
const env = benchEnv(work);
const found = findPeers(env);
const say = (text: string) => console.error(text);

/** Runs in one turn. */
const timesOf = ({ times = 1 }: Job) => (quick ? Math.ceil(times / 3) : times);

function open(size: SizeName): Promise<Kept> {
  return size === 'pack' ? packWorkspace(sizes.pack) : workspace(sizes[size], Number(options.words), say);
}

/** One contender's runs of one turn; each has a firm of its own where it works on one. */
async function turn(
  job: Job,
  { command, before = [] }: Contender,
  cwd: string,
  { dir, slugs }: Kept,
  own: Readonly<Record<string, string>>,
  nextFirm: () => number,
): Promise<Cost> {
  const times = timesOf(job);
  const once = async (count: number) => {
    const firm = slugs[nextFirm() % slugs.length] ?? '';
    const place = { dir, firm, env: { ...env, ...own, FIRM: firm } };
    for (const name of before) await steps[name](place);
    return measure({ command, cwd, env: place.env, times: count });
  };
  if (before.length === 0) return once(times);
  const costs: Cost[] = [];
  for (let run = 0; run < times; run += 1) costs.push(await once(1));
  return mean(costs);
}

async function runJob(job: Job): Promise<Result> {
  const kept = await open(job.size);
  const own: Record<string, string> = { LIST: join(work, 'list'), LISTS: join(work, 'lists') };
  const wanted = job.contenders.filter(({ slow }) => !(quick && slow));
  const present = wanted.filter(({ needs }) => !needs || found[needs] !== null);
  const skipped = wanted.filter((one) => !present.includes(one));
  const needed = new Set(present.flatMap(({ within }) => within ?? []));
  // Forms serve peers alone, which may be absent.
  for (const form of job.forms ?? [])
    if (present.some(({ command }) => command.includes(`$${form}`))) needed.add(form);
  for (const form of needed) own[form] = await formOf(form, kept.dir);
  const costs = new Map<Contender, Cost[]>(present.map((one) => [one, []]));
  const failed = new Map<Contender, string>();
  let firm = 0;
  const take = async (one: Contender): Promise<Cost[]> => {
    if (failed.has(one) || performance.now() > latest) return [];
    const cwd = one.within ? (own[one.within] ?? '') : kept.dir;
    try {
      return [await turn(job, one, cwd, kept, own, () => (firm++ * 37) % 9973)];
    } catch (error) {
      failed.set(one, error instanceof Error ? error.message : String(error));
      costs.set(one, []);
      return [];
    }
  };
  // Once unmeasured, for what the system, Node and Git keep from run to run; not where one run is long.
  const begun = performance.now();
  for (const one of present)
    if (job.turns !== 1 && !one.slow && performance.now() - begun < limits.budget / 4) await take(one);
  const start = performance.now();
  const turns = Math.min(job.turns ?? limits.turns, limits.turns);
  for (let count = 0; count < turns; count += 1) {
    if (count >= limits.least && performance.now() - start > limits.budget) break;
    for (const one of present) if (!one.slow || count === 0) costs.get(one)?.push(...(await take(one)));
  }
  const measured = present
    .filter((one) => (costs.get(one)?.length ?? 0) > 0)
    .map((one): Measured => ({ contender: one, costs: costs.get(one) ?? [] }));
  const had = (one: Contender) => failed.has(one) || measured.some(({ contender }) => contender === one);
  const late = present.filter((one) => !had(one));
  return { job, firms: sizes[job.size], times: timesOf(job), measured, skipped, failed, late };
}

async function main(): Promise<void> {
  const wanted = jobs.filter(({ name }) => !options.only || options.only.some((one) => name.startsWith(one)));
  if (wanted.length === 0) {
    say(`no job is named so; there are ${jobs.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const about = machine(env, found);
  console.log(about.text);
  const results: Result[] = [];
  const late: string[] = [];
  for (const job of wanted) {
    if (performance.now() > latest) {
      late.push(job.name);
      continue;
    }
    const result = await runJob(job);
    results.push(result);
    console.log(renderText(result));
    for (const [one, message] of result.failed) say(`${job.name}, ${one.name}: ${message}`);
    if (result.failed.size > 0) process.exitCode = 1;
  }
  if (late.length > 0) console.log(`\nleft out, the time being over: ${late.join(', ')}`);
  if (quick || options.only) return;
  writeFileSync(join(root, 'BENCHMARKS.md'), renderDocument(about, results));
  console.log('BENCHMARKS.md written');
}

try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
