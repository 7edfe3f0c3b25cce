import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { test, withTempDir } from './harness.ts';

const runner = fileURLToPath(new URL('./run.ts', import.meta.url));
const harness = new URL('./harness.ts', import.meta.url).href;
const tsx = import.meta.resolve('tsx');

const head = `import { test } from ${JSON.stringify(harness)};\n`;
const good = `${head}test('fine', () => {});\n`;

/** What a folder of tests holds → the closing line and the exit code. */
const table: [name: string, files: Record<string, string>, last: string, code: number][] = [
  ['a passing test', { 'a.test.ts': good }, '1 passed, 0 failed', 0],
  [
    'a failing test',
    { 'a.test.ts': `${head}test('bad', () => { throw new Error('no'); });\n` },
    '0 passed, 1 failed',
    1,
  ],
  ['a thrown null', { 'a.test.ts': `${head}test('bad', () => { throw null; });\n` }, '0 passed, 1 failed', 1],
  ['a file without a test', { 'a.test.ts': good, 'b.test.ts': 'export {};\n' }, '1 passed, 1 failed', 1],
  [
    'a file that throws',
    { 'a.test.ts': good, 'b.test.ts': "throw new Error('no');\n" },
    '1 passed, 1 failed',
    1,
  ],
  [
    'a file that ends the process',
    { 'a.test.ts': good, 'b.test.ts': `${head}test('x', () => process.exit(0));\n` },
    '1 passed, 1 failed',
    1,
  ],
  [
    'a uvu suite that forgot to run',
    {
      'a.test.ts': good,
      'b.test.ts': "import { suite } from 'uvu';\nconst s = suite('x');\ns('never', () => {});\n",
    },
    '1 passed, 1 failed',
    1,
  ],
  ['no file at all', {}, '0 passed, 1 failed', 1],
];

for (const [name, files, last, code] of table) {
  test(`the runner, given ${name}`, async () => {
    await withTempDir((dir) => {
      writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(dir, file), text.replace("'uvu'", JSON.stringify(import.meta.resolve('uvu'))));
      }
      const ran = spawnSync(process.execPath, ['--import', tsx, runner, '--in', dir], { encoding: 'utf8' });
      assert.is(ran.stdout.trim().split('\n').at(-1), last, ran.stdout + ran.stderr);
      assert.is(ran.status, code);
    });
  });
}
