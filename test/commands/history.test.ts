import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { Practice, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;
const folder = `firms/${slug}/deliverables`;
const roadmap = `${folder}/${slug}_ROADMAP_v1.0.md`;

/** Commits everything as a person would with Git itself, on a given day. */
function commitOn(practice: Practice, date: string): void {
  const at = `${date}T12:00:00Z`;
  new Practice(practice.dir, { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }).git(
    'commit',
    '-qam',
    'By hand',
  );
}

/** What a person does on a branch of their own, committed on a day, and merged on another. */
function pullRequest(practice: Practice, date: string, merged: string, change: () => void): void {
  practice.git('checkout', '-q', '-b', 'side');
  change();
  commitOn(practice, date);
  practice.git('checkout', '-q', 'main');
  const at = `${merged}T12:00:00Z`;
  new Practice(practice.dir, { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }).git(
    'merge',
    '-q',
    '--no-ff',
    '-m',
    'Merge pull request',
    'side',
  );
}

const status = (practice: Practice, id: string, value: string) =>
  practice.edit(pack, (text) =>
    text.replace(new RegExp(`(\\[.\\] ${id.replaceAll('.', '\\.')} .*\\n {2}- Status: )\\w+`), `$1${value}`),
  );

/** The lines of one ticket. */
function ticket(practice: Practice, id: string): string {
  const [, rest = ''] = practice
    .read(pack)
    .split(new RegExp(`(?=^- \\[.\\] ${id.replaceAll('.', '\\.')} )`, 'm'));
  return rest.split(/\n(?=- \[|\n)/)[0] ?? '';
}

test('a Status that was committed by hand is the newer side, and keeps its date', async () => {
  await withSample((practice) => {
    status(practice, 'T5.1.1', 'done');
    practice.edit(pack, (text) =>
      text.replace(/(T5\.1\.1 .*\n {2}- Status: done\n)/, '$1  - Completed: 2026-03-15\n'),
    );
    status(practice, 'T1.1.3', 'blocked');
    commitOn(practice, '2026-03-16');
    practice.ok('sync', '--firm', slug);
    assert.match(
      ticket(practice, 'T5.1.1'),
      /^- \[x\] T5\.1\.1 .*\n {2}- Status: done\n {2}- Completed: 2026-03-15/,
    );
    assert.match(ticket(practice, 'T1.1.3'), /^- \[ \] T1\.1\.3 .*\n {2}- Status: blocked/);
    assert.not.match(ticket(practice, 'T1.1.3'), 'Completed');
    practice.clean();
  });
});

test('a tick that was committed by hand is dated by its commit, a fresh one by today', async () => {
  await withSample((practice) => {
    practice.tick(slug, 'T5.1.2');
    commitOn(practice, '2026-02-10');
    practice.edit('templates/roadmap.md', (text) => `${text}\n`);
    commitOn(practice, '2026-02-20');
    practice.tick(slug, 'T5.1.3');
    practice.ok('sync', '--firm', slug, '--today', '2026-03-01');
    assert.match(
      ticket(practice, 'T5.1.2'),
      /Status: done\n {2}- Started: 2026-02-10\n {2}- Completed: 2026-02-10/,
    );
    assert.match(
      ticket(practice, 'T5.1.3'),
      /Status: done\n {2}- Started: 2026-03-01\n {2}- Completed: 2026-03-01/,
    );
  });
});

test('ticks that a pull request brought are dated by its commits, and it says so', async () => {
  await withSample((practice) => {
    pullRequest(practice, '2026-02-10', '2026-02-20', () => practice.tick(slug, 'T5.1.2'));
    const side = practice.git('rev-parse', 'side').trim();
    practice.tick(slug, 'T5.1.3');
    const run = ['sync', '--firm', slug, '--today', '2026-03-01'];
    const { firms } = practice.json(...run, '--dry-run') as {
      firms: { tickets: { ticket_id: string; completed: string; inferred?: object }[] }[];
    };
    const told = { commit: side };
    assert.equal(
      firms[0]?.tickets.map((one) => [one.ticket_id, one.completed, one.inferred]),
      [
        ['T5.1.2', '2026-02-10', { started: told, completed: told }],
        ['T5.1.3', '2026-03-01', undefined],
      ],
    );
    const mark = `\\(from history, commit ${side.slice(0, 10)}\\)`;
    const first = new RegExp(`T5\\.1\\.2 .*Started: 2026-02-10 ${mark}, Completed: 2026-02-10 ${mark}\\n`);
    const second = /T5\.1\.3 .*Started: 2026-03-01, Completed: 2026-03-01\n/;
    const out = practice.ok(...run);
    const message = practice.git('log', '-1', '--format=%b');
    for (const text of [out, message]) {
      assert.match(text, first);
      assert.match(text, second);
    }
    assert.match(ticket(practice, 'T5.1.2'), /Started: 2026-02-10\n {2}- Completed: 2026-02-10\n/);
    practice.clean();
  });
});

test('a refresh that dates tickets from history says so in its changelog and its commit', async () => {
  await withSample((practice) => {
    pullRequest(practice, '2026-03-10', '2026-03-15', () => practice.tick(slug, 'T5.1.2'));
    const mark = `from history, commit ${practice.git('rev-parse', 'side').slice(0, 10)}`;
    assert.match(practice.ok('refresh', '--firm', slug), `Completed: 2026-03-10 (${mark})`);
    const log = practice.git('log', '-1', '--format=%b');
    assert.match(log, `T5.1.2: Started: 2026-03-10 (${mark}), Completed: 2026-03-10 (${mark})`);
    assert.match(
      practice.read(`${folder}/${slug}_ROADMAP_CHANGELOG_v1.0_to_v1.1.md`),
      `(2026-03-10, ${mark}, sprint 3)`,
    );
  });
});

test('a commit from the future tells no date, unless today is later still', async () => {
  await withSample((practice) => {
    practice.tick(slug, 'T5.1.2');
    commitOn(practice, '2071-02-10');
    const sync = (today: string) => practice.ok('sync', '--firm', slug, '--dry-run', '--today', today);
    assert.match(
      sync('2026-03-01'),
      /T5\.1\.2 .*: Status: done, Started: 2026-03-01, Completed: 2026-03-01\n/,
    );
    assert.match(sync('2071-02-20'), 'Completed: 2071-02-10 (from history, commit ');
  });
});

test('in a shallow clone a date is a bound, and is called one', async () => {
  await withSample(async (practice) => {
    practice.tick(slug, 'T5.1.2');
    commitOn(practice, '2026-02-10');
    practice.edit('templates/roadmap.md', (text) => `${text}\n`);
    commitOn(practice, '2026-02-20');
    const head = practice.git('rev-parse', 'HEAD').slice(0, 10);
    const shallow = new Practice(join(practice.dir, 'shallow'), practice.env);
    practice.git('clone', '-q', '--depth=1', `file://${practice.dir}`, shallow.dir);
    const out = shallow.ok('sync', '--firm', slug, '--dry-run');
    assert.match(out, `Completed: 2026-02-20 (no later than that: history is known back to commit ${head})`);
  });
});

test('a box of one branch against the Status line of another is a contradiction', async () => {
  await withSample((practice) => {
    practice.git('checkout', '-q', '-b', 'side');
    status(practice, 'T5.1.2', 'blocked');
    commitOn(practice, '2026-02-10');
    practice.git('checkout', '-q', 'main');
    practice.tick(slug, 'T5.1.2');
    commitOn(practice, '2026-02-12');
    practice.git('merge', '-q', '-s', 'ours', '--no-commit', 'side');
    status(practice, 'T5.1.2', 'blocked');
    commitOn(practice, '2026-02-20');
    const ran = practice.scend('sync', '--firm', slug);
    assert.is(ran.code, 1);
    assert.match(ran.err, 'T5.1.2: the checkbox was changed to [x] and Status to blocked');
    practice.clean();
  });
});

test('an outcome that no longer follows from its files never reaches a roadmap', async () => {
  await withSample((practice) => {
    practice.edit(`firms/${slug}/snapshots/2026-03-06_60d.yaml`, (text) =>
      text.replace('lead_response_minutes: 3.5', 'lead_response_minutes: 11'),
    );
    practice.edit(`firms/${slug}/firm.yaml`, (text) =>
      text.replace('blended_hourly_rate: 50', 'blended_hourly_rate: 100'),
    );
    assert.match(practice.scend('status', '--firm', slug).err, 'derived/outcome-stale');
    const ran = practice.scend('refresh', '--firm', slug);
    assert.is(ran.code, 1);
    assert.match(ran.err, 'derived/outcome-stale');
    assert.match(ran.err, `Run "scend outcomes --firm ${slug}" first.`);
    assert.not(practice.has(`${folder}/${slug}_ROADMAP_v1.1.md`));
    practice.ok('outcomes', '--firm', slug);
    practice.ok('refresh', '--firm', slug);
    assert.match(practice.read(`${folder}/${slug}_ROADMAP_v1.1.md`), '12 min | 2 min | 11 min | 0.15');
  });
});

test('a tick in a committed export is found, and comes back', async () => {
  await withSample((practice) => {
    practice.ok('refresh', '--firm', slug);
    const exported = `${folder}/${slug}_TICKET_PACK_v1.1.md`;
    practice.edit(exported, (text) => text.replace('- [ ] T10.1.3', '- [x] T10.1.3'));
    practice.git('commit', '-qam', 'Tick the export');
    assert.match(practice.ok('check'), 'export/edited');
    assert.match(practice.ok('sync', '--firm', slug, '--file', exported), /T10\.1\.3 .*: ticked/);
    assert.match(practice.read(pack), '- [x] T10.1.3');
  });
});

test('reading an export back leaves a Status that was just set by hand as it is', async () => {
  await withSample((practice) => {
    practice.ok('refresh', '--firm', slug);
    const text = practice.read(`${folder}/${slug}_TICKET_PACK_v1.1.md`);
    practice.write('from-client.md', text.replace('- [ ] T5.1.2', '- [x] T5.1.2'));
    status(practice, 'T5.1.1', 'done');
    practice.edit(pack, (now) =>
      now.replace(/(T5\.1\.1 .*\n {2}- Status: done\n)/, '$1  - Completed: 2026-03-15\n'),
    );
    practice.ok('sync', '--firm', slug, '--file', 'from-client.md');
    assert.match(
      ticket(practice, 'T5.1.1'),
      /^- \[x\] T5\.1\.1 .*\n {2}- Status: done\n {2}- Completed: 2026-03-15/,
    );
    assert.match(ticket(practice, 'T5.1.2'), /^- \[x\] T5\.1\.2 .*\n {2}- Status: done/);
  });
});

test('an export of unknown age never un-ticks, nor ticks what is un-ticked in it', async () => {
  await withSample((practice) => {
    const text = practice
      .read(pack)
      .replace('version: v1.0', 'version: v7.7')
      .replace('- [x] T1.1.1', '- [ ] T1.1.1')
      .replace('- [ ] T5.1.2', '- [x] T5.1.2');
    writeFileSync(join(practice.dir, 'old.md'), text);
    const ran = practice.scend('sync', '--firm', slug, '--file', 'old.md');
    assert.is(ran.code, 0);
    assert.match(ran.err, 'export/behind');
    assert.match(practice.read(pack), '- [x] T1.1.1');
    assert.match(practice.read(pack), '- [x] T5.1.2');
    practice.edit(pack, (now) => now.replace('- [x] T1.1.1', '- [ ] T1.1.1'));
    practice.ok('sync', '--firm', slug);
    practice.ok('sync', '--firm', slug, '--file', 'old.md');
    assert.match(practice.read(pack), '- [ ] T1.1.1');
    assert.match(
      practice.scend('sync', '--firm', slug, '--file', 'old.md', '--ticketpack-version', 'v7.7').err,
      'there is no export',
    );
  });
});

test('an unclosed fence stops a refresh instead of swallowing section 10', async () => {
  await withSample((practice) => {
    practice.edit(roadmap, (text) => `${text}\n\`\`\`js\nfoo\n`);
    const ran = practice.scend('refresh', '--firm', slug);
    assert.is(ran.code, 1);
    assert.match(ran.err, 'roadmap/unclosed');
    assert.not(practice.has(`${folder}/${slug}_ROADMAP_v1.1.md`));
  });
});

test('text inside an engine-owned block is reported before it is made anew, and in the changelog', async () => {
  await withSample((practice) => {
    practice.edit(roadmap, (text) =>
      text.replace('Nothing delivered yet.', 'Nothing delivered yet. MY OWN TEXT'),
    );
    assert.match(practice.ok('check'), 'roadmap/block-edited');
    practice.ok('refresh', '--firm', slug);
    assert.match(
      practice.read(`${folder}/${slug}_ROADMAP_CHANGELOG_v1.0_to_v1.1.md`),
      'block "delivered-workflows" was edited',
    );
  });
});

test('the heading above the delivered workflows may be taken away', async () => {
  await withSample((practice) => {
    practice.edit(roadmap, (text) => text.replace('### Delivered\n', ''));
    practice.ok('refresh', '--firm', slug);
    const text = practice.read(`${folder}/${slug}_ROADMAP_v1.1.md`);
    assert.is(text.match(/scend:begin delivered-workflows/g)?.length, 1);
    assert.is(text.match(/#### One Agent per Lead/g)?.length, 1);
  });
});

test('a major version is made once', async () => {
  await withSample((practice) => {
    assert.match(practice.ok('refresh', '--firm', slug, '--major'), 'roadmap v1.0 → v2.0');
    assert.match(practice.ok('refresh', '--firm', slug, '--major'), 'nothing changed since v2.0');
  });
});

test('skipping everything and taking it back leaves no section behind', async () => {
  await withSample((practice) => {
    const before = practice.read(pack);
    practice.edit(pack, (text) => text.replace(/^- \[.\] T/gm, '- [-] T'));
    practice.ok('refresh', '--firm', slug);
    practice.write(pack, before);
    practice.ok('refresh', '--firm', slug);
    const front = practice.read(`${folder}/${slug}_ROADMAP_v1.2.md`).split('\n---\n')[0] ?? '';
    assert.not.match(front, 'deprecated');
    assert.match(front, /section_number: 3\n {4}section_name: ghl_architecture\n {4}status: in_progress/);
  });
});

test('empty files are findings, and a path that is not there is no clean check', async () => {
  await withSample((practice) => {
    practice.write(`firms/${slug}/recommendations.yaml`, '');
    practice.write(`firms/${slug}/firm.yaml`, '');
    const ran = practice.scend('check');
    assert.is(ran.code, 1);
    assert.match(ran.out, `firms/${slug}/firm.yaml:1:1 error the firm file is empty`);
    assert.is(practice.scend('refresh', '--all').code, 1);
    assert.is(practice.scend('check', 'firms/hayes').code, 2);
  });
});

test('measurements that are not in Git are named, and a second run commits them', async () => {
  await withSample((practice) => {
    const take = ['snapshot', '--firm', slug, '--label', '90d', '--date', '2026-03-19', '--nps', '55'];
    practice.ok(...take, '--no-commit');
    assert.match(
      practice.ok('refresh', '--firm', slug),
      'rests on firms/hayes_real_estate/snapshots/2026-03-19_90d.yaml, which is not committed',
    );
    assert.match(practice.ok(...take), 'committed');
    practice.clean();
  });
});

test('special files and hostile values are refused at once', async () => {
  if (process.platform === 'win32') return;
  await withSample((practice) => {
    assert.match(practice.scend('sync', '--firm', slug, '--file', '/dev/zero').err, 'is not a plain file');
    assert.match(
      practice.scend('pack', 'create', '--firm', slug, '--library', '/dev/zero').err,
      'is not a plain file',
    );
    const add = (...more: string[]) =>
      practice.scend('firm', 'add', 'new_firm', '--name', 'New', '--industry', 'legal', ...more).err;
    assert.match(add('--timezone', '../../etc/passwd'), 'no IANA time zone');
    assert.match(add('--currency', '<b>'), 'no currency code');
    assert.match(add('--annual-revenue', '9'.repeat(400)), 'not a plain number');
    assert.match(add('--owner-email', 'not a mail'), 'no mail address');
    assert.match(
      practice.scend('firm', 'add', 'new_firm', '--name', 'a\u001b]0;x\u0007b', '--industry', 'legal').err,
      'control characters',
    );
    assert.match(
      practice.scend('firm', 'add', 'new_firm', '--name', 'New', '--industry', 'Legal|x').err,
      'Try "legal_x"',
    );
    practice.clean();
  });
});

test('control characters and workflow commands in titles reach neither the terminal nor the log', async () => {
  await withSample((practice) => {
    practice.edit(pack, (text) =>
      text.replace('- [ ] T5.1.2 – ', '- [x] T5.1.2 – \u001b[31m\u202ered ##[add-mask]y '),
    );
    const out = practice.ok('sync', '--firm', slug);
    assert.match(out, 'T5.1.2');
    const log = practice.git('log', '-1', '--format=%B');
    for (const text of [out, log]) {
      for (const bad of ['\u001b', '\u202e']) assert.not.match(text, bad);
    }
    assert.not.match(out, '##[');
  });
});

test('bombs in a pack end soon, with a finding', async () => {
  await withSample((practice) => {
    const sound = practice.read(pack);
    // Words that fill their lines: read by the line they cost nothing.
    const words = [
      `${'*a_'.repeat(5000)}!\n`.repeat(5),
      `${']('.repeat(7500)}!\n`.repeat(5),
      '_\n'.repeat(100_000),
    ];
    for (const harmless of words) {
      practice.write(pack, `${sound}\n${harmless}`);
      assert.match(practice.ok('check'), 'no findings');
    }
    // A quotation among them is the parser's to read, and it would get all of the paragraph.
    const quoted = words.map((text) => `${text}> and so on\n`);
    const others = ['- [ ]\n'.repeat(100_000), '['.repeat(50_000), `${'- '.repeat(4000)}x\n`];
    for (const bomb of [...quoted, ...others]) {
      practice.write(pack, `${sound}\n${bomb}`);
      const ran = practice.scend('check');
      assert.is(ran.code, 1, bomb.slice(0, 20));
      assert.match(ran.out, 'markdown/too-deep');
    }
  });
});

test('a disagreement whose last change lies beyond a shallow clone is a finding, and nothing is lost', () =>
  withSample((practice) => {
    const pack = `firms/${slug}/ticket-pack.md`;
    practice.edit(pack, (text) => text.replace(/(- \[ \] T4\.2\.4[^\n]*\n\s+- Status: )\w+/, '$1done'));
    practice.git('commit', '-qam', 'Set a status by hand');
    practice.git('commit', '-q', '--allow-empty', '-m', 'Something else');
    const shallow = new Practice(join(practice.dir, 'shallow'), practice.env);
    practice.git('clone', '-q', '--depth=1', `file://${practice.dir}`, shallow.dir);
    const ran = shallow.scend('sync', '--firm', slug);
    assert.is(ran.code, 1);
    assert.match(ran.err, /T4\.2\.4: the checkbox says \[ \] and Status done/);
    assert.match(ran.err, 'fetch-depth: 0');
    assert.is(shallow.read(pack), practice.read(pack));
    shallow.git('fetch', '-q', '--unshallow');
    assert.match(shallow.ok('sync', '--firm', slug), 'T4.2.4');
    assert.match(shallow.read(pack), /- \[x\] T4\.2\.4/);
  }));
