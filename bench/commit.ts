/**
 * `npm run build && npx tsx bench/commit.ts [rounds]`: what one commit of six changed files costs in a
 * repository of 80,000 files and 2,000 commits in one pack, beside `git add` and `git commit --only`.
 *
 * The repository is made once, by `git fast-import`, and kept in the system's temporary directory. Each round
 * changes the same six files in two clones of it and commits them, in turns, with compiled Scend in plain
 * Node and with native Git. CPU is user and system time of the commands and all their children, from bash's
 * `times`; memory is the largest process, from `/usr/bin/time` where that is installed. Unix only.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const FIRMS = 10_000;
const FILES = [
  'deliverables/roadmap.md',
  'firm.yaml',
  'outcomes/v1.0_60d.yaml',
  'recommendations.yaml',
  'rollup.yaml',
  'snapshots/2026-01-05_baseline.yaml',
  'snapshots/2026-03-06_60d.yaml',
  'ticket-pack.md',
];
const COMMITS = 2_000;
const PER_COMMIT = 6;
const ROUNDS = Math.max(7, Number(process.argv[2] ?? 9));
/** Raised when what is generated changes, so that an old cache is not used. */
const VERSION = 1;

const child = fileURLToPath(new URL('commit-child.mjs', import.meta.url));
const cache = join(tmpdir(), `scend-bench-commit-v${VERSION}.git`);
const work = mkdtempSync(join(tmpdir(), 'scend-bench-'));
const timer = existsSync('/usr/bin/time') ? '/usr/bin/time' : null;
const env = {
  PATH: process.env.PATH,
  HOME: work,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Bo',
  GIT_COMMITTER_EMAIL: 'bo@example.org',
};

interface Cost {
  /** User and system time, in milliseconds. */
  readonly cpu: number;
  /** The largest resident set, in MiB; 0 where it cannot be told. */
  readonly memory: number;
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
}

/** Whole numbers below a bound, the same on every machine (Lehmer's generator). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const WORDS = ['client', 'intake', 'hours', 'team', 'weekly', 'review', 'invoice', 'roadmap', 'sprint'];

/** About 1,500 bytes of few words, as a real file would hold. */
function text(path: string, version: string, pick: (below: number) => number): string {
  const line = () => Array.from({ length: 8 }, () => WORDS[pick(WORDS.length)]).join(' ');
  return `# ${path}\nversion: ${version}\n${Array.from({ length: 24 }, line).join('\n')}\n`;
}

function pathOf(file: number): string {
  const slug = `firm_${String(Math.floor(file / FILES.length)).padStart(5, '0')}`;
  return `firms/${slug}/${FILES[file % FILES.length]}`;
}

/** The stream for `git fast-import`. */
function* history(): Generator<string> {
  const pick = dice(20_260_203);
  const all = FIRMS * FILES.length;
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const message = `commit ${commit}`;
    yield `commit refs/heads/main\ncommitter Bo <bo@example.org> ${1_600_000_000 + commit * 60} +0000\n`;
    yield `data ${message.length}\n${message}\n`;
    const count = commit === 0 ? all : PER_COMMIT;
    const changed = Array.from({ length: count }, (_, i) => (commit === 0 ? i : pick(all)));
    for (const path of new Set(changed.map(pathOf))) {
      const body = text(path, String(commit), pick);
      yield `M 100644 inline ${path}\ndata ${Buffer.byteLength(body)}\n${body}\n`;
    }
  }
}

async function generate(): Promise<void> {
  const making = `${cache}-${process.pid}`;
  git(work, 'init', '-q', '--bare', '-b', 'main', making);
  const importer = spawn('git', ['fast-import', '--quiet'], {
    cwd: making,
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = new Promise<number | null>((done) => importer.on('close', done));
  await pipeline(Readable.from(history()), importer.stdin);
  if ((await ended) !== 0) throw new Error('git fast-import failed');
  git(making, 'repack', '-adq');
  renameSync(making, cache);
}

/** Runs a shell script below bash; `$TIME` stands before each command whose memory is measured. */
function measure(cwd: string, script: string, args: readonly string[]): Cost {
  const report = join(work, 'memory');
  writeFileSync(report, '');
  const prefix = timer === null ? '' : `${timer} -a -o ${report} -f %M`;
  const out = execFileSync(
    'bash',
    ['-e', '-c', `${script.replaceAll('$TIME', prefix)}\ntimes`, 'bash', ...args],
    {
      cwd,
      env,
      encoding: 'utf8',
    },
  );
  // The last line is that of the children: `0m0.123s 0m0.045s`.
  const [user = 0, system = 0] = [
    ...(out.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m(\d+)[.,](\d+)s/g),
  ].map((one) => Number(one[1]) * 60_000 + Number(one[2]) * 1000 + Number(one[3]));
  const sizes = readFileSync(report, 'utf8').trim().split('\n').map(Number);
  return { cpu: user + system, memory: Math.max(...sizes) / 1024 };
}

const OURS = '$TIME "$1" "$2" "$3" "$4"';
const NATIVE = `mapfile -t paths <"$1"
$TIME git add -- "\${paths[@]}"
$TIME git commit -q -m bench --only -- "\${paths[@]}"`;

/** A clone whose index is settled: no file in it is as young as the index. */
async function makeClone(name: string): Promise<string> {
  const clone = join(work, name);
  git(work, 'clone', '-q', cache, clone);
  await sleep(1100);
  git(clone, 'update-index', '-q', '--refresh', '--force-write-index');
  return clone;
}

function rounds(ours: string, native: string): { readonly ours: Cost[]; readonly native: Cost[] } {
  const pick = dice(7);
  const list = join(work, 'list');
  const costs = { ours: [] as Cost[], native: [] as Cost[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    // One firm's files, as a refresh changes them.
    const firm = pick(FIRMS) * FILES.length;
    const paths = Array.from({ length: PER_COMMIT }, (_, i) => pathOf(firm + i));
    writeFileSync(list, `${paths.join('\n')}\n`);
    for (const path of paths) {
      const body = text(path, `bench ${round}`, pick);
      for (const top of [ours, native]) writeFileSync(join(top, path), body);
    }
    costs.ours.push(measure(ours, OURS, [process.execPath, child, ours, list]));
    costs.native.push(measure(native, NATIVE, [list]));
  }
  return costs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

function row(name: string, costs: readonly Cost[]): string {
  const column = (values: readonly number[]) =>
    `${median(values).toFixed(0).padStart(7)} ${`${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`.padStart(11)}`;
  return `${name.padEnd(8)}${column(costs.map(({ cpu }) => cpu))}${column(costs.map(({ memory }) => memory))}`;
}

function check(ours: string, native: string): void {
  const trees = [ours, native].map((top) => git(top, 'rev-parse', 'HEAD^{tree}'));
  if (trees[0] !== trees[1]) throw new Error('the two clones hold different trees');
  for (const top of [ours, native])
    if (git(top, 'status', '--porcelain') !== '') throw new Error(`${top} is not clean`);
}

try {
  if (!existsSync(cache)) {
    console.log(`making ${cache}, which takes some minutes`);
    await generate();
  }
  const [ours, native] = [await makeClone('ours'), await makeClone('native')];
  const costs = rounds(ours, native);
  check(ours, native);
  const objects = git(cache, 'count-objects', '-v').replaceAll('\n', ', ');
  console.log(`${git(cache, '--version')}, Node ${process.version}, ${ROUNDS} rounds; ${objects}`);
  console.log(`        CPU, ms    min–max   MiB    min–max`);
  console.log(row('Scend', costs.ours));
  console.log(row('Git', costs.native));
  const ratio = median(costs.ours.map(({ cpu }) => cpu)) / median(costs.native.map(({ cpu }) => cpu));
  console.log(`ratio of the CPU medians: ${ratio.toFixed(2)}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
