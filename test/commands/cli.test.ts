import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { commandTable } from '../../src/commands/table.ts';
import { call } from '../command-line.ts';
import { test, withTempDir } from '../harness.ts';
import { Practice, snapshotOf, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';

const wrongCalls: [args: string[], code: number, says: string][] = [
  [[], 2, 'Usage'],
  [['statsu'], 2, 'Did you mean "scend status"?'],
  [['pack', 'creat'], 2, 'Did you mean "scend pack create"?'],
  [['firm'], 2, 'scend firm add'],
  [['status', '--frim', 'x'], 2, 'Did you mean "--firm"?'],
  [['status', 'extra'], 2, 'one argument too many'],
  [['status', '--firm'], 2, '--firm needs a value'],
  [['status', '--firm', 'a', '--firm', 'b'], 2, 'given twice'],
  [['status', '--today', '2026-02-30'], 2, 'is no date'],
  [['status', '--firm', 'hays_real_estate'], 2, 'Did you mean "hayes_real_estate"?'],
  [['status', '--firm', '../hayes_real_estate'], 2, 'there is no firm'],
  [['forecast', '--firm', 'hays_real_estate'], 2, 'Did you mean "hayes_real_estate"?'],
  [['forecast', '--backtst'], 2, 'Did you mean "--backtest"?'],
  [['refresh'], 2, '--firm is missing'],
  [['refresh', '--firm', slug, '--all'], 2, 'exclude each other'],
  [['refresh', '--firm', slug, '--roadmap-version', 'v9.9'], 2, 'has no roadmap v9.9'],
  [['refresh', '--firm', slug, '--roadmap-version', '../1'], 2, 'is no version'],
  [['snapshot', '--firm', slug], 2, '--label is missing'],
  [['snapshot', '--firm', slug, '--label', '60dd', '--nps', '1'], 2, 'Did you mean "60d"?'],
  [['snapshot', '--firm', slug, '--label', '90d', '--close-rate', '20'], 2, 'write 20% or 0.2'],
  [['snapshot', '--firm', slug, '--label', '90d', '--nps', '-101'], 2, 'at least -100'],
  [['snapshot', '--firm', slug, '--label', '90d'], 2, 'no metric was given'],
  [['snapshot', '--firm', slug, '--label', '90d', '--source', 'fax', '--nps', '1'], 2, 'is none of manual'],
  [['outcomes', '--firm', slug, '--target-label', '90d'], 2, 'has no 90d snapshot'],
  [['outcomes', '--firm', slug, '--roadmap-version', 'v2.0'], 2, 'has no roadmap v2.0'],
  [['outcomes', '--firm', slug, '--implementation-cost', '-5'], 2, 'not a plain number'],
  [['pack', 'create', '--firm', slug, '--systems', '1'], 2, 'has a ticket pack already'],
  [['pack', 'create', '--firm', slug, '--systems', '77'], 2, 'no system, subsystem or ticket "77"'],
  [['sync', '--firm', slug, '--file', 'nowhere.md'], 2, 'there is no file nowhere.md'],
  [['firm', 'add', slug, '--name', 'X', '--industry', 'y'], 2, 'is there already'],
  [['firm', 'add', 'new_firm', '--name', 'New'], 2, '--industry is missing'],
  [['check', '../..'], 2, 'lies outside the workspace'],
  [['status', '-C', 'nowhere'], 3, 'there is no folder'],
  ...[
    '../acme',
    'Acme',
    'a b',
    '.git',
    'con',
    '-rf',
    '$(id)',
    'a.',
    'аcme',
    '__proto__',
    'x'.repeat(65),
    'acme\u202egnp',
  ].map((one): [string[], number, string] => [
    ['firm', 'add', '--name', 'X', '--industry', 'y', '--', one],
    2,
    'cannot be a slug',
  ]),
];

test('a wrong call says what is wrong and what to do, exits right, and writes nothing', async () => {
  await withSample(async (practice) => {
    const before = snapshotOf(practice.dir);
    for (const [args, code, says] of wrongCalls) {
      const ran = await call(practice.dir, args);
      const line = `scend ${args.join(' ')}`;
      assert.is(ran.code, code, `${line}\n${ran.out}${ran.err}`);
      assert.match(ran.err, says, line);
      assert.not.match(ran.err, /\n\s+at .*:\d+/, `${line} shows a stack`);
      assert.is(ran.out, '', line);
    }
    assert.equal(snapshotOf(practice.dir), before);
    practice.clean();
  });
});

test('outside a workspace the code is 3, and the way in is named', async () => {
  await withTempDir((dir) => {
    const ran = new Practice(dir).scend('status');
    assert.is(ran.code, 3);
    assert.match(ran.err, 'scend init');
  });
});

test('--json is one document on success and on failure', async () => {
  await withSample((practice) => {
    const calls: [string[], boolean][] = [
      [['status'], true],
      [['check'], true],
      [['sync', '--dry-run'], true],
      [['refresh', '--firm', slug, '--dry-run'], true],
      [['nonsense'], false],
      [['status', '--firm', 'nobody'], false],
    ];
    for (const [args, ok] of calls) {
      const ran = practice.scend(...args, '--json');
      const document = JSON.parse(ran.out);
      assert.is(document.ok, ok, args.join(' '));
      if (!ok) assert.ok(document.error.code && document.error.message && document.error.hint);
    }
    practice.write(`firms/${slug}/firm.yaml`, 'a: b: c\n');
    const broken = JSON.parse(practice.scend('check', '--json').out);
    assert.is(broken.ok, false);
    assert.is(broken.diagnostics[0].rule, 'yaml/syntax');
    assert.is(broken.diagnostics[0].file, `firms/${slug}/firm.yaml`);
  });
});

test('the main help names every command, and --version the release', async () => {
  await withTempDir((dir) => {
    const practice = new Practice(dir);
    const main = practice.ok('--help');
    for (const { summary } of commandTable) assert.match(main, summary);
    assert.match(practice.ok('--version'), /^scend \d+\.\d+\.\d+\n$/);
  });
});

test('options work before the command, ids and versions are never coerced', async () => {
  await withSample((practice) => {
    const inside = new Practice(join(practice.dir, 'schemas'), { SCEND_TODAY: '2026-03-20' });
    assert.match(inside.ok('-C', '..', '--no-color', 'status', '--firm', slug), 'Hayes Real Estate Group');
    assert.match(
      practice.scend('refresh', '--firm', slug, '--roadmap-version', '1.10').err,
      '"1.10" is no version',
    );
    assert.match(practice.scend('pack', 'create', '--firm', slug, '--systems', '007').err, '"007"');
  });
});

test('a long output through a pipe loses nothing', async () => {
  await withSample((practice) => {
    const whole = practice.ok('refresh', '--firm', slug, '--dry-run', '--json');
    const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    const piped = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${cli}" refresh --firm ${slug} --dry-run --json | cat`],
      { cwd: practice.dir, env: practice.env, encoding: 'utf8', maxBuffer: 1e8 },
    );
    assert.is(piped.stdout, whole);
    const headed = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${cli}" refresh --firm ${slug} --dry-run | head -1`],
      { cwd: practice.dir, env: practice.env, encoding: 'utf8' },
    );
    assert.not.match(headed.stderr, 'EPIPE');
  });
});

test('the package holds what a workspace needs and nothing of the tests', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const done = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const start = done.stdout.search(/^[[{]/m);
  const listed = JSON.parse(done.stdout.slice(start));
  const [packed] = Array.isArray(listed) ? listed : Object.values(listed);
  const files = (packed as { files: { path: string }[] }).files.map((one) => one.path);
  for (const path of [
    'dist/cli.js',
    'dist/index.d.ts',
    'schemas/firm.schema.json',
    'templates/ticket-library.md',
    `firms/${slug}/firm.yaml`,
    'LICENSE',
    'README.md',
  ]) {
    assert.ok(files.includes(path), path);
  }
  assert.equal(
    files.filter((one) => one.startsWith('test/') || one.startsWith('src/')),
    [],
  );
});
