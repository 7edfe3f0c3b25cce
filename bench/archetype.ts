/**
 * Firms that generated ones are copies of. Each is made by the engine's own commands, run in this process, over a
 * course of three months, so that every figure, block and id agrees; what differs from copy to copy (slug, name,
 * ids, prose, notes) stands in them as a mark that `stencil.ts` finds again.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../src/commands/command-line.ts';
import { dice } from './random.ts';

export const workspaceId = '9c1d7d0e-54b8-4b1e-8f0c-3a5d2c7e6b10';

/** How many firms differ in more than names and prose. */
export const archetypes = 32;
const ticketsPerPack = 85;

const industries = [
  'real_estate',
  'legal',
  'dental',
  'accounting',
  'insurance',
  'home_services',
  'medical',
  'fitness',
];
const team = ['Ana', 'Luis', 'Michael', 'Priya', 'Jonas', 'Mei', 'Zoë', 'Omar'];

export interface Archetype {
  readonly slug: string;
  readonly name: string;
  readonly industry: string;
  /** Text by path below the firm's folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** Letters for a number, since a number in prose might be read as that of a system. */
function letters(n: number): string {
  return String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26));
}

/** Makes a workspace without firms, with a roadmap template whose comments are marks for prose. */
export async function startWorkspace(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  await scend(dir, '2026-01-05', 'init', '.', '--name', 'Bench practice');
  const path = join(dir, 'templates/roadmap.md');
  let count = 0;
  const mark = () => {
    count += 1;
    return `Qqprose${letters(count - 1)}.`;
  };
  edit(path, (text) =>
    text.replace(/^<!-- (?!scend:).* -->$/gm, mark).replace(/^(?=#### |### 3\.)/gm, () => `${mark()}\n\n`),
  );
}

/** Makes the archetype of a number in a workspace that `startWorkspace` made, and takes it away again. */
export async function makeArchetype(dir: string, number: number): Promise<Archetype> {
  const slug = `qqfirm${letters(number)}`;
  const name = `Qqname${letters(number)}`;
  const industry = industries[number % industries.length] ?? 'legal';
  const pick = dice(1000 + number);
  const run = (today: string, ...args: string[]) => scend(dir, today, ...args, '--no-commit');
  const firm = ['--firm', slug];
  await run('2026-01-05', 'firm', 'add', slug, '--name', name, '--industry', industry, ...firmFlags(pick));
  finishRoadmap(join(dir, `firms/${slug}/deliverables/${slug}_ROADMAP_v1.0.md`));
  await makePack(run, dir, slug, pick);
  const reach = 40 + pick(60);
  await run('2026-01-05', 'snapshot', ...firm, '--label', 'baseline', ...metrics(pick, 0, reach));
  tick(dir, slug, number, '2026-02-04', 15 + pick(15));
  await run('2026-02-04', 'snapshot', ...firm, '--label', '30d', ...metrics(pick, 1, reach));
  await run('2026-02-04', 'outcomes', ...firm, '--target-label', '30d');
  tick(dir, slug, number, '2026-03-06', 35 + pick(20));
  await run('2026-03-06', 'snapshot', ...firm, '--label', '60d', ...metrics(pick, 2, reach));
  await run('2026-03-06', 'outcomes', ...firm, '--target-label', '60d');
  await run('2026-03-06', 'refresh', ...firm);
  tick(dir, slug, number, '2026-04-05', 55 + pick(20));
  await run('2026-04-05', 'snapshot', ...firm, '--label', '90d', ...metrics(pick, 3, reach));
  for (const version of ['v1.0', 'v1.1'])
    await run('2026-04-05', 'outcomes', ...firm, '--roadmap-version', version, '--target-label', '90d');
  await run('2026-04-05', 'sync', ...firm);
  const folder = join(dir, 'firms', slug);
  const files = new Map<string, string>();
  for (const path of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    if (/\.(?:md|yaml|json|svg)$/.test(path)) files.set(path, readFileSync(join(folder, path), 'utf8'));
  }
  rmSync(folder, { recursive: true });
  return { slug, name, industry, files };
}

/** Runs a command line in this process, on a day; throws unless it exits 0. */
export async function scend(dir: string, today: string, ...args: string[]): Promise<string> {
  let printed = '';
  const output = {
    write: (text: string) => {
      printed += text;
    },
    isTerminal: false,
    columns: () => 80,
  };
  const line = commandLine(args, {
    env: { SCEND_TODAY: today },
    cwd: dir,
    now: () => new Date(`${today}T12:00:00Z`),
    clock: () => 0,
    newId: () => workspaceId,
    out: output,
    err: output,
    inIsTerminal: () => false,
    unread: new AbortController().signal,
    makePrompter: async () => {
      throw new Error('nobody can be asked');
    },
  });
  const code = await line.run();
  if (code !== 0) throw new Error(`scend ${args.join(' ')} exited ${code}\n${printed}`);
  return printed;
}

function firmFlags(pick: (below: number) => number): string[] {
  const flags: Record<string, string | number> = {
    'team-size': 2 + pick(60),
    'annual-revenue': 100_000 * (3 + pick(60)),
    'owner-name': 'Dana Hayes',
    cohort: `2026-Q${1 + pick(4)}`,
    'blended-hourly-rate': 35 + pick(60),
    'annual-lead-volume': 120 + pick(900),
    'avg-deal-value': 500 * (2 + pick(30)),
    'implementation-cost': 400 * (20 + pick(40)),
  };
  const targets = ['lead_response_minutes=2', 'lead_to_appt_rate=0.4', 'crm_adoption_rate=0.8', 'nps=70'];
  return [
    ...Object.entries(flags).flatMap(([key, value]) => [`--${key}`, String(value)]),
    ...targets.flatMap((one) => ['--target', one]),
    '--target',
    'weekly_ops_hours=2',
  ];
}

/** What a person fills in before a roadmap goes to the client. */
function finishRoadmap(file: string): void {
  const points = ['Leads are copied by hand', 'Nobody can say who owns a lead', 'Follow-up stops early'];
  const list = (key: string, values: readonly string[]) =>
    `${key}:\n${values.map((one) => `    - ${one}`).join('\n')}`;
  edit(file, (text) =>
    text
      .replace(/^status: draft$/m, 'status: finalized\nfinalized_at: 2026-01-05')
      .replace('top_pain_points: []', list('top_pain_points', points))
      .replace('primary_goals: []', list('primary_goals', ['Reply within two minutes', 'Book more meetings']))
      .replace('systems_recommended: []', 'systems_recommended: ["1", "2", "3"]'),
  );
}

type Run = (today: string, ...args: string[]) => Promise<string>;

/** A pack of the first tickets of seven or eight systems. */
async function makePack(run: Run, dir: string, slug: string, pick: (below: number) => number): Promise<void> {
  const start = pick(7);
  const systems = [1, 2, 3, ...Array.from({ length: 7 }, (_, i) => 4 + ((start + i) % 7))];
  const create = ['pack', 'create', '--firm', slug, '--sprints', '5'];
  const all = JSON.parse(
    await run('2026-01-05', ...create, '--systems', systems.slice(0, 8).join(','), '--dry-run', '--json'),
  ) as { data: { firms: { sprints: { ticket_ids: string[] }[] }[] } };
  const ids = all.data.firms[0]?.sprints.flatMap((one) => one.ticket_ids) ?? [];
  await run('2026-01-05', ...create, '--tickets', ids.slice(0, ticketsPerPack).join(','));
  const file = join(dir, `firms/${slug}/ticket-pack.md`);
  const tickets = readFileSync(file, 'utf8').match(/^- \[ \] T/gm)?.length;
  if (tickets !== ticketsPerPack) throw new Error(`${slug} has ${tickets} tickets`);
}

/** Works on the pack as people do: the first tickets done, a few under way, one blocked, one left out. */
function tick(dir: string, slug: string, number: number, today: string, done: number): void {
  const pick = dice(number * 97 + done);
  const from = Date.parse('2026-01-05');
  const span = Date.parse(today) - from;
  const dayOf = (share: number) => new Date(from + span * share).toISOString().slice(0, 10);
  let index = -1;
  edit(join(dir, `firms/${slug}/ticket-pack.md`), (text) =>
    text.replace(
      /^- \[ \] (.*)\n {2}- Status: not_started\n((?: {2}- .*\n)*)/gm,
      (whole, title: string, rest: string) => {
        index += 1;
        const at = openBefore(text, index);
        const who = `  - Assignee: ${team[(number + pick(3)) % team.length]}\n`;
        const started = dayOf(Math.min(1, at / (done + 6)));
        if (at < done && at % 29 !== 17) {
          const completed = dayOf(Math.min(1, (at + 1) / done));
          const note = pick(4) === 0 ? `  - Notes: Qqnote${letters(at)}\n` : '';
          return `- [x] ${title}\n  - Status: done\n${who}  - Started: ${started}\n  - Completed: ${completed}\n${note}${rest}${accepted(pick, 'x')}`;
        }
        if (at >= done + 6) return whole;
        if (at % 29 === 17) return `- [ ] ${title}\n  - Status: skipped\n${rest}`;
        const status = at === done + 2 ? 'blocked' : 'in_progress';
        if (at > done + 3) return whole;
        return `- [ ] ${title}\n  - Status: ${status}\n${who}  - Started: ${started}\n  - Notes: Qqnote${letters(at)}\n${rest}${accepted(pick, ' ')}`;
      },
    ),
  );
  edit(join(dir, `firms/${slug}/ticket-pack.md`), (text) => finishStarted(text, done, today));
}

/** The place in the pack of the n-th ticket that was not begun. */
function openBefore(text: string, index: number): number {
  const heads = [...text.matchAll(/^- \[[ x]\] .*\n {2}- Status: (\w+)/gm)];
  return heads.map((one, at) => (one[1] === 'not_started' ? at : -1)).filter((at) => at >= 0)[index] ?? 0;
}

/** What was under way the last time is done by now. */
function finishStarted(text: string, done: number, today: string): string {
  let at = -1;
  return text.replace(/^- \[([ x])\] (.*)\n {2}- Status: (\w+)\n((?: {2}- .*\n)*)/gm, (whole, ...found) => {
    at += 1;
    const [, title, status, rest] = found as string[];
    if (at >= done || (status !== 'in_progress' && status !== 'blocked')) return whole;
    const completed = (rest ?? '').replace(/^( {2}- Started: .*\n)/m, `$1  - Completed: ${today}\n`);
    return `- [x] ${title}\n  - Status: done\n${completed}`;
  });
}

function accepted(pick: (below: number) => number, box: string): string {
  return pick(6) === 0
    ? `  - [${box}] Shown to the team and tried once\n  - [${box}] Written down in the handbook\n`
    : '';
}

/** Figures of a stage from 0 (baseline) to 3 (90 days); `reach` is how far they get, in percent of the way. */
function metrics(pick: (below: number) => number, stage: number, reach: number): string[] {
  const way = (reach / 100) * (stage / 3);
  const to = (from: number, target: number, digits: number) =>
    (from + (target - from) * way * (0.85 + pick(30) / 100)).toFixed(digits);
  return [
    ['--lead-response-minutes', to(14, 2, 1)],
    ['--lead-to-appt-rate', to(0.24, 0.4, 3)],
    ['--close-rate', to(0.11, 0.18, 3)],
    ['--crm-adoption-rate', to(0.2, 0.8, 2)],
    ['--weekly-ops-hours', to(13, 2, 1)],
    ['--nps', to(40, 70, 0)],
  ].flat();
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
