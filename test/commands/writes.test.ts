import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test, withTempDir } from '../harness.ts';
import { Practice, snapshotOf, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;
const roadmap = `firms/${slug}/deliverables/${slug}_ROADMAP_v1.0.md`;

test('a dry run as data is what the run then writes', async () => {
  await withSample((practice) => {
    practice.tick(slug, 'T5.1.1');
    interface Planned {
      firms: { plan: { message: string; changes: { path: string; content: string }[] } }[];
    }
    const { firms } = practice.json('refresh', '--firm', slug, '--dry-run') as Planned;
    const { plan } = firms[0]!;
    assert.not(practice.has(`firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`));
    practice.ok('refresh', '--firm', slug);
    for (const { path, content } of plan.changes) assert.is(practice.read(path), content, path);
    assert.is(practice.git('log', '-1', '--format=%B').trim(), plan.message.trim());
    assert.equal(
      practice.git('show', '--name-only', '--format=', 'HEAD').trim().split('\n').sort(),
      plan.changes.map((one) => one.path).sort(),
    );
    practice.clean();
  });
});

test("a commit holds exactly the firm's files; the user's staged, dirty and untracked work stays", async () => {
  await withSample((practice) => {
    practice.write('staged.txt', 'mine\n');
    practice.git('add', 'staged.txt');
    practice.edit('templates/roadmap.md', (text) => `${text}\n<!-- mine -->\n`);
    practice.write('untracked.txt', 'mine\n');
    const before = practice.git('status', '--porcelain');
    practice.tick(slug, 'T5.1.1');
    practice.ok('refresh', '--firm', slug);
    assert.is(practice.git('status', '--porcelain'), before);
    assert.not.match(practice.git('show', '--name-only', '--format=', 'HEAD'), /staged|template|untracked/);
    practice.git('fsck', '--strict');
  });
});

test('a pack that is staged differently is refused before anything is written', async () => {
  await withSample((practice) => {
    practice.tick(slug, 'T5.1.1');
    practice.git('add', pack);
    practice.tick(slug, 'T5.1.2');
    const before = snapshotOf(practice.dir);
    const ran = practice.scend('refresh', '--firm', slug);
    assert.is(ran.code, 4);
    assert.match(ran.err, 'git/staged');
    assert.equal(snapshotOf(practice.dir), before);
  });
});

test('refusals of Git come before any write: detached HEAD, identity', async () => {
  await withSample((practice) => {
    practice.tick(slug, 'T5.1.1');
    const before = snapshotOf(practice.dir);
    practice.git('checkout', '-q', '--detach');
    assert.match(practice.scend('sync', '--firm', slug).err, 'git/detached-head');
    practice.git('checkout', '-q', 'main');
    assert.equal(snapshotOf(practice.dir), before);
    const anonymous = new Practice(practice.dir, {
      GIT_AUTHOR_NAME: '',
      GIT_AUTHOR_EMAIL: '',
      GIT_COMMITTER_NAME: '',
      GIT_COMMITTER_EMAIL: '',
    });
    const ran = anonymous.scend('sync', '--firm', slug);
    assert.is(ran.code, 4, ran.err);
    assert.match(ran.err, 'git config');
    assert.equal(snapshotOf(practice.dir), before);
  });
});

test('one broken firm never hides another, and nothing is written for it', async () => {
  await withSample((practice) => {
    practice.ok('firm', 'add', 'acme_law', '--name', 'Acme', '--industry', 'legal');
    practice.ok('pack', 'create', '--firm', 'acme_law', '--systems', '1');
    practice.tick('acme_law', 'T1.1.1');
    practice.edit(pack, (text) => text.replace('- [ ] T5.1.1', '-[x] T5.1.1'));
    const broken = practice.read(pack);
    const ran = practice.scend('refresh', '--all');
    assert.is(ran.code, 1);
    assert.match(ran.out, 'acme_law: roadmap v1.0 → v1.1');
    assert.match(ran.err, /ticket-pack\.md:\d+:1 error T5\.1\.1 is not a task/);
    assert.match(ran.err, 'Write "- [x] T5.1.1');
    assert.is(practice.read(pack), broken);
    assert.not(practice.has(`firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`));
    const status = practice.scend('status');
    assert.match(status.out, 'acme_law  v1.1  1/');
    assert.match(status.out, `${slug}: cannot be read`);
  });
});

test('a link in place of a file or folder is neither read nor written through', async () => {
  if (process.platform === 'win32') return;
  await withSample((practice) => {
    symlinkSync('/etc', join(practice.dir, 'firms/evil'));
    const ran = practice.scend('check');
    assert.match(ran.out, 'firms/evil:1:1 error firms/evil is a link');
    assert.is(ran.code, 1);
    assert.is(practice.scend('status', '--firm', 'evil').code, 2);
  });
});

test('front matter that tries to run JavaScript is never run', async () => {
  await withSample((practice) => {
    for (const first of ['---js', '---javascript', '--- js', '---JS', '---json']) {
      practice.write(
        roadmap,
        `${first}\nrequire("fs").writeFileSync(${JSON.stringify(join(practice.dir, 'ran'))}, "x")\n---\n# x\n`,
      );
      const ran = practice.scend('refresh', '--firm', slug);
      assert.is(ran.code, 1, first);
      assert.match(ran.err, 'front-matter/language', first);
      assert.not(practice.has('ran'));
    }
  });
});

test('a second snapshot of a label is another file; the same one again is none', async () => {
  await withSample((practice) => {
    const take = (nps: string) =>
      practice.ok('snapshot', '--firm', slug, '--label', '90d', '--date', '2026-04-05', '--nps', nps);
    take('50');
    take('51');
    assert.match(take('51'), 'recorded already');
    const files = readdirSync(join(practice.dir, `firms/${slug}/snapshots`)).sort();
    assert.equal(files, [
      '2026-01-05_baseline.yaml',
      '2026-03-06_60d.yaml',
      '2026-04-05_90d.yaml',
      '2026-04-05_90d_2.yaml',
    ]);
    assert.match(practice.ok('outcomes', '--firm', slug), '42 → 51');
    const negative = practice.ok(
      'snapshot',
      '--firm',
      slug,
      '--label',
      'custom',
      '--nps',
      '-5',
      '--lead_response_minutes',
      '4',
    );
    assert.match(negative, 'Net promoter score −5');
    practice.clean();
  });
});

test('outcomes are an upsert that keeps the note a person added', async () => {
  await withSample((practice) => {
    assert.match(practice.ok('outcomes', '--firm', slug), 'unchanged since it was last computed');
    const file = `firms/${slug}/outcomes/v1.0_60d.yaml`;
    practice.edit(file, (text) => text.replace('notes: null', 'notes: agreed with Dana on 8 March'));
    practice.edit(`firms/${slug}/firm.yaml`, (text) =>
      text.replace('implementation_cost: 16800', 'implementation_cost: 30000'),
    );
    assert.match(practice.ok('check'), 'derived/outcome-stale');
    assert.match(practice.ok('outcomes', '--firm', slug), 'net ROI: 148.62 %');
    assert.match(practice.read(file), 'notes: agreed with Dana on 8 March');
    assert.match(practice.ok('check'), 'no findings');
  });
});

test('a ticked export comes back into the pack', async () => {
  await withSample((practice) => {
    practice.ok('refresh', '--firm', slug);
    const exported = `firms/${slug}/deliverables/${slug}_TICKET_PACK_v1.1.md`;
    const text = practice.read(exported);
    // The client's copy comes by mail; meanwhile the pack moved on.
    practice.write(
      'from-client.md',
      text
        .replace('- [ ] T5.1.2', '- [x] T5.1.2')
        .replace(/(- \[ \] T5\.1\.3 .*\n {2}- Status: )not_started/, '$1blocked'),
    );
    practice.tick(slug, 'T5.2.1');
    const out = practice.ok(
      'sync',
      '--firm',
      slug,
      '--ticketpack-version',
      'v1.1',
      '--file',
      './from-client.md',
    );
    assert.match(out, /T5\.1\.2 .*: ticked/);
    assert.match(out, /T5\.1\.3 .*: Status: blocked/);
    const after = practice.read(pack);
    for (const id of ['T5.1.2', 'T5.2.1'])
      assert.match(after, new RegExp(`- \\[x\\] ${id} .*\\n {2}- Status: done`));
    assert.match(after, /T5\.1\.3 .*\n {2}- Status: blocked\n {2}- Started: 2026-03-20/);
    assert.match(practice.ok('sync', '--firm', slug, '--file', 'from-client.md'), 'nothing to do');
    // Another firm's export is refused by name.
    practice.write('other.md', text.replace('firm: hayes_real_estate', 'firm: acme_law'));
    assert.match(practice.scend('sync', '--firm', slug, '--file', 'other.md').err, 'an export of acme_law');
  });
});

test('files of version 0 are read, and migrated in place with their comments', async () => {
  await withSample((practice) => {
    const drop = (path: string, ...lines: RegExp[]) =>
      practice.edit(path, (text) => lines.reduce((rest, line) => rest.replace(line, ''), text));
    const comment = '# a comment of a person\n';
    drop(`firms/${slug}/firm.yaml`, /^schema:.*\n/m);
    practice.edit(`firms/${slug}/firm.yaml`, (text) => text.replace('economics:', `${comment}economics:`));
    drop(pack, /^schema:.*\n/m);
    drop(roadmap, /^schema:.*\n/m, / {4}status: planned\n/);
    drop(`firms/${slug}/snapshots/2026-01-05_baseline.yaml`, /^schema:.*\n/m, /^source:.*\n/m);
    const progress = (practice.json('status') as { firms: { pack: unknown }[] }).firms[0]?.pack;
    practice.ok('migrate');
    assert.match(practice.read(`firms/${slug}/firm.yaml`), comment);
    assert.match(practice.read(`firms/${slug}/firm.yaml`), 'schema: scend/firm@1\nid: ');
    assert.match(practice.read(roadmap), 'section_name: executive_summary\n    status: planned\n');
    assert.match(practice.read(`firms/${slug}/snapshots/2026-01-05_baseline.yaml`), 'source: manual');
    assert.equal((practice.json('status') as { firms: { pack: unknown }[] }).firms[0]?.pack, progress);
    assert.not.match(practice.ok('check'), 'schema/old');
    assert.match(practice.ok('migrate'), 'all files are of the present format');
  });
});

test('no file that is written holds a path of the machine, and every printed path has slashes', async () => {
  await withSample((practice) => {
    practice.tick(slug, 'T5.1.1');
    const out = practice.ok('refresh', '--firm', slug);
    assert.not.match(out, '\\');
    for (const [path, bytes] of Object.entries(snapshotOf(practice.dir))) {
      assert.not.match(Buffer.from(bytes, 'base64').toString('utf8'), practice.dir, path);
      assert.not.match(path, /[<>:"|?*]/);
    }
  });
});

test('outside Git everything is written, and it is said that nothing was committed', async () => {
  await withTempDir((dir) => {
    const practice = new Practice(dir, { SCEND_TODAY: '2026-03-20' });
    practice.ok('init', '.', '--example');
    practice.tick(slug, 'T5.1.1');
    const out = practice.ok('refresh', '--firm', slug);
    assert.match(out, 'not committed: this folder is not in a Git repository');
    assert.match(practice.ok('refresh', '--firm', slug), 'nothing changed since v1.1');
  });
});

test('on a side branch the derived rollup is left alone, unless asked for', async () => {
  await withSample((practice) => {
    practice.git('checkout', '-q', '-b', 'work');
    practice.tick(slug, 'T5.1.1');
    assert.not.match(practice.ok('sync', '--firm', slug), 'rollup.yaml');
    assert.match(practice.ok('sync', '--firm', slug, '--rollup'), 'rollup.yaml');
    practice.tick(slug, 'T5.1.2');
    const inCi = new Practice(practice.dir, { CI: 'true', SCEND_TODAY: '2026-03-20' });
    assert.match(inCi.ok('sync', '--firm', slug), 'rollup.yaml');
  });
});

test('a linked worktree commits on its own branch', async () => {
  await withSample((practice) => {
    practice.git('worktree', 'add', '-q', '-b', 'side', 'side');
    const side = new Practice(join(practice.dir, 'side'), { SCEND_TODAY: '2026-03-20' });
    side.tick(slug, 'T5.1.1');
    assert.match(side.ok('refresh', '--firm', slug), 'on side');
    side.clean();
    assert.not(practice.has(`firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`));
  });
});
