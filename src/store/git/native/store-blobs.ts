import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScendError } from '../../../domain/error.ts';
import { syncDirectory } from '../../atomic.ts';
import { ioError } from '../../errno.ts';
import type { Repository } from '../repository.ts';
import { git } from './git-command.ts';
import { withScratch } from './scratch.ts';

/**
 * Stores bytes as they are as blobs that nothing refers to yet, and returns their ids in the same order. They are
 * on the disk when it returns.
 */
export async function storeBlobs(
  repo: Repository,
  contents: readonly Uint8Array[],
): Promise<readonly string[]> {
  if (contents.length === 0) return [];
  return withScratch(repo, async (dir) => {
    const paths = contents.map((_, i) => join(dir, `${i}`));
    for (const [i, path] of paths.entries()) await writeScratch(path, contents[i]!);
    const input = paths.map((path) => `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"\n`);
    const args = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
    const output = await git(repo, args, { input: input.join(''), durable: true });
    const oids = output.toString('latin1').trim().split('\n');
    await syncObjects(repo, oids);
    return oids;
  });
}

/** Git brings an object's file to the disk, and not the directory it is in. */
async function syncObjects({ commonDir }: Repository, oids: readonly string[]): Promise<void> {
  const objects = join(commonDir, 'objects');
  for (const prefix of new Set(oids.map((oid) => oid.slice(0, 2)))) {
    await syncDirectory(join(objects, prefix)).catch((error: unknown) => {
      // It was in a pack already.
      if (!(error instanceof ScendError) || error.data.errno !== 'ENOENT') throw error;
    });
  }
  await syncDirectory(objects);
}

async function writeScratch(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes).catch((error: unknown) => {
    throw ioError(error, 'write', path);
  });
}
