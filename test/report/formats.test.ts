import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { command as check } from '../../src/commands/check.ts';
import { type Diagnostic, diagnose, type Severity } from '../../src/domain/diagnostic.ts';
import { type RuleId, rules } from '../../src/domain/rules.ts';
import { noPaint, renderDiagnostic } from '../../src/report/diagnostics.ts';
import { renderGithub, renderGithubFailure } from '../../src/report/github.ts';
import { plainText } from '../../src/report/plain.ts';
import { renderError, renderResult } from '../../src/report/result.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { test, withTempDir } from '../harness.ts';
import { commandsIn } from '../runner-log.ts';
import { Practice } from '../scend.ts';

const same = (path: string) => path;
const ofSeverity = (severity: Severity) =>
  (Object.keys(rules) as RuleId[]).find((one) => rules[one].severity === severity)!;

function findings(count: Readonly<Record<Severity, number>>): Diagnostic[] {
  return (['error', 'warning', 'info'] as const).flatMap((severity) =>
    Array.from({ length: count[severity] }, (_, at) =>
      diagnose(ofSeverity(severity), { file: 'firms/a/x.md', line: at + 1 }, `finding ${at}`),
    ),
  );
}

/** Pieces out of which somebody would try to build a command, among any other text. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '##[',
        '##',
        '[',
        ']',
        '%',
        '%0A',
        '%25',
        ',',
        '=',
        ' ',
        '\n',
        '\r',
        '\u0085',
      ),
      fc.constantFrom(
        'error',
        'warning',
        'add-mask',
        'stop-commands',
        'set-output name=a',
        '\u001b[31m',
        '\u2066',
      ),
      fc.constantFrom('\ufeff', '\u00a0', '\u2028', '\t', '\0', '\u200b', '\ud800', '](', '](javascript:x)'),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const anyFinding = fc
  .record({ rule: fc.constantFrom(...(Object.keys(rules) as RuleId[])), file: hostile, message: hostile })
  .chain(({ rule, file, message }) =>
    fc
      .tuple(fc.nat(9999), fc.nat(999), fc.option(hostile, { nil: undefined }))
      .map(([line, column, hint]) =>
        diagnose(rule, { file, line: line + 1, column: column + 1 }, message, hint),
      ),
  );

test('an annotation says to GitHub what the finding says, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.array(anyFinding, { maxLength: 8 }), hostile, (diagnostics, text) => {
      const [remove, ...found] = commandsIn(
        renderGithub({ diagnostics, text, toRepo: (path) => `sub/${path}` }),
      );
      assert.equal(remove, { name: 'remove-matcher', properties: { owner: 'scend' }, message: '' });
      const expected = diagnostics.map((one) => ({
        name: one.severity === 'info' ? 'notice' : one.severity,
        properties: {
          file: plainText(`sub/${one.file}`),
          line: String(one.line),
          col: String(one.column),
          title: one.rule,
        },
        message: `${plainText(one.message)}\n${plainText(one.hint)}`,
      }));
      assert.equal(found, expected);
    }),
    { numRuns: 300 },
  );
});

test('nothing that is printed in another way makes a command', () => {
  fc.assert(
    fc.property(fc.array(anyFinding, { maxLength: 4 }), hostile, (diagnostics, text) => {
      const paint = { out: noPaint, err: noPaint };
      const result = { text, diagnostics, notes: [text], findingsAreOutput: true };
      const { out, err } = renderResult(result, paint);
      assert.equal(commandsIn(out), []);
      assert.equal(commandsIn(err), []);
      const failure = renderGithubFailure({ code: 'io/x', message: text, hint: text }, diagnostics);
      assert.is(commandsIn(failure).length, diagnostics.length + 2);
    }),
    { numRuns: 200 },
  );
});

test('the log has every finding, the annotations keep to the limits, and the rest is counted once', () => {
  const diagnostics = findings({ error: 25, warning: 11, info: 12 });
  const output = renderGithub({ diagnostics, text: 'done', toRepo: same });
  for (const one of diagnostics) assert.match(output, `\n${renderDiagnostic(one, noPaint)}\n`);
  const found = commandsIn(output);
  const count = (name: string) => found.filter((one) => one.name === name).length;
  assert.is(count('error'), 10);
  assert.is(count('warning'), 10);
  assert.is(count('notice'), 10);
  assert.match(found.at(-1)!.message, '15 errors, 1 warning, 3 notes more');
  const few = commandsIn(
    renderGithub({ diagnostics: findings({ error: 10, warning: 10, info: 9 }), text: '', toRepo: same }),
  );
  assert.not.ok(few.some((one) => one.properties.title === 'scend check'));
});

/** The parts of SARIF 2.1.0 that a report uses, with what the standard says of them. */
const text = {
  type: 'object',
  required: ['text'],
  additionalProperties: false,
  properties: { text: { type: 'string', minLength: 1 } },
};
const level = { enum: ['none', 'note', 'warning', 'error'] };
const closed = (required: string[], properties: object) => ({
  type: 'object',
  required,
  additionalProperties: false,
  properties,
});
const place = closed(['artifactLocation', 'region'], {
  artifactLocation: closed(['uri', 'uriBaseId'], {
    // RFC 3986: a relative reference holds no other characters.
    uri: { type: 'string', pattern: "^(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})*$" },
    uriBaseId: { const: '%SRCROOT%' },
  }),
  region: closed(['startLine', 'startColumn'], {
    startLine: { type: 'integer', minimum: 1 },
    startColumn: { type: 'integer', minimum: 1 },
  }),
});
const sarif = closed(['version', 'runs'], {
  $schema: { type: 'string' },
  version: { const: '2.1.0' },
  runs: {
    type: 'array',
    minItems: 1,
    maxItems: 1,
    items: closed(['tool', 'results'], {
      tool: closed(['driver'], {
        driver: closed(['name', 'semanticVersion', 'rules'], {
          name: { const: 'scend' },
          semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
          rules: {
            type: 'array',
            uniqueItems: true,
            items: closed(['id'], {
              id: { type: 'string' },
              shortDescription: text,
              help: text,
              defaultConfiguration: closed(['level'], { level }),
            }),
          },
        }),
      }),
      originalUriBaseIds: { type: 'object' },
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: {
        type: 'array',
        items: closed(['ruleId', 'ruleIndex', 'level', 'message', 'locations'], {
          ruleId: { type: 'string' },
          ruleIndex: { type: 'integer', minimum: 0 },
          level,
          message: text,
          locations: {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: closed(['physicalLocation'], { physicalLocation: place }),
          },
        }),
      },
    }),
  },
});

test('SARIF has the shape of the standard, its rules are the catalogue, and no message makes a link', () => {
  const valid = new Ajv({ allErrors: true }).compile(sarif);
  fc.assert(
    fc.property(fc.array(anyFinding, { maxLength: 6 }), (diagnostics) => {
      const printed = renderSarif({ diagnostics, version: '1.2.3', toRepo: (path) => `sub/${path}` });
      assert.ok(valid(JSON.parse(printed)), JSON.stringify(valid.errors));
      const [run] = JSON.parse(printed).runs;
      const ids = run.tool.driver.rules.map((one: { id: string }) => one.id);
      assert.equal(ids, Object.keys(rules));
      for (const [at, one] of diagnostics.entries()) {
        const shown = run.results[at];
        assert.is(ids[shown.ruleIndex], one.rule);
        assert.not.match(shown.message.text, '](');
        const [{ physicalLocation }] = shown.locations;
        const named = decodeURIComponent(physicalLocation.artifactLocation.uri);
        assert.is(named, `sub/${one.file}`.replace(/\p{Surrogate}/gu, '\ufffd'));
        assert.equal(physicalLocation.region, { startLine: one.line, startColumn: one.column });
      }
      assert.equal(commandsIn(printed), []);
    }),
    { numRuns: 100 },
  );
});

test('a failure is one annotation with its code, and the places it names', () => {
  const diagnostics = findings({ error: 30, warning: 0, info: 0 });
  const failure = renderGithubFailure(
    { code: 'workspace/invalid', message: 'a: b', hint: 'c, 100 %' },
    diagnostics,
  );
  const found = commandsIn(failure).slice(1);
  assert.is(found.length, 10);
  assert.equal(found.at(-1), {
    name: 'error',
    properties: { title: 'workspace/invalid' },
    message: 'a: b\nc, 100 %',
  });
  assert.is(renderError(new Error('x'), { json: true, debug: false, paint: noPaint }).at(-1), '\n');
});

test('check names files from the root of the repository, and the formats agree', async () => {
  await withTempDir(async (top) => {
    const write = (path: string, content: string) => {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), content);
    };
    write('clients/scend.yaml', 'schema: scend/workspace@1\n');
    write('clients/firms/acme/firm.yaml', 'schema: scend/firm@1\nslug: acme\nname: a: b\n');
    new Practice(top).git('init', '-q', '-b', 'main');
    const run = (format: string | null) =>
      check.run({
        cwd: join(top, 'clients'),
        env: {},
        now: new Date('2026-03-07T12:00:00Z'),
        args: [],
        flags: format === null ? { json: true } : { format },
        prompter: null,
        newId: () => '',
      });
    const annotated = await run('github');
    const errors = commandsIn(annotated.document ?? '').filter((one) => one.name === 'error');
    assert.is(errors.length, annotated.diagnostics.length);
    assert.is(errors[0]?.properties.file, 'clients/firms/acme/firm.yaml');
    assert.is(errors[0]?.properties.title, 'yaml/syntax');
    assert.match(annotated.document!, '\nclients/firms/acme/firm.yaml:3:');
    assert.is(annotated.exitCode, 1);
    const log = JSON.parse((await run('sarif')).document ?? '');
    const [result] = log.runs[0].results;
    assert.is(result.locations[0].physicalLocation.artifactLocation.uri, 'clients/firms/acme/firm.yaml');
    const asJson = JSON.parse((await run('json')).document ?? '');
    assert.is(asJson.ok, false);
    assert.equal(asJson.diagnostics, annotated.diagnostics);
    assert.is((await run('text')).document, undefined);
    assert.is((await run(null)).document, undefined);
    write('clients/scend.yaml', 'a: b: c\n');
    const failed = await run('json');
    assert.is(failed.exitCode, 3);
    assert.equal(Object.keys(JSON.parse(failed.document ?? '')).sort(), ['diagnostics', 'error', 'ok']);
    assert.is(commandsIn((await run('github')).document ?? '').at(-1)?.properties.title, 'workspace/invalid');
    for (const format of ['sarif', 'text', null]) {
      const says = await run(format).then(() => 'nothing', String);
      assert.match(says, 'scend.yaml cannot be used', String(format));
    }
  });
});

test('a format that does not exist is refused, and so are two at once', async () => {
  const run = (flags: Record<string, string | boolean>) =>
    check.run({ cwd: '/', env: {}, now: new Date(0), args: [], flags, prompter: null, newId: () => '' });
  for (const [flags, says] of [
    [{ format: 'sarfi' }, '--format "sarfi" is none of text'],
    [{ format: '' }, '--format "" is none of text'],
    [{ format: 'sarif', json: true }, 'exclude each other'],
    [{ format: 'text', json: true }, 'exclude each other'],
  ] as const) {
    try {
      await run(flags);
      assert.unreachable(says);
    } catch (error) {
      assert.match((error as Error).message, says);
    }
  }
});
