/** Bugs that an engine like this one is likely to have, as changes to its source; each of them must be found. */
import type { ProbeName } from './probes.ts';

/** Replaces text that must stand in the file exactly once. */
export interface Patch {
  /** Below `src/store/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** The part of the harness that is to find it. */
  readonly probe: ProbeName;
  /** Where in a run it matters: calls as `name path …`. */
  readonly near?: string;
}

const one = (file: string, from: string, to: string): readonly Patch[] => [{ file, from, to }];

const lostJournal = `await writeJournal(place.directory, { intent, owned: journal.owned });`;
const theCommit = `if (commit) result = await commit.backend.commitPaths(commit.git.repo, commit.request);`;
const theSwaps = `    for (const { swap, bytes } of toWrite) {
      begun.push(swap);
      await swapIn(swap, bytes);
    }
`;

export const mutants: readonly Mutant[] = [
  {
    name: 'files are not synced',
    patches: one(
      'atomic.ts',
      'if (exactMode !== null) await handle.chmod(exactMode);\n    await handle.sync();',
      'if (exactMode !== null) await handle.chmod(exactMode);',
    ),
    probe: 'power',
    near: '^rename .*objects/',
  },
  {
    name: 'folders are not synced',
    patches: one(
      'atomic.ts',
      "open(directory, 'r');\n    try {\n      await handle.sync();",
      "open(directory, 'r');\n    try {",
    ),
    probe: 'durable',
  },
  {
    name: 'the names of objects are not synced',
    patches: one('git/object-fs.ts', '  unsettle(repo, dirname(path), dirname(dirname(path)));\n', ''),
    probe: 'power',
    near: '^handle.sync .*refs/heads',
  },
  {
    name: 'objects that are there already count as synced',
    patches: one('git/object-fs.ts', 'unsettle(repo, path, dirname(path), dirname(dirname(path)));', ''),
    probe: 'durable',
    near: '^rename .*objects/',
  },
  {
    name: 'the record is not written',
    patches: one('transaction/apply.ts', lostJournal, ''),
    probe: 'killed',
  },
  {
    name: 'the record is written after the files',
    patches: [
      { file: 'transaction/apply.ts', from: lostJournal, to: '' },
      { file: 'transaction/apply.ts', from: theCommit, to: `${lostJournal}\n${theCommit}` },
    ],
    probe: 'killed',
    near: '^rename .*ticket-pack',
  },
  {
    name: 'the record is not synced',
    patches: one(
      'transaction/journal.ts',
      'await writeFileAtomic(path, ',
      'await (await import("node:fs/promises")).writeFile(path, ',
    ),
    probe: 'power',
    near: '^rename .*ticket-pack',
  },
  {
    name: "the record's folder is not synced when it is new",
    patches: one(
      'transaction/run-lock.ts',
      'if (highest === 0) await syncDirectory(dirname(directory));',
      '',
    ),
    probe: 'power',
    near: '^handle.sync .*deliverables',
  },
  {
    name: 'the commit is made before the files are written',
    patches: [
      { file: 'transaction/apply.ts', from: theSwaps, to: `${theCommit}\n${theSwaps}` },
      {
        file: 'transaction/apply.ts',
        from: `begun.map((one) => one.path));\n    ${theCommit}`,
        to: 'begun.map((one) => one.path));',
      },
    ],
    probe: 'killed',
    near: '^rename .*(refs/heads|ticket-pack)',
  },
  {
    name: 'the branch moves before the index is written',
    patches: [
      {
        file: 'git/publish.ts',
        from: 'beforeMove: () => commitLock(lock),',
        to: 'beforeMove: async () => {},',
      },
      {
        file: 'git/publish.ts',
        from: "return done ? prepared : 'moved';",
        to: "if (done) await commitLock(lock);\n    return done ? prepared : 'moved';",
      },
    ],
    probe: 'killed',
    near: '^rename .*index.lock',
  },
  {
    name: 'the index is written in place',
    patches: one(
      'git/publish.ts',
      'beforeMove: () => commitLock(lock),',
      'beforeMove: async () => {\n        const { readFile, writeFile } = await import("node:fs/promises");\n        await writeFile(lock.target, await readFile(lock.path));\n      },',
    ),
    probe: 'power',
    near: '^writeFile .*index',
  },
  {
    name: 'files are written in place',
    patches: one(
      'transaction/swap.ts',
      'await place(temporary.fresh, path);\n  } catch',
      'await remove(temporary.fresh);\n    await (await import("node:fs/promises")).writeFile(path, bytes);\n  } catch',
    ),
    probe: 'power',
    near: '^writeFile ',
  },
  {
    name: 'a file is compared, then renamed over',
    patches: one(
      'transaction/swap.ts',
      'await rename(path, temporary.spare);\n      if (digestOf(await readFile(temporary.spare)) !== old) throw changed(path);\n    }\n    if (bytes !== null) await place(temporary.fresh, path);',
      'if (digestOf(await readFile(path)) !== old) throw changed(path);\n    }\n    if (bytes !== null) await rename(temporary.fresh, path);',
    ),
    probe: 'editor',
  },
  {
    name: "whatever has the name counts as the engine's own",
    patches: one(
      'transaction/swap.ts',
      "const state = digest === swap.new ? 'new' : digest === swap.old ? 'old' : 'other';",
      "const state = digest === null ? 'old' : 'new';",
    ),
    probe: 'killed',
    near: '^rename .*ticket-pack',
  },
  {
    name: 'a lock is held as long as its file exists',
    patches: one(
      'transaction/run-lock.ts',
      "return livenessOf(holder, who) === 'dead' ? null : holder;",
      'return holder;',
    ),
    probe: 'lock',
  },
  {
    name: 'a lock of a dead process is removed and made anew',
    patches: [
      {
        file: 'transaction/run-lock.ts',
        from: 'const mine = highest + 1;',
        to: 'const mine = Math.max(highest, 1);\n      if (highest > 0) await unlink(path).catch(() => {});',
      },
    ],
    probe: 'lock',
  },
  {
    name: 'what was made ready is forgotten',
    patches: one(
      'transaction/swap.ts',
      'await remove(temporary.fresh);\n    await settleTaken(swap);',
      'await settleTaken(swap);',
    ),
    probe: 'killed',
    near: '^handle.sync .*scend-.*new',
  },
  {
    name: 'a run that was cut short is not completed',
    patches: one(
      'transaction/recover.ts',
      'const end = await conclude(place, git, intent, settled);',
      "const end = git ? left('') : await conclude(place, git, intent, settled);",
    ),
    probe: 'completed',
    near: '^rename .*index.lock',
  },
  {
    name: 'what a completion tidies up is not synced',
    patches: one(
      'transaction/recover.ts',
      'for (const swap of swaps) await tidy(swap);\n  await syncFolders(swaps.map((one) => one.path));',
      'for (const swap of swaps) await tidy(swap);',
    ),
    probe: 'durable',
    near: '^handle.chmod',
  },
  {
    name: 'a completion expects folders that the killed run had yet to make',
    patches: one(
      'transaction/folders.ts',
      'if (await ifPresent(lstat(folder), folder)) await syncDirectory(folder);',
      'await syncDirectory(folder);',
    ),
    probe: 'folders',
  },
  {
    name: 'a completion does not sync the folders that the killed run made',
    patches: one(
      'transaction/folders.ts',
      'if (await ifPresent(lstat(folder), folder)) await syncDirectory(folder);',
      '',
    ),
    probe: 'folders',
  },
  {
    name: 'a completion does not sync the branch that the killed run moved',
    patches: one(
      'transaction/recover.ts',
      "if (made.kind === 'unchanged') await syncRef(repo, commit.ref);",
      '',
    ),
    probe: 'durable',
    near: '^handle.sync .*refs/heads',
  },
  {
    name: 'a lock is on the disk before the proof of whose it is',
    patches: one(
      'git/lock-file.ts',
      'await syncDirectory(directory).catch(async (error) => {',
      'await Promise.resolve().catch(async (error) => {',
    ),
    probe: 'power',
    near: '^handle.sync .*held-',
  },
  {
    name: 'a write that took less is taken for whole',
    patches: one('atomic.ts', 'done += bytesWritten;', 'done = bytes.length;'),
    probe: 'shortWrites',
  },
  {
    name: 'a full disk goes unnoticed',
    patches: one(
      'atomic.ts',
      'const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);',
      'const { bytesWritten } = await handle.write(bytes, done, bytes.length - done).catch(() => ({ bytesWritten: bytes.length }));',
    ),
    probe: 'fullDisk',
  },
  {
    name: 'the version to start from is read from the work tree',
    patches: one(
      'load-roadmap.ts',
      'current: latestVersion(atHead) ?? latestVersion(onDisk)',
      'current: latestVersion(onDisk)',
    ),
    probe: 'undisturbed',
  },
  {
    name: "the user's entries in the index are dropped",
    patches: one(
      'git/publish.ts',
      'return spliceIndex(await smudgeRacy(repo, index, seconds), changes);',
      'return spliceIndex({ ...(await smudgeRacy(repo, index, seconds)), entries: [] }, changes);',
    ),
    probe: 'undisturbed',
  },
];
