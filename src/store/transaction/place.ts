import { join } from 'node:path';
import type { GitView } from '../git-view.ts';

/** Where a workspace's transactions happen. Paths in records are relative to `top`, with `/`. */
export interface Place {
  /** The repository's top; the workspace's own folder outside Git. */
  readonly top: string;
  /** Where lock and record lie: in this work tree's Git directory; `.scend` outside Git. */
  readonly directory: string;
  /** From the workspace to `top`. */
  readonly toTop: (path: string) => string;
}

/** The place of a workspace. */
export function placeOf(root: string, git: Pick<GitView, 'repo' | 'toRepo'> | null): Place {
  if (git) return { top: git.repo.top, directory: join(git.repo.gitDir, 'scend'), toTop: git.toRepo };
  return { top: root, directory: join(root, '.scend'), toTop: (path) => path };
}
