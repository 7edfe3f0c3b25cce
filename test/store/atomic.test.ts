import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ScendError } from '../../src/domain/error.ts';
import { syncDirectory, writeAll, writeFileAtomic } from '../../src/store/atomic.ts';
import { errnoOf, ioError, isAbsent } from '../../src/store/errno.ts';
import { test, testIf, withTempDir } from '../harness.ts';

const bytes = (text: string) => Buffer.from(text);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ScendError) return error.code;
    throw error;
  }
  return 'none';
}

test('a file is created, replaced, and left without temporary files', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'a.md');
    await writeFileAtomic(path, bytes('one'));
    await writeFileAtomic(path, bytes('two'));
    assert.is(readFileSync(path, 'utf8'), 'two');
    const large = Buffer.alloc(3_000_000, 'x');
    await writeFileAtomic(path, large);
    assert.ok(readFileSync(path).equals(large));
    await writeFileAtomic(path, bytes(''));
    assert.is(statSync(path).size, 0);
    assert.equal(readdirSync(dir), ['a.md']);
  }));

test('permissions: an existing file keeps its own, a new one gets the mode', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'run.sh');
    await writeFileAtomic(path, bytes('1'), { mode: 0o700 });
    assert.is(statSync(path).mode & 0o777, 0o700);
    chmodSync(path, 0o751);
    await writeFileAtomic(path, bytes('2'), { mode: 0o600 });
    assert.is(statSync(path).mode & 0o777, 0o751);
  }));

test('expected bytes: what was changed underneath is not overwritten', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'a.md');
    await writeFileAtomic(path, bytes('one'), { expect: null });
    await writeFileAtomic(path, bytes('two'), { expect: bytes('one') });
    for (const expect of [bytes('one'), bytes('two!'), bytes(''), null]) {
      assert.is(await codeOf(writeFileAtomic(path, bytes('three'), { expect })), 'io/changed-underneath');
    }
    assert.is(
      await codeOf(writeFileAtomic(join(dir, 'b.md'), bytes('x'), { expect: bytes('') })),
      'io/changed-underneath',
    );
    assert.is(readFileSync(path, 'utf8'), 'two');
    assert.equal(readdirSync(dir), ['a.md']);
  }));

test('what is no plain file is not replaced', () =>
  withTempDir(async (dir) => {
    writeFileSync(join(dir, 'real'), 'real');
    symlinkSync('real', join(dir, 'link'));
    symlinkSync('nowhere', join(dir, 'dangling'));
    mkdirSync(join(dir, 'directory'));
    for (const name of ['link', 'dangling', 'directory']) {
      assert.is(await codeOf(writeFileAtomic(join(dir, name), bytes('x'))), 'io/not-a-file', name);
      assert.is(
        await codeOf(writeFileAtomic(join(dir, name), bytes('x'), { expect: null })),
        'io/not-a-file',
        name,
      );
    }
    assert.is(readFileSync(join(dir, 'real'), 'utf8'), 'real');
    assert.equal(readdirSync(dir).sort(), ['dangling', 'directory', 'link', 'real']);
  }));

test('system failures name the path and say what to do', () =>
  withTempDir(async (dir) => {
    writeFileSync(join(dir, 'file'), '');
    const places = {
      'io/enoent': 'none/a.md',
      'io/enotdir': 'file/a.md',
      'io/enametoolong': 'x'.repeat(300),
    };
    for (const [code, path] of Object.entries(places)) {
      try {
        await writeFileAtomic(join(dir, path), bytes('x'));
        assert.unreachable();
      } catch (error) {
        if (!(error instanceof ScendError)) throw error;
        assert.is(error.code, code);
        assert.ok(error.message.includes(join(dir, path)));
        assert.ok(error.hint.length > 20);
      }
    }
  }));

testIf(userInfo().uid !== 0, 'the superuser may write anywhere', 'a directory that cannot be written', () =>
  withTempDir(async (dir) => {
    chmodSync(dir, 0o500);
    assert.is(await codeOf(writeFileAtomic(join(dir, 'a.md'), bytes('x'))), 'io/eacces');
    chmodSync(dir, 0o700);
  }),
);

test('short writes are carried on, and a disk that takes nothing is a failure', async () => {
  const taken: string[] = [];
  const handle = (most: number) => ({
    write: async (from: Uint8Array, at: number, length: number) => {
      const bytesWritten = Math.min(most, length);
      taken.push(Buffer.from(from.subarray(at, at + bytesWritten)).toString());
      return { bytesWritten, buffer: from };
    },
  });
  await writeAll(handle(3) as never, bytes('abcdefgh'));
  assert.equal(taken, ['abc', 'def', 'gh']);
  assert.is(await codeOf(writeAll(handle(0) as never, bytes('x'))), 'io/short-write');
});

test('a directory is brought to the disk; one that is gone is a failure', () =>
  withTempDir(async (dir) => {
    await syncDirectory(dir);
    assert.is(await codeOf(syncDirectory(join(dir, 'gone'))), 'io/enoent');
  }));

test('only failed system calls become io errors', () => {
  const failed = Object.assign(new Error('x'), { code: 'ENOSPC' });
  assert.is((ioError(failed, 'write', '/x') as ScendError).code, 'io/enospc');
  assert.is(errnoOf(failed), 'ENOSPC');
  assert.not(isAbsent(failed));
  const own = new ScendError('git/x', 'a', 'b');
  for (const other of [
    own,
    new Error('bug'),
    Object.assign(new Error('x'), { code: 'ERR_X' }),
    'text',
    null,
  ]) {
    assert.is(ioError(other, 'write', '/x'), other);
    assert.is(errnoOf(other), null);
  }
});
