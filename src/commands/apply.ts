import type { PlannedWrite } from '../formats/plan-file.ts';
import { readAtHead } from '../store/git-view.ts';
import { movedBetween, planInputs } from '../store/plan-inputs.ts';
import { same, type WritePlan } from '../store/transaction/change.ts';
import type { Workspace } from '../store/workspace.ts';
import { type CommandContext, type CommandResult, type CommandSpec, open, writeOptions } from './context.ts';
import { movedFiles, planFrom, readPlan, stalePlan } from './plan-source.ts';
import { carryOut, type Decision } from './write.ts';

export const command: CommandSpec = {
  arguments: [
    { name: 'plan', required: true, about: 'a file that --plan-out wrote, or --dry-run --json printed' },
  ],
  options: writeOptions.filter((one) => one.name !== 'plan-out'),
  examples: ['scend apply plan.json --dry-run', 'scend apply plan.json'],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const read = await readPlan(context, workspace);
  if ('refused' in read) return read.refused;
  const targets = read.plan.firms.map((one) => ({
    firm: one.firm,
    decide: (present: Workspace) => decide(present, one),
  }));
  return carryOut(context, workspace, targets);
}

/** Whether everything is already as the plan would have it, in the last commit too. */
async function isDone(workspace: Workspace, { changes }: WritePlan): Promise<boolean> {
  for (const { path, before, after } of changes) {
    if (!same(before, after)) return false;
    if (workspace.git && !same(await readAtHead(workspace.git, path), after)) return false;
  }
  return true;
}

/** The plan as it was reviewed, if everything it rests on is still as it was. */
async function decide(workspace: Workspace, planned: PlannedWrite): Promise<Decision> {
  const { firm } = planned;
  const plan = await planFrom(workspace, planned);
  if (!plan || !planned.plan) {
    const lines = ['nothing to do'];
    return { firm, plan: null, diagnostics: [], lines, data: { changed: false } };
  }
  if (await isDone(workspace, plan)) {
    return { firm, plan: null, diagnostics: [], lines: ['carried out already'], data: { changed: false } };
  }
  const moved = [
    ...movedFiles(plan, planned.plan.changes),
    ...movedBetween(planned.plan.inputs, await planInputs(workspace, firm)),
  ];
  if (moved.length > 0) throw stalePlan(firm ?? 'the workspace', [...new Set(moved)]);
  const [subject = ''] = plan.message.split('\n', 1);
  return { firm, plan, diagnostics: [], lines: [subject], data: { changed: true } };
}
