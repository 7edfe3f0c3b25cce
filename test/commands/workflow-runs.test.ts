import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { allEnded, testIf, withTempDir } from '../harness.ts';
import { commandsIn } from '../runner-log.ts';
import { Practice } from '../scend.ts';
import { type Job, Runner, readWorkflow, stepNamed } from '../workflow.ts';

const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;

const onUnix = (name: string, body: (place: Place) => Promise<void>) =>
  testIf(process.platform !== 'win32', 'it needs a Unix shell and file names that Windows lacks', name, () =>
    withTempDir(async (dir) => body(new Place(dir))),
  );

/** A workspace that `init` made, in a clone of a bare repository that plays GitHub. */
class Place {
  readonly dir: string;
  readonly origin: string;
  readonly person: Practice;

  constructor(dir: string) {
    this.dir = dir;
    this.origin = join(dir, 'origin.git');
    mkdirSync(join(dir, 'person'));
    this.person = new Practice(join(dir, 'person'), { SCEND_TODAY: '2026-03-20' });
    this.person.ok('init', '.', '--example');
  }

  /** Publishes what the person has. */
  publish(): void {
    this.person.start();
    this.person.git('clone', '-q', '--bare', '.', this.origin);
    this.person.git('remote', 'add', 'origin', this.origin);
    this.person.git('fetch', '-q');
    this.person.git('branch', '-q', '--set-upstream-to=origin/main');
  }

  /** A machine with a checkout of a branch, as actions/checkout leaves it. */
  machine(name: string, env: Readonly<Record<string, string>> = {}): Runner {
    const dir = join(this.dir, name);
    this.person.git('clone', '-q', this.origin, dir);
    const temp = join(this.dir, `${name}-temp`);
    mkdirSync(temp);
    return new Runner(dir, temp, env);
  }

  job(workflow: string, name: string): Job {
    const job = readWorkflow(this.person.read(`.github/workflows/${workflow}.yml`)).jobs[name];
    assert.ok(job, `${workflow} has no job ${name}`);
    return job;
  }

  /** A command of Git in the bare repository. */
  there(...args: string[]): string {
    return this.person.git('-C', this.origin, ...args).trim();
  }

  push(path: string, edit: (text: string) => string, message: string): void {
    this.person.edit(path, edit);
    this.person.git('commit', '-qam', message);
    this.person.git('push', '-q', 'origin', 'main');
  }
}

const tickFirst = (text: string) => text.replace('- [ ] ', '- [x] ');
const regenerate = (place: Place) =>
  stepNamed(place.job('rollups', 'rollups').steps, 'Regenerate, commit and push');
const onMain = { 'github.ref_name': 'main', WAIT: '0' };

/**
 * Lets a person push in the very moment when the first push of a workflow arrives; every other push waits until
 * that is done, and is then too late as well.
 */
function pushInBetween(place: Place): void {
  const [once, done] = ['once', 'done'].map((name) => join(place.dir, name));
  const script = [
    '#!/bin/sh',
    'if [ -n "$BY_PERSON" ]; then exit 0; fi',
    `if mkdir "${once}" 2>/dev/null; then`,
    '  unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES',
    `  BY_PERSON=1 git -C "${place.person.dir}" push -q origin main && touch "${done}"`,
    'else',
    `  tries=0; while [ ! -e "${done}" ] && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done`,
    'fi',
  ];
  writeFileSync(join(place.origin, 'hooks', 'pre-receive'), `${script.join('\n')}\n`, { mode: 0o755 });
}

onUnix('three runs of rollups and a push of a person at once end right', async (place) => {
  place.publish();
  const machines = ['one', 'two', 'three'].map((name) => place.machine(name));
  place.push(pack, tickFirst, 'Tick a ticket');
  place.person.edit(pack, tickFirst);
  place.person.git('commit', '-qam', 'Tick another');
  pushInBetween(place);
  const step = regenerate(place);
  const runs = await allEnded(machines.map((one) => one.run(step, onMain)));
  for (const { code, log } of runs) assert.is(code, 0, log);
  assert.ok(existsSync(join(place.dir, 'done')), 'the person pushed in between');
  assert.ok(runs.some(({ log }) => log.includes('was not taken')));

  assert.is(place.there('rev-list', '--merges', '--count', 'main'), '0');
  const subjects = place.there('log', '--format=%an: %s', 'main').split('\n');
  assert.equal(subjects.slice(1), [
    'Ana Tester: Tick another',
    'Ana Tester: Tick a ticket',
    'Ana Tester: Start workspace',
  ]);
  assert.match(subjects[0]!, `github-actions[bot]: pack(${slug})`);
  place.there('fsck', '--strict');
  const settled = place.there('show', `main:${pack}`);
  const rollup = parse(place.there('show', `main:firms/${slug}/rollup.yaml`));
  assert.is(rollup.pack.done, settled.match(/^- \[x\] /gm)?.length);
  const dates = (text: string) => text.match(/^ +- Completed: /gm)?.length ?? 0;
  assert.is(dates(settled), dates(place.person.read(pack)) + 2);

  const head = place.there('rev-parse', 'main');
  const fourth = await machines[0]!.run(step, onMain);
  assert.is(fourth.code, 0, fourth.log);
  assert.match(fourth.log, 'Nothing to push.');
  assert.is(place.there('rev-parse', 'main'), head);
});

onUnix('a firm with errors keeps no other firm from its rollup, and the run says so', async (place) => {
  const birch = 'firms/birch_family_law';
  for (const name of ['firm.yaml', 'ticket-pack.md', 'recommendations.yaml', 'rollup.yaml']) {
    mkdirSync(join(place.person.dir, birch), { recursive: true });
    const from = fileURLToPath(new URL(`../../${birch}/${name}`, import.meta.url));
    place.person.write(`${birch}/${name}`, readFileSync(from));
  }
  place.publish();
  place.person.edit(`${birch}/firm.yaml`, (text) => `${text}team_size: nine\n`);
  place.push(pack, tickFirst, 'Tick a ticket, and break a firm');
  const machine = place.machine('one');
  const { code, log } = await machine.run(regenerate(place), onMain);
  assert.is(code, 1, log);
  assert.match(log, `${birch}/firm.yaml:`);
  assert.match(place.there('log', '-1', '--format=%s', 'main'), `pack(${slug})`);
  // What cannot be pushed is tried five times and then told; what is no workspace is told at once.
  writeFileSync(join(place.origin, 'hooks', 'pre-receive'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  place.person.git('pull', '-q');
  place.person.edit(pack, tickFirst);
  place.person.git('commit', '-qam', 'Tick');
  machine.program('scend', 'git commit -q --allow-empty -m x');
  const values = { ...onMain, GIT_COMMITTER_NAME: 'x' };
  const refused = await machine.run(regenerate(place), values);
  assert.is(refused.code, 1, refused.log);
  assert.is(refused.log.match(/was not taken/g)?.length, 5);
  assert.equal(commandsIn(refused.log)[0]?.properties, { title: 'Rollups' });
  machine.program('scend', 'exit 3');
  assert.is((await machine.run(regenerate(place), values)).code, 3);
});

/** What a stranger may put into a pull request. */
const hostileNames = [
  ' ::error::forged.yaml',
  'x ##[add-mask]y.yaml',
  'a\r::set-output name=a::b.yaml',
  'x\nEOF\nPATH<<E.yaml',
];

onUnix('check annotates what a pull request broke, and nothing in it makes a command', async (place) => {
  place.publish();
  place.person.git('switch', '-qc', 'side');
  for (const name of hostileNames) place.person.write(`firms/${slug}/snapshots/${name}`, 'a: 1\n');
  place.person.edit(pack, (text) =>
    text.replace('- [ ] ', '- [ ] T1.1.1 – x ##[error]y\n  - Status: ::set-env name=PATH::/tmp\n- [ ] '),
  );
  place.person.git('add', '-A');
  place.person.git('commit', '-qm', 'Break things');
  place.person.git('push', '-q', 'origin', 'side');
  const machine = place.machine('one');
  place.person.git('-C', machine.dir, 'checkout', '-q', '--detach', 'origin/side');
  const { steps } = place.job('check', 'check');
  const { code, log, files } = await machine.run(stepNamed(steps, 'Findings'));
  assert.is(code, 1, log);
  const [remove, ...commands] = commandsIn(log);
  assert.is(remove?.name, 'remove-matcher');
  assert.ok(commands.every((one) => ['error', 'warning', 'notice'].includes(one.name)));
  const rules = commands.map((one) => one.properties.title);
  for (const rule of ['pack/duplicate-id', 'pack/unknown-status', 'file/unknown-name'])
    assert.ok(rules.includes(rule), `${rule}\n${log}`);
  assert.ok(
    commands.filter((one) => one.properties.file).every((one) => one.properties.file?.startsWith('firms/')),
  );
  for (const [name, text] of Object.entries(files)) assert.is(text, '', name);
  writeFileSync(join(machine.dir, 'scend.yaml'), 'schema: scend/workspace@1\nname: a: b ##[error]c\n');
  const broken = await machine.run(stepNamed(steps, 'Findings'));
  assert.is(broken.code, 3, broken.log);
  assert.equal(
    commandsIn(broken.log)
      .slice(1)
      .map((one) => [one.name, one.properties.title, one.properties.file]),
    [
      ['error', 'yaml/syntax', 'scend.yaml'],
      ['error', 'workspace/invalid', undefined],
    ],
  );
});

onUnix('the summary is what diff says, cut at whole lines where it is too long', async (place) => {
  place.publish();
  const machine = place.machine('one');
  const step = stepNamed(place.job('check', 'check').steps, 'What the pull request changes');
  // Runs whether or not there are findings.
  assert.match(step.if ?? '', '!cancelled()');
  const page = join(machine.temp, 'page.md');
  machine.program('scend', `printf '%s\\n' "$@" > "${machine.temp}/called"; cat "${page}"`);
  writeFileSync(page, '# Changes\n\n| a | b |\n');
  const short = await machine.run(step, { 'github.base_ref': '$(touch owned);`touch owned`' });
  assert.is(short.code, 0, short.log);
  assert.is(short.files.GITHUB_STEP_SUMMARY, '# Changes\n\n| a | b |\n');
  assert.not.ok(existsSync(join(machine.dir, 'owned')));
  assert.is(
    readFileSync(join(machine.temp, 'called'), 'utf8'),
    'diff\norigin/$(touch owned);`touch owned`\n--format\nmarkdown\n',
  );
  const line = `| ${'é'.repeat(50)} |\n`;
  writeFileSync(page, line.repeat(12_000));
  const long = await machine.run(step, { 'github.base_ref': 'main' });
  const summary = long.files.GITHUB_STEP_SUMMARY;
  assert.is(long.code, 0, long.log);
  assert.ok(Buffer.byteLength(summary) <= 900_100);
  const rest = summary.replaceAll(line, '');
  assert.match(rest, /^\n\nThis is too long for GitHub.*\n$/);
  assert.ok(Buffer.byteLength(summary) > 899_000);
});

onUnix(
  'aggregate ends in one pull request, replaced when it is open and none when nothing changed',
  async (place) => {
    place.publish();
    const read = place.job('aggregate', 'read');
    const merge = place.job('aggregate', 'merge');
    const machine = place.machine('one', {
      GITHUB_SERVER_URL: 'https://example.org',
      GITHUB_REPOSITORY: 'ana/practice',
      GITHUB_RUN_ID: '7',
    });
    mkdirSync(join(machine.temp, 'parts'));
    const part = stepNamed(read.steps, 'Read a part of the firms');
    for (const shard of read.strategy?.matrix.shard ?? []) {
      const { code, log } = await machine.run(part, { 'matrix.shard': String(shard) });
      assert.is(code, 0, log);
      const made = readFileSync(join(machine.temp, `part-${shard}.json`));
      writeFileSync(join(machine.temp, 'parts', `part-${shard}.json`), made);
    }
    assert.is(readdirSync(join(machine.temp, 'parts')).length, 4);
    const merged = await machine.run(stepNamed(merge.steps, 'Merge the parts'));
    assert.is(merged.code, 0, merged.log);
    assert.is(
      merged.files.GITHUB_STEP_SUMMARY,
      readFileSync(join(machine.dir, 'analytics/global_outcomes.md'), 'utf8'),
    );

    const called = join(machine.temp, 'called');
    const offer = stepNamed(merge.steps, 'Offer them as a pull request');
    const values = { 'github.ref_name': 'main', 'github.token': 'x' };
    const calls = async (open: string) => {
      writeFileSync(called, '');
      machine.program('gh', `echo "$1 $2 $3 $4" >> "${called}"; if [ "$2" = list ]; then echo "${open}"; fi`);
      const { code, log } = await machine.run(offer, values);
      assert.is(code, 0, log);
      return readFileSync(called, 'utf8').trim().split('\n');
    };
    assert.equal(await calls(''), ['pr list --head scend/aggregate', 'pr create --head scend/aggregate']);
    assert.is(place.there('rev-list', '--count', 'main..scend/aggregate'), '1');
    assert.match(
      place.there('show', '--name-only', '--format=%an', 'scend/aggregate'),
      'analytics/global_outcomes.json',
    );
    assert.match(place.there('log', '-1', '--format=%an', 'scend/aggregate'), 'github-actions[bot]');
    // The branch of an older run, on an older main.
    place.person.git('push', '-q', '--force', 'origin', 'HEAD:refs/heads/scend/aggregate');
    assert.equal(await calls('12'), ['pr list --head scend/aggregate', 'pr edit 12 --title']);
    assert.is(place.there('rev-list', '--count', 'main..scend/aggregate'), '1');
    assert.is(place.there('rev-list', '--count', 'main'), '1');
    // Merged: the next run has nothing to offer.
    place.there('update-ref', 'refs/heads/main', 'scend/aggregate');
    place.person.git('-C', machine.dir, 'fetch', '-q');
    assert.equal(await calls(''), ['']);
  },
);

onUnix(
  'the action installs the engine where it stands, and elsewhere the release that is asked for',
  async (place) => {
    const machine = new Runner(place.person.dir, place.dir);
    machine.program('npm', `echo "$PWD: $*" >> "${place.dir}/called"`);
    const read = (folder: string) => parse(readFileSync(join(folder, 'action.yml'), 'utf8')).runs.steps;
    const here = join(place.person.dir, '.github/actions/scend');
    machine.env.GITHUB_ACTION_PATH = here;
    const install = stepNamed(read(here), 'Install Scend');
    const outside = await machine.run(install, { 'inputs.version': '1.2.3' });
    assert.is(outside.code, 0, outside.log);
    writeFileSync(join(here, 'scend-9.9.9.tgz'), '');
    const packed = await machine.run(install, { 'inputs.version': '1.2.3' });
    assert.is(packed.code, 0, packed.log);
    const matcher = await machine.run(stepNamed(read(here), 'Annotate findings'));
    assert.is(matcher.log, `::add-matcher::${here}/scend-matcher.json\n`);
    assert.ok(existsSync(join(here, 'scend-matcher.json')));

    const engine = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');
    machine.env.GITHUB_ACTION_PATH = engine;
    const inside = await machine.run(install, { 'inputs.version': '1.2.3' });
    assert.is(inside.code, 0, inside.log);
    assert.equal(readFileSync(join(place.dir, 'called'), 'utf8').trim().split('\n'), [
      `${place.dir}: install --global --ignore-scripts --no-audit --no-fund scend@1.2.3`,
      `${place.dir}: install --global --ignore-scripts --no-audit --no-fund ${here}/scend-9.9.9.tgz`,
      `${engine}: ci --ignore-scripts`,
      `${engine}: run build`,
    ]);
    const [folder] = inside.files.GITHUB_PATH.trim().split('\n');
    assert.is(basename(folder!), 'scend-bin');
    const version = await machine.run({ run: `"${folder}/scend" --version` });
    assert.match(version.log, /^scend \d+\.\d+\.\d+\n$/);
    const own = await machine.run(stepNamed(read(engine), 'Annotate findings'));
    assert.is(own.log, `::add-matcher::${engine}/.github/scend-matcher.json\n`);
  },
);
