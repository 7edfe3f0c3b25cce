import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../errno.ts';
import { getConfig } from './config.ts';
import { indexPath } from './index-store.ts';
import type { Repository } from './repository.ts';

/** What is out of the ordinary about a repository, in a few words each; for people. */
export async function describeLayout(repo: Repository): Promise<string[]> {
  const { gitDir, commonDir, top, format } = repo;
  const said: string[] = [];
  if (gitDir !== commonDir) said.push('linked worktree');
  else if (gitDir !== join(top, '.git')) said.push('Git directory elsewhere, as in a submodule');
  if (await holds(join(commonDir, 'shallow'))) said.push('shallow clone');
  const promisor = getConfig(format, 'extensions.partialclone');
  if (promisor) said.push(`partial clone of ${promisor}`);
  if (await holds(join(commonDir, 'objects/info/alternates'))) said.push('borrows objects of another one');
  const objects = getConfig(format, 'extensions.objectformat');
  if (objects && objects !== 'sha1') said.push(`object ids by ${objects}`);
  const refs = getConfig(format, 'extensions.refstorage');
  if (refs && refs !== 'files') said.push(`branches in ${refs} form`);
  const version = await indexVersion(repo);
  if (version !== null && version > 3) said.push(`index version ${version}`);
  return said;
}

async function holds(path: string): Promise<boolean> {
  return readFile(path, 'utf8').then(
    (text) => text.trim() !== '',
    () => false,
  );
}

async function indexVersion(repo: Repository): Promise<number | null> {
  try {
    const file = await open(indexPath(repo), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
      return bytesRead === 8 ? buffer.readUInt32BE(4) : null;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
