import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { type Practice, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;
const roadmap = (version: string) => `firms/${slug}/deliverables/${slug}_ROADMAP_${version}.md`;

/** Merges a branch that conflicts; the ticket pack, which has other tests, is joined as given. */
function merge(practice: Practice, branch: string, joinedPack: string): void {
  const env = practice.env;
  spawnSync('git', ['merge', '-q', '--no-edit', branch], { cwd: practice.dir, env });
  practice.write(pack, joinedPack);
}

const word = (practice: Practice, version: string, heading: string, text: string) =>
  practice.edit(roadmap(version), (all) => all.replace(heading, `${heading}\n\n${text}`));

test('of two branches that both made v1.1 one becomes v1.2, and the words of both stay', () =>
  withSample((practice) => {
    practice.git('switch', '-qc', 'side');
    practice.tick(slug, 'T4.2.4');
    word(practice, 'v1.0', '### Firm Profile', 'Words of the side branch.');
    practice.git('commit', '-qam', 'Work on the side');
    practice.ok('refresh', '--firm', slug);
    word(practice, 'v1.1', '## 9. Appendix', 'Side appendix.');
    word(practice, 'v1.1', '### SOP 1 — First Call to a New Lead', 'Side call.');
    const own = `firms/${slug}/deliverables/${slug}_offer.txt`;
    practice.write(own, 'A file of a person.\n');
    practice.git('add', own);
    practice.git('commit', '-qam', 'Add to the appendix');
    const sideTick = practice.read(pack);
    practice.git('switch', '-q', 'main');
    practice.tick(slug, 'T5.1.1');
    practice.git('commit', '-qam', 'Work on main');
    practice.ok('refresh', '--firm', slug);
    word(practice, 'v1.1', '## 7. Workflow SOPs', 'Main procedure.');
    word(practice, 'v1.1', '## 9. Appendix', 'Main appendix.');
    practice.git('commit', '-qam', 'Add to the procedures');
    const main = practice.git('rev-parse', 'HEAD').trim();
    const mainPack = practice.read(pack);
    practice.git('switch', '-q', 'side');
    const both = sideTick.replace(/- \[ \] (T5\.1\.1 )/, '- [x] $1');
    assert.is.not(both, sideTick);
    assert.match(mainPack, '- [x] T5.1.1 ');
    merge(practice, 'main', both);
    const found = practice.scend('check');
    assert.match(
      found.out,
      new RegExp(`${roadmap('v1.1')}:1:1 error v1.1 was made twice, by [0-9a-f]{10} on this`),
    );
    assert.match(found.out, main.slice(0, 10));
    const dry = practice.ok('refresh', '--firm', slug, '--rebase', '--dry-run');
    assert.match(dry, "this branch's goes on top of it as v1.2");
    const out = practice.ok('refresh', '--firm', slug, '--rebase');
    assert.match(out, 'taken over: section 2, Diagnostic Analysis; section 7, Workflow SOPs');
    assert.match(out, 'to be joined by hand: section 9, Appendix');
    assert.is(practice.read(own), 'A file of a person.\n');
    // The other branch's version is as it was made there.
    const atMain = practice.git('show', `main:${roadmap('v1.1')}`);
    assert.is(practice.read(roadmap('v1.1')), atMain);
    const next = practice.read(roadmap('v1.2'));
    for (const text of [
      'Words of the side branch.',
      'Main procedure.',
      'Side call.',
      'Main appendix.',
      'Side appendix.',
    ])
      assert.match(next, text);
    assert.match(next, '**To be joined:** section 9, Appendix was changed on two branches');
    const changelog = practice.read(`firms/${slug}/deliverables/${slug}_ROADMAP_CHANGELOG_v1.1_to_v1.2.md`);
    assert.match(
      changelog,
      `v1.1 had been made on two branches. The one of commit ${main.slice(0, 10)} stays`,
    );
    assert.match(changelog, 'T4.2.4');
    practice.git('add', '-A');
    practice.git('commit', '-qm', 'Merge main');
    practice.clean();
    const after = practice.scend('check');
    assert.is(after.code, 0, after.out);
    assert.match(practice.ok('refresh', '--firm', slug), 'nothing changed since v1.2');
  }));

test('without a merge, and where both sides agree, it says so', () =>
  withSample((practice) => {
    const ran = practice.scend('refresh', '--firm', slug, '--rebase');
    assert.is(ran.code, 2);
    assert.match(ran.err, 'there is no merge under way');
    practice.git('switch', '-qc', 'side');
    practice.write('notes.md', 'side\n');
    practice.git('add', '-A');
    practice.git('commit', '-qm', 'Side');
    practice.git('switch', '-q', 'main');
    practice.write('notes.md', 'main\n');
    practice.git('add', '-A');
    practice.git('commit', '-qm', 'Main');
    spawnSync('git', ['merge', '-q', 'side'], { cwd: practice.dir, env: practice.env });
    assert.match(practice.ok('refresh', '--firm', slug, '--rebase'), 'nothing to put in order');
  }));
