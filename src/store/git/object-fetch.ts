import { spawn } from 'node:child_process';
import { getConfig, parseBool } from './config.ts';
import type { ObjectType } from './object-id.ts';
import type { Repository } from './repository.ts';

/** How long a fetch may take, in milliseconds. */
const TIMEOUT = 60_000;

/** Whether the repository is a partial clone, whose remote has promised what it lacks. */
export function isPartialClone({ config }: Repository): boolean {
  if (getConfig(config, 'extensions.partialClone')) return true;
  return config.some(({ key, value }) => /^remote\..*\.promisor$/s.test(key) && parseBool(value) === true);
}

/**
 * Lets installed Git fetch an object that a partial clone lacks; false without Git, or when it fails. Never a
 * commit: a partial clone has them all, down to where a shallow one ends by intent.
 */
export async function fetchPromised(repo: Repository, oid: string, type: ObjectType): Promise<boolean> {
  if (type === 'commit' || !isPartialClone(repo)) return false;
  return new Promise((done) => {
    const git = spawn('git', ['cat-file', type, oid], {
      cwd: repo.top,
      env: { ...repo.env, GIT_TERMINAL_PROMPT: '0' },
      stdio: 'ignore',
      timeout: TIMEOUT,
      windowsHide: true,
    });
    git.on('error', () => done(false));
    git.on('close', (code) => done(code === 0));
  });
}
