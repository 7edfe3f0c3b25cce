import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { chunks, evaluated } from '../../build/bundle.ts';
import { readCall } from '../../src/commands/parse-args.ts';
import { commandTable, groupNames } from '../../src/commands/table.ts';
import { packageVersion } from '../../src/store/assets.ts';
import { type HelpTable, helpIn } from '../../src/store/printed-help.ts';
import { cleanEnv } from '../environment.ts';
import { test, withTempDir } from '../harness.ts';
import { withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const table: HelpTable = JSON.parse(readFileSync(join(dist, 'help.json'), 'utf8'));

const heavy =
  /node_modules\/(ajv|vega[^/]*|remark[^/]*|micromark[^/]*|mdast[^/]*|isomorphic-git|@clack|chokidar|globby|fast-glob|csv-parse|diff|semver|gray-matter|js-yaml|yaml|cac|d3-array|fastest-levenshtein)\//;

test('what status, check and the help evaluate holds none of the libraries that few calls need', async () => {
  const { metafile } = await chunks();
  const all = evaluated(metafile, [/./]).sources;
  for (const name of ['yaml', 'isomorphic-git', 'gray-matter', 'remark-gfm', 'cac'])
    assert.ok(
      [...all].some((one) => one.includes(`node_modules/${name}/`)),
      `${name} is in the bundle`,
    );
  assert.not.ok(
    [...all].some((one) => one.includes('node_modules/ajv/dist/core')),
    'ajv is in no file at all',
  );
  for (const command of ['status', 'check', 'completion']) {
    const starts = [/run\/cli\.js$/, /run\/workspace-/, new RegExp(`run/${command}-`)];
    const started = evaluated(metafile, starts).sources;
    assert.ok([...started].some((one) => one.endsWith(`commands/${command}.ts`)));
    assert.equal(
      [...started].filter((one) => heavy.test(one)),
      [],
      command,
    );
  }
  const asked = evaluated(metafile, [/run\/complete\.js$/]).sources;
  assert.ok(asked.size > 3 && asked.size < 12, [...asked].join());
});

/** Runs the built command line and gives, besides, the names of its files that it loaded. */
function traced(dir: string, args: readonly string[]) {
  const trace = join(dir, 'trace.cjs');
  writeFileSync(
    trace,
    `const fs = require('node:fs'); const { readFileSync } = fs; const read = [];
     fs.readFileSync = (path, ...rest) => { read.push(String(path)); return readFileSync(path, ...rest); };
     process.on('exit', () => fs.writeFileSync(${JSON.stringify(join(dir, 'trace'))}, read.join('\\n')));`,
  );
  const env = cleanEnv(dir, { SCEND_TODAY: '2026-03-20' });
  const done = spawnSync(process.execPath, ['--require', trace, join(dist, 'bin.cjs'), ...args], {
    env,
    encoding: 'utf8',
  });
  const loaded = readFileSync(join(dir, 'trace'), 'utf8').split('\n');
  return { ...done, loaded: loaded.flatMap((one) => /dist[\\/]run[\\/](.*)/.exec(one)?.[1] ?? []) };
}

test('status of the sample loads no library late either, and a Markdown that needs one does', async () => {
  await withSample(async (practice) => {
    await withTempDir((dir) => {
      const plain = traced(dir, ['-C', practice.dir, 'status']);
      assert.is(plain.status, 0, plain.stderr);
      assert.ok(plain.loaded.includes('common.js'));
      assert.equal(
        plain.loaded.filter((one) => one.startsWith('lazy-')),
        [],
      );
      const pack = join(practice.dir, 'firms', slug, 'ticket-pack.md');
      writeFileSync(pack, `${readFileSync(pack, 'utf8')}\n<div>\n\n*a_ [x](y)\n\n[x]: y\n`);
      const odd = traced(dir, ['-C', practice.dir, 'status']);
      assert.ok(odd.loaded.includes('lazy-markdown-parser.js'), odd.loaded.join());
      assert.is(traced(dir, ['--help']).loaded.length, 0);
    });
  });
});

test('the help that the build wrote down is what the command line makes', async () => {
  const names = ['', ...groupNames, ...commandTable.map((one) => one.name)];
  assert.equal(Object.keys(table.help).sort(), names.sort());
  for (const name of names) {
    const call = await readCall([...name.split(' ').filter(Boolean), '--help']);
    assert.is(call.kind === 'print' && call.text, table.help[name]);
  }
  assert.is(table.version, packageVersion());
});

test('the table answers what asks for help and nothing else', () => {
  const asked = (...words: string[]) => helpIn(() => table, words);
  assert.is(asked('--help'), table.help['']);
  assert.is(asked('-h'), table.help['']);
  assert.is(asked('pack', '--help'), table.help.pack);
  assert.is(asked('pack', 'create', '-h'), table.help['pack create']);
  assert.is(asked('--version'), `scend ${table.version}\n`);
  for (const words of [
    [],
    ['status'],
    ['--help', '--json'],
    ['status', '--', '--help'],
    ['--help', 'status'],
    ['stats', '--help'],
    ['toString', '--help'],
    ['-C', 'status', '--help'],
    ['status', '--version'],
  ])
    assert.is(asked(...words), null, words.join(' '));
});

test('help reads the same however it is asked for', async () => {
  await withTempDir((dir) => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(dist, 'bin.cjs'), ...args], { env: cleanEnv(dir), encoding: 'utf8' });
    const fast = run('status', '--help');
    const whole = run('--help', 'status');
    assert.is(fast.stdout, whole.stdout);
    assert.equal([fast.status, whole.status, fast.stderr, whole.stderr], [0, 0, '', '']);
    assert.is(run('-v').stdout, run('-v', '--no-color').stdout);
  });
});
