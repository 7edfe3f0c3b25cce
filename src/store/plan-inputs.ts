import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ifPresent } from './errno.ts';
import { maxBytes, readInside } from './files.ts';
import { digestOf } from './transaction/journal.ts';
import { listFirms, type Workspace } from './workspace.ts';

/**
 * Fingerprints of everything that a decision about a firm (null: about the workspace) can rest on: path →
 * SHA-256 of the file, or of a whole folder (`firms/acme/`); `HEAD:firms/acme` is what the last commit holds.
 */
export type PlanInputs = Readonly<Record<string, string | null>>;

/** Takes those fingerprints. */
export async function planInputs(workspace: Workspace, firm: string | null): Promise<PlanInputs> {
  const shared = ['scend.yaml', ...(await filesBelow(workspace, 'templates'))];
  const digests = await digestsOf(workspace, shared);
  if (firm !== null) {
    const own = await digestsOf(workspace, await filesBelow(workspace, `firms/${firm}`));
    return { ...digests, ...own, [`HEAD:firms/${firm}`]: await committed(workspace, firm) };
  }
  const folders: Record<string, string | null> = {};
  for (const slug of (await listFirms(workspace)).slugs) {
    const own = await digestsOf(workspace, await filesBelow(workspace, `firms/${slug}`));
    folders[`firms/${slug}/`] = digestOf(Buffer.from(JSON.stringify(own)));
  }
  return { ...digests, ...folders };
}

/** What differs between two sets of fingerprints, sorted. */
export function movedBetween(before: PlanInputs, now: PlanInputs): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...paths].filter((path) => (before[path] ?? null) !== (now[path] ?? null)).sort();
}

async function committed({ git }: Workspace, firm: string): Promise<string | null> {
  if (!git || git.head.oid === null) return null;
  return (await git.reader.entryAt(git.head.oid, git.toRepo(`firms/${firm}`)))?.oid ?? null;
}

async function digestsOf(workspace: Workspace, paths: readonly string[]): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const path of paths) {
    const read = await readInside(workspace.root, path, maxBytes.part);
    if (read.kind === 'file') digests[path] = digestOf(read.bytes);
  }
  return digests;
}

/** Plain files below a folder, sorted; those of programs (with a dot in front) are none of a plan's business. */
async function filesBelow({ root }: Pick<Workspace, 'root'>, folder: string): Promise<string[]> {
  const path = join(root, folder);
  const entries: Dirent[] = (await ifPresent(readdir(path, { withFileTypes: true }), path)) ?? [];
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const inside = `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesBelow({ root }, inside)));
    else if (entry.isFile()) files.push(inside);
  }
  return files;
}
