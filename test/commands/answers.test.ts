import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commandTable } from '../../src/commands/table.ts';
import { call } from '../command-line.ts';
import { test, withTempDir } from '../harness.ts';
import { outputSchemas, outputValidator, readOutputSchema } from '../output-schemas.ts';
import { withSample } from '../scend.ts';

const slug = 'hayes_real_estate';

test('every command has a published schema of what it prints, and none is without its command', () => {
  const names = commandTable.map((one) => one.name.replaceAll(' ', '-'));
  assert.equal([...outputSchemas].sort(), [...names, 'envelope', 'help', 'version'].sort());
  for (const name of outputSchemas) {
    const { $schema, $id, title, description } = readOutputSchema(name);
    assert.is($schema, 'https://json-schema.org/draft/2020-12/schema', name);
    assert.is($id, `urn:scend:schema:commands:${name}:1`, name);
    assert.ok(String(title).length > 5 && String(description).length > 15, name);
    assert.not(outputValidator(name)({ ok: true, data: {}, diagnostics: [], notes: [], more: 1 }), name);
    assert.not(
      outputValidator(name)({ ok: true, diagnostics: [], notes: [] }),
      `${name}: success without data`,
    );
    assert.not(outputValidator(name)({ ok: false, diagnostics: [] }), `${name}: failure without error`);
  }
});

test('an object in a schema of a command is closed, or says what its keys hold', () => {
  const open: string[] = [];
  const look = (name: string, value: unknown, path: string): void => {
    if (value === null || typeof value !== 'object') return;
    const own = value as Record<string, unknown>;
    if (own.type === 'object' && own.properties && own.additionalProperties !== false && !own.$ref)
      open.push(path);
    for (const [key, inner] of Object.entries(own)) look(name, inner, `${path}/${key}`);
  };
  for (const name of outputSchemas) look(name, readOutputSchema(name), name);
  // Parts of a combination, which are closed where they are combined.
  assert.equal(
    open.filter((one) => !/\/allOf\/\d+$|\/progress$|\/if$|\/then$|\/else$/.test(one)),
    [],
  );
});

/** Calls that fail, with the exit code and the code of the error. */
const failures: [args: string[], exit: number, code: string][] = [
  [['check'], 1, 'findings'],
  [['nonsense'], 2, 'usage/unknown-command'],
  [['status', '--firm'], 2, 'usage/missing-value'],
  [['status', '--json=1'], 2, 'usage/unexpected-value'],
  [['import'], 2, 'usage/missing-command'],
  [[], 2, 'usage/missing-command'],
  [['status', '-C', 'nowhere'], 3, 'workspace/not-found'],
  [['status', '-C', '/'], 3, 'workspace/not-found'],
  [['aggregate'], 4, 'git/would-overwrite'],
  [['sync', '--plan-out', 'no/such/folder/plan.json'], 5, 'io/enoent'],
];

test('--json is one document on every failure, before the command and after it', async () => {
  await withSample(async (practice) => {
    practice.edit(`firms/${slug}/ticket-pack.md`, (text) => text.replace('- [x] T1.1.1', '- [y] T1.1.1'));
    mkdirSync(join(practice.dir, 'analytics'));
    practice.write('analytics/global_outcomes.json', '{}');
    for (const [args, exit, code] of failures) {
      for (const argv of [
        ['--json', ...args],
        [...args, '--json'],
      ]) {
        const { code: exited, out, err } = await call(practice.dir, argv);
        assert.is(exited, exit, `${argv.join(' ')}\n${out}`);
        assert.is(JSON.parse(out).error.code, code, argv.join(' '));
        assert.is(err, '', argv.join(' '));
      }
    }
  });
});

test('a bug is answered in JSON too, once, with exit code 70', async () => {
  await withTempDir(async (dir) => {
    const world = {
      newId: (): string => {
        throw new Error('the dice \u001b[31mare cast');
      },
    };
    const { code, out } = await call(dir, ['init', '--json'], { world });
    assert.is(code, 70);
    assert.equal(JSON.parse(out).error.code, 'bug');
    const told = await call(dir, ['init'], { world });
    assert.is(told.code, 70);
    assert.match(told.err, 'This is a bug in scend.');
    assert.not.match(told.err, '\u001b');
  });
});

test('help and version are documents too', async () => {
  await withTempDir(async (dir) => {
    for (const args of [['--help'], ['status', '-h'], ['firm', '--help'], ['--version'], ['-v']]) {
      for (const argv of [
        ['--json', ...args],
        [...args, '--json'],
      ]) {
        const { code, out } = await call(dir, argv);
        assert.is(code, 0, argv.join(' '));
        const { data } = JSON.parse(out);
        assert.ok((data.help ?? data.version).length > 3, argv.join(' '));
      }
    }
  });
});

test('who cannot be asked is told the flag, and nobody is asked with --json, --no-input, CI or a dumb terminal', async () => {
  await withSample(async ({ dir }) => {
    let asked = 0;
    const prompter = {
      text: async () => {
        asked += 1;
        return '';
      },
      select: async <T extends string>({ options }: { options: readonly { value: T }[] }) => {
        asked += 1;
        return (options.find((one) => one.value === '90d') ?? options[0])!.value;
      },
    };
    const person = { in: true, out: true, err: true };
    const args = ['snapshot', '--firm', slug, '--nps', '50', '--dry-run'];
    const quiet: [string[], Parameters<typeof call>[2]][] = [
      [['--json'], { terminals: person }],
      [['--no-input'], { terminals: person }],
      [[], { terminals: person, env: { CI: 'true' } }],
      [[], { terminals: person, env: { TERM: 'dumb' } }],
      [[], { terminals: { in: true, out: true } }],
      [[], { terminals: { out: true, err: true } }],
    ];
    for (const [more, around] of quiet) {
      const { code, out, err } = await call(dir, [...args, ...more], { ...around, prompter });
      assert.is(code, 2);
      assert.match(out + err, '--label is missing');
    }
    assert.is(asked, 0);
    const { code, err } = await call(dir, args, { terminals: person, prompter });
    assert.is(code, 0, err);
    assert.is(asked, 1);
  });
});

test('what a person cancels ends with 130 and writes nothing', async () => {
  await withSample(async (practice) => {
    const { usage } = await import('../../src/commands/context.ts');
    const cancel = async () => {
      throw usage('cancelled', 'cancelled', 'Nothing was written.');
    };
    const prompter = { text: cancel, select: cancel };
    const ran = await call(practice.dir, ['snapshot', '--firm', slug], {
      terminals: { in: true, out: true, err: true },
      prompter,
    });
    assert.is(ran.code, 130);
    assert.match(ran.err, 'Nothing was written.');
    practice.clean();
  });
});

test('init leaves the schemas of what commands print in the package', async () => {
  await withTempDir(async (dir) => {
    const { out } = await call(dir, ['init', '.', '--json', '--dry-run']);
    const { written } = JSON.parse(out).data as { written: string[] };
    assert.ok(written.includes('schemas/firm.schema.json'));
    assert.equal(
      written.filter((one) => one.startsWith('schemas/commands')),
      [],
    );
  });
});
