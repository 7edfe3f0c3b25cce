import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ScendError } from '../../src/domain/error.ts';
import { syncDirectory, writeAll, writeFileAtomic } from '../../src/store/atomic.ts';
import { errnoOf, ioError, isAbsent, orIoError } from '../../src/store/errno.ts';
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
  const full = orIoError(writeAll(handle(0) as never, bytes('x')), 'write', 'notes.md');
  assert.is(await codeOf(full), 'io/short-write');
  assert.match(String(await full.catch(String)), 'cannot write notes.md: the disk took only 0 of 1 bytes');
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
