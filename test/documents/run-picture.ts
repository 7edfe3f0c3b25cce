/** The picture of a run that the README shows, taken of a real one. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withTempDir } from '../harness.ts';
import { Practice } from '../scend.ts';
import { terminalPicture } from './terminal-picture.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const firm = ['--firm', 'hayes_real_estate'];
const title =
  'A run in a terminal: scend sync settles ticked tickets, scend outcomes computes the 90-day outcome with its arithmetic, scend refresh makes roadmap v1.1 and commits it.';

/** What is typed, and how many lines of the answer are shown. */
const steps: readonly (readonly [args: readonly string[], lines: number])[] = [
  [['sync', ...firm], 7],
  [['outcomes', ...firm, '--target-label', '90d'], 20],
  [['refresh', ...firm], 11],
];

export async function renderRunPicture(): Promise<string> {
  let text = '';
  await withTempDir((dir) => {
    const practice = new Practice(dir, { SCEND_TODAY: '2026-04-06', FORCE_COLOR: '1' });
    practice.ok('init', '.', '--example');
    practice.start();
    practice.ok(
      ...['snapshot', ...firm, '--label', '90d', '--date', '2026-04-05', '--lead-response-minutes', '2.5'],
      ...['--lead-to-appt-rate', '36%', '--close-rate', '13%', '--crm-adoption-rate', '78%'],
      ...['--weekly-ops-hours', '4', '--nps', '63'],
    );
    practice.tick('hayes_real_estate', 'T4.3.2', 'T5.1.1');
    for (const [args, lines] of steps) {
      const { stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
        cwd: dir,
        env: practice.env,
        encoding: 'utf8',
      });
      // What names a commit is another one at each run.
      const printed = `${stdout}${stderr}`.replace(/committed [0-9a-f]{10}/, 'committed').split('\n');
      const shown =
        printed.length > lines ? [...printed.slice(0, lines - 2), '  …', ...printed.slice(-3)] : printed;
      text += `\u001b[1m$ scend ${args.join(' ')}\u001b[0m\n${shown.join('\n').trimEnd()}\n\n`;
    }
  });
  return terminalPicture(title, text);
}
