/**
 * `npm run demo`: the learning loop on a temporary copy of the sample workspace, through the real command
 * line. Prints each step as one would type it, and where the new files are.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');
const dir = realpathSync(mkdtempSync(join(tmpdir(), 'scend-demo-')));
const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;

/** Empty, so that the reader's own signing or hooks do not stop the demonstration. */
const gitConfig = join(mkdtempSync(join(tmpdir(), 'scend-demo-config-')), 'config');
writeFileSync(gitConfig, '');
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: gitConfig,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: process.env.GIT_AUTHOR_NAME ?? 'Demo Consultant',
  GIT_AUTHOR_EMAIL: process.env.GIT_AUTHOR_EMAIL ?? 'demo@example.org',
  GIT_COMMITTER_NAME: process.env.GIT_COMMITTER_NAME ?? 'Demo Consultant',
  GIT_COMMITTER_EMAIL: process.env.GIT_COMMITTER_EMAIL ?? 'demo@example.org',
};

function show(title: string): void {
  console.log(`\n── ${title}`);
}

function run(command: string, args: readonly string[], quiet = false): void {
  const done = spawnSync(command, args, {
    cwd: dir,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.error) throw done.error;
  if (!quiet || done.status !== 0) process.stdout.write(done.stdout + done.stderr);
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} exited ${done.status}`);
}

function scend(...args: string[]): void {
  const typed = args.map((one) => (/[\s"]/.test(one) ? JSON.stringify(one) : one)).join(' ');
  console.log(`$ scend ${typed}`);
  run(process.execPath, [cli, ...args]);
}

function tick(...ids: string[]): void {
  const file = join(dir, pack);
  let text = readFileSync(file, 'utf8');
  for (const id of ids) {
    const before = text;
    text = text.replace(`- [ ] ${id} `, `- [x] ${id} `);
    if (text === before) throw new Error(`${id} is not an open ticket of the sample pack`);
  }
  writeFileSync(file, text);
  console.log(`(in the editor: ticked ${ids.join(', ')} in ${pack})`);
}

const measured = (
  minutes: string,
  appt: string,
  close: string,
  adoption: string,
  hours: string,
  nps: string,
) => [
  ...['--lead-response-minutes', minutes, '--lead-to-appt-rate', appt, '--close-rate', close],
  ...['--crm-adoption-rate', adoption, '--weekly-ops-hours', hours, '--nps', nps],
];

show('A copy of the sample workspace, in a Git repository of its own');
for (const part of ['scend.yaml', 'firms', 'templates', 'schemas'])
  cpSync(join(root, part), join(dir, part), { recursive: true });
for (const args of [
  ['init', '-q', '-b', 'main'],
  ['add', '-A'],
  ['commit', '-q', '-m', 'Start workspace'],
])
  run('git', args, true);
console.log(dir);
scend('status', '--firm', slug, '--today', '2026-03-06');

show('Two weeks of work: tickets ticked in the editor, then settled');
tick('T4.3.2', 'T5.1.1', 'T5.1.2', 'T5.1.3', 'T5.2.1', 'T5.2.2', 'T5.2.3', 'T5.3.1', 'T5.3.2', 'T5.3.3');
scend('sync', '--firm', slug, '--today', '2026-03-20');

show('Two measurements');
scend(
  'snapshot',
  '--firm',
  slug,
  '--label',
  'custom',
  '--date',
  '2026-03-20',
  '--notes',
  'after the dialler was connected',
  ...measured('3', '0.34', '0.13', '75%', '4.5', '62'),
);
scend(
  'snapshot',
  '--firm',
  slug,
  '--label',
  '90d',
  '--date',
  '2026-04-05',
  ...measured('2.5', '36%', '0.13', '78%', '4', '63'),
);

show('What it is worth, and how it stands against the projection');
scend('outcomes', '--firm', slug, '--target-label', '90d');

show('The next version of the roadmap, in one commit');
scend('refresh', '--firm', slug, '--today', '2026-04-06');
run('git', ['log', '--oneline'], false);
run('git', ['fsck', '--strict'], true);

const folder = `firms/${slug}/deliverables`;
show('Where everything is');
for (const [what, file] of [
  ['roadmap', `${slug}_ROADMAP_v1.1.md`],
  ['ticket pack', `${slug}_TICKET_PACK_v1.1.md`],
  ['metadata', `${slug}_metadata_v1.1.json`],
  ['changelog', `${slug}_ROADMAP_CHANGELOG_v1.0_to_v1.1.md`],
  ['before/after', `${slug}_CHART_before_after_v1.1.svg`],
  ['over time', `${slug}_CHART_metrics_over_time_v1.1.svg`],
  ['burn-up', `${slug}_CHART_burn_up_v1.1.svg`],
] as const) {
  const path = join(dir, folder, file);
  if (!existsSync(path)) throw new Error(`${path} was not written`);
  console.log(`${what.padEnd(12)} ${path}`);
}
