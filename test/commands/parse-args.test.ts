import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { commonOptions } from '../../src/commands/context.ts';
import { type Call, readCall } from '../../src/commands/parse-args.ts';
import { commandGroups, commandTable, groupNames } from '../../src/commands/table.ts';
import { ScendError } from '../../src/domain/error.ts';
import { test } from '../harness.ts';

async function read(...argv: string[]): Promise<Call & { kind: 'run' }> {
  const call = await readCall(argv);
  assert.is(call.kind, 'run', argv.join(' '));
  return call as Call & { kind: 'run' };
}

async function refused(...argv: string[]): Promise<ScendError> {
  try {
    await readCall(argv);
  } catch (error) {
    assert.instance(error, ScendError, argv.join(' '));
    return error as ScendError;
  }
  throw new Error(`not refused: ${argv.join(' ')}`);
}

/** The code behind "usage/", with what the message and hint must say. */
const wrong: [argv: string[], code: string, says: string][] = [
  [['nonsense'], 'unknown-command', '--help'],
  [['statsu'], 'unknown-command', 'Did you mean "scend status"?'],
  [['acme', 'status'], 'unknown-command', '"acme" is no command'],
  [['pakc', 'create'], 'unknown-command', 'Did you mean "scend pack'],
  [['create'], 'unknown-command', '"create" is no command'],
  [['firm', 'ad'], 'unknown-command', 'Did you mean "scend firm add"?'],
  [['import', 'zzzzzz'], 'unknown-command', '"scend import roadmap", "scend import pack"'],
  [['import', '--json'], 'missing-command', 'scend import --help'],
  [['-C', 'status'], 'missing-command', 'no command was given'],
  [['--json'], 'missing-command', 'no command was given'],
  [['status', '--frim', 'x'], 'unknown-option', 'Did you mean "--firm"?'],
  [['status', '-x'], 'unknown-option', 'no option -x'],
  [['status', '-Z/tmp'], 'unknown-option', 'no option -Z'],
  [['status', '--version'], 'unknown-option', 'no option --version'],
  [['status', '--no-json'], 'unknown-option', 'no option --no-json'],
  [['--frim', 'x', 'status'], 'unknown-command', '"x" is no command'],
  [['status', '--firm'], 'missing-value', '--firm needs a value'],
  [['status', '--firm', '--json'], 'missing-value', '--firm=VALUE'],
  [['status', '--firm', '--'], 'missing-value', '--firm needs a value'],
  [['status', '-C'], 'missing-value', '--cwd needs a value'],
  [['snapshot', '--notes', '-- and so on'], 'missing-value', '--notes=VALUE'],
  [['status', '--firm', ''], 'empty-value', '--firm is empty'],
  [['status', '--firm='], 'empty-value', '--firm is empty'],
  [['-C', '', 'status'], 'empty-value', '--cwd is empty'],
  [['init', ''], 'empty-value', '<dir> is empty'],
  [['import', 'pack', 'a.md', '', '--firm', 'x'], 'empty-value', '<files> is empty'],
  [['status', '--firm', 'a', '--firm', 'b'], 'repeated-option', '--firm was given twice'],
  [['status', '-C', 'a', '--cwd', 'b'], 'repeated-option', '--cwd was given twice'],
  [['sync', '--dry-run=false'], 'unexpected-value', 'not "false"'],
  [['sync', '--dry-run='], 'unexpected-value', '--dry-run is a switch'],
  [['status', '--json=1'], 'unexpected-value', '--json is a switch'],
  [['status', 'extra'], 'extra-argument', '"extra" is one argument too many'],
  [['sync', '--dry-run', 'false'], 'extra-argument', '"false"'],
  [['init', 'a', 'b'], 'extra-argument', '"b"'],
  [['firm', 'add', '--name', 'X'], 'missing-argument', '<slug> is missing'],
  [['merge'], 'missing-argument', '<files> is missing'],
];

test('a wrong call is refused by name, with what would be right', async () => {
  for (const [argv, code, says] of wrong) {
    const error = await refused(...argv);
    assert.is(error.code, `usage/${code}`, argv.join(' '));
    assert.ok(
      `${error.message}\n${error.hint}`.includes(says),
      `${argv.join(' ')}: ${error.message}; ${error.hint}`,
    );
  }
});

test('every misspelt command finds its own name again', async () => {
  for (const { name } of commandTable) {
    const error = await refused(...`${name.slice(0, -1)}${name.at(-1)}q`.split(' '));
    assert.is(error.hint, `Did you mean "scend ${name}"?`);
  }
});

test('values stay the texts that were typed', async () => {
  const slug = fc.constantFrom(
    '007',
    '1.10',
    '1e3',
    '0x10',
    'null',
    'true',
    'NaN',
    '-5',
    '-0.5',
    '3.5',
    ' a ',
    '1,2',
    'a=b',
    'ä',
  );
  await fc.assert(
    fc.asyncProperty(slug, fc.boolean(), fc.boolean(), async (value, attached, before) => {
      const option = attached ? [`--notes=${value}`] : ['--notes', value];
      const argv = before ? [...option, 'snapshot'] : ['snapshot', ...option];
      const call = await read(...argv);
      assert.is(call.name, 'snapshot');
      assert.equal({ ...call.flags }, { notes: value });
    }),
  );
  assert.equal((await read('firm', 'add', '007')).args, ['007']);
  assert.is((await read('refresh', '--roadmap-version', '1.10')).flags['roadmap-version'], '1.10');
});

test('whatever is attached by "=" is the value, dashes and all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), async (value) => {
      const { flags } = await read('snapshot', `--notes=${value}`);
      assert.is(flags.notes, value);
    }),
  );
});

test('after "--" everything is an argument', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), async (args) => {
      const call = await read('check', '--firm', 'a', '--', ...args);
      assert.equal([call.args, { ...call.flags }], [args, { firm: 'a' }]);
    }),
  );
  assert.equal((await read('firm', 'add', '--', '--help')).args, ['--help']);
  assert.equal((await read('--', 'status')).name, 'status');
});

test('options stand on either side of the command, and no value is taken for it', async () => {
  const options = [['--firm', 'merge'], ['-C', 'status'], ['--json'], ['--today=2026-01-05'], ['--no-color']];
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(options), fc.nat(5), async (some, cut) => {
      const argv = [...some.slice(0, cut).flat(), 'pack', 'create', ...some.slice(cut).flat()];
      const call = await read(...argv);
      assert.is(call.name, 'pack create', argv.join(' '));
      assert.equal(
        Object.keys(call.flags).sort(),
        some.map(([one = '']) => one.replace(/^--?/, '').replace(/=.*/, '').replace(/^C$/, 'cwd')).sort(),
      );
      assert.equal(call.args, []);
    }),
  );
});

test('short and long names, underscores and repetition read as one', async () => {
  assert.is((await read('status', '-C', 'a b')).flags.cwd, 'a b');
  assert.is((await read('status', '-Cdir')).flags.cwd, 'dir');
  assert.is((await read('-C=dir', 'status')).flags.cwd, 'dir');
  assert.is((await read('snapshot', '--lead_response_minutes', '3')).flags['lead-response-minutes'], '3');
  assert.is((await read('snapshot', '--nps', '-5')).flags.nps, '-5');
  assert.is((await read('snapshot', '--nps', '')).flags.nps, '');
  assert.is((await read('sync', '--dry-run', '--dry-run')).flags['dry-run'], true);
  assert.equal((await read('project', '--target', 'a=1', '--target=b=2')).flags.target, ['a=1', 'b=2']);
  assert.equal((await read('merge', 'a', '-', 'b')).args, ['a', '-', 'b']);
  assert.equal((await read('merge-driver', 'o', 'a', 'b', '7', '', '', 'x', 'y', 'z')).args.length, 9);
});

test('every command and every group has help with its purpose, arguments, options and examples', async () => {
  for (const entry of commandTable) {
    const command = await entry.load();
    const call = await readCall([...entry.name.split(' '), '--help']);
    assert.is(call.kind, 'print');
    const help = call.kind === 'print' ? call.text : '';
    const has = (part: string) => assert.ok(help.includes(part), `${entry.name}: ${part}\n${help}`);
    has(entry.summary.slice(1));
    has(`$ scend ${entry.name}`);
    for (const one of command.arguments ?? []) has(one.about);
    for (const one of [...command.options, ...commonOptions]) {
      has(`--${one.name}${one.value ? ` ${one.value}` : ''}`);
      has(one.about);
    }
    assert.ok(command.examples.length > 0, entry.name);
    for (const one of command.examples) has(one);
    assert.not.match(help, 'default: true', entry.name);
  }
  assert.equal(Object.keys(commandGroups).sort(), [...groupNames].sort());
  for (const group of groupNames) {
    for (const argv of [[group, '--help'], [group]]) {
      const call = await readCall(argv);
      const help = call.kind === 'print' ? call.text : '';
      assert.is(call.kind === 'print' && call.exitCode, argv.length === 2 ? 0 : 2);
      for (const { name, summary, load } of commandTable.filter((one) => one.name.startsWith(`${group} `)))
        for (const part of [name, summary, ...(await load()).examples]) assert.ok(help.includes(part), part);
    }
  }
});

test('every option says what it is for, and none hides a common one', async () => {
  for (const entry of commandTable) {
    const { options, arguments: takes = [] } = await entry.load();
    const names = [...options, ...commonOptions].map((one) => one.name);
    assert.is(new Set(names).size, names.length, entry.name);
    for (const one of options) {
      assert.ok(one.about.length > 5 && /^[a-z][a-z0-9-]+$/.test(one.name), `${entry.name} --${one.name}`);
      assert.ok(one.value === undefined || /^<[a-z0-9=/-]+>$/.test(one.value), `${entry.name} --${one.name}`);
    }
    const last = takes.findIndex((one) => one.many);
    assert.ok(last < 0 || last === takes.length - 1, `${entry.name}: only the last argument may repeat`);
  }
});
