import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  canonicalKey,
  getAllConfig,
  getBoolConfig,
  getConfig,
  parseGitConfig,
} from '../../../src/store/git/config.ts';
import { test, withTempDir } from '../../harness.ts';
import { baseEnv, refusalOf } from './sandbox.ts';

/** What Git makes of the text, as `key` or `key\nvalue`; null when it cannot read it. */
function byGit(dir: string, text: string): readonly string[] | null {
  const file = join(dir, 'config');
  writeFileSync(file, text);
  const { status, stdout } = spawnSync('git', ['config', '-f', file, '--list', '-z'], {
    env: baseEnv(dir),
    cwd: dir,
  });
  return status === 0 ? stdout.toString('utf8').split('\0').slice(0, -1) : null;
}

function byUs(text: string): readonly string[] | null {
  try {
    return parseGitConfig(text, 'config').map(({ key, value }) =>
      value === null ? key : `${key}\n${value}`,
    );
  } catch {
    return null;
  }
}

const SAMPLES = [
  '',
  '[core]\n\tbare = false\n',
  '[a]b=1\n[a "x\\\\y\\"z"]\nc=\\\nd\n',
  '[a] b = c ; d\n e=f\\\n  g h"  x  " i # "\n',
  '[A.B]q=1\n[A "B"]Q=2\n[a.b "C"]q=3',
  '[a]\nb\nc =\nd = \n e\n',
  '\uFEFF[a]\r\nb = "x\r\n',
  '\uFEFF[a]\r\nb = x\r\nc\r\n',
  '[a]\nb = "x\\ty\\n\\"z\\\\"\n',
  '[a]\nb = x\\q\n',
  '[a]\nb c\n',
  '[a]\nb # c\n',
  '[a b]\n',
  '[a "b]\nc=1\n',
  '[a\n',
  '[]b=1\n',
  '[a]1=2\n',
  '[a]b-c_d=2\n',
  'x=1\n[a]\n',
  '[a]\nb = x"y z"  \'q\'\\\\ \n',
  '# only\n; comments',
  '[url "https://é.example/"]\n\tinsteadOf = gh:\n',
];

test('texts give what git config lists, or are refused as it refuses them', () =>
  withTempDir((dir) => {
    for (const text of SAMPLES) assert.equal(byUs(text), byGit(dir, text), JSON.stringify(text));
  }));

const TOKENS = [
  '[',
  ']',
  '[s]\n',
  '[s "x"]\n',
  'k=v',
  'a',
  'B',
  '"',
  '\\',
  '\\n',
  '\\"',
  ' ',
  '=',
  '#',
  ';',
  '\n',
  '.',
  '-',
  '1',
  'é',
  '\r\n',
];

test('any text gives what git config lists', () =>
  withTempDir((dir) => {
    const texts = fc.array(fc.constantFrom(...TOKENS), { maxLength: 14 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => assert.equal(byUs(`[z]\n${text}`), byGit(dir, `[z]\n${text}`))),
      { numRuns: 400 },
    );
  }));

test('any value that git config writes is read back', () =>
  withTempDir((dir) => {
    const values = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => !/[\0\r]/.test(value));
    fc.assert(
      fc.property(values, (value) => {
        const file = join(dir, 'written');
        writeFileSync(file, '');
        spawnSync('git', ['config', '-f', file, 'a.b', value], { env: baseEnv(dir) });
        const listed = spawnSync('git', ['config', '-f', file, '-z', 'a.b'], { env: baseEnv(dir) }).stdout;
        const text = spawnSync('cat', [file]).stdout.toString('utf8');
        assert.is(getConfig(parseGitConfig(text, file), 'a.b'), listed.toString('utf8').slice(0, -1));
      }),
      { numRuns: 60 },
    );
  }));

test('keys: section and name ignore case, the part between does not; the last value wins', () => {
  const config = parseGitConfig(
    '[Core]\nABC = 1\nabc = 2\n[Remote "Ori.Gin"]\nURL = x\n[a]\nbare\n',
    'config',
  );
  assert.is(getConfig(config, 'core.abc'), '2');
  assert.equal(getAllConfig(config, 'CORE.Abc'), ['1', '2']);
  assert.is(getConfig(config, 'remote.Ori.Gin.url'), 'x');
  assert.is(getConfig(config, 'remote.ori.gin.url'), undefined);
  assert.is(getConfig(config, 'a.bare'), null);
  assert.equal(getAllConfig(config, 'a.bare'), ['']);
  assert.is(canonicalKey('A.B.C.D'), 'a.B.C.d');
});

test('truth values are those of Git', async () => {
  const truth = (value: string) => getBoolConfig(parseGitConfig(`[a]\nb${value}\n`, 'config'), 'a.b');
  for (const value of ['', '=true', '=YES', '=on', '=1', '=-1', '=2k']) assert.is(truth(value), true, value);
  for (const value of ['=', '=false', '=No', '=OFF', '=0']) assert.is(truth(value), false, value);
  assert.is(getBoolConfig([], 'a.b'), undefined);
  assert.is((await refusalOf(Promise.resolve().then(() => truth('=maybe')))).code, 'git/bad-config');
});

test('a fault is named with file and line', async () => {
  const refused = await refusalOf(
    Promise.resolve().then(() => parseGitConfig('[a]\nb=1\nc="x\n', '/x/config')),
  );
  assert.match(refused.message, '/x/config:3:');
});

test('a megabyte of any token takes no more than a second', () => {
  for (const token of ['[', '"', '\\', ' ', '\\n', 'a', '[a]', '\n', '#', 'a=b;']) {
    const started = performance.now();
    byUs(`[a]\nb = ${token.repeat(1_000_000 / token.length)}x`);
    assert.ok(
      performance.now() - started < 1000,
      `${JSON.stringify(token)}: ${performance.now() - started} ms`,
    );
  }
});
