import { createTwoFilesPatch } from 'diff';
import type { PlannedChange } from '../formats/plan-file.ts';
import type { PlanInputs } from '../store/plan-inputs.ts';
import { type FileChange, same, type WritePlan } from '../store/transaction/change.ts';
import { digestOf } from '../store/transaction/journal.ts';

const decoder = new TextDecoder();
/** Keeps a byte order mark, so that the same bytes come out again. */
const exact = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** A plan for people: each file's change as a diff, and the message unless the commit is left to them. */
export function renderPlan(plan: WritePlan, silent: boolean): string {
  if (silent) return plan.changes.map(changeText).join('\n');
  const message = plan.message.trimEnd().split('\n');
  return [...plan.changes.map(changeText), '', 'Commit message:', ...message.map((line) => `  ${line}`)].join(
    '\n',
  );
}

/** A plan as Markdown for a review: what is done to which file, then each change as a diff. */
export function planMarkdown(plan: WritePlan): string {
  const [subject = '', ...body] = plan.message.trimEnd().split('\n');
  const rows = plan.changes.map((one) => `- ${actionOf(one)} \`${one.path}\``);
  const diffs = plan.changes.map((one) => {
    const text = changeText(one);
    // Longer than any fence inside.
    const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    return `### ${one.path}\n\n${fence}diff\n${text}\n${fence}`;
  });
  const details = body.join('\n').trim();
  return [`## ${subject}`, ...(details ? [details] : []), rows.join('\n'), ...diffs].join('\n\n');
}

/** A plan as data, for a file of its own. */
export function planFields({ message, changes }: WritePlan, inputs: PlanInputs) {
  return {
    message,
    inputs,
    changes: changes.map((one): PlannedChange => {
      const { path, before, after, against } = one;
      return {
        path,
        action: actionOf(one),
        before: digestOf(before),
        ...(against && { against: against.path }),
        content: after && exact.decode(after),
      };
    }),
  };
}

/** What is done to a file. */
function actionOf({ before, after }: Pick<FileChange, 'before' | 'after'>): PlannedChange['action'] {
  if (after === null) return 'delete';
  if (before === null) return 'create';
  return same(before, after) ? 'commit' : 'update';
}

function changeText(change: FileChange): string {
  const { path, before, after, against } = change;
  if (actionOf(change) === 'commit') return `unchanged on disk, to be committed: ${path}`;
  if (after === null) return `removed: ${path}`;
  const old = before ? { path, bytes: before } : against;
  const text = decoder.decode(after);
  // A new version is shown against the one before, new data only by its size.
  if (!old && !path.endsWith('.md'))
    return `new file ${path} (${text.split('\n').length - 1} lines; --json prints it)`;
  const from = old ? `a/${old.path}` : '/dev/null';
  const earlier = old ? decoder.decode(old.bytes) : '';
  return createTwoFilesPatch(from, `b/${path}`, earlier, text, undefined, undefined, { context: 3 })
    .replace(/^=+\n/, '')
    .trimEnd();
}
