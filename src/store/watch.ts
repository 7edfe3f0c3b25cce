import { join, relative, sep } from 'node:path';
import { errnoOf } from './errno.ts';

/** What a check reads, from the root of the workspace. */
const watched = new Set(['scend.yaml', 'firms', 'templates', 'analytics']);

/** Milliseconds without a further change after which a batch is complete, and after which one is not kept longer. */
const quiet = 100;
const longest = 500;

/**
 * The changes in a workspace until `signal` stops it. First an empty batch, when everything from there on will be
 * seen; then each time what was saved, made or deleted since, as paths relative to the root, sorted. What happens
 * while a batch is being worked on is in the next one. Hidden files, `.git`, node_modules and the files beside
 * the real one that editors save by are left out.
 */
export async function* watchWorkspace(
  root: string,
  signal: AbortSignal,
): AsyncGenerator<readonly string[], void> {
  let pending = new Map<string, number>();
  let wake = () => {};
  const seen = (path: string) => {
    pending.set(path, performance.now());
    wake();
  };
  signal.addEventListener('abort', () => wake(), { once: true });
  const close = await startWatching(root, seen);
  try {
    yield [];
    while (!signal.aborted) {
      if (pending.size === 0) {
        await new Promise<void>((done) => {
          wake = done;
        });
        continue;
      }
      const times = [...pending.values()];
      const now = performance.now();
      const left = Math.min(Math.max(...times) + quiet, Math.min(...times) + longest) - now;
      if (left > 0) {
        await new Promise((done) => setTimeout(done, left));
        continue;
      }
      const paths = [...pending.keys()].sort();
      pending = new Map();
      yield paths;
    }
  } finally {
    await close();
  }
}

/** Starts to watch, and resolves when nothing can be missed any more. */
async function startWatching(
  root: string,
  seen: (path: string) => void,
  usePolling = false,
): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar');
  const inside = (path: string) => relative(root, path).split(sep).join('/');
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    usePolling,
    interval: 300,
    ignored: (path) => isIgnored(inside(path)),
  });
  let restarted: Promise<() => Promise<void>> | null = null;
  watcher.on('all', (_event, path) => seen(inside(join(path))));
  await new Promise<void>((done) => {
    watcher.on('ready', done);
    watcher.on('error', (error) => {
      // A system that has no more watches to give is asked again and again instead; other faults (a folder that
      // went away while it was looked at) show in what the check finds.
      if (usePolling || restarted || !['ENOSPC', 'EMFILE'].includes(errnoOf(error) ?? '')) return;
      restarted = watcher.close().then(() => startWatching(root, seen, true));
      restarted.then(() => done());
    });
  });
  return async () => {
    await watcher.close();
    await (await restarted)?.();
  };
}

/** Whether a path relative to the root is none of the workspace's files. */
export function isIgnored(path: string): boolean {
  if (path === '') return false;
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return (
    !watched.has(parts[0] ?? '') ||
    parts.some((part) => part.startsWith('.') || part === 'node_modules') ||
    /~$|\.(?:tmp|swp|swx|bak)$|^4913$/.test(name)
  );
}
