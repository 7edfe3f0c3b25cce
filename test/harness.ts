/**
 * Declares one test. Every declaration is counted, and the runner fails when fewer ran than were
 * declared, so a suite cannot be forgotten the way a missing uvu `.run()` can.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';

export interface Tally {
  declared: number;
  passed: number;
  failed: number;
  skipped: string[];
}

export const tally: Tally = { declared: 0, passed: 0, failed: 0, skipped: [] };

let current = suite('');

/** Opens the suite that the following `test` calls of a file join. The runner calls it once a file. */
export function openSuite(name: string): { run: () => void } {
  current = suite(name);
  return current;
}

/** Declares a test; `body` may be asynchronous. */
export function test(name: string, body: () => void | Promise<void>): void {
  tally.declared += 1;
  current(name, async () => {
    try {
      await body();
      tally.passed += 1;
    } catch (error) {
      tally.failed += 1;
      // uvu prints nothing useful for a thrown null or string.
      throw error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
    }
  });
}

/** Declares a test that needs something this machine may lack; it is counted as skipped, with the reason. */
export function testIf(
  condition: boolean,
  reason: string,
  name: string,
  body: () => void | Promise<void>,
): void {
  if (condition) test(name, body);
  else tally.skipped.push(`${name}: ${reason}`);
}

/** Runs `body` with a fresh temporary directory that is removed afterwards. */
export async function withTempDir<T>(body: (dir: string) => T | Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'scend-test-'));
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  let result: T;
  try {
    result = await body(dir);
  } catch (error) {
    try {
      remove();
    } catch {
      // A process of the failed test may still be writing there; what failed first is what must be told.
    }
    throw error;
  }
  remove();
  return result;
}

/** Waits for every one, also when one fails, so that nothing runs on into the next test; then throws the first failure. */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
