import { didYouMean } from '../domain/closest.ts';
import { ScendError } from '../domain/error.ts';
import { existsInside } from '../store/files.ts';
import { meetingOf } from '../store/git/merge-base.ts';
import { resolveRevision, revisionNames } from '../store/git/revision.ts';
import type { GitView } from '../store/git-view.ts';
import type { Workspace } from '../store/workspace.ts';
import { usage } from './context.ts';

/** The two sides of a comparison. */
export interface Sides {
  readonly base: {
    readonly commit: string;
    /** Why this commit: it was named, the branch left the main one there, or it is the last one. */
    readonly reason: 'named' | 'branch_point' | 'head';
    /** The revision as it was named, the main branch, or HEAD. */
    readonly revision: string;
  };
  /** The commit that is compared with it; null for the work tree. */
  readonly to: { readonly commit: string; readonly revision: string } | null;
}

/** Finds what is compared with what. Throws `usage/unknown-revision`, `git/shallow`, `git/no-commit` …. */
export async function chooseSides(
  workspace: Workspace,
  named: string | null,
  to: string | null,
): Promise<Sides & { readonly git: GitView }> {
  const { git, gitProblem } = workspace;
  if (gitProblem) throw gitProblem;
  if (!git) {
    const hint = 'Make it one (git init), and commit: then there is something to compare with.';
    throw new ScendError('git/no-repository', 'this workspace is in no Git repository', hint);
  }
  const target = to === null ? null : { commit: await commitOf(git, to), revision: to };
  if (named !== null) {
    const base = { commit: await commitOf(git, named), reason: 'named' as const, revision: named };
    return { git, base, to: target };
  }
  const tip = target?.commit ?? git.head.oid;
  if (tip === null) {
    const hint = 'Commit the workspace first: git add -A && git commit.';
    throw new ScendError('git/no-commit', 'nothing has been committed yet', hint);
  }
  return { git, base: await defaultBase(workspace, git, tip), to: target };
}

async function defaultBase(workspace: Workspace, git: GitView, tip: string): Promise<Sides['base']> {
  const { env, settings } = workspace;
  // In a pull request's run GitHub says which branch it is for.
  const target = env.GITHUB_BASE_REF || null;
  const main = target ?? settings.mainBranch;
  const names = main === null ? ['main', 'master'] : [main];
  const head = { commit: tip, reason: 'head' as const, revision: 'HEAD' };
  if (git.branch !== null && names.includes(git.branch) && tip === git.head.oid) return head;
  for (const name of names) {
    const tips = await tipsOf(git, name);
    if (tips.length === 0) continue;
    const { commit, cut } = await meetingOf(git.reader, tip, tips);
    if (commit !== null) return { commit, reason: 'branch_point', revision: name };
    if (cut) throw shallow(`this clone's history does not go back to where the branch left ${name}`);
    const message = `this branch and ${name} have no commit in common`;
    throw new ScendError('git/unrelated', message, `Say what to compare with: scend diff ${name}`);
  }
  if (await isShallow(git))
    throw shallow(`this clone does not hold ${names[0]}, nor where the branch left it`);
  return head;
}

/** The commits of a branch here and as it was last fetched. */
async function tipsOf(git: GitView, name: string): Promise<string[]> {
  const refs = [`refs/heads/${name}`, `refs/remotes/origin/${name}`];
  const tips = await Promise.all(refs.map((ref) => resolveRevision(git, ref)));
  return tips.filter((one) => one !== null);
}

async function commitOf(git: GitView, revision: string): Promise<string> {
  const found = await resolveRevision(git, revision);
  if (found !== null) return found;
  const range = /^(.+?)\.{2,3}(.+)$/.exec(revision);
  if (range) {
    const hint = `Write: scend diff ${range[1]} --to ${range[2]}`;
    throw usage('unknown-revision', `"${revision}" names two commits`, hint);
  }
  // Of a step back from something (HEAD~3) no other name was meant.
  const near = /^[^~^@:{]+$/.test(revision) ? didYouMean(revision, await revisionNames(git)) : '';
  const message = `"${revision}" is no commit, branch or tag of this repository`;
  if (near === '' && (await isShallow(git))) throw shallow(message);
  const hint = 'See the branches with: git branch --all; a commit may be named by its whole id.';
  throw usage('unknown-revision', message, near || hint);
}

function shallow(message: string): ScendError {
  const hint =
    'This is a shallow clone: fetch the rest (git fetch --unshallow; fetch-depth: 0 in GitHub Actions), or name a commit that it holds.';
  return new ScendError('git/shallow', message, hint);
}

function isShallow(git: GitView): Promise<boolean> {
  return existsInside(git.repo.commonDir, 'shallow');
}
