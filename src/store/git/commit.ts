import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ioError, isAbsent } from '../errno.ts';
import { type AttributeSource, cleanBytes } from './attributes.ts';
import type { CommitBackend, CommitRequest, CommitResult, PreflightOptions } from './backend.ts';
import { resolveIdentity } from './identity.ts';
import { type InspectedFile, inspect, refuseStaged } from './inspect.ts';
import { hashObject, writeBlob } from './objects.ts';
import { prepareCommit } from './prepare.ts';
import { publishCommit } from './publish.ts';
import { refusal } from './refusal.ts';
import { type FileState, sameState } from './refuse-paths.ts';
import type { Repository } from './repository.ts';

/** How often a commit is made anew because HEAD moved in the meantime. */
const MAX_ATTEMPTS = 20;

/** Throws the refusal that a commit of these paths would meet; writes nothing. */
export async function preflight(
  repo: Repository,
  paths: readonly string[],
  { author, bytes }: PreflightOptions = {},
): Promise<void> {
  const intended = paths.map((path) => ({ path, bytes: bytes?.get(path) }));
  const { source, files } = await inspect(repo, intended);
  for (const file of files) {
    const after =
      file.after === undefined && !sameState(file.staged, file.before)
        ? await onDisk(source, file)
        : file.after;
    refuseStaged(source.index, { ...file, after });
  }
  // The date is checked too, but does not matter here.
  resolveIdentity(repo, { author, now: new Date(0) });
}

/**
 * Commits exactly the named files on the branch that HEAD names, and leaves all else that is staged, changed
 * or untracked as it is. A HEAD that moves meanwhile is followed as long as the files' own content did not
 * change there (`git/moved`). Refuses, with a `git/…` code, what it cannot do as Git would.
 */
export async function commitPaths(repo: Repository, request: CommitRequest): Promise<CommitResult> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const prepared = await prepareCommit(repo, request);
    if (prepared === null) return { kind: 'unchanged' };
    const renew = () => prepareCommit(repo, request);
    const published = await publishCommit(repo, prepared, renew, request.lockTimeout);
    if (published === 'unchanged') return { kind: 'unchanged' };
    if (published !== 'moved') {
      const { oid, head } = published;
      return { kind: 'committed', oid, parent: head.oid, branch: head.ref.slice('refs/heads/'.length) };
    }
    await sleep(Math.random() * 20 * attempt);
  }
  throw refusal(
    'git/contended',
    `other commits came first ${MAX_ATTEMPTS} times in a row`,
    'Run the command again when less is going on in the repository.',
  );
}

/** Commits by itself, without installed Git. */
export const embedded: CommitBackend = { name: 'embedded', preflight, storeBlobs, commitPaths };

async function storeBlobs(repo: Repository, contents: readonly Uint8Array[]): Promise<readonly string[]> {
  const oids: string[] = [];
  for (const bytes of contents) oids.push(await writeBlob(repo, bytes));
  return oids;
}

async function onDisk(source: AttributeSource, { path, before }: InspectedFile): Promise<FileState> {
  const full = join(source.repo.top, path);
  try {
    const clean = await cleanBytes(source, path, await readFile(full));
    return { mode: before?.mode ?? '100644', oid: hashObject('blob', clean) };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw ioError(error, 'read', full);
  }
}
