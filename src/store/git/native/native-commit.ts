import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readOrNull } from '../../files.ts';
import type { CommitBackend, CommitRequest, CommitResult, PreflightOptions } from '../backend.ts';
import { type Identity, resolveIdentity } from '../identity.ts';
import { indexPath } from '../index-store.ts';
import { type InspectedFile, refuseMoved, refuseStagedAs } from '../inspect.ts';
import { releaseLock, takeLock } from '../lock-file.ts';
import { cleanMessage } from '../message.ts';
import { refusal } from '../refusal.ts';
import { sameState } from '../refuse-paths.ts';
import type { Repository } from '../repository.ts';
import { hashFile } from './clean-blob.ts';
import { runHook } from './hooks.ts';
import { type Draft, identityVariables, makeCommit } from './make-commit.ts';
import { inspectNatively, type NativeInspection } from './native-inspect.ts';
import { type ObjectStore, withObjects } from './object-store.ts';
import { publishNatively } from './publish-natively.ts';
import { withScratch } from './scratch.ts';
import { storeBlobs } from './store-blobs.ts';

/** How often a commit is made anew because HEAD moved in the meantime. */
const MAX_ATTEMPTS = 20;

/** Commits through installed Git, and so with hooks, filters, signatures and whatever form of repository. */
export const native: CommitBackend = { name: 'native', preflight, storeBlobs, commitPaths };

/** Throws the refusal that a commit of these paths would meet; writes nothing. */
async function preflight(
  repo: Repository,
  paths: readonly string[],
  { author, bytes }: PreflightOptions = {},
): Promise<void> {
  const intended = paths.map((path) => ({ path, bytes: bytes?.get(path) }));
  await withObjects(repo, async (objects) => {
    const { files } = await inspectNatively(repo, objects, intended);
    for (const [i, file] of files.entries()) {
      if (sameState(file.staged, file.before)) continue;
      const after = await intendedState(repo, file, intended[i]?.bytes);
      refuseStagedAs(file.staged, { ...file, after });
    }
  });
  // The date is checked too, but does not matter here.
  resolveIdentity(repo, { author, now: new Date(0) });
}

/**
 * Commits exactly the named files, and what a pre-commit hook adds, on the branch that HEAD names. A HEAD that
 * moves meanwhile is followed as long as the files' own content did not change there (`git/moved`).
 */
async function commitPaths(repo: Repository, request: CommitRequest): Promise<CommitResult> {
  const message = cleanMessage(request.message);
  const identity = resolveIdentity(repo, request);
  return withObjects(repo, async (objects) => {
    const blobs = await storeFiles(repo, objects, request);
    if (blobs === null) return { kind: 'unchanged' };
    const job = { repo, objects, request, message, identity, blobs };
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const result = await withScratch(repo, (dir) => attemptCommit(job, dir));
      if (result !== 'moved') return result;
      await sleep(Math.random() * 20 * attempt);
    }
    throw refusal(
      'git/contended',
      `other commits came first ${MAX_ATTEMPTS} times in a row`,
      'Run the command again when less is going on in the repository.',
    );
  });
}

interface Job {
  readonly repo: Repository;
  readonly objects: ObjectStore;
  readonly request: CommitRequest;
  readonly message: string;
  readonly identity: Identity;
  /** The files' blobs in the request's order; null for one that is to go. */
  readonly blobs: readonly (string | null)[];
}

/** Checks everything, then stores the files' blobs; null when HEAD has every file as asked. */
async function storeFiles(
  repo: Repository,
  objects: ObjectStore,
  { files }: CommitRequest,
): Promise<readonly (string | null)[] | null> {
  const inspection = await inspectNatively(repo, objects, files);
  for (const [i, file] of inspection.files.entries()) {
    const { base, bytes } = files[i]!;
    const plain = (file.before?.oid ?? null) === base && sameState(file.staged, file.before);
    const after = plain ? undefined : await intendedState(repo, file, bytes);
    refuseMoved(base, { ...file, after });
    refuseStagedAs(file.staged, { ...file, after });
  }
  const blobs: (string | null)[] = [];
  for (const { path, bytes } of files) {
    blobs.push(bytes && (await hashFile(repo, path, bytes, { write: true })));
  }
  return changedFiles(inspection, blobs).length === 0 ? null : blobs;
}

/** One attempt under the index's lock, which others who commit wait for. */
async function attemptCommit(job: Job, dir: string): Promise<CommitResult | 'moved'> {
  const { repo, request } = job;
  const lock = await takeLock(repo, indexPath(repo), request.lockTimeout);
  let result: CommitResult | 'moved';
  try {
    result = await commitLocked(job, dir);
  } finally {
    await releaseLock(lock);
  }
  if (result === 'moved' || result.kind === 'unchanged') return result;
  const { author } = identityVariables(job.identity);
  const call = { name: 'post-commit', indexFile: indexPath(repo), env: author, dir } as const;
  // The commit is made, whatever the hook makes of it.
  await runHook(repo, call).catch(() => {});
  return result;
}

async function commitLocked(job: Job, dir: string): Promise<CommitResult | 'moved'> {
  const { repo, objects, request, message, identity, blobs } = job;
  const inspection = await inspectNatively(repo, objects, request.files);
  for (const [i, file] of withBlobs(inspection, blobs).entries()) {
    refuseMoved(request.files[i]!.base, file);
    refuseStagedAs(file.staged, file);
  }
  const files = changedFiles(inspection, blobs);
  const draft: Draft = { inspection, files, message, identity };
  const made = files.length === 0 ? null : await makeCommit(repo, dir, draft);
  if (made === null) return { kind: 'unchanged' };
  if (!(await publishNatively(repo, dir, draft, made, request.lockTimeout))) return 'moved';
  const { oid, ref } = inspection.head;
  return { kind: 'committed', oid: made.oid, parent: oid, branch: ref.slice('refs/heads/'.length) };
}

function withBlobs(
  { files }: NativeInspection,
  blobs: readonly (string | null)[],
): readonly (InspectedFile & { readonly after: InspectedFile['before'] })[] {
  return files.map((file, i) => {
    const oid = blobs[i] ?? null;
    return { ...file, after: oid === null ? null : { mode: file.before?.mode ?? '100644', oid } };
  });
}

function changedFiles(
  inspection: NativeInspection,
  blobs: readonly (string | null)[],
): readonly InspectedFile[] {
  return withBlobs(inspection, blobs).filter(({ before, after }) => !sameState(before, after));
}

/** What a file would become, without storing it; `undefined` bytes stand for those on disk. */
async function intendedState(
  repo: Repository,
  { path, before }: InspectedFile,
  given: Uint8Array | null | undefined,
): Promise<InspectedFile['before']> {
  const bytes = given === undefined ? await readOrNull(join(repo.top, path)) : given;
  if (bytes === null) return null;
  return { mode: before?.mode ?? '100644', oid: await hashFile(repo, path, bytes, { write: false }) };
}
