/** Run as a process of its own: takes the lock of each directory it is told of, and says whether it held it alone. */
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { thisProcess } from '../../src/store/transaction/process-identity.ts';
import { takeRunLock } from '../../src/store/transaction/run-lock.ts';

const me = thisProcess();

/** Null when all went well. */
async function hold(directory: string): Promise<string | null> {
  const marker = join(directory, 'held');
  try {
    const lock = await takeRunLock(directory, me);
    closeSync(openSync(marker, 'wx'));
    await sleep(Math.random() * 2);
    unlinkSync(marker);
    await lock.release();
    return null;
  } catch (error) {
    return String(error);
  }
}

process.on('message', (directory: string) => {
  void hold(directory).then((fault) => process.send?.(fault));
});
