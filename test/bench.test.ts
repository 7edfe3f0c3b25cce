import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { generate } from '../bench/generate.ts';
import { jobs } from '../bench/jobs.ts';
import { machine } from '../bench/machine.ts';
import { findPeers, peers } from '../bench/peers.ts';
import { type Measured, type Result, renderDocument, renderText } from '../bench/report.ts';
import { type Cost, mean, median, ratio, spread } from '../bench/statistics.ts';
import { tick } from '../bench/steps.ts';
import { call } from './command-line.ts';
import { cleanEnv } from './environment.ts';
import { test, withTempDir } from './harness.ts';
import { snapshotOf } from './scend.ts';

const small = { firms: 2, words: 3500, git: false, history: 0 };

test('the generator makes the same bytes twice, in Git or not, and a check finds nothing', async () => {
  await withTempDir(async (dir) => {
    const [plain, committed] = [join(dir, 'plain'), join(dir, 'committed')];
    await generate(plain, small);
    await generate(committed, { ...small, git: true });
    const files = snapshotOf(plain);
    assert.equal(snapshotOf(committed), files);
    const ran = await call(plain, ['check', '--json']);
    assert.equal(JSON.parse(ran.out).diagnostics, []);
    assert.is(ran.code, 0);
    const paths = Object.keys(files).map((path) => path.replaceAll('\\', '/'));
    const slugs = [...new Set(paths.flatMap((path) => /^\/firms\/([^/]+)\//.exec(path)?.[1] ?? []))];
    assert.is(slugs.length, 2);
    for (const slug of slugs) {
      const own = paths.filter((path) => path.startsWith(`/firms/${slug}/`));
      const text = (path: string) => Buffer.from(files[path] ?? '', 'base64').toString();
      assert.is(text(`/firms/${slug}/ticket-pack.md`).match(/^- \[[ x]\] T/gm)?.length, 85);
      assert.is(own.filter((path) => path.includes('/snapshots/')).length, 4);
      assert.is(own.filter((path) => path.includes('/outcomes/')).length, 4);
      for (const version of ['v1.0', 'v1.1']) {
        const words = text(`/firms/${slug}/deliverables/${slug}_ROADMAP_${version}.md`).split(/\s+/).length;
        assert.ok(words > 3000 && words < 7000, `${words} words`);
      }
      for (const path of own) assert.not.match(text(path), /qqfirm|Qqname|Qqprose|Qqnote/);
    }
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: committed, env: cleanEnv(dir), encoding: 'utf8' });
    assert.is(git('status', '--porcelain'), '');
    assert.is(git('rev-list', '--count', 'HEAD'), '1\n');
    const pack = join(plain, `firms/${slugs[0]}/ticket-pack.md`);
    tick(pack);
    const changed = Object.entries(snapshotOf(plain)).filter(([path, bytes]) => files[path] !== bytes);
    assert.is(changed.length, 1);
  });
});

test('later commits change packs alone, and the work tree is the last of them', async () => {
  await withTempDir(async (dir) => {
    const made = join(dir, 'made');
    await generate(made, { firms: 1, words: 0, git: true, history: 3 });
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: made, env: cleanEnv(dir), encoding: 'utf8' });
    assert.is(git('status', '--porcelain'), '');
    assert.is(git('rev-list', '--count', 'HEAD'), '4\n');
    assert.match(git('diff', '--name-only', 'HEAD~3'), /^firms\/\w+\/ticket-pack\.md\n$/);
  });
});

test('statistics of turns', () => {
  assert.is(median([3, 1, 2]), 2);
  assert.is(median([4, 1, 3, 2]), 2.5);
  assert.equal(spread([5, 9, 7]), { median: 7, min: 5, max: 9 });
  // Of the medians: 30 / 10; of single turns: 20 / 10, 30 / 20, 60 / 10.
  assert.equal(ratio([20, 30, 60], [10, 20, 10]), { median: 3, min: 1.5, max: 6 });
  const costs = [
    { cpu: 1, wall: 2, memory: null },
    { cpu: 3, wall: 6, memory: 40 },
  ];
  assert.equal(mean(costs), { cpu: 2, wall: 4, memory: 40 });
});

const cost = (cpu: number, memory: number | null = 50): Cost => ({ cpu, wall: cpu * 2, memory });

function madeResult(): Result {
  const reference = { name: 'node -e 0', command: 'node -e 0' };
  const ours = {
    name: 'Scend',
    command: 'scend --help',
    aim: { cpu: 1.4, below: ['node -e 0', 'changesets'], memory: 40 },
  };
  const absent = { name: 'changesets', command: 'changeset --help', needs: 'changeset' as const };
  const measured: Measured[] = [
    { contender: reference, costs: [cost(10), cost(20), cost(12)] },
    { contender: ours, costs: [cost(15), cost(24), cost(1200)] },
  ];
  return {
    job: { name: 'help', title: 'Help', size: 'one', times: 10, contenders: [reference, ours, absent] },
    firms: 1,
    times: 10,
    measured,
    skipped: [absent],
    failed: new Map(),
    late: [],
  };
}

test('a table has medians with min–max, ratios to the reference, aims, and what was skipped', () => {
  const lines = renderText(madeResult()).split('\n');
  assert.is(lines[1], 'help: Help (1 firm, 3 turns of 10 runs)');
  assert.match(lines[3] ?? '', /^node -e 0 +12\.0 \(10\.0–20\.0\) +24\.0 \(20\.0–40\.0\) +50\.0 +1 +1$/);
  assert.match(
    lines[4] ?? '',
    /^Scend +24\.0 \(15\.0–1,200\) .* 50\.0 +2\.00 \(1\.20–100\) +2\.00 .* ≤ 1\.4 ×: missed; below node -e 0: missed; ≤ 40 MiB: missed$/,
  );
  assert.is(lines[5], 'Skipped: changesets (changesets is not installed).');
});

test('without its reference a table has no ratios and no aim that rests on them', () => {
  const result = madeResult();
  const lines = renderText({ ...result, measured: result.measured.slice(1) }).split('\n');
  assert.match(lines[3] ?? '', /^Scend +24\.0 \(15\.0–1,200\) .* 50\.0 +≤ 40 MiB: missed$/);
  const faster = { ...result.measured[1]!, costs: [cost(11, null)] };
  const row = renderText({ ...result, measured: [result.measured[0]!, faster] }).split('\n')[4] ?? '';
  const late = {
    ...result,
    failed: new Map([[result.job.contenders[1]!, 'exited 1']]),
    late: result.skipped,
  };
  assert.match(renderText(late), /Scend \(ended with an error\), changesets \(the time was over\)/);
  assert.match(row, / \? +0\.92 .* ≤ 1\.4 ×: reached; below node -e 0: reached$/);
});

test('a peer that is not installed is named as skipped, and the document names no machine', () => {
  const env = cleanEnv('.');
  const none = { name: 'changesets', version: 'scend-bench-no-such-program --version', from: 'npm' };
  const found = findPeers(env, { git: peers.git, changeset: none });
  assert.match(found.git ?? '', /^git version/);
  assert.is(found.changeset, null);
  const about = machine(env, found);
  const text = renderDocument(about, [madeResult()]);
  assert.match(text, /Not installed, so skipped: .*changesets \(npm: @changesets\/cli\)/);
  assert.match(text, /\| Git \| git version/);
  assert.match(text, /\n\| Scend \| 24\.0 \(15\.0–1,200\) \| .* \| 2\.00 \(1\.20–100\) \|/);
  assert.match(text, /\n- Scend: `scend --help`\n/);
  for (const secret of [tmpdir(), process.cwd()]) assert.not.ok(text.includes(secret), secret);
});

test('every job has a reference that is not Scend, and steps, forms and names that fit', () => {
  assert.is(new Set(jobs.map(({ name }) => name)).size, jobs.length);
  for (const { name, contenders, forms = [] } of jobs) {
    assert.not.match(contenders[0].name, /^Scend/, name);
    assert.ok(
      contenders.some((one) => /^Scend/.test(one.name)),
      name,
    );
    assert.is(new Set(contenders.map((one) => one.name)).size, contenders.length, name);
    for (const { command, needs } of contenders) {
      const used = [...command.matchAll(/\$(csv|json)\b/g)].map((one) => one[1]);
      for (const form of used)
        assert.ok((forms as readonly string[]).includes(form ?? ''), `${name}: ${form}`);
      if (used.length > 0) assert.ok(needs, `${name}: forms are made for peers`);
    }
  }
});
