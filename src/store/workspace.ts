import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { didYouMean } from '../domain/closest.ts';
import { dateIn, type IsoDate } from '../domain/date.ts';
import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import type { Firm } from '../domain/firm.ts';
import { defaultSettings, type Settings } from '../domain/settings.ts';
import { isSlug } from '../domain/slug.ts';
import { parseFirm } from '../formats/firm-file.ts';
import { parseSettings } from '../formats/settings-file.ts';
import { ifPresent, orIoError } from './errno.ts';
import { filesOnDisk, maxBytes, readSource, type WorkspaceFiles } from './files.ts';
import { type GitView, isGitRefusal, viewGit } from './git-view.ts';
import { type Journal, readJournal } from './transaction/journal.ts';
import { type Place, placeOf } from './transaction/place.ts';
import { type ProcessIdentity, thisProcess } from './transaction/process-identity.ts';

/** An opened workspace. Paths inside it are relative to `root` and use `/`. */
export interface Workspace {
  readonly root: string;
  /** What is read: the work tree, unless the workspace is seen as of a commit. */
  readonly files: WorkspaceFiles;
  readonly settings: Settings;
  readonly git: GitView | null;
  /** Why a repository that is there cannot be read; commits are refused with it. */
  readonly gitProblem: ScendError | null;
  readonly place: Place;
  /** What a run left behind that was cut short, and which uncommitted bytes are the engine's own. */
  readonly journal: Journal;
  /** The process that acts. */
  readonly process: ProcessIdentity;
  /** The date a person fixed, or null for each firm's own today. */
  readonly fixedToday: IsoDate | null;
  /** The date in a time zone, or the one that a person fixed. */
  readonly today: (timeZone: string) => IsoDate;
  /** What scend.yaml holds, a character a byte; it tells these settings from all others. */
  readonly settingsFile: string;
  /** What results are kept with between runs; null where none are to be. */
  readonly cache: { readonly build: string } | null;
  readonly now: Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Findings in scend.yaml that stop nothing. */
  readonly diagnostics: readonly Diagnostic[];
  /** The firm whose folder the command was run in, or null. */
  readonly currentFirm: string | null;
}

export interface OpenOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  readonly today: IsoDate | null;
  /** This process unless told otherwise. */
  readonly process?: ProcessIdentity | undefined;
  /** The build whose results may be kept and used; null or nothing for none. */
  readonly build?: string | null | undefined;
}

/** Opens the workspace around a directory. Throws `workspace/not-found` or `workspace/invalid`. */
export async function openWorkspace(options: OpenOptions): Promise<Workspace> {
  const root = await findRoot(options.cwd);
  if (root === null) {
    throw new ScendError(
      'workspace/not-found',
      'no scend.yaml in this folder or any above it',
      'Change to your workspace, name it with -C DIR, or make one with "scend init".',
    );
  }
  const { source, bytes, diagnostics } = await readSource(root, 'scend.yaml', maxBytes.yaml);
  const read = source ? parseSettings(source) : { value: defaultSettings, diagnostics: [] };
  const found = [...diagnostics, ...read.diagnostics];
  if (!read.value || hasErrors(found)) {
    throw new ScendError('workspace/invalid', 'scend.yaml cannot be used', 'Mend what is listed.', {
      diagnostics: found,
    });
  }
  const { git, gitProblem } = await tryGit(root, options.env);
  const place = placeOf(root, git);
  const inside = relative(root, await orIoError(realpath(options.cwd), 'read', options.cwd)).split(sep);
  const currentFirm = inside[0] === 'firms' && inside[1] && isSlug(inside[1]) ? inside[1] : null;
  return {
    root,
    files: filesOnDisk(root),
    settings: read.value,
    git,
    gitProblem,
    place,
    journal: await readJournal(place.directory),
    process: options.process ?? thisProcess(),
    fixedToday: options.today,
    today: todayIn(options),
    settingsFile: Buffer.from(bytes ?? []).toString('latin1'),
    cache: options.build ? { build: options.build } : null,
    now: options.now,
    env: options.env,
    diagnostics: found,
    currentFirm,
  };
}

/** The folder with scend.yaml at or above a folder; null where there is none. Throws `workspace/not-found`. */
export async function findRoot(start: string): Promise<string | null> {
  let dir = await ifPresent(realpath(resolve(start)), start);
  if (dir === null) {
    throw new ScendError('workspace/not-found', `there is no folder ${start}`, 'Check the path after -C.');
  }
  for (;;) {
    const path = join(dir, 'scend.yaml');
    if ((await ifPresent(lstat(path), path))?.isFile()) return dir;
    if (dirname(dir) === dir) return null;
    dir = dirname(dir);
  }
}

async function tryGit(root: string, env: OpenOptions['env']): Promise<Pick<Workspace, 'git' | 'gitProblem'>> {
  try {
    return { git: await viewGit(root, env), gitProblem: null };
  } catch (error) {
    if (isGitRefusal(error)) return { git: null, gitProblem: error };
    throw error;
  }
}

/** Slugs of all firms, sorted; folders with other names are findings. */
export async function listFirms(
  workspace: Workspace,
): Promise<{ readonly slugs: string[]; readonly diagnostics: Diagnostic[] }> {
  const entries = await workspace.files.list('firms');
  const slugs: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { name, kind } of entries) {
    if (name.startsWith('.')) continue;
    const file = `firms/${name}`;
    if (kind === 'other')
      diagnostics.push(diagnose('file/unsafe-path', { file }, `${file} is a link or a special file`));
    else if (kind === 'folder' && isSlug(name)) slugs.push(name);
    else if (kind === 'folder') {
      diagnostics.push(
        diagnose('file/unknown-name', { file }, `"${name}" is no slug (lower-case letters, digits, _ and -)`),
      );
    }
  }
  return { slugs, diagnostics };
}

/** The slugs a command is about: the one named, the one whose folder it runs in, or all. Throws `usage/unknown-firm`. */
export async function chooseFirms(
  workspace: Workspace,
  named: string | null,
): Promise<{ readonly slugs: string[]; readonly diagnostics: Diagnostic[] }> {
  const { slugs, diagnostics } = await listFirms(workspace);
  const wanted = named ?? workspace.currentFirm;
  if (wanted === null) return { slugs, diagnostics };
  if (slugs.includes(wanted)) return { slugs: [wanted], diagnostics: [] };
  const near = didYouMean(wanted, slugs);
  const known =
    slugs.length === 0
      ? 'There are no firms yet: "scend firm add".'
      : `The firms are ${slugs.slice(0, 12).join(', ')}${slugs.length > 12 ? ', …' : ''}.`;
  throw new ScendError('usage/unknown-firm', `there is no firm "${wanted}"`, near || known, { firm: wanted });
}

/** Reads a firm's own file. */
export async function loadFirm(
  workspace: Workspace,
  slug: string,
): Promise<{ readonly firm: Firm | null; readonly diagnostics: Diagnostic[] }> {
  const file = `firms/${slug}/firm.yaml`;
  const { source, diagnostics } = await readSource(workspace.files, file, maxBytes.yaml);
  if (!source) {
    const missing = diagnose(
      'file/missing',
      { file },
      `${slug} has no firm.yaml`,
      `Restore it, or run "scend firm add ${slug}".`,
    );
    return { firm: null, diagnostics: diagnostics.length > 0 ? diagnostics : [missing] };
  }
  const read = parseFirm(source, slug, workspace.settings.id);
  const found = [...diagnostics, ...read.diagnostics];
  return { firm: hasErrors(found) ? null : read.value, diagnostics: found };
}

/** Today in a firm's time zone, or the date a person fixed. */
export function todayFor(workspace: Workspace, firm: Pick<Firm, 'timezone'> | null): IsoDate {
  return workspace.today(firm?.timezone ?? workspace.settings.timezone);
}

/** Each time zone is looked up once. */
function todayIn({ today, now }: OpenOptions): Workspace['today'] {
  const known = new Map<string, IsoDate>();
  return (timeZone) => {
    const date = today ?? known.get(timeZone) ?? dateIn(now, timeZone);
    known.set(timeZone, date);
    return date;
  };
}
