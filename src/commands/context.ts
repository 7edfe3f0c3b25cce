import { setFlagsFromString } from 'node:v8';
import { didYouMean } from '../domain/closest.ts';
import { isDate } from '../domain/date.ts';
import { hasErrors, sortDiagnostics } from '../domain/diagnostic.ts';
import { ScendError } from '../domain/error.ts';
import { builtInMetrics } from '../domain/metric.ts';
import type { CommandResult } from '../report/result.ts';
import { buildId } from '../store/cache/build-id.ts';
import type { ProcessIdentity } from '../store/transaction/process-identity.ts';
import type { Workspace } from '../store/workspace.ts';

export type { CommandResult } from '../report/result.ts';

/** What a command may ask a person for; absent where nobody can answer. */
export interface Prompter {
  /** Asks until the answer is valid. Throws `usage/cancelled` on Ctrl-C. */
  text(question: {
    message: string;
    placeholder?: string;
    validate?: (answer: string) => string | undefined;
  }): Promise<string>;
  select<T extends string>(question: {
    message: string;
    options: readonly { value: T; label: string; hint?: string }[];
  }): Promise<T>;
}

/** Flags as they were typed: text, or true for a switch. Names in dashes. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Everything a command takes from outside. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly prompter: Prompter | null;
  /** Told how far the work is, in firms; shown to a person who waits, and otherwise nobody's concern. */
  readonly progress?: (done: number, total: number) => void;
  /** Random UUID, for the one thing that has no name to derive it from: a workspace. */
  readonly newId: () => string;
  /** The process that acts; this one unless told otherwise. */
  readonly process?: ProcessIdentity;
  /** The build whose kept results may be used; this one unless told otherwise, null for none. */
  readonly build?: string | null;
  readonly live?: Live;
}

/** What a command that goes on until it is stopped needs besides. */
export interface Live {
  /** Shows what was found so far. */
  readonly show: (result: CommandResult) => void;
  /** The clock as it stands. */
  readonly now: () => Date;
  /** Aborted when nobody reads on. */
  readonly stopped: AbortSignal;
}

/** A command: what its help says, and what it does; its name and summary stand in the command table. */
export interface CommandSpec {
  readonly arguments?: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly about: string;
    /** The only values there are; a shell completes them. */
    readonly choices?: readonly string[];
    /** The last one may be given several times. */
    readonly many?: boolean;
    /** Empty text is an answer too. */
    readonly empty?: boolean;
  }[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  /** Lines that the help ends with. */
  readonly more?: readonly string[];
  readonly run: (context: CommandContext) => Promise<CommandResult>;
}

export interface OptionSpec {
  readonly name: string;
  /** Shown after the name (`<label>`); absent for a switch. */
  readonly value?: string;
  readonly about: string;
  readonly short?: string;
  /** Values to choose from, whole (`manual`) or the beginning of one (`close_rate=`); a shell completes them. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly many?: boolean;
  readonly required?: boolean;
  /** Empty text is a value too; else it is refused, as a variable that was never set. */
  readonly empty?: boolean;
}

/** Options that every command takes. */
export const commonOptions: readonly OptionSpec[] = [
  { name: 'json', about: 'print one JSON document' },
  { name: 'cwd', short: 'C', value: '<dir>', about: 'run in another folder' },
  { name: 'today', value: '<date>', about: 'take this date as today (also SCEND_TODAY)' },
  { name: 'no-input', about: 'never ask, even on a terminal' },
  { name: 'no-color', about: 'no colour (also NO_COLOR)' },
  { name: 'no-cache', about: 'read everything anew, and keep no results' },
];

/** Options of every command that writes. */
export const writeOptions: readonly OptionSpec[] = [
  { name: 'dry-run', about: 'print what would be written, and write nothing' },
  {
    name: 'plan-out',
    value: '<file>',
    about: 'write the plan to a file for "scend plan show" and "scend apply"',
  },
  { name: 'no-commit', about: 'write, and leave the commit to you' },
  { name: 'author', value: '<name-mail>', about: 'commit as "Name <mail>"' },
];

export const firmOption: OptionSpec = {
  name: 'firm',
  value: '<slug>',
  about: 'the firm; may be left out inside its folder',
};

/** How a `name=value` of a metric begins. */
export const metricChoices: readonly string[] = builtInMetrics.map((one) => `${one.name}=`);

/** The text of a flag, or null; empty text counts as given. */
export function textFlag(context: Pick<CommandContext, 'flags'>, name: string): string | null {
  const value = context.flags[name];
  return typeof value === 'string' ? value : Array.isArray(value) ? (value.at(-1) ?? null) : null;
}

/** The value of an option that has only so many, or null. Throws `usage/bad-<name>` with the nearest. */
export function choiceFlag<T extends string>(
  context: Pick<CommandContext, 'flags'>,
  name: string,
  allowed: readonly T[],
): T | null {
  const value = textFlag(context, name);
  return value === null ? null : oneOf(name, value, allowed);
}

/** The same for one word of several. */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  const hint = didYouMean(value, allowed) || `Use one of ${allowed.join(', ')}.`;
  throw usage(`bad-${name}`, `--${name} "${value}" is none of ${allowed.join(', ')}`, hint);
}

/** True for a switch that was given. */
export function switchFlag(context: Pick<CommandContext, 'flags'>, name: string): boolean {
  return context.flags[name] === true;
}

/** All values of a flag that may repeat or hold a comma-separated list. */
export function listFlag(context: Pick<CommandContext, 'flags'>, name: string): string[] {
  const value = context.flags[name];
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  return texts
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter(Boolean);
}

/** The date fixed by `--today` or SCEND_TODAY; null for the clock. Throws `usage/bad-date`. */
export function fixedToday(context: Pick<CommandContext, 'flags' | 'env'>): string | null {
  const text = textFlag(context, 'today') ?? context.env.SCEND_TODAY ?? null;
  if (text === null || text === '') return null;
  if (!isDate(text)) throw usage('bad-date', `"${text}" is no date`, 'Write it like 2026-01-31.');
  return text;
}

/** Longest time without a look at signals and the terminal, in milliseconds. */
const breath = 50;
let lastBreath = 0;

/** Tells how far a long run is, and lets a Ctrl-C through. */
export async function step(
  context: { readonly progress?: CommandContext['progress'] | undefined },
  done: number,
  total: number,
): Promise<void> {
  context.progress?.(done, total);
  if (done === early && total >= many) growSlowly();
  if (process.uptime() * 1000 - lastBreath < breath) return;
  await new Promise((resume) => setImmediate(resume));
  lastBreath = process.uptime() * 1000;
}

/** From how many firms on a run bounds its memory, at some cost of time. */
const many = 500;
/** After how many firms it does: by then what a firm takes is loaded. */
const early = 50;
let slow = false;

/**
 * V8 lets its heap grow to four times of what is in use before it looks for garbage; a quarter more is enough.
 * It takes kept code only under the options that it was compiled under, so until `growFreely` none is loaded.
 */
function growSlowly(): void {
  if (slow) return;
  slow = true;
  setFlagsFromString('--heap-growing-percent=25');
  // Before the code of this run is kept, as it may be for the first time.
  process.prependOnceListener('exit', growFreely);
}

/** Ends what `step` may have begun, for a command that loads more once it has read its firms. */
export function growFreely(): void {
  if (slow) setFlagsFromString('--heap-growing-percent=0');
}

/** Opens the workspace that a command runs in. */
export async function open(context: CommandContext): Promise<Workspace> {
  // Help and completion get along without it.
  const { openWorkspace } = await import('../store/workspace.ts');
  const { cwd, env, now, process, build = buildId } = context;
  const today = fixedToday(context);
  return openWorkspace({
    cwd,
    env,
    now,
    today,
    process,
    build: switchFlag(context, 'no-cache') ? null : build,
  });
}

/** A fault of the call itself (exit code 2). */
export function usage(code: string, message: string, hint: string): ScendError {
  return new ScendError(`usage/${code}`, message, hint);
}

/** A result from what a command found; errors among the findings make the exit code 1. */
export function result(parts: Pick<CommandResult, 'data' | 'text'> & Partial<CommandResult>): CommandResult {
  const diagnostics = sortDiagnostics(parts.diagnostics ?? []);
  return { notes: [], exitCode: hasErrors(diagnostics) ? 1 : 0, ...parts, diagnostics };
}
