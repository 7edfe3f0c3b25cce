import { snapshotLabels } from '../domain/snapshot.ts';
import { readAsset } from '../store/assets.ts';
import { completionNames } from '../store/completion-names.ts';
import { type Candidate, type CompletionTable, type Wanted, wantedAt } from './completion-words.ts';

/**
 * What the shell scripts of `scend completion` ask at each press of Tab: `scend complete -- <words up to the
 * cursor>`. A line a candidate, `value<TAB>what it is`; then, where they hold, `:files` or `:folders` (the shell
 * adds those that begin so) and `:nospace` (the value goes on). `--empty` before `--` says that the word being
 * typed is empty, for a shell that cannot pass an empty word. A faulty workspace has no names, and never an error.
 * This file loads as little as it can: the answer must be there before the finger has left the key.
 */
export async function complete(argv: readonly string[], cwd: string): Promise<string> {
  if (argv[0] === '--table') return `${JSON.stringify(await tableOfSpecs())}\n`;
  try {
    return await answer(argv, cwd);
  } catch {
    // What cannot be completed is typed; a fault would only tear up the line that is being written.
    return '';
  }
}

async function answer(argv: readonly string[], cwd: string): Promise<string> {
  const empty = argv[0] === '--empty';
  const rest = argv.slice(empty ? 1 : 0);
  // PowerShell keeps "--" to itself on some ways to a program.
  const words = [...rest.slice(rest[0] === '--' ? 1 : 0), ...(empty ? [''] : [])];
  const wanted = wantedAt(words, (await readTable()) ?? (await tableOfSpecs()));
  const found = candidates(wanted, cwd).filter((one) => one.value.startsWith(wanted.typed));
  const lines = found.map((one) => `${wanted.before}${one.value}\t${one.about}`);
  if (wanted.source === 'files' || wanted.source === 'folders') lines.push(`:${wanted.source}`);
  if (found.length > 0 && found.every((one) => one.value.endsWith('='))) lines.push(':nospace');
  return lines.map((one) => `${one}\n`).join('');
}

function candidates({ source, firm, dir }: Wanted, cwd: string): readonly Candidate[] {
  const names = completionNames(cwd, dir);
  const plain = (values: readonly string[]) => values.map((value) => ({ value, about: '' }));
  switch (source) {
    case 'firms':
      return plain(names.firms());
    case 'labels': {
      const known = names.labels(firm);
      return plain(known.length > 0 ? known : snapshotLabels);
    }
    case 'versions':
      return plain(names.versions(firm));
    case 'zones':
      return plain(['UTC', ...Intl.supportedValuesOf('timeZone').filter((one) => one !== 'UTC')]);
    case 'currencies':
      return plain(Intl.supportedValuesOf('currency'));
    case 'files':
    case 'folders':
    case 'none':
      return [];
    default:
      return source;
  }
}

/** The table as the build wrote it; null where there is no build, or one without it. */
async function readTable(): Promise<CompletionTable | null> {
  try {
    return JSON.parse(new TextDecoder().decode(readAsset('dist/completion.json'))) as CompletionTable;
  } catch {
    return null;
  }
}

/** The table from the commands themselves, each of which has to be loaded. */
export async function tableOfSpecs(): Promise<CompletionTable> {
  const [{ commandTable }, { commonOptions }] = await Promise.all([
    import('./table.ts'),
    import('./context.ts'),
  ]);
  const commands = await Promise.all(
    commandTable.map(async ({ name, summary, load }) => {
      const { arguments: takes = [], options } = await load();
      return { name, summary, arguments: takes, options };
    }),
  );
  return { common: commonOptions, commands };
}
