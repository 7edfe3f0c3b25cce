import { ScendError } from '../../domain/error.ts';
import type { Repository } from './repository.ts';

/** What is to become of one file. */
export interface FileCommit {
  /** Relative to the repository's top, with slashes. */
  readonly path: string;
  /** The new content as it lies in the work tree; null deletes the file. */
  readonly bytes: Uint8Array | null;
  /** The blob in HEAD that the new content was made from; null when HEAD had no such file. */
  readonly base: string | null;
}

export interface CommitRequest {
  readonly files: readonly FileCommit[];
  readonly message: string;
  /** `Name <mail>`, in place of the author that Git is configured with. */
  readonly author?: string | undefined;
  /** The present moment, in the machine's time zone. */
  readonly now: Date;
  /** How long a lock of another process is waited for, in milliseconds; 10 seconds unless told. */
  readonly lockTimeout?: number | undefined;
}

export type CommitResult =
  | {
      readonly kind: 'committed';
      readonly oid: string;
      /** Null for the first commit of a branch. */
      readonly parent: string | null;
      /** Without `refs/heads/`. */
      readonly branch: string;
    }
  | { readonly kind: 'unchanged' };

export interface PreflightOptions {
  readonly author?: string | undefined;
  /** The content each path will get, where it is known by now; null: it will be deleted. */
  readonly bytes?: ReadonlyMap<string, Uint8Array | null>;
}

/** A way to make commits of exactly the named files; everything else in the repository stays as it is. */
export interface CommitBackend {
  readonly name: 'embedded' | 'native';
  /** Throws the refusal that a commit of these paths would meet; writes nothing. */
  preflight(repo: Repository, paths: readonly string[], options?: PreflightOptions): Promise<void>;
  /**
   * Stores bytes as they are, without filters, as blobs that nothing refers to yet, and returns their ids in
   * the same order. They are on the disk when it returns.
   */
  storeBlobs(repo: Repository, contents: readonly Uint8Array[]): Promise<readonly string[]>;
  /**
   * Commits the files on the branch that HEAD names. The work tree's files are there already and are not
   * read: what is committed are the request's bytes. A refusal leaves index and branch as they were; so does
   * any other failure that is not `isHalfway`.
   */
  commitPaths(repo: Repository, request: CommitRequest): Promise<CommitResult>;
}

/** The failure of a commit that the index, or even the branch, holds already: asked for again, it is completed. */
export function halfway(error: unknown): unknown {
  if (!(error instanceof ScendError)) return error;
  return new ScendError(error.code, error.message, error.hint, { ...error.data, halfway: true });
}

export function isHalfway(error: unknown): error is ScendError {
  return error instanceof ScendError && error.data.halfway === true;
}
