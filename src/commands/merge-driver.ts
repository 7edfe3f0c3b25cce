import { resolve } from 'node:path';
import { ScendError } from '../domain/error.ts';
import { titleOf } from '../formats/merge-lines.ts';
import { mergePacks, type PackMerge } from '../formats/pack-merge.ts';
import { writeFileAtomic } from '../store/atomic.ts';
import { maxBytes, readOrNull } from '../store/files.ts';
import { type CommandContext, type CommandResult, type CommandSpec, result } from './context.ts';

export const command: CommandSpec = {
  arguments: [
    { name: 'base', required: false, about: 'file with the common ancestor (%O)' },
    { name: 'ours', required: false, about: 'file with our version, which gets the result (%A)' },
    { name: 'theirs', required: false, about: 'file with their version (%B)' },
    { name: 'size', required: false, about: 'length of conflict markers (%L)' },
    { name: 'path', required: false, empty: true, about: 'the name of the file that is merged (%P)' },
    {
      name: 'labels',
      required: false,
      many: true,
      empty: true,
      about: 'what the three versions are called (%S %X %Y)',
    },
  ],
  options: [],
  examples: ['git config merge.scend.driver "scend merge-driver %O %A %B %L %P %S %X %Y"'],
  run,
};

/** What tells Git that nothing was merged and %A is untouched; smaller numbers mean conflicts. */
const cannotWork = 129;

/** Git calls it in the middle of a merge: whatever happens, the answer is an exit code and a line. */
async function run(context: CommandContext): Promise<CommandResult> {
  const [base, ours, theirs, size, path, ...labels] = context.args;
  const name = path || ours || 'the file';
  const failed = (why: string) =>
    result({
      data: { path: name, merged: false },
      text: '',
      notes: [`${name}: not merged: ${why}`],
      exitCode: cannotWork,
    });
  if (!base || !ours || !theirs) return failed('Git has to name three files (%O %A %B)');
  try {
    const [o, a, b] = await Promise.all(
      [base, ours, theirs].map((file) => readOrNull(resolve(context.cwd, file))),
    );
    if (!o || !a || !b) return failed('one of the three files is not there');
    const width = Number(size);
    const merged = mergePacks(
      { base: o, ours: a, theirs: b },
      {
        size: Number.isInteger(width) && width > 0 && width < 1000 ? width : 7,
        labels: labelsOf(context, labels),
        maxBytes: maxBytes.markdown,
      },
    );
    if (!merged.binary) await writeFileAtomic(resolve(context.cwd, ours), merged.bytes);
    return answer(name, merged);
  } catch (error) {
    if (error instanceof ScendError) return failed(`${error.message} [${error.code}]`);
    return failed(`a bug in Scend: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One line a conflict, as stderr shows them, and how the merge was made. */
function answer(path: string, merged: PackMerge): CommandResult {
  const { conflicts, asText, binary } = merged;
  const notes = [
    ...(asText === null ? [] : [`${path}: merged as plain text: ${asText}`]),
    ...(binary ? [`${path}: holds NUL bytes; our version is kept, and the conflict is left to you`] : []),
    ...conflicts.map((one) => `${path}:${one.line}: conflict: ${describeConflict(one)}`),
  ];
  const left = conflicts.length > 0 || binary;
  const data = { path, merged: !left, conflicts: conflicts.length, as_text: asText };
  return result({ data, text: '', notes, exitCode: left ? 1 : 0 });
}

/** What is disputed and what either side says. */
export function describeConflict(one: PackMerge['conflicts'][number]): string {
  if (one.subject === '') return 'both sides changed these lines';
  return `${titleOf(one)}: ours "${one.says.ours}", theirs "${one.says.theirs}"`;
}

/** What Git calls the two sides; one before 2.44 tells only the name of what is merged in, in the environment. */
function labelsOf({ env }: CommandContext, [, ours, theirs]: readonly string[]) {
  const told = (label: string | undefined) => (label && !/^%[SXY]$/.test(label) ? label : null);
  const heads = Object.keys(env).filter((name) => /^GITHEAD_[0-9a-f]{40,64}$/.test(name));
  const head = heads.length === 1 ? (env[heads[0] ?? ''] ?? null) : null;
  return { ours: told(ours) ?? (head === null ? 'ours' : 'HEAD'), theirs: told(theirs) ?? head ?? 'theirs' };
}
