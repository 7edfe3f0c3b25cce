import { ScendError } from '../domain/error.ts';
import { plural } from '../domain/number.ts';
import { maxBytes, readInside } from '../store/files.ts';
import { type GitView, readAtHead } from '../store/git-view.ts';
import { differencesIn, type LastRun, lastRun, undoTrailer } from '../store/last-run.ts';
import { type FileChange, unsafePath } from '../store/transaction/change.ts';
import { chooseFirms, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  switchFlag,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  options: [firmOption, ...writeOptions.filter((one) => one.name !== 'no-commit')],
  examples: ['scend undo --firm hayes_real_estate --dry-run', 'scend undo --firm hayes_real_estate'],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const named = textFlag(context, 'firm') ?? workspace.currentFirm;
  if (named === null) throw usage('missing-option', '--firm is missing', 'Name the firm: --firm SLUG.');
  if (!workspace.git && !workspace.gitProblem)
    throw usage(
      'no-git',
      'there is no Git repository to take a commit back in',
      'Files that were written outside Git stay as they are.',
    );
  const slug = await undoable(workspace, named);
  const targets = eachFirm([slug], (present) => decide(present, slug));
  const dryRun = switchFlag(context, 'dry-run');
  return carryOut(context, workspace, targets, {
    next: () => (dryRun ? [] : [`scend status --firm ${slug}`]),
  });
}

/** A firm whose folder a person has removed can still be in the last commits. */
async function undoable(workspace: Workspace, named: string): Promise<string> {
  if (workspace.git && (await lastRun(workspace.git, named))) return named;
  const { slugs } = await chooseFirms(workspace, named);
  return slugs[0] ?? named;
}

async function decide(workspace: Workspace, slug: string): Promise<Decision> {
  const { git, gitProblem } = workspace;
  if (!git) throw gitProblem ?? new Error('the repository is gone');
  const last = await lastRun(git, slug);
  if (!last) {
    const lines = [`nothing to take back: no commit of Scend for ${slug}`];
    return { firm: slug, plan: null, diagnostics: [], lines, data: { changed: false } };
  }
  if (last.since.length > 0) throw builtUpon(slug, last);
  if (last.parent === null) throw firstCommit(last);
  const { changes, kept } = await changesBack(workspace, git, slug, last.oid, last.parent);
  const message = `undo(${slug}): take back "${last.subject}"\n\nScend-Firm: ${slug}\n${undoTrailer}: ${last.oid}\n`;
  const removed = changes.filter((one) => one.after === null).length;
  const restored = changes.length - removed;
  const counts = [
    ...(removed > 0 ? [`removes ${plural(removed, 'file')}`] : []),
    ...(restored > 0 ? [`restores ${plural(restored, 'file')}`] : []),
  ];
  return {
    firm: slug,
    plan: { firm: slug, changes, message },
    diagnostics: [],
    lines: [
      `takes back ${last.oid.slice(0, 10)} ${last.subject}: ${counts.join(', ') || 'nothing to restore'}`,
      ...(kept ? ['the ticket pack stays as it is, with its ticks'] : []),
    ],
    data: { changed: true, undone: last.oid, subject: last.subject },
  };
}

/**
 * Every file as it was before the commit, if it is now as the commit left it. With a new version go the ticks
 * that people made before it; they are no work of the engine's, so the pack and its totals stay.
 */
async function changesBack(
  workspace: Workspace,
  git: GitView,
  slug: string,
  commit: string,
  parent: string,
): Promise<{ readonly changes: FileChange[]; readonly kept: boolean }> {
  const folder = `firms/${slug}`;
  const changes: FileChange[] = [];
  const differences = await differencesIn(git, folder, parent, commit);
  const isVersion = differences.some(
    (one) => one.before === null && one.path.startsWith(`deliverables/${slug}_ROADMAP_CHANGELOG_`),
  );
  const stays = ({ path }: { path: string }) =>
    isVersion && (path === 'ticket-pack.md' || path === 'rollup.yaml');
  for (const one of differences.filter((other) => !stays(other))) {
    const path = `${folder}/${one.path}`;
    const read = await readInside(workspace.root, path, maxBytes.part);
    if (read.kind === 'refused') throw unsafePath(path);
    const present = read.kind === 'file' ? read.bytes : null;
    const left = one.after === null ? null : await git.reader.blob(one.after);
    if (!isCheckout(present, left)) throw notAsLeft(path, await readAtHead(git, path), present);
    const after = one.before === null ? null : await git.reader.blob(one.before);
    changes.push({ path, before: present, after });
  }
  return { changes, kept: differences.some(stays) };
}

/** Whether a file is what a commit holds; a checkout may have given it other line ends. */
function isCheckout(present: Uint8Array | null, committed: Uint8Array | null): boolean {
  if (present === null || committed === null) return present === committed;
  const lines = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
  return lines(present) === lines(committed);
}

function notAsLeft(path: string, head: Uint8Array | null, present: Uint8Array | null): ScendError {
  if (isCheckout(present, head))
    return new ScendError(
      'git/built-upon',
      `${path} was changed by a later commit`,
      'Take that back first (git log shows it), or go on from here; nothing was taken back.',
      { path },
    );
  return new ScendError(
    'git/would-overwrite',
    `${path} was changed and the change is not committed`,
    'Commit it or put it away (git stash), then run the command again; nothing was taken back.',
    { path },
  );
}

function builtUpon(slug: string, { oid, subject, since }: LastRun): ScendError {
  const [newest] = since;
  const more = since.length > 1 ? ` and ${plural(since.length - 1, 'more commit')}` : '';
  return new ScendError(
    'git/built-upon',
    `${oid.slice(0, 10)} (${subject}) cannot be taken back: ${newest?.oid.slice(0, 10)} (${newest?.subject})${more} changed firms/${slug} after it`,
    `Take those back first (git revert ${newest?.oid.slice(0, 10)}), or go on from here.`,
    { commit: oid, since: since.map((one) => one.oid) },
  );
}

function firstCommit({ oid, subject }: LastRun): ScendError {
  return new ScendError(
    'git/first-commit',
    `${oid.slice(0, 10)} (${subject}) is the first commit here, with nothing before it`,
    'In a shallow clone, fetch the rest: git fetch --unshallow',
    { commit: oid },
  );
}
