import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { type Practice, snapshotOf, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;
const undo = (practice: Practice, ...args: string[]) => practice.scend('undo', '--firm', slug, ...args);
const commits = (practice: Practice) => practice.git('log', '--format=%s').trim().split('\n');

test('the last commit for a firm is taken back by a new one, and the ones before it one after the other', () =>
  withSample((practice) => {
    const start = snapshotOf(practice.dir);
    practice.ok('snapshot', '--firm', slug, '--label', '90d', '--date', '2026-03-19', '--nps', '65');
    const measured = snapshotOf(practice.dir);
    practice.ok('refresh', '--firm', slug);
    const dry = practice.ok('undo', '--firm', slug, '--dry-run');
    assert.match(dry, `undo(${slug}): take back "roadmap(${slug}): refresh v1.0 → v1.1"`);
    const out = practice.ok('undo', '--firm', slug);
    assert.match(out, `removed firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`);
    assert.equal(snapshotOf(practice.dir), measured);
    practice.clean();
    practice.ok('undo', '--firm', slug);
    assert.equal(snapshotOf(practice.dir), start);
    practice.clean();
    assert.match(practice.ok('undo', '--firm', slug), 'nothing to take back');
    assert.is(commits(practice).length, 5);
    // What was taken back can be made again.
    practice.ok('refresh', '--firm', slug);
    practice.clean();
  }));

test('ticks that went into a version stay in the pack when the version is taken back', () =>
  withSample((practice) => {
    practice.tick(slug, 'T4.2.4');
    practice.ok('refresh', '--firm', slug);
    const ticked = practice.read(pack);
    const out = practice.ok('undo', '--firm', slug);
    assert.match(out, 'the ticket pack stays as it is, with its ticks');
    assert.is(practice.read(pack), ticked);
    assert.match(ticked, '- [x] T4.2.4 ');
    assert.not(practice.has(`firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`));
    practice.clean();
  }));

test('what people or later runs built on it, and what is not committed, keeps it from being taken back', () =>
  withSample((practice) => {
    practice.ok('refresh', '--firm', slug);
    const made = `firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`;
    const refused = (message: string | RegExp) => {
      const before = [snapshotOf(practice.dir), commits(practice)];
      const ran = undo(practice);
      assert.is(ran.code, 4, ran.out + ran.err);
      assert.match(ran.err, message);
      assert.equal([snapshotOf(practice.dir), commits(practice)], before);
    };
    practice.edit(made, (text) => `${text}\nA word.\n`);
    refused(`${made} was changed and the change is not committed`);
    practice.git('commit', '-qam', 'Add a word');
    refused(/cannot be taken back: [0-9a-f]{10} \(Add a word\) changed firms/);
    practice.git('revert', '--no-edit', 'HEAD');
    refused('and 1 more commit');
    assert.is(undo(practice, '--firm', 'hayes').code, 2);
  }));

test('a commit of somebody else beside it does not matter', () =>
  withSample((practice) => {
    practice.ok('refresh', '--firm', slug);
    practice.write('notes.md', 'Mine.\n');
    practice.git('add', 'notes.md');
    practice.git('commit', '-qm', 'Add notes');
    practice.write('notes.md', 'Mine, staged.\n');
    practice.git('add', 'notes.md');
    practice.ok('undo', '--firm', slug);
    assert.is(practice.git('status', '--porcelain'), 'M  notes.md\n');
    assert.match(practice.git('log', '-1', '--format=%B'), /^Scend-Undo: [0-9a-f]{40}$/m);
    practice.git('fsck', '--strict');
  }));
