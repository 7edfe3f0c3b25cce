import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { openCodeCache, pack, unpack } from '../../src/store/code-cache.ts';
import { cleanEnv } from '../environment.ts';
import { test, testIf, withTempDir } from '../harness.ts';

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
const posix = process.platform === 'linux';
/** Folders, owners and modes as Linux has them. */
const onPosix = (name: string, body: () => Promise<void>) =>
  testIf(posix, 'the system keeps such files elsewhere', name, body);
const parts = new Map([
  ['./a.js', Buffer.from('compiled a')],
  ['./b.js', Buffer.alloc(0)],
  ['./c.js', Buffer.from([0, 1, 2, 255])],
]);

test('what is packed is unpacked as it was', () => {
  const unpacked = unpack(pack(parts));
  assert.equal([...unpacked.keys()], [...parts.keys()]);
  for (const [name, bytes] of parts) assert.ok(unpacked.get(name)?.equals(bytes), name);
});

test('a single flipped bit or missing byte leaves nothing', () => {
  const whole = pack(parts);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.is(unpack(flipped).size, 0, `bit ${bit}`);
  }
  for (let length = 0; length < whole.length; length += 1)
    assert.is(unpack(whole.subarray(0, length)).size, 0, `${length} bytes`);
});

/** The cache in a folder that stands for the user's, and where its files lie. */
function cacheIn(dir: string, name = 'status') {
  const env = process.platform === 'win32' ? { LOCALAPPDATA: dir } : { XDG_CACHE_HOME: dir };
  return openCodeCache(env, 'build', name);
}

onPosix('only what nobody else could have written is taken', async () => {
  await withTempDir((dir) => {
    const folder = join(dir, 'scend');
    cacheIn(dir)?.put(parts);
    const path = join(folder, readdirSync(folder)[0] ?? '');
    const taken = () => cacheIn(dir)?.get('./a.js')?.toString() ?? null;
    assert.is(taken(), 'compiled a');
    assert.equal([statSync(folder).mode & 0o777, statSync(path).mode & 0o777], [0o700, 0o600]);
    chmodSync(path, 0o620);
    assert.is(taken(), null);
    chmodSync(path, 0o600);
    chmodSync(folder, 0o777);
    assert.is(cacheIn(dir), null);
    chmodSync(folder, 0o700);
    assert.is(taken(), 'compiled a');
    writeFileSync(join(dir, 'elsewhere'), readFileSync(path), { mode: 0o600 });
    spawnSync('rm', [path]);
    symlinkSync(join(dir, 'elsewhere'), path);
    assert.is(taken(), null);
    cacheIn(dir)?.put(parts);
    assert.is(taken(), 'compiled a');
    assert.not.ok(statSync(path).isSymbolicLink());
    const other = join(dir, 'other');
    mkdirSync(other);
    symlinkSync(folder, join(other, 'scend'));
    assert.is(cacheIn(other), null);
  });
});

onPosix('there is none where there is no place for it', async () => {
  await withTempDir((dir) => {
    assert.is(openCodeCache({}, 'build', 'status'), null);
    assert.is(openCodeCache({ HOME: dir }, 'build', 'status'), null);
    assert.is(openCodeCache({ XDG_CACHE_HOME: '.' }, 'build', 'status'), null);
    assert.is(
      openCodeCache({ XDG_CACHE_HOME: dir, NODE_DISABLE_COMPILE_CACHE: '1' }, 'build', 'status'),
      null,
    );
    assert.equal(readdirSync(dir), []);
    writeFileSync(join(dir, 'scend'), '');
    assert.is(cacheIn(dir), null);
  });
});

onPosix('it does not grow beyond its bound', async () => {
  await withTempDir((dir) => {
    const large = new Map([['./a.js', Buffer.alloc(15 * 1024 * 1024)]]);
    for (let n = 0; n < 6; n += 1) {
      cacheIn(dir, `word${n}`)?.put(large);
      const [path = ''] = readdirSync(join(dir, 'scend')).filter((name) => name.includes(`word${n}.`));
      utimesSync(join(dir, 'scend', path), 1000 + n, 1000 + n);
    }
    cacheIn(dir, 'last')?.put(parts);
    const kept = readdirSync(join(dir, 'scend')).map((name) => /-(\w+)\.v8$/.exec(name)?.[1]);
    assert.equal(kept.sort(), ['last', 'word2', 'word3', 'word4', 'word5']);
    assert.is(cacheIn(dir, 'last')?.get('./a.js')?.toString(), 'compiled a');
    cacheIn(dir, 'huge')?.put(new Map([['./a.js', Buffer.alloc(17 * 1024 * 1024)]]));
    assert.is(cacheIn(dir, 'huge')?.get('./a.js'), undefined);
  });
});

const env = (dir: string) => cleanEnv(dir, { XDG_CACHE_HOME: dir });
const script = (dir: string) => spawnSync(process.execPath, [bin, 'completion', 'bash'], { env: env(dir) });

onPosix('a cache that is cold, warm or broken changes nothing', async () => {
  await withTempDir((dir) => {
    const folder = join(dir, 'scend');
    const cold = script(dir);
    assert.ok(cold.status === 0 && cold.stdout.length > 100);
    const path = join(folder, readdirSync(folder)[0] ?? '');
    const kept = readFileSync(path);
    const same = (what: string) => {
      const again = script(dir);
      assert.ok(again.stdout.equals(cold.stdout), what);
      assert.equal([again.status, again.stderr.toString()], [0, ''], what);
      assert.equal(readdirSync(folder).length, 1, what);
    };
    const before = statSync(path).ino;
    same('warm');
    assert.is(statSync(path).ino, before, 'and a warm one is not written again');
    truncateSync(path, kept.length >> 1);
    same('truncated');
    assert.ok(unpack(readFileSync(path)).has('./common.js'), 'and made anew');
    const flipped = Buffer.from(kept);
    flipped[kept.length >> 1] = (flipped[kept.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, flipped);
    same('flipped');
    // Right by its checksum, and nothing that V8 knows.
    const strange = [...unpack(kept).keys()].map((name): [string, Buffer] => [
      name,
      Buffer.from('not of V8 '.repeat(9)),
    ]);
    writeFileSync(path, pack(new Map(strange)));
    same('strange');
    assert.ok(unpack(readFileSync(path)).get('./common.js')!.length > 1000, 'and made anew');
    chmodSync(folder, 0o500);
    writeFileSync(path, '');
    same('not to be written');
    chmodSync(folder, 0o700);
  });
});

onPosix('what a run over many firms compiled is taken by the next one', async () => {
  await withTempDir((dir) => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [bin, ...args], { cwd: dir, env: env(dir) }).status;
    assert.is(run('init', '.', '--example'), 0);
    for (let n = 0; n < 500; n += 1) {
      mkdirSync(join(dir, `firms/f${n}`));
      copyFileSync(join(dir, 'firms/hayes_real_estate/firm.yaml'), join(dir, `firms/f${n}/firm.yaml`));
    }
    for (const words of [['status'], ['aggregate', '--dry-run']]) {
      const inodes = [1, 2].map(() => {
        assert.is(run(...words), 1, 'the firms have the slug of another');
        const name = readdirSync(join(dir, 'scend')).find((one) => one.includes(`-${words[0]}.`)) ?? '';
        return statSync(join(dir, 'scend', name)).ino;
      });
      assert.is(inodes[1], inodes[0], `${words[0]} compiled again`);
    }
  });
});

onPosix('many may begin at once', async () => {
  await withTempDir(async (dir) => {
    const ends = Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, [bin, 'completion', 'zsh'], {
        env: env(dir),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      return new Promise<string>((done) => child.on('close', (code) => done(`${code}\n${out}`)));
    });
    const outs = await Promise.all(ends);
    assert.is(new Set(outs).size, 1);
    assert.ok(outs[0]?.startsWith('0\n#compdef'), outs[0]?.slice(0, 40));
    const [name = '', ...more] = readdirSync(join(dir, 'scend'));
    assert.equal(more, []);
    assert.ok(unpack(readFileSync(join(dir, 'scend', name))).has('./common.js'));
  });
});
