import { join } from 'node:path';
import { readOrNull } from '../files.ts';
import type { FileCommit } from '../git/backend.ts';
import { chooseBackend } from '../git/choose-backend.ts';
import { removeClaimedLocks } from '../git/lock-file.ts';
import { syncRef } from '../git/ref-update.ts';
import { isRegular } from '../git/tree.ts';
import { type GitView, isGitRefusal } from '../git-view.ts';
import { makeFolders, syncFolders, syncFoldersFrom } from './folders.ts';
import { digestOf, type Intent, type Journal, readJournal, writeJournal } from './journal.ts';
import type { Place } from './place.ts';
import { type Settled, type Swap, swapIn, temporariesOf, tidy } from './swap.ts';

export interface Recovered {
  readonly journal: Journal;
  /** What was found and done, for people. */
  readonly notes: readonly string[];
}

/** The swaps of an intent, in its order. */
export function swapsOf(place: Place, { id, files }: Intent): Swap[] {
  return files.map((file, n) => {
    const path = join(place.top, file.path);
    return { path, old: file.old, new: file.new, temporary: temporariesOf(path, id, n) };
  });
}

/**
 * Puts in order what a run left that was cut short; only under the run lock. Where every file is either as it
 * was or as it was to be, and the branch is the same, the run is completed, commit included; where somebody
 * changed a file or the branch since, or threw all of it away, nothing more is written, and what the run wrote
 * counts as the engine's own, to be written over. Throws `io/…`; the record stays then.
 */
export async function recover(place: Place, git: GitView | null): Promise<Recovered> {
  const journal = await readJournal(place.directory);
  const { intent } = journal;
  if (git) await removeClaimedLocks(git.repo, [intent?.commit?.ref, git.head.ref]);
  if (intent === null) return prune(place, git, journal);
  const swaps = swapsOf(place, intent);
  const settled: Settled[] = [];
  for (const swap of swaps) settled.push(await tidy(swap));
  await syncFoldersFrom(
    place.top,
    swaps.map((one) => one.path),
  );
  const notes = settled.flatMap((one) => one.kept.map(keptNote));
  const end = await conclude(place, git, intent, settled);
  const owned = { ...journal.owned };
  intent.files.forEach((file, n) => {
    if (end.kind === 'completed') delete owned[file.path];
    else if (file.new !== null && (settled[n]?.state === 'new' || end.kind === 'written'))
      owned[file.path] = file.new;
  });
  const after = { intent: null, owned };
  await writeJournal(place.directory, after);
  return { journal: after, notes: [...notes, ...end.notes] };
}

interface End {
  /** `written`: its files are there, its commit could not be made; `left`: nothing more was done. */
  readonly kind: 'completed' | 'written' | 'left';
  readonly notes: readonly string[];
}

async function conclude(
  place: Place,
  git: GitView | null,
  intent: Intent,
  settled: readonly Settled[],
): Promise<End> {
  const states = settled.map((one) => one.state);
  const { commit, files } = intent;
  const subject = commit?.message.split('\n', 1)[0] ?? 'writing files';
  const cut = `an earlier run was cut short (${subject})`;
  const swapped = files.flatMap((file, n) => (file.old === file.new ? [] : [states[n]]));
  if (swapped.length > 0 && !swapped.includes('new')) return { kind: 'left', notes: [] };
  if (states.includes('other'))
    return left(`${cut}; files of it were changed since, so it was not completed`);
  if (!commit || !git) return left(`${cut}; what it wrote is there, and the rest is made anew`);
  if (git.head.ref !== commit.ref) return left(`${cut} on another branch, so it was not completed`);
  try {
    const oid = await complete(place, git, intent, settled);
    return {
      kind: 'completed',
      notes: [`Note: ${cut}; it was completed${oid ? ` (${oid.slice(0, 10)})` : ''}.`],
    };
  } catch (error) {
    if (!isGitRefusal(error)) throw error;
    return { kind: 'written', notes: [`Note: ${cut} and could not be completed: ${error.message}.`] };
  }
}

function left(text: string): End {
  return { kind: 'left', notes: [`Note: ${text}.`] };
}

/** Writes the files that are still to be written, and makes the commit; null when HEAD had it already. */
async function complete(
  place: Place,
  { repo, reader }: GitView,
  intent: Intent,
  settled: readonly Settled[],
): Promise<string | null> {
  const { commit } = intent;
  if (!commit) return null;
  const swaps = swapsOf(place, intent);
  const files: FileCommit[] = [];
  for (const { path, blob, base, new: digest } of intent.files) {
    files.push({ path, base, bytes: digest === null ? null : await reader.blob(blob ?? '') });
  }
  const bytes = new Map(files.map((one) => [one.path, one.bytes]));
  const author = commit.author ?? undefined;
  const backend = await chooseBackend(repo, [...bytes.keys()], { author, bytes });
  const open = swaps.flatMap((swap, n) => (settled[n]?.state === 'old' ? [{ swap, n }] : []));
  await makeFolders(
    place.top,
    open.map(({ n }) => files[n]?.path ?? ''),
  );
  for (const { swap, n } of open) await swapIn(swap, files[n]?.bytes ?? null);
  await syncFolders(open.map(({ swap }) => swap.path));
  const { message, now } = commit;
  const made = await backend.commitPaths(repo, { files, message, author, now: new Date(now) });
  if (made.kind === 'unchanged') await syncRef(repo, commit.ref);
  for (const swap of swaps) await tidy(swap);
  await syncFolders(swaps.map((one) => one.path));
  return made.kind === 'committed' ? made.oid : null;
}

/** Forgets what the engine once wrote and somebody has changed, removed or committed since. */
async function prune(place: Place, git: GitView | null, journal: Journal): Promise<Recovered> {
  const owned: Record<string, string> = {};
  for (const [path, digest] of Object.entries(journal.owned)) {
    const there = digestOf(await readOrNull(join(place.top, path))) === digest;
    if (there && digestOf(await committed(git, path)) !== digest) owned[path] = digest;
  }
  const after = { intent: null, owned };
  const changed = Object.keys(owned).length !== Object.keys(journal.owned).length;
  if (changed) await writeJournal(place.directory, after);
  return { journal: after, notes: [] };
}

async function committed(git: GitView | null, path: string): Promise<Uint8Array | null> {
  const oid = git?.head.oid ?? null;
  const entry = git && oid !== null ? await git.reader.entryAt(oid, path) : null;
  return git && entry && isRegular(entry) ? git.reader.blob(entry.oid) : null;
}

function keptNote(path: string): string {
  return `Note: a file that was saved while a run ended was kept as ${path}; compare it with its neighbour.`;
}
