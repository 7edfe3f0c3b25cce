import { planMarkdown } from '../report/plan.ts';
import { movedBetween, planInputs } from '../store/plan-inputs.ts';
import { type CommandContext, type CommandResult, type CommandSpec, open, result } from './context.ts';
import { movedFiles, planFrom, readPlan } from './plan-source.ts';

export const command: CommandSpec = {
  arguments: [
    { name: 'plan', required: true, about: 'a file that --plan-out wrote, or --dry-run --json printed' },
  ],
  options: [],
  examples: ['scend plan show plan.json'],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const read = await readPlan(context, workspace);
  if ('refused' in read) return read.refused;
  const parts: string[] = [];
  const stale: string[] = [];
  for (const planned of read.plan.firms) {
    const plan = await planFrom(workspace, planned);
    if (!plan || !planned.plan) continue;
    parts.push(planMarkdown(plan));
    stale.push(
      ...movedFiles(plan, planned.plan.changes),
      ...movedBetween(planned.plan.inputs, await planInputs(workspace, planned.firm)),
    );
  }
  const moved = [...new Set(stale)].sort();
  const warning = moved.map((path) => `- ${path}`).join('\n');
  const head =
    moved.length === 0
      ? '# Plan'
      : `# Plan, stale\n\nMoved since it was made, so it cannot be applied:\n\n${warning}`;
  const body = parts.length === 0 ? ['It changes nothing.'] : parts;
  return result({
    data: { stale: moved, firms: read.plan.firms.map((one) => one.firm) },
    text: [head, ...body].join('\n\n'),
  });
}
