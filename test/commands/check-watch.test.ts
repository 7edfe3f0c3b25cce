import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { check, command } from '../../src/commands/check.ts';
import { forget, nothingSeen } from '../../src/commands/check-watch.ts';
import type { CommandContext } from '../../src/commands/context.ts';
import { watchMarks } from '../../src/report/watch.ts';
import { isIgnored } from '../../src/store/watch.ts';
import { test, testIf } from '../harness.ts';
import { type Practice, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A check that watches, as a process of its own. */
class Watching {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  private text = '';

  constructor(practice: Practice, before: readonly string[] = []) {
    const [command = '', ...args] = [...before, process.execPath, cli, 'check', '--watch'];
    this.child = spawn(command, args, {
      cwd: practice.dir,
      env: practice.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => {
        this.text += chunk;
      });
    this.ended = new Promise((done) => this.child.on('close', (code, signal) => done({ code, signal })));
  }

  /** Waits for a finished check that says this, and gives its lines; what came before it is done with. */
  async next(says: string): Promise<string> {
    const end = new RegExp(`^${watchMarks.ends}.*\n`, 'm');
    const seen: string[] = [];
    for (let waited = 0; waited < 60_000; waited += 20) {
      for (let match = end.exec(this.text); match; match = end.exec(this.text)) {
        const one = this.text.slice(0, match.index + match[0].length);
        this.text = this.text.slice(one.length);
        seen.push(one);
        if (one.includes(says)) return one;
      }
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`no check said "${says}":\n${seen.join('')}${this.text}`);
  }
}

/** Saves as many editors do: a new file beside the old one takes its place. */
function saveByRename(practice: Practice, path: string, text: string): void {
  const target = join(practice.dir, path);
  writeFileSync(`${target}.tmp`, text);
  renameSync(`${target}.tmp`, target);
}

test('check --watch follows saves, renames, deletions and a broken scend.yaml until it is stopped', async () => {
  await withSample(async (practice) => {
    const firm = `firms/${slug}/firm.yaml`;
    const good = practice.read(firm);
    const watching = new Watching(practice);
    try {
      const first = await watching.next('1 firm checked, no findings');
      assert.match(first, new RegExp(`^${watchMarks.begins}: everything\n`));

      practice.write(firm, good.replace('name:', 'nam:'));
      assert.match(
        await watching.next('1 error'),
        `\n${firm}:1:1 error the file lacks "name" [schema/required]\n`,
      );
      for (const text of [good, good.replace('slug:', 'slog:'), good]) {
        saveByRename(practice, firm, text);
        await watching.next(text === good ? 'no findings' : 'the file lacks "slug"');
      }

      rmSync(join(practice.dir, firm));
      await watching.next('has no firm.yaml');
      practice.write(firm, good);
      await watching.next('no findings');

      const settings = practice.read('scend.yaml');
      practice.write('scend.yaml', 'a: b: c\n');
      assert.match(await watching.next('not everything could be checked'), 'scend.yaml:1:4 error');
      rmSync(join(practice.dir, 'scend.yaml'));
      await watching.next('no scend.yaml');
      saveByRename(practice, 'scend.yaml', settings);
      await watching.next('no findings');

      mkdirSync(join(practice.dir, 'firms/acme'));
      await watching.next('acme has no firm.yaml');
      rmSync(join(practice.dir, 'firms/acme'), { recursive: true });
      await watching.next('1 firm checked, no findings');

      for (let i = 0; i < 40; i += 1) practice.write(`firms/${slug}/snapshots/x${i}.yaml`, 'a: 1\n');
      await watching.next('40 warnings');
      for (let i = 0; i < 40; i += 1) rmSync(join(practice.dir, `firms/${slug}/snapshots/x${i}.yaml`));
      await watching.next('no findings');
    } finally {
      watching.child.kill('SIGINT');
    }
    const { code, signal } = await watching.ended;
    if (process.platform !== 'win32') assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`);
    practice.clean();
  });
});

testIf(process.platform !== 'win32', 'no sh', 'check --watch ends when nobody reads on', async () => {
  await withSample(async (practice) => {
    const watching = new Watching(practice);
    await watching.next('no findings');
    watching.child.stdout?.destroy();
    watching.child.stderr?.destroy();
    const saving = setInterval(() => practice.write(`firms/${slug}/x.md`, ''), 200);
    const { code, signal } = await watching.ended;
    clearInterval(saving);
    assert.equal([code, signal], [0, null]);
  });
});

/** Runs what follows where the system gives six watches and no more. */
const fewWatches = [
  'unshare',
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  'echo 6 > /proc/sys/user/max_inotify_watches && exec "$@"',
  'sh',
];
const canLimit = spawnSync(fewWatches[0] ?? '', [...fewWatches.slice(1), 'true']).status === 0;

testIf(canLimit, 'watches cannot be limited here', 'check --watch polls where watches run out', async () => {
  await withSample(async (practice) => {
    const watching = new Watching(practice, fewWatches);
    try {
      await watching.next('1 firm checked, no findings');
      practice.write(`firms/${slug}/snapshots/x.yaml`, 'a: 1\n');
      await watching.next('1 warning');
      practice.edit(`firms/${slug}/firm.yaml`, (text) => text.replace('name:', 'nam:'));
      await watching.next('the file lacks "name"');
    } finally {
      watching.child.kill('SIGTERM');
    }
    await watching.ended;
  });
});

const context = (practice: Practice, flags = {}): CommandContext => ({
  cwd: practice.dir,
  env: practice.env,
  now: new Date('2026-03-20T12:00:00Z'),
  args: [],
  flags,
  prompter: null,
  newId: () => '',
});

test('a check that reads only what changed finds what a whole check finds', async () => {
  await withSample(async (practice) => {
    practice.ok('firm', 'add', 'acme', '--name', 'Acme', '--industry', 'legal');
    practice.ok('aggregate');
    const edits: [path: string, change: (text: string) => string][] = [
      ['firms/acme/firm.yaml', (text) => text.replace('name:', 'nam:')],
      [`firms/${slug}/outcomes/v1.0_60d.yaml`, (text) => text.replace(/close_rate: .*/, 'close_rate: 0.9')],
      ['firms/acme/firm.yaml', (text) => text.replace('nam:', 'name:')],
      ['templates/ticket-library.md', (text) => text.replaceAll('T1.1.1', 'T9.1.1')],
      ['scend.yaml', (text) => `${text}colour: red\n`],
      [`firms/${slug}/ticket-pack.md`, (text) => text.replace('- [ ] ', '- [] ')],
      ['scend.yaml', (text) => text.replace('colour: red\n', '')],
      ['analytics/global_outcomes.json', (text) => text.replace('1', '2')],
    ];
    const seen = nothingSeen();
    const found = new Set<string>();
    await check(context(practice), seen);
    for (const [path, change] of edits) {
      practice.edit(path, change);
      forget(seen, [path]);
      const known = await check(context(practice), seen);
      assert.equal(known, await check(context(practice), nothingSeen()), path);
      found.add(known.diagnostics.map((one) => `${one.file} ${one.rule}`).join('\n'));
    }
    // A box and its line, both changed since the commit, contradict each other; after a commit of the line no more.
    const pack = `firms/${slug}/ticket-pack.md`;
    practice.git('checkout', '-q', pack);
    const before = practice.read(pack);
    const change = (box: string) =>
      before.replace(/- \[ \] (.*)\n {2}- Status: in_progress\n/, `- [${box}] $1\n  - Status: blocked\n`);
    practice.write(pack, change('x'));
    forget(seen, [pack]);
    for (const commit of [false, true]) {
      if (commit) {
        practice.write(pack, change(' '));
        practice.git('commit', '-q', '-a', '-m', 'Block a ticket');
        practice.write(pack, change('x'));
      }
      const known = await check(context(practice), seen);
      assert.equal(known, await check(context(practice), nothingSeen()), `committed: ${commit}`);
      assert.is(
        known.diagnostics.some((one) => one.rule === 'pack/contradiction'),
        !commit,
      );
    }
    assert.ok(found.size >= 6, [...found].join('\n\n'));
  });
});

test('--watch refuses what cannot go with it, and says so', async () => {
  await withSample(async (practice) => {
    for (const flags of [{ watch: true, json: true }, { watch: true, format: 'sarif' }, { watch: true }]) {
      const error = await command.run(context(practice, flags)).then(
        () => null,
        (thrown) => thrown,
      );
      assert.match(error.code, /^usage\//);
    }
    const wrong = practice.scend('check', 'no/such/place', '--watch');
    assert.is(wrong.code, 2);
  });
});

test('files that are none of the workspace, and those editors save by, start no check', () => {
  const ignored = [
    '.git/index',
    '.scend/lock',
    'node_modules/x/firms/y.md',
    'src/x.ts',
    'README.md',
    'firms/.DS_Store',
    'firms/acme/.ticket-pack.md.swp',
    'firms/acme/ticket-pack.md~',
    'firms/acme/ticket-pack.md.tmp',
    'firms/acme/4913',
  ];
  const read = [
    '',
    'scend.yaml',
    'firms',
    'firms/acme/ticket-pack.md',
    'templates/roadmap.md',
    'analytics/x.json',
  ];
  assert.equal(
    ignored.filter((one) => !isIgnored(one)),
    [],
  );
  assert.equal(read.filter(isIgnored), []);
});
