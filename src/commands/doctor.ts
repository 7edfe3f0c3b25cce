import { ScendError } from '../domain/error.ts';
import { plural } from '../domain/number.ts';
import { packageVersion } from '../store/assets.ts';
import { type BackendReport, explainBackend } from '../store/git/choose-backend.ts';
import { describeLayout } from '../store/git/describe-layout.ts';
import { resolveIdentity } from '../store/git/identity.ts';
import {
  driverSettings,
  mergeAttribute,
  readRegistration,
  registerDriver,
} from '../store/git/merge-driver.ts';
import type { Repository } from '../store/git/repository.ts';
import { describeHolder } from '../store/transaction/run-lock.ts';
import { unfinishedRun } from '../store/transaction/unfinished.ts';
import { listFirms, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  open,
  result,
  switchFlag,
  usage,
} from './context.ts';

export const command: CommandSpec = {
  options: [
    {
      name: 'register-merge',
      about: "have Git merge ticket packs by ticket in this clone (writes the clone's Git configuration)",
    },
  ],
  examples: ['scend doctor', 'scend doctor --json', 'scend doctor --register-merge'],
  run,
};

type Problem = Pick<ScendError, 'code' | 'message' | 'hint'>;

/** One thing that was looked at. */
interface Finding {
  readonly what: string;
  readonly says: string;
  /** What would go wrong, and how to mend it. */
  readonly problem?: Problem;
  /** What could be better, although nothing stands in the way. */
  readonly advice?: string;
}

async function run(context: CommandContext): Promise<CommandResult> {
  if (switchFlag(context, 'register-merge')) await register(context);
  const workspace = await open(context);
  const findings = [
    await aboutWorkspace(workspace),
    { what: 'scend', says: `${packageVersion()} on Node ${process.versions.node}` },
    ...(await aboutGit(workspace)),
    ...(await aboutRuns(workspace)),
  ];
  const width = Math.max(...findings.map((one) => one.what.length));
  const problems = findings.flatMap((one) => (one.problem ? [one.problem] : []));
  const lines = findings.flatMap(({ what, says, problem, advice }) => [
    `${what.padEnd(width)}  ${says}`,
    ...[problem?.hint, advice].flatMap((hint) => (hint ? [`${' '.repeat(width)}  → ${hint}`] : [])),
  ]);
  const end = problems.length === 0 ? 'Nothing stands in the way.' : `${plural(problems.length, 'problem')}.`;
  return result({
    data: { findings: findings.map(findingData), problems: problems.length },
    text: [...lines, '', end].join('\n'),
    diagnostics: workspace.diagnostics,
    exitCode: problems.length === 0 ? 0 : 1,
    error: firstOf(problems),
  });
}

/** For `--json`; a problem that is an error of its own has more to it than is to be told. */
function findingData({ problem, ...finding }: Finding): object {
  return { ...finding, ...(problem && { problem: refusalData(problem) }) };
}

const refusalData = ({ code, message, hint }: Problem) => ({ code, message, hint });

function firstOf([first]: readonly Problem[]): ScendError | null {
  return first ? new ScendError(first.code, first.message, first.hint) : null;
}

async function aboutWorkspace(workspace: Workspace): Promise<Finding> {
  const { slugs } = await listFirms(workspace);
  return { what: 'workspace', says: `${workspace.root}, ${plural(slugs.length, 'firm')}` };
}

async function aboutGit(workspace: Workspace): Promise<Finding[]> {
  const { git, gitProblem } = workspace;
  if (gitProblem) return [{ what: 'git', says: gitProblem.message, problem: gitProblem }];
  if (!git) {
    const says = 'no repository here: files are written, nothing is committed';
    return [{ what: 'git', says }];
  }
  const { head, branch, repo } = git;
  const at = head.oid === null ? 'no commit yet' : head.oid.slice(0, 10);
  const layout = await describeLayout(repo);
  const report = await explainBackend(repo);
  return [
    { what: 'git', says: [`${repo.top} at ${branch ?? 'detached HEAD'}, ${at}`, ...layout].join('; ') },
    ...aboutCommits(report),
    aboutIdentity(workspace),
    await aboutMerge(repo, git.toRepo('firms/any/ticket-pack.md')),
  ];
}

async function register(context: CommandContext): Promise<void> {
  const { git, gitProblem } = await open(context);
  if (gitProblem) throw gitProblem;
  if (!git) throw usage('no-repository', 'there is no Git repository here', 'Make one first: git init');
  await registerDriver(git.repo);
}

async function aboutMerge(repo: Repository, path: string): Promise<Finding> {
  const { attribute, driver } = await readRegistration(repo, path);
  const what = 'merging';
  if (driver !== null && attribute) return { what, says: 'ticket packs are merged by ticket and field' };
  const says = 'ticket packs are merged by lines, as Git does by itself';
  const commands = (await driverSettings(repo.env)).map(
    ([key, value]) => `git config ${key} ${quoted(value)}`,
  );
  const advice = [
    ...(attribute ? [] : [`Add a line to .gitattributes: ${mergeAttribute}`]),
    ...(driver === null ? [`Run "scend doctor --register-merge" (or: ${commands.join('; ')})`] : []),
  ];
  return { what, says, advice: `${advice.join('. ')}.` };
}

function quoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

function aboutCommits({ backend, reasons, git }: BackendReport): Finding[] {
  const installed = git === null ? 'Git is not installed' : `Git ${git}`;
  const others = reasons.filter((one) => one.code !== 'git/no-identity');
  const because = others.map((one) => one.message).join('; ');
  if (backend === 'embedded')
    return [{ what: 'commits', says: `made by Scend itself (${installed} is not needed)` }];
  if (backend === 'native')
    return [{ what: 'commits', says: `made through installed ${installed}, because ${because}` }];
  if (others.length === 0) return [{ what: 'commits', says: 'refused until Git knows the author' }];
  // What installed Git could do is no problem by itself, unless there is no Git.
  const blocking = others.filter((one) => one.data.native !== true);
  return (blocking.length > 0 ? blocking : others).map((problem) => ({
    what: 'commits',
    says: `refused: ${problem.message}`,
    problem,
  }));
}

function aboutIdentity({ git, now }: Workspace): Finding {
  try {
    const identity = git && resolveIdentity(git.repo, { now });
    return { what: 'author', says: identity?.author.replace(/ \d+ [+-]\d+$/, '') ?? '' };
  } catch (error) {
    if (!(error instanceof ScendError)) throw error;
    return { what: 'author', says: error.message, problem: error };
  }
}

async function aboutRuns(workspace: Workspace): Promise<Finding[]> {
  const { journal, place, process } = workspace;
  const holder = await describeHolder(place.directory, process);
  const unfinished = await unfinishedRun(workspace);
  const own = Object.keys(journal.owned);
  const findings: Finding[] = [{ what: 'writing now', says: holder ?? 'nobody' }];
  if (unfinished) {
    const problem = {
      code: 'io/unfinished' as const,
      message: `a run was cut short: ${unfinished.what}`,
      hint: 'Run "scend sync", or whatever writes next: it is put in order first.',
    };
    findings.push({ what: 'cut short', says: unfinished.what, problem });
  }
  if (own.length > 0) findings.push({ what: 'uncommitted', says: `written by Scend: ${own.join(', ')}` });
  return findings;
}
