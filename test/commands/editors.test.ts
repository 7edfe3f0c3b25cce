import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globbySync } from 'globby';
import type { Configuration } from 'markdownlint';
import { lint } from 'markdownlint/sync';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { editorFiles, schemaFiles, sharedFiles } from '../../src/commands/init-editors.ts';
import { type RuleId, rules } from '../../src/domain/rules.ts';
import { conforms, type Kind } from '../../src/formats/schema.ts';
import { renderDiagnostic } from '../../src/report/diagnostics.ts';
import { watchBegins, watchEnds } from '../../src/report/watch.ts';
import { cleanEnv } from '../environment.ts';
import { test, withTempDir } from '../harness.ts';
import { Practice, withSample } from '../scend.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = sharedFiles();
const inRepository = (path: string) => readFileSync(join(root, path), 'utf8');
const plain = (text: string) => text;
const paint = { red: plain, yellow: plain, dim: plain, bold: plain };

/** A workspace in which every command has written what it writes. */
async function withEverything(body: (practice: Practice) => void): Promise<void> {
  await withSample((practice) => {
    practice.ok('firm', 'add', 'acme', '--name', 'Acme', '--industry', 'real_estate', '--team-size', '9');
    practice.ok('pack', 'create', '--firm', 'acme', '--systems', '1,2');
    practice.tick('acme', 'T1.1.1', 'T1.1.2');
    practice.ok('refresh', '--all');
    for (const [label, date, rate] of [
      ['baseline', '2026-01-05', '10%'],
      ['60d', '2026-03-06', '15%'],
    ] as const)
      practice.ok('snapshot', '--firm', 'acme', '--label', label, '--date', date, '--close-rate', rate);
    practice.ok('outcomes');
    practice.ok('refresh', '--firm', 'acme', '--major', '--rollup');
    practice.ok('aggregate');
    practice.ok('aggregate', '--shareable');
    body(practice);
  });
}

test('the repository has the editor settings that init writes', () => {
  for (const [path, text] of Object.entries(shared)) assert.is(inRepository(path), text, path);
  const written = Object.fromEntries(
    editorFiles().map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]),
  );
  assert.equal(Object.keys(written).sort(), [
    '.editorconfig',
    '.gitattributes',
    '.markdownlint.jsonc',
    '.vscode/extensions.json',
    '.vscode/settings.json',
    '.vscode/tasks.json',
  ]);
  const linesOf = (text = '') => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const path of ['.gitattributes', '.editorconfig'])
    assert.equal(
      linesOf(written[path]).filter((line) => !/^\[\*\./.test(line) && !inRepository(path).includes(line)),
      [],
      path,
    );
});

test('what Scend writes is found by one schema each, and clean under the markdownlint settings', async () => {
  await withEverything((practice) => {
    markdownIsClean(practice);
    schemasFit(practice);
  });
});

/** Every YAML and JSON file belongs to one schema by the settings and by its own first lines, and is valid. */
function schemasFit(practice: Practice): void {
  practice.ok('refresh', '--firm', 'acme', '--major', '--plan-out', 'plan.json');
  practice.ok('aggregate', '--shard', '1/1', '--out', 'part-1.json');
  const found = (pattern: string | string[]) => globbySync(pattern, { cwd: practice.dir, dot: false });
  const all = found(['**/*.yaml', '**/*.json', '!schemas/**']).sort();
  const kindOf = new Map<string, Kind>();
  for (const [kind, patterns] of Object.entries(schemaFiles))
    for (const path of patterns.flatMap((one) => found(one))) {
      assert.not.ok(kindOf.has(path), `${path} is of two kinds`);
      kindOf.set(path, kind as Kind);
    }
  assert.equal([...kindOf.keys()].sort(), all);
  assert.is(new Set(kindOf.values()).size, Object.values(schemaFiles).filter((one) => one.length > 0).length);
  for (const [path, kind] of kindOf) {
    const text = practice.read(path);
    assert.ok(conforms(kind, parse(text)), path);
    if (!path.endsWith('.yaml')) continue;
    const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? [];
    assert.is(join(path, '..', named).replaceAll('\\', '/'), `schemas/${kind}.schema.json`, path);
  }
  // The same, as the settings say it to the editor.
  const settings = JSON.parse(practice.read('.vscode/settings.json'));
  const said = [
    ...Object.entries<string[]>(settings['yaml.schemas']),
    ...settings['json.schemas'].map((one: { url: string; fileMatch: string[] }) => [one.url, one.fileMatch]),
  ].map(([url, files]) => [url, files.map((one: string) => one.replace(/^\//, ''))]);
  for (const [url] of said) assert.ok(practice.has(url), url);
  assert.equal(
    new Map(said as [string, string[]][]),
    new Map(
      Object.entries(schemaFiles)
        .filter(([, files]) => files.length > 0)
        .map(([kind, files]): [string, readonly string[]] => [`./schemas/${kind}.schema.json`, files]),
    ),
  );
}

function markdownIsClean(practice: Practice): void {
  const files = globbySync('**/*.md', { cwd: practice.dir });
  for (const part of [
    'templates/',
    'CHANGELOG',
    'TICKET_PACK',
    'ROADMAP_v2.0',
    'ticket-pack.md',
    'analytics/',
  ])
    assert.ok(
      files.some((one) => one.includes(part)),
      part,
    );
  const config: Configuration = JSON.parse(practice.read('.markdownlint.jsonc').replace(/^\s*\/\/.*$/gm, ''));
  const strings = Object.fromEntries(files.map((one) => [one, practice.read(one)]));
  const faults = (texts: Record<string, string>) =>
    Object.entries(lint({ strings: texts, config })).flatMap(([file, found]) =>
      found.map((one) => `${file}:${one.lineNumber} ${one.ruleNames[0]} ${one.ruleDescription}`),
    );
  assert.equal(faults(strings), []);
  assert.ok(faults({ broken: '#Title\n* a\n- b\n' }).length > 1);
}

test("the task's problem matcher takes every finding and no hint, and knows when a check begins and ends", () => {
  const task = JSON.parse(shared['.vscode/tasks.json'] ?? '').tasks[0];
  const { pattern, background } = task.problemMatcher;
  const matcher = new RegExp(pattern.regexp);
  for (const [index, rule] of (Object.keys(rules) as RuleId[]).entries()) {
    const finding = {
      file: `firms/a-b_${index}/snapshots/2026-01-05_60d.yaml`,
      line: index + 1,
      column: 7,
      severity: (['error', 'warning', 'info'] as const)[index % 3] ?? 'error',
      rule,
      message: 'error: "a: [b]" is none of x:1:2 error [c/d]',
      hint: 'Write a.md:3:4 error like this [a/b]',
    };
    const [line = '', hint = ''] = renderDiagnostic(finding, paint).split('\n');
    const match = matcher.exec(line);
    const part = (name: string) => match?.[pattern[name]];
    assert.equal(['file', 'line', 'column', 'severity', 'message', 'code'].map(part), [
      finding.file,
      `${finding.line}`,
      '7',
      finding.severity,
      finding.message,
      rule,
    ]);
    assert.is(matcher.exec(hint), null);
  }
  assert.ok(task.isBackground && background.activeOnStart);
  assert.match(watchBegins([]), new RegExp(background.beginsPattern));
  assert.match(watchBegins(['a', 'b', 'c', 'd', 'e']), new RegExp(background.beginsPattern));
  assert.match(watchEnds('1 firm checked'), new RegExp(background.endsPattern));
  assert.not.match(watchEnds('1 firm checked'), new RegExp(background.beginsPattern));
});

test('Git sees derived files as such, and line ends are LF in every clone', async () => {
  await withTempDir((dir) => {
    const practice = new Practice(dir);
    practice.ok('init', 'w', '--example');
    const here = new Practice(join(dir, 'w'));
    here.git('init', '-q');
    here.git('config', 'core.autocrlf', 'true');
    here.edit('firms/hayes_real_estate/ticket-pack.md', (text) => text.replaceAll('\n', '\r\n'));
    here.git('add', '-A');
    here.git('commit', '-q', '-m', 'Start workspace');
    const firm = 'firms/hayes_real_estate';
    const attributes = (path: string) =>
      here
        .git('check-attr', 'linguist-generated', 'merge', 'eol', '--', path)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(': ').at(-1));
    for (const [path, generated, merge] of [
      [`${firm}/rollup.yaml`, 'set', 'unspecified'],
      [`${firm}/deliverables/hayes_real_estate_TICKET_PACK_v1.1.md`, 'set', 'unspecified'],
      [`${firm}/deliverables/hayes_real_estate_metadata_v1.0.json`, 'set', 'unspecified'],
      [`${firm}/deliverables/hayes_real_estate_CHART_burn_up_v1.1.svg`, 'set', 'unspecified'],
      [`${firm}/deliverables/hayes_real_estate_ROADMAP_v1.0.md`, 'unspecified', 'unspecified'],
      [
        `${firm}/deliverables/hayes_real_estate_ROADMAP_CHANGELOG_v1.0_to_v1.1.md`,
        'unspecified',
        'unspecified',
      ],
      ['analytics/global_outcomes.md', 'set', 'unspecified'],
      [`${firm}/ticket-pack.md`, 'unspecified', 'scend'],
    ] as const)
      assert.equal(attributes(path), [generated, merge, 'lf'], path);
    const cloned = spawnSync('git', ['-c', 'core.autocrlf=true', 'clone', '-q', 'w', 'clone'], {
      cwd: dir,
      env: cleanEnv(dir),
    });
    assert.is(cloned.status, 0);
    const pack = new Practice(join(dir, 'clone')).read(`${firm}/ticket-pack.md`);
    assert.ok(pack.includes('\n') && !pack.includes('\r'));
  });
});
