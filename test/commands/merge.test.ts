import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test, withTempDir } from '../harness.ts';
import { Practice, withSample } from '../scend.ts';

const pack = 'firms/hayes_real_estate/ticket-pack.md';

/** A pack with a few tickets, for what the sample does not show. */
const small = `---
schema: scend/ticket-pack@1
id: 7f0c1111-2222-4333-8444-555566667777
firm: hayes_real_estate
version: v1.0
created_at: 2026-01-05
---
# Acme

## Sprint 1 — Start

- [ ] T1.1.1 – First
- [ ] T1.1.2 – Second
- [ ] T1.1.3 – Third
  - Status: not_started
`;

/** The sample with a small pack, the driver registered or not, and two branches that changed it. */
async function diverged(
  ours: (text: string) => string,
  theirs: (text: string) => string,
  body: (practice: Practice) => void,
  { driver = true } = {},
): Promise<void> {
  await withSample((practice) => {
    if (driver) practice.ok('doctor', '--register-merge');
    practice.write(pack, small);
    practice.git('commit', '-qam', 'Start small');
    practice.git('switch', '-q', '-c', 'feature');
    practice.edit(pack, theirs);
    practice.git('commit', '-qam', 'Theirs');
    practice.git('switch', '-q', 'main');
    practice.edit(pack, ours);
    practice.git('commit', '-qam', 'Ours');
    body(practice);
  });
}

const swap = (from: string, to: string) => (text: string) => text.replace(from, to);
const blocked = swap('Third\n  - Status: not_started', 'Third\n  - Status: blocked');
const ticked = swap('[ ] T1.1.3', '[x] T1.1.3');

/** `git merge`, which exits 1 when it leaves conflicts. */
function merge(practice: Practice, ...args: string[]): { code: number; err: string } {
  try {
    practice.git('merge', '-q', '-m', 'Join', ...args);
    return { code: 0, err: '' };
  } catch (error) {
    return { code: 1, err: String(error) };
  }
}

test('git merge with the driver: neighbours ticked on two branches are both ticked', () =>
  diverged(swap('[ ] T1.1.1', '[x] T1.1.1'), swap('[ ] T1.1.2', '[x] T1.1.2'), (practice) => {
    assert.is(merge(practice, 'feature').code, 0);
    assert.match(practice.read(pack), '- [x] T1.1.1 – First\n- [x] T1.1.2 – Second\n');
    practice.clean();
  }));

test('a contradiction is one conflict with the names that Git gives the sides, in markers of the size it asks for', () =>
  diverged(ticked, blocked, (practice) => {
    practice.write('.gitattributes', 'firms/*/ticket-pack.md merge=scend conflict-marker-size=11\n');
    const { code, err } = merge(practice, 'feature');
    assert.is(code, 1);
    assert.match(err, `${pack}:14: conflict: T1.1.3 Status: ours "done", theirs "blocked"`);
    assert.match(
      practice.read(pack),
      `${'<'.repeat(11)} HEAD (T1.1.3 Status: done)\n- [x] T1.1.3 – Third\n  - Status: not_started\n${'='.repeat(11)}\n- [ ] T1.1.3 – Third\n  - Status: blocked\n${'>'.repeat(11)} feature (T1.1.3 Status: blocked)\n`,
    );
    assert.match(practice.git('status', '--porcelain'), `UU ${pack}`);
  }));

test('done by its Status on a branch is done after the merge, whatever the box says', () =>
  diverged(
    swap('– First', '– Erste'),
    swap('Third\n  - Status: not_started', 'Third\n  - Status: done'),
    (practice) => {
      assert.is(merge(practice, 'feature').code, 0);
      practice.ok('sync', '--firm', 'hayes_real_estate');
      assert.match(practice.read(pack), '- [x] T1.1.3 – Third\n  - Status: done\n');
    },
  ));

test('a folder that one side renamed: the pack is merged under its new name', () =>
  diverged(swap('[ ] T1.1.1', '[x] T1.1.1'), swap('[ ] T1.1.2', '[x] T1.1.2'), (practice) => {
    practice.git('mv', 'firms/hayes_real_estate', 'firms/hayes');
    practice.git('commit', '-qm', 'Rename');
    assert.is(merge(practice, 'feature').code, 0);
    assert.match(
      practice.read('firms/hayes/ticket-pack.md'),
      '- [x] T1.1.1 – First\n- [x] T1.1.2 – Second\n',
    );
  }));

test('Windows-1252: merged by lines, told so, and no byte is lost', () =>
  withSample((practice) => {
    practice.ok('doctor', '--register-merge');
    const latin = (text: string) => Buffer.from(text.replaceAll('–', '-').replaceAll('—', '-'), 'latin1');
    const text = `${small}\nGröße\n\n\n\nEnde\n`;
    const save = (of: string, message: string) => {
      practice.write(pack, latin(of));
      practice.git('commit', '-qam', message);
    };
    save(text, 'Start');
    practice.git('switch', '-q', '-c', 'feature');
    save(text.replace('Größe', 'Maß'), 'Theirs');
    practice.git('switch', '-q', 'main');
    save(text.replace('Ende', 'Schluß'), 'Ours');
    practice.git('merge', '-q', '-m', 'Join', 'feature');
    practice.git('diff', '--exit-code', 'HEAD');
    practice.write('expected', latin(text.replace('Größe', 'Maß').replace('Ende', 'Schluß')));
    practice.git('diff', '--no-index', '--exit-code', 'expected', pack);
  }));

test('scend merge settles a file that Git left in conflict, keeps what a person settled, and adds nothing', () =>
  diverged(
    (text) => ticked(swap('[ ] T1.1.1', '[x] T1.1.1')(text)),
    (text) => blocked(swap('[ ] T1.1.2', '[x] T1.1.2')(text)),
    (practice) => {
      assert.is(merge(practice, 'feature').code, 1);
      practice.edit(pack, (text) => text.replace('# Acme', '# Acme, edited while merging'));
      const before = practice.read(pack);
      assert.is(practice.scend('merge', pack, '--dry-run').code, 1);
      assert.is(practice.read(pack), before);
      const ran = practice.scend('merge', pack);
      assert.is(ran.code, 1);
      assert.match(ran.out, `${pack}: merged by ticket, 1 conflict left to decide`);
      assert.match(ran.err, 'T1.1.3 Status: ours "done", theirs "blocked"');
      const text = practice.read(pack);
      assert.match(text, '# Acme, edited while merging');
      assert.match(text, '- [x] T1.1.1 – First\n- [x] T1.1.2 – Second\n<<<<<<< HEAD (T1.1.3 Status: done)\n');
      assert.match(practice.git('status', '--porcelain'), `UU ${pack}`);
      assert.is(practice.scend('merge', pack).code, 1);
      assert.is(practice.read(pack), text);
    },
    { driver: false },
  ));

test('scend merge without an index: the markers themselves tell the two sides', () =>
  withSample((practice) => {
    const marked = small.replace(
      '- [ ] T1.1.1 – First\n- [ ] T1.1.2 – Second\n',
      '<<<<<<< HEAD\n- [x] T1.1.1 – First\n- [ ] T1.1.2 – Second\n=======\n- [ ] T1.1.1 – First\n- [x] T1.1.2 – Second\n>>>>>>> other\n',
    );
    practice.write(pack, marked);
    const out = practice.ok('merge', pack);
    assert.match(out, 'nothing is left to decide');
    assert.match(practice.read(pack), '- [x] T1.1.1 – First\n- [x] T1.1.2 – Second\n');
    assert.match(practice.ok('merge', pack), 'no conflict');
  }));

test('a pack that one side removed is left to a person, and derived files are made again', () =>
  diverged(swap('[ ] T1.1.1', '[x] T1.1.1'), ticked, (practice) => {
    practice.git('rm', '-q', pack);
    practice.git('commit', '-qm', 'Remove');
    assert.is(merge(practice, 'feature').code, 1);
    const ran = practice.scend('merge', pack);
    assert.is(ran.code, 1);
    assert.match(ran.err, 'our side removed the file');
    const derived = practice.scend('merge', 'firms/hayes_real_estate/rollup.yaml');
    assert.is(derived.code, 2);
    assert.match(derived.err, 'scend sync --rollup');
    assert.is(practice.scend('merge', 'scend.yaml').code, 2);
  }));

test('what the driver cannot do it says with a code beyond those of conflicts, and touches nothing', () =>
  withTempDir((dir) => {
    const practice = new Practice(dir);
    practice.write('a', small);
    for (const args of [[], ['none', 'a', 'none', '7', pack]]) {
      const ran = practice.scend('merge-driver', ...args);
      assert.is(ran.code, 129);
      assert.match(ran.err, 'not merged');
    }
    assert.is(practice.read('a'), small);
    practice.write('b', small.replace('[ ] T1.1.1', '[x] T1.1.1'));
    practice.write('o', small);
    assert.equal(practice.scend('merge-driver', 'o', 'a', 'b', '7', pack), { code: 0, out: '', err: '' });
    assert.is(practice.read('a'), practice.read('b'));
  }));

test('init in a repository registers the driver; doctor tells when it is missing and registers it', () =>
  withTempDir((dir) => {
    const practice = new Practice(dir);
    practice.git('init', '-q', '-b', 'main');
    assert.match(practice.ok('init', '.', '--example'), 'registered the merge of ticket packs');
    assert.match(practice.read('.gitattributes'), 'firms/*/ticket-pack.md merge=scend\n');
    assert.match(practice.git('config', 'merge.scend.driver'), 'merge-driver %O %A %B %L %P');
    practice.git('add', '-A');
    practice.git('commit', '-qm', 'Start');
    assert.match(practice.ok('doctor'), 'merged by ticket and field');
    practice.git('config', '--remove-section', 'merge.scend');
    assert.match(
      practice.ok('doctor'),
      'Run "scend doctor --register-merge" (or: git config merge.scend.driver ',
    );
    practice.edit('.gitattributes', (text) => text.replace(/.*merge=scend\n/, ''));
    assert.match(practice.ok('doctor'), 'Add a line to .gitattributes: firms/*/ticket-pack.md merge=scend');
  }));

test('without installed Git the settings go to the end of the configuration, which is otherwise untouched', () =>
  withSample((practice) => {
    const before = '[core]\n\trepositoryformatversion = 0 ; kept\n[user]\n\tname = "Ana # Tester"';
    practice.write('.git/config', before);
    mkdirSync(join(practice.dir, 'empty'));
    const bare = new Practice(practice.dir, { PATH: join(practice.dir, 'empty') });
    bare.ok('doctor', '--register-merge');
    const after = practice.read('.git/config');
    assert.ok(after.startsWith(`${before}\n[merge "scend"]\n\tdriver = "`));
    assert.match(practice.git('config', 'merge.scend.driver'), "dist/cli.js' merge-driver %O");
    assert.is(practice.git('config', 'user.name'), 'Ana # Tester\n');
    bare.ok('doctor', '--register-merge');
    assert.is(practice.read('.git/config'), after);
    assert.not(practice.has('.git/config.lock'));
  }));

test('new packs keep neighbours apart where Git merges by lines, ticked and settled on both sides', () =>
  withSample((practice) => {
    practice.write(
      'library.md',
      '# SYSTEM 1 — A\n\n## 1.1 — B\n\n* **T1.1.1** – First\n* **T1.1.2** – Second\n* **T1.1.3** – Third\n',
    );
    practice.git('rm', '-q', '-r', 'firms/hayes_real_estate/ticket-pack.md');
    practice.git('commit', '-qm', 'Begin anew');
    practice.ok('pack', 'create', '--firm', 'hayes_real_estate', '--systems', '1', '--library', 'library.md');
    const settle = (id: string) => {
      practice.tick('hayes_real_estate', id);
      practice.ok('sync', '--firm', 'hayes_real_estate');
    };
    practice.git('switch', '-q', '-c', 'feature');
    settle('T1.1.2');
    practice.git('switch', '-q', 'main');
    settle('T1.1.1');
    practice.git('checkout', '-q', 'main');
    assert.is(merge(practice, 'feature').code, 0);
    assert.match(practice.read(pack), /\[x\] T1\.1\.1(?:.|\n)*\[x\] T1\.1\.2/);
    assert.not.match(practice.scend('check', pack).out, 'pack/tight-list');
  }));
