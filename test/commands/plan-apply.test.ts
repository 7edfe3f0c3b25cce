import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { snapshotOf, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;
const made = `firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`;

test('a plan is made, shown and carried out with the bytes of the direct way', () =>
  withSample((practice) => {
    practice.tick(slug, 'T4.2.4');
    const before = snapshotOf(practice.dir);
    practice.ok('refresh', '--firm', slug, '--plan-out', 'plan.json');
    const plan = practice.read('plan.json');
    rmSync(join(practice.dir, 'plan.json'));
    assert.equal(snapshotOf(practice.dir), before);
    practice.write('plan.json', plan);
    const shown = practice.ok('plan', 'show', 'plan.json');
    assert.match(shown, `# Plan\n\n## roadmap(${slug}): refresh v1.0 → v1.1\n`);
    assert.match(shown, `- create \`${made}\``);
    assert.match(shown, '```diff\n');
    practice.ok('apply', 'plan.json');
    const applied = [practice.git('rev-parse', 'HEAD^{tree}'), practice.git('log', '-1', '--format=%B')];
    assert.is(practice.git('status', '--porcelain'), '?? plan.json\n');
    assert.match(practice.ok('apply', 'plan.json'), 'carried out already');
    practice.git('reset', '-q', '--soft', 'HEAD^');
    practice.git('reset', '-q', 'HEAD');
    rmSync(join(practice.dir, 'plan.json'));
    practice.git('stash', '-qu');
    practice.tick(slug, 'T4.2.4');
    practice.ok('refresh', '--firm', slug);
    assert.equal(
      [practice.git('rev-parse', 'HEAD^{tree}'), practice.git('log', '-1', '--format=%B')],
      applied,
    );
    practice.clean();
  }));

test('what a dry run prints as JSON is a plan', () =>
  withSample((practice) => {
    practice.write('plan.json', practice.ok('refresh', '--firm', slug, '--dry-run', '--json'));
    practice.ok('apply', 'plan.json');
    assert.ok(practice.has(made));
    practice.git('fsck', '--strict');
  }));

test('a stale plan is refused and says what moved: a file, a new file, the last commit', () =>
  withSample((practice) => {
    practice.ok('refresh', '--firm', slug, '--plan-out', 'plan.json');
    const refused = (moved: string) => {
      const before = snapshotOf(practice.dir);
      const ran = practice.scend('apply', 'plan.json');
      assert.is(ran.code, 4, ran.err);
      assert.match(ran.err, `is stale, moved since: ${moved}`);
      assert.match(practice.ok('plan', 'show', 'plan.json'), '# Plan, stale');
      assert.equal(snapshotOf(practice.dir), before);
    };
    practice.tick(slug, 'T4.2.4');
    refused(pack);
    practice.git('checkout', '-q', '--', pack);
    practice.write(`firms/${slug}/snapshots/2026-03-19_custom.yaml`, 'x');
    refused(`firms/${slug}/snapshots/2026-03-19_custom.yaml`);
    rmSync(join(practice.dir, `firms/${slug}/snapshots/2026-03-19_custom.yaml`));
    practice.tick(slug, 'T4.2.4');
    practice.git('commit', '-qam', 'Tick');
    practice.git('checkout', '-q', 'HEAD^', '--', pack);
    refused('the last commit of firms');
    practice.git('checkout', '-q', 'HEAD', '--', pack);
    refused(`the last commit of firms/${slug}, ${pack}`);
  }));

test('a plan of another workspace, or one that reaches out of its firm, is refused', () =>
  withSample((practice) => {
    practice.ok('refresh', '--firm', slug, '--plan-out', 'plan.json');
    const plan = practice.read('plan.json');
    practice.write('other.json', plan.replace(/"workspace_id": "[^"]+"/, '"workspace_id": null'));
    assert.match(practice.scend('apply', 'other.json').err, 'for another workspace');
    for (const path of ['firms/birch/firm.yaml', '../x', `firms/${slug}/../x`, `firms/${slug}/.git/x`]) {
      practice.write('bad.json', plan.replace(`"path": "${made}"`, `"path": "${path}"`));
      const ran = practice.scend('apply', 'bad.json');
      assert.is(ran.code, 2, path);
      assert.match(ran.err, 'the plan would write');
    }
    practice.write('bad.json', plan.slice(0, 200));
    assert.is(practice.scend('apply', 'bad.json').code, 1);
    assert.is(practice.git('log', '--oneline').trim().split('\n').length, 1);
  }));
