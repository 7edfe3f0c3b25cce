import { ScendError } from '../../domain/error.ts';
import type { CommitBackend, PreflightOptions } from './backend.ts';
import { embedded } from './commit.ts';
import { resolveIdentity } from './identity.ts';
import { readIndex } from './index-store.ts';
import { findGit, type InstalledGit, isAtLeast } from './native/find-git.ts';
import { runGit } from './native/git-command.ts';
import { native } from './native/native-commit.ts';
import { nativeReader } from './native/native-reader.ts';
import { treeOfCommit } from './objects.ts';
import { embeddedReader, type GitReader } from './reader.ts';
import { readHead } from './refs.ts';
import { type Check, formatChecks, reachChecks, readingChecks } from './refuse-layout.ts';
import { stateChecks } from './refuse-state.ts';
import type { Repository } from './repository.ts';

/** The oldest Git whose `update-ref --stdin` locks, then moves, a branch in two steps. */
const OLDEST: readonly [number, number] = [2, 27];

/**
 * The backend that can commit these paths: the embedded one, or installed Git where the repository asks for
 * something that only Git honours (hooks, signatures, filters, other formats). Throws the refusal of the one
 * that would have to do it.
 */
export async function chooseBackend(
  repo: Repository,
  paths: readonly string[],
  options: PreflightOptions = {},
): Promise<CommitBackend> {
  try {
    await embedded.preflight(repo, paths, options);
    return embedded;
  } catch (error) {
    if (!(error instanceof ScendError) || error.data.native !== true) throw error;
    await preflightNative(repo, paths, options, error);
    return native;
  }
}

/** How commits are made in a repository, or why none can be. */
export interface BackendReport {
  /** Null when neither can commit. */
  readonly backend: CommitBackend['name'] | null;
  /** What the embedded backend refuses, and after it what Git would refuse too. */
  readonly reasons: readonly ScendError[];
  /** The version of installed Git; null when there is none. */
  readonly git: string | null;
}

/** Looks for everything that matters to a commit of any path; what depends on the path stays open. */
export async function explainBackend(repo: Repository): Promise<BackendReport> {
  const found = await findGit(repo.env);
  const git = found?.version ?? null;
  const reasons = await refusalsOf(await embeddedChecks(repo));
  const first = reasons[0];
  if (first === undefined) return { backend: 'embedded', reasons, git };
  if (reasons.some(({ data }) => data.native !== true)) return { backend: null, reasons, git };
  const [refused] = await refusalsOf([() => preflightNative(repo, [], {}, first)]);
  if (refused === undefined) return { backend: 'native', reasons, git };
  // The same refusal, with a word on Git in its hint.
  const others = reasons.filter(({ code }) => code !== refused.code);
  return { backend: null, reasons: [...others, refused], git };
}

/** Reads without Git, except where the repository has a form that only installed Git knows. */
export async function openReader(repo: Repository): Promise<GitReader> {
  const [unread] = await refusalsOf(readingChecks(repo));
  if (unread === undefined || (await findGit(repo.env)) === null) return embeddedReader(repo);
  const { code } = await runGit(repo, ['rev-parse', '--git-dir']);
  return code === 0 ? nativeReader(repo) : embeddedReader(repo);
}

/** Throws what keeps Git from committing: its own refusal, or the first one where Git cannot be had. */
async function preflightNative(
  repo: Repository,
  paths: readonly string[],
  options: PreflightOptions,
  first: ScendError,
): Promise<void> {
  // The files would be written where Git does not look.
  if (first.code === 'git/work-tree-elsewhere') throw first;
  const found = await findGit(repo.env);
  if (found === null) throw extended(first, 'Or install Git: Scend then commits with it.');
  if (!isAtLeast(found, ...OLDEST)) throw extended(first, tooOld(found));
  try {
    await native.preflight(repo, paths, options);
  } catch (error) {
    if (!(error instanceof ScendError) || error.code !== 'git/native-failed') throw error;
    throw extended(first, `Installed Git (${found.version}) cannot either: ${error.message}`);
  }
}

function tooOld({ version }: InstalledGit): string {
  return `Or update Git to ${OLDEST.join('.')} or newer: Scend then commits with it (this is ${version}).`;
}

function extended({ code, message, hint, data }: ScendError, more: string): ScendError {
  return new ScendError(code, message, `${hint} ${more}`, data);
}

async function embeddedChecks(repo: Repository): Promise<readonly Check[]> {
  const identity = () => {
    resolveIdentity(repo, { now: new Date(0) });
  };
  const early = [...reachChecks(repo), ...formatChecks(repo)];
  // In a form that it cannot read, the embedded backend would take everything for damaged.
  const unread = (await refusalsOf(readingChecks(repo))).length > 0;
  return [...early, ...(unread ? stateChecks(repo, null) : await contentChecks(repo)), identity];
}

async function contentChecks(repo: Repository): Promise<readonly Check[]> {
  const index = async () => {
    await readIndex(repo);
  };
  try {
    const head = await readHead(repo);
    const { oid } = head;
    const tree = async () => {
      if (oid !== null) await treeOfCommit(repo, oid);
    };
    return [...stateChecks(repo, head), tree, index];
  } catch (error) {
    const head = () => {
      throw error;
    };
    return [head, ...stateChecks(repo, null), index];
  }
}

/** The refusals of all checks, in their order. */
async function refusalsOf(checks: readonly Check[]): Promise<ScendError[]> {
  const found: ScendError[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ScendError)) throw error;
      found.push(error);
    }
  }
  return found;
}
