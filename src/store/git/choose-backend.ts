import type { CommitBackend, PreflightOptions } from './backend.ts';
import { embedded } from './commit.ts';
import type { Repository } from './repository.ts';

export async function chooseBackend(
  repo: Repository,
  paths: readonly string[],
  options: PreflightOptions = {},
): Promise<CommitBackend> {
  await embedded.preflight(repo, paths, options);
  return embedded;
}
