/** Where tests of failures keep their practices. */
import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A fresh folder that goes with the process; in memory where there is such a place, as thousands of runs that
 * sync all they write would else mostly wait for a disk.
 */
export function scratchFolder(name: string): string {
  const dir = realpathSync(mkdtempSync(join(memory() ?? tmpdir(), `scend-${name}-`)));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}

function memory(): string | null {
  try {
    accessSync('/dev/shm', constants.R_OK | constants.W_OK | constants.X_OK);
    return '/dev/shm';
  } catch {
    return null;
  }
}
