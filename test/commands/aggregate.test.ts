import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test, withTempDir } from '../harness.ts';
import { someFirms, writeFirms } from '../many-firms.ts';
import { Practice } from '../scend.ts';

const json = 'analytics/global_outcomes.json';
const page = 'analytics/global_outcomes.md';

async function withFirms(count: number, body: (practice: Practice) => void): Promise<void> {
  await withTempDir((dir) => {
    const practice = new Practice(dir);
    writeFirms(dir, someFirms(count));
    practice.start();
    body(practice);
  });
}

interface Written {
  readonly firms: { readonly total: number; readonly measured: number; readonly unreadable: number };
  readonly min_group_size: number;
  readonly shareable: boolean;
}
const written = (practice: Practice, path = json) => JSON.parse(practice.read(path)) as Written;

test('the figures over all firms are written, committed, and the same when nothing changed', () =>
  withFirms(7, (practice) => {
    const out = practice.ok('aggregate');
    assert.match(out, '7 of 7 firms measured');
    assert.match(out, /After 60 days, 7 firms\n {2}Lead response time +\d/);
    assert.equal(
      practice.git('show', '--stat', '--format=%s', 'HEAD').split('\n')[0],
      'analytics: 7 of 7 firms measured',
    );
    const head = practice.git('rev-parse', 'HEAD');
    assert.match(practice.ok('aggregate'), 'unchanged');
    assert.is(practice.git('rev-parse', 'HEAD'), head);
    assert.match(practice.read(page), '# What our firms reached');
    practice.clean();
  }));

test('a practice without any measurement, or without any firm, gets files that say so', async () => {
  await withFirms(0, (practice) => {
    assert.match(practice.ok('aggregate'), '0 of 0 firms measured');
    assert.equal(written(practice).firms, { total: 0, measured: 0, unreadable: 0 });
    assert.match(practice.read(page), 'Nothing has been measured yet');
    practice.clean();
  });
  await withFirms(1, (practice) => {
    rmSync(join(practice.dir, 'firms/firm_0000/outcomes'), { recursive: true });
    practice.ok('aggregate', '--no-commit');
    assert.equal(written(practice).firms, { total: 1, measured: 0, unreadable: 0 });
  });
});

test('parts of shards, in any order and one twice, give the bytes of one run', () =>
  withFirms(9, (practice) => {
    practice.write('firms/firm_0004/firm.yaml', 'industry: [\n');
    practice.git('commit', '-qam', 'Break a firm');
    const whole = practice.scend('aggregate', '--no-commit');
    assert.is(whole.code, 1);
    const bytes = [practice.read(json), practice.read(page)];
    rmSync(join(practice.dir, 'analytics'), { recursive: true });
    for (const i of [3, 1, 2]) practice.scend('aggregate', '--shard', `${i}/3`, '--out', `part-${i}.json`);
    cpSync(join(practice.dir, 'part-2.json'), join(practice.dir, 'again.json'));
    practice.ok('aggregate', '--no-commit', '--merge', 'part-2.json', 'again.json', 'part-*.json');
    assert.equal([practice.read(json), practice.read(page)], bytes);
    const printed = practice.scend('aggregate', '--shard', '1/3').out;
    assert.is(printed, practice.read('part-1.json'));
  }));

test('a part that is missing, of another release or another commit stops the merge by name', () =>
  withFirms(4, (practice) => {
    for (const i of [1, 2]) practice.ok('aggregate', '--shard', `${i}/2`, '--out', `part-${i}.json`);
    const one = practice.scend('aggregate', '--merge', 'part-1.json');
    assert.is(one.code, 1);
    assert.match(one.err, 'no part tells of 2 firms (firm_0001, firm_0003) [learning/part-missing]');
    assert.not(practice.has(json));
    practice.edit('part-2.json', (text) => text.replace(/"engine": "[^"]+"/, '"engine": "0.0.0"'));
    const old = practice.scend('aggregate', '--merge', 'part-1.json', 'part-2.json');
    assert.is(old.code, 1);
    assert.match(old.err, /part-2\.json:1:1 warning this part was made by scend 0\.0\.0, this is \d/);
    practice.ok('aggregate', '--shard', '2/2', '--out', 'part-2.json');
    practice.git('commit', '-q', '--allow-empty', '-m', 'Go on');
    assert.match(practice.scend('aggregate', '--merge', 'part-1.json', 'part-2.json').err, 'another commit');
    practice.write('part-2.json', '{"schema": "scend/learning-part@1", "engine": 7');
    assert.match(practice.scend('aggregate', '--merge', 'part-2.json').err, 'part-2.json:1:');
    assert.not(practice.has(json));
  }));

test('a foreign part beside all the right ones is left out, and the rest is computed', () =>
  withFirms(3, (practice) => {
    practice.ok('aggregate', '--shard', '1/1', '--out', 'part.json');
    const foreign = practice.read('part.json').replace(/"workspace_id": "[^"]+"/, '"workspace_id": null');
    practice.write('other.json', foreign);
    const ran = practice.scend('aggregate', '--merge', 'other.json', 'part.json');
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.err, 'other.json:1:1 warning this part is of another workspace');
    assert.is(written(practice).firms.measured, 3);
  }));

test('what does not hold is named and left out, and the rest is computed and committed', () =>
  withFirms(6, (practice) => {
    const outcome = (i: number) => `firms/firm_000${i}/outcomes/v1.0_60d.yaml`;
    rmSync(join(practice.dir, 'firms/firm_0001/snapshots/2026-03-06_60d.yaml'));
    practice.edit('firms/firm_0002/firm.yaml', (text) => text.replace(/industry: .*\n/, ''));
    practice.edit('firms/firm_0003/snapshots/2026-03-06_60d.yaml', (text) =>
      text.replace(/lead_response_minutes: .*/, 'lead_response_minutes: 1'),
    );
    practice.write(
      'firms/firm_0005/outcomes/v1.1_60d.yaml',
      practice.read(outcome(5)).replace('roadmap_version: v1.0', 'roadmap_version: v1.1'),
    );
    practice.git('add', '-A');
    practice.git('commit', '-qm', 'Break some');
    const ran = practice.scend('aggregate');
    assert.is(ran.code, 1);
    assert.match(ran.err, `${outcome(1)}:16:21 error the 60d snapshot is not there [reference/missing]`);
    assert.match(ran.err, /firm_0002\/firm\.yaml:\d+:\d+ error .*"industry".*\[schema\/required\]/);
    assert.match(ran.err, `${outcome(3)}:1:1 warning the outcome no longer matches`);
    assert.match(ran.err, `${outcome(5)}:1:1 info two outcomes for 60d; the one against v1.1 counts`);
    assert.match(ran.out, '3 of 6 firms measured');
    assert.equal(written(practice).firms, { total: 6, measured: 3, unreadable: 1 });
    practice.clean();
  }));

test('a shareable file has its own name and tells nothing of fewer than five firms', () =>
  withFirms(12, (practice) => {
    practice.ok('aggregate', '--shareable');
    const shareable = written(practice, 'analytics/shareable_outcomes.json');
    assert.equal([shareable.shareable, shareable.min_group_size], [true, 5]);
    assert.not(practice.has(json));
    assert.not.match(practice.read('analytics/shareable_outcomes.json'), 'firm_0');
    const refused = practice.scend('aggregate', '--shareable', '--firm-min', '4');
    assert.is(refused.code, 2);
    practice.ok('aggregate', '--firm-min', '2');
    assert.is(written(practice).min_group_size, 2);
  }));

test('one industry is printed from the figures of the whole, and nothing is written', () =>
  withFirms(12, (practice) => {
    const out = practice.ok('aggregate', '--industry', 'real_estate');
    assert.match(out, 'real estate: 4 firms');
    assert.not.match(out, 'legal');
    assert.not(practice.has('analytics'));
    const mistyped = practice.scend('aggregate', '--industry', 'real-estate');
    assert.is(mistyped.code, 2);
    assert.match(mistyped.err, 'real_estate');
  }));

test('options that do not go together are refused before anything is read', () =>
  withFirms(1, (practice) => {
    for (const args of [
      ['--shard', '0/2'],
      ['--shard', '3/2'],
      ['--shard', '1/2', '--merge', 'a.json'],
      ['--shard', '1/2', '--industry', 'legal'],
      ['--merge'],
      ['--out', 'a.json'],
      ['a.json'],
      ['--firm-min', '0'],
      ['--firm-min', '2.5'],
    ])
      assert.is(practice.scend('aggregate', ...args).code, 2, args.join(' '));
    practice.clean();
  }));

test('on a side branch the figures are shown and not written; in conflict they are made again', () =>
  withFirms(4, (practice) => {
    practice.ok('aggregate');
    practice.git('switch', '-qc', 'side');
    rmSync(join(practice.dir, 'firms/firm_0003/outcomes'), { recursive: true });
    practice.git('commit', '-qam', 'Forget');
    assert.match(practice.ok('aggregate'), 'not written on this branch');
    practice.clean();
    assert.match(practice.scend('check').out, `${json}:1:1 warning the figures do not follow`);
    practice.ok('aggregate', '--write');
    practice.git('switch', '-q', 'main');
    rmSync(join(practice.dir, 'firms/firm_0002/outcomes'), { recursive: true });
    practice.git('commit', '-qam', 'Forget another');
    practice.ok('aggregate');
    spawnSync('git', ['merge', '-q', 'side'], { cwd: practice.dir, env: practice.env });
    assert.match(practice.read(json), '<<<<<<<');
    practice.ok('aggregate', '--no-commit');
    assert.is(written(practice).firms.measured, 2);
    practice.git('add', '-A');
    practice.git('commit', '-qm', 'Merge');
    practice.clean();
    assert.not.match(practice.scend('check').out, 'analytics/');
  }));

test('check names a file of figures that is not as it was made', () =>
  withFirms(1, (practice) => {
    practice.ok('aggregate');
    practice.edit(json, (text) => text.replace('"quantile": "hf7"', '"quantile": "hf9"'));
    const ran = practice.scend('check');
    assert.match(ran.out, `${json}:1:1 warning`);
    assert.match(ran.out, 'Run "scend aggregate"');
    assert.ok(readFileSync(join(practice.dir, json)).length > 0);
  }));
