import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import type { CommandResult, Flags } from '../../src/commands/context.ts';
import { command } from '../../src/commands/diff.ts';
import { isDate } from '../../src/domain/date.ts';
import type { ScendError } from '../../src/domain/error.ts';
import { isUuid } from '../../src/domain/id.ts';
import { renderJson } from '../../src/report/result.ts';
import { test, withTempDir } from '../harness.ts';
import { someFirms, writeFirms } from '../many-firms.ts';
import { Practice, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const firm = `firms/${slug}`;
const roadmap = (version: string) => `${firm}/deliverables/${slug}_ROADMAP_${version}.md`;

/** Runs `scend diff` in this process, and holds its data to the published schema. */
async function diff(
  practice: Practice,
  args: readonly string[] = [],
  flags: Flags = {},
  env: Record<string, string> = {},
): Promise<CommandResult> {
  const result = await command.run({
    cwd: practice.dir,
    env: { ...practice.env, ...env },
    now: new Date('2026-03-20T12:00:00Z'),
    args,
    flags,
    prompter: null,
    newId: () => '',
  });
  const valid = validate(JSON.parse(renderJson(result)));
  assert.ok(valid, JSON.stringify(validate.errors?.slice(0, 3)));
  return result;
}

const schemas = new URL('../../schemas/commands/', import.meta.url);
const readSchema = (name: string) =>
  JSON.parse(readFileSync(new URL(`${name}.schema.json`, schemas), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, strictSchema: true, strictTypes: false });
ajv.addFormat('date', isDate);
ajv.addFormat('uuid', isUuid);
const envelope = 'urn:scend:schema:commands:envelope:1';
ajv.addSchema(
  existsSync(new URL('envelope.schema.json', schemas))
    ? readSchema('envelope')
    : { $id: envelope, type: 'object' },
);
const validate = ajv.compile(readSchema('diff'));

async function refusal(run: Promise<unknown>): Promise<ScendError> {
  try {
    await run;
  } catch (error) {
    return error as ScendError;
  }
  return assert.unreachable('it was not refused') as never;
}

const commit = (practice: Practice, message: string) => {
  practice.git('add', '-A');
  practice.git('commit', '-q', '-m', message);
};

// biome-ignore lint/suspicious/noExplicitAny: the schema says what it holds
const firmsIn = (result: CommandResult) => (result.data as any).firms as any[];

test('a branch is compared with where it left main: tickets, sprints, scope, metrics, versions, edits', () =>
  withSample(async (practice) => {
    const start = practice.git('rev-parse', 'HEAD').trim();
    assert.is((await diff(practice)).text, `no change in meaning since HEAD (${start.slice(0, 10)})`);
    practice.git('switch', '-qc', 'work');
    practice.edit(`${firm}/ticket-pack.md`, (text) =>
      text
        .replace('- [ ] T5.1.1 – Agree response standards', '- [x] T5.1.1 – Agree @octocat | standards')
        .replace(/(- \[)x(\] T1\.1\.3 [^\n]*\n {2}- Status: )done/, '$1 $2not_started'),
    );
    practice.edit(`${firm}/firm.yaml`, (text) =>
      text.replace(/implementation_cost: \d+/, 'implementation_cost: 30000'),
    );
    practice.ok('snapshot', '--firm', slug, '--label', '90d', '--date', '2026-03-19', '--nps', '40');
    commit(practice, 'Work');
    practice.ok('outcomes', '--firm', slug);
    practice.ok('refresh', '--firm', slug);
    // Main goes on: what others did there since is no change of this branch.
    practice.git('switch', '-q', 'main');
    practice.tick(slug, 'T5.1.2');
    commit(practice, 'Others');
    practice.git('switch', '-q', 'work');
    practice.edit(roadmap('v1.0'), (text) => text.replace('## 2. ', 'Late words.\n\n## 2. '));
    practice.edit(`${firm}/rollup.yaml`, (text) => text.replace(/done: \d+/, 'done: 84'));
    practice.edit(roadmap('v1.1'), (text) => text.replace('## 2. ', 'New words.\n\n## 2. '));

    const result = await diff(practice);
    assert.is(result.exitCode, 0);
    assert.match(result.text, `Changes since ${start.slice(0, 10)}, where this branch left main`);
    const [told] = firmsIn(result);
    const ids = (all: { ticket: string }[]) => all.map((one) => one.ticket);
    assert.equal(ids(told.tickets.done), ['T5.1.1']);
    assert.equal(ids(told.tickets.reopened), ['T1.1.3']);
    assert.equal(ids(told.tickets.retitled), ['T5.1.1']);
    assert.equal(told.tickets.added, []);
    assert.equal(
      told.metrics.map((one: { metric: string; gain: number }) => [one.metric, one.gain]),
      [['nps', -21]],
    );
    assert.equal(told.scope.firm, [{ field: 'implementation_cost', from: 16800, to: 30000 }]);
    assert.equal([told.versions.before, told.versions.after], ['v1.0', 'v1.1']);
    assert.match(
      told.versions.added[0].changelog.text,
      '# Hayes Real Estate Group — Roadmap Changelog v1.0 → v1.1',
    );
    assert.equal(
      told.edits.map((one: { kind: string; file: string }) => [one.kind, one.file]),
      [
        ['superseded_roadmap', roadmap('v1.0')],
        ['rollup', `${firm}/rollup.yaml`],
      ],
    );
    const sprint = told.sprints.find((one: { sprint: number }) => one.sprint === 1);
    assert.is(sprint.before.done - sprint.after.done, 1);

    const markdown = (await diff(practice, [], { format: 'markdown' })).text;
    assert.match(markdown, '### Hayes Real Estate Group (`hayes_real_estate`)');
    assert.match(markdown, '| 1 – Foundation | 17/17 (100 %) | 16/17 (94 %) |');
    assert.match(markdown, 'Agree @&#8203;octocat &#124; standards');
    assert.match(markdown, '<summary>Changelog of v1.1</summary>');

    const failing = await diff(practice, [], { 'fail-on': ['off_track,regression', 'reopened'] });
    assert.is(failing.exitCode, 1);
    assert.equal(
      failing.diagnostics.map((one) => `${one.file}:${one.line} ${one.rule}`),
      [
        `${firm}/snapshots/2026-03-19_90d.yaml:1 diff/regression`,
        `${firm}/ticket-pack.md:${
          practice
            .read(`${firm}/ticket-pack.md`)
            .split('\n')
            .findIndex((line) => line.includes('] T1.1.3 ')) + 1
        } diff/reopened`,
      ],
    );
    assert.is((await diff(practice, [], { 'fail-on': ['off_track'] })).exitCode, 0);

    // From commit to commit, the work tree's edits are not told; main has T5.1.2 and not what was done here.
    const [back] = firmsIn(await diff(practice, ['work'], { to: 'main' }));
    assert.equal([ids(back.tickets.done), ids(back.tickets.reopened)], [['T1.1.3', 'T5.1.2'], ['T5.1.1']]);
    assert.equal([back.edits, back.versions.removed], [[], ['v1.1']]);
    assert.equal(firmsIn(await diff(practice, ['main~1'], { to: start })), []);
  }));

test("what Scend made and people changed is told with its place; people's own text is told apart", () =>
  withSample(async (practice) => {
    practice.edit(roadmap('v1.0'), (text) => text.replace('## 3. ', 'Early words.\n\n## 3. '));
    commit(practice, 'Words');
    practice.ok('refresh', '--firm', slug);
    // The refresh took them over into v1.1: nobody edited what was replaced.
    assert.equal(firmsIn(await diff(practice, ['HEAD~2']))[0].edits, [
      { file: roadmap('v1.0'), kind: 'roadmap_text', parts: ['2'], removed: false },
    ]);
    const exported = `${firm}/deliverables/${slug}_TICKET_PACK_v1.1.md`;
    const metadata = `${firm}/deliverables/${slug}_metadata_v1.0.json`;
    practice.edit(exported, (text) => text.replace('- [ ] T5.1.1', '- [x] T5.1.1'));
    practice.edit(metadata, (text) => text.replace('"version": "v1.0"', '"version":  "v1.0"'));
    practice.edit(roadmap('v1.1'), (text) =>
      text
        .replace('## 2. ', 'New words.\n\n## 2. ')
        .replace('<!-- scend:end delivered-to-date -->', 'More.\n<!-- scend:end delivered-to-date -->'),
    );
    practice.edit(`${firm}/outcomes/v1.0_60d.yaml`, (text) =>
      text.replace(/^status: .*$/m, 'status: off_track'),
    );
    const result = await diff(practice);
    const edits = firmsIn(result)[0].edits as { kind: string; file: string; parts: string[] }[];
    const expected = [
      ['managed_block', roadmap('v1.1'), 'delivered-to-date'],
      ['roadmap_text', roadmap('v1.1'), '1'],
      ['export', exported, 'T5.1.1'],
      ['generated', metadata, ''],
      ['outcome', `${firm}/outcomes/v1.0_60d.yaml`, ''],
    ];
    assert.equal(edits.map((one) => [one.kind, one.file, one.parts.join()]).sort(), expected.sort());
    // An outcome that was made to say so is off track all the same, and that it was made to is told.
    assert.is((await diff(practice, [], { 'fail-on': 'off_track' })).exitCode, 1);
    // Other line endings are no edit.
    practice.git('checkout', '-q', '.');
    practice.edit(exported, (text) => text.replaceAll('\n', '\r\n'));
    assert.match((await diff(practice)).text, /^no change in meaning since HEAD \([0-9a-f]{10}\)$/);
  }));

test('firms come, go and are renamed; one that cannot be read is told and hides no other', () =>
  withTempDir(async (dir) => {
    const made = someFirms(5);
    writeFirms(dir, made);
    const practice = new Practice(dir);
    practice.start();
    const [a, b, c, d] = made.map((one) => one.slug) as [string, string, string, string];
    renameSync(join(dir, 'firms', a), join(dir, 'firms', 'new_name'));
    practice.edit('firms/new_name/firm.yaml', (text) => text.replace(`slug: ${a}`, 'slug: new_name'));
    cpSync(join(dir, 'firms', c), join(dir, 'firms', 'added'), { recursive: true });
    practice.edit('firms/added/firm.yaml', (text) =>
      text
        .replace(/^id: .*$/m, 'id: 7f0c1111-2222-4333-8444-555566667777')
        .replace(`slug: ${c}`, 'slug: added'),
    );
    rmSync(join(dir, 'firms', b), { recursive: true });
    practice.edit(`firms/${c}/firm.yaml`, (text) => `${text}a: b: c\n`);
    practice.edit(`firms/${d}/firm.yaml`, (text) => text.replace(/^industry: .*$/m, 'industry: other'));
    const result = await diff(practice);
    assert.equal(
      firmsIn(result).map((one) => [one.firm, one.change, one.renamed_from]),
      [
        ['added', 'added', null],
        [b, 'removed', null],
        [c, 'changed', null],
        [d, 'changed', null],
        ['new_name', 'changed', a],
      ],
    );
    const lost = Object.fromEntries(firmsIn(result).map((one) => [one.firm, one.not_compared]));
    assert.equal([lost[c], lost[d]], [['firm'], []]);
    assert.is(result.exitCode, 1);
    assert.ok(
      result.diagnostics.some((one) => one.file === `firms/${c}/firm.yaml` && one.severity === 'error'),
    );
    // The other way round it is the base that cannot be read: it is said, and stops nobody.
    commit(practice, 'Broken');
    practice.git('checkout', '-q', 'HEAD~1', '--', `firms/${c}`);
    const mended = await diff(practice);
    assert.is(mended.exitCode, 0);
    assert.equal(
      mended.diagnostics.map((one) => [one.file, one.severity, one.message.slice(0, 3)]),
      [[`firms/${c}/firm.yaml`, 'warning', 'in ']],
    );
    assert.equal(
      firmsIn(mended).map((one) => [one.firm, one.not_compared]),
      [[c, ['firm']]],
    );
    const { code, hint } = await refusal(diff(practice, [], { firm: 'firm_003' }));
    assert.equal([code, /Did you mean/.test(hint)], ['usage/unknown-firm', true]);
  }));

test('what to compare with: refusals say what to do, a pull request knows its target', () =>
  withTempDir(async (dir) => {
    const work = join(dir, 'work');
    writeFirms(work, someFirms(1));
    const practice = new Practice(work);
    assert.is((await refusal(diff(practice))).code, 'git/no-repository');
    practice.git('init', '-q', '-b', 'main');
    assert.is((await refusal(diff(practice))).code, 'git/no-commit');
    practice.start();
    practice.git('switch', '-qc', 'release');
    practice.edit('firms/firm_0000/firm.yaml', (text) => text.replace(/^industry: .*$/m, 'industry: other'));
    commit(practice, 'Release');
    practice.git('switch', '-qc', 'topic');
    practice.edit('firms/firm_0000/firm.yaml', (text) => text.replace(/^team_size: .*$/m, 'team_size: 77'));
    commit(practice, 'Topic');
    for (const [args, code, says] of [
      [['mian'], 'usage/unknown-revision', 'Did you mean "main"?'],
      [['relase'], 'usage/unknown-revision', 'Did you mean "release"?'],
      [['HEAD~9'], 'usage/unknown-revision', 'git branch --all'],
      [['--upload-pack=x'], 'usage/unknown-revision', 'git branch --all'],
      [['main...topic'], 'usage/unknown-revision', 'scend diff main --to topic'],
    ] as const) {
      const error = await refusal(diff(practice, args));
      assert.is(error.code, code);
      assert.match(error.hint, says);
    }
    assert.match(
      (await refusal(diff(practice, [], { 'fail-on': ['reopend'] }))).hint,
      'Did you mean "reopened"?',
    );
    assert.is((await refusal(diff(practice, [], { 'fail-on': [','] }))).code, 'usage/bad-fail-on');
    assert.match((await refusal(diff(practice, [], { format: 'mardown' }))).hint, 'Did you mean "markdown"?');
    const fields = async (...args: Parameters<typeof diff>) =>
      firmsIn(await diff(...args)).flatMap((one) =>
        one.scope.firm.map((change: { field: string }) => change.field),
      );
    assert.equal(await fields(practice), ['industry', 'team_size']);
    practice.git('switch', '-q', '--detach');
    assert.equal(await fields(practice), ['industry', 'team_size']);
    assert.equal(await fields(practice, [], {}, { GITHUB_BASE_REF: 'release' }), ['team_size']);
    practice.git('tag', '-a', '-m', 'Tag', 'v1', 'release');
    assert.equal(await fields(practice, ['v1']), ['team_size']);

    practice.git('switch', '-q', 'main');
    practice.git('commit', '-q', '--allow-empty', '-m', 'Go on');
    practice.git('switch', '-q', 'topic');
    new Practice(dir).git('clone', '-q', '--depth', '1', `file://${work}`, 'shallow');
    const shallow = new Practice(join(dir, 'shallow'));
    for (const args of [[], ['main'], ['HEAD~1']]) {
      const error = await refusal(diff(shallow, args));
      assert.equal([error.code, /fetch-depth: 0/.test(error.hint)], ['git/shallow', true], args.join());
    }
    assert.match((await diff(shallow, ['HEAD'])).text, 'no change in meaning since HEAD');
    new Practice(dir).git('clone', '-q', '--no-single-branch', '--depth', '1', `file://${work}`, 'cut');
    assert.is((await refusal(diff(new Practice(join(dir, 'cut'))))).code, 'git/shallow');
  }));
