import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspaceFiles } from '../files.ts';
import type { GitReader } from '../git/reader.ts';
import type { GitView } from '../git-view.ts';
import type { Workspace } from '../workspace.ts';
import { digestOf, digestOfList } from './digest.ts';
import { type Stamp, stampOf } from './stamp.ts';

/** One thing that a result rests on. Paths are relative to the workspace, those in HEAD to the repository. */
export type Input =
  | {
      readonly kind: 'file' | 'folder';
      readonly path: string;
      readonly stamp: Stamp;
      readonly digest: string;
    }
  | { readonly kind: 'absent'; readonly path: string }
  | { readonly kind: 'head'; readonly path: string; readonly oid: string | null }
  | { readonly kind: 'day'; readonly timeZone: string; readonly date: string };

/** What a computation read; null once it read something that cannot be told again cheaply. */
export interface Trace {
  inputs: Map<string, Input> | null;
}

/**
 * The workspace as a computation is to see it, and what it reads of it: every file and folder, what HEAD holds
 * at which path, and the day. The settings stay out of it: they are the same for the whole run.
 */
export function traced(workspace: Workspace): { readonly workspace: Workspace; readonly trace: Trace } {
  const trace: Trace = { inputs: new Map() };
  const today = (timeZone: string) => {
    const date = workspace.today(timeZone);
    note(trace, { kind: 'day', timeZone, date });
    return date;
  };
  const files = tracedFiles(workspace, trace);
  const git = workspace.git && tracedGit(workspace.git, trace);
  return { workspace: { ...workspace, today, files, git }, trace };
}

function note(trace: Trace, input: Input): void {
  if (trace.inputs === null) return;
  const key = `${input.kind === 'head' || input.kind === 'day' ? input.kind : ''} ${input.kind === 'day' ? input.timeZone : input.path}`;
  const before = trace.inputs.get(key);
  // What changed while it was read is read anew by the next run.
  if (before !== undefined && !same(before, input)) trace.inputs = null;
  else trace.inputs.set(key, input);
}

function same(a: Input, b: Input): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function tracedFiles({ root, files }: Workspace, trace: Trace): WorkspaceFiles {
  return {
    read: async (path, limit) => {
      const read = await files.read(path, limit);
      if (read.kind === 'missing') note(trace, { kind: 'absent', path });
      else if (read.kind === 'file' && read.stamp)
        note(trace, { kind: 'file', path, stamp: read.stamp, digest: digestOf(read.bytes) });
      else trace.inputs = null;
      return read;
    },
    list: async (path) => {
      // Before it is read: what comes or goes meanwhile makes the stamp an old one.
      const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
      const listed = await files.list(path);
      if (stats?.isDirectory())
        note(trace, { kind: 'folder', path, stamp: stampOf(stats), digest: digestOfList(listed) });
      else if (stats === undefined) note(trace, { kind: 'absent', path });
      else trace.inputs = null;
      return listed;
    },
  };
}

/** A commit's own content never changes; what HEAD holds at a path is an input, and history is not followed. */
function tracedGit(git: GitView, trace: Trace): GitView {
  const { reader, head } = git;
  const noted = async (commit: string, path: string) => {
    const entry = await reader.entryAt(commit, path);
    if (commit === head.oid) note(trace, { kind: 'head', path, oid: entry?.oid ?? null });
    return entry;
  };
  const traced: GitReader = {
    readHead: () => {
      trace.inputs = null;
      return reader.readHead();
    },
    commit: (oid) => {
      trace.inputs = null;
      return reader.commit(oid);
    },
    entryAt: noted,
    blob: (oid) => reader.blob(oid),
    list: async (commit, directory) => {
      await noted(commit, directory);
      return reader.list(commit, directory);
    },
  };
  return { ...git, reader: traced };
}
