import { resolve } from 'node:path';
import { exitCodeOf } from '../domain/exit-code.ts';
import { hasColours, painter } from '../report/paint.ts';
import { printable, safeJson } from '../report/plain.ts';
import { type CommandResult, renderError, renderJson, renderResult } from '../report/result.ts';
import { type CommandContext, type Flags, type Prompter, textFlag } from './context.ts';
import { asksForJson, type Call, readCall } from './parse-args.ts';
import { progressBar } from './progress.ts';

/** A stream that is printed on. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: () => number;
}

/** What a command line runs in. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => Date;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
  readonly newId: () => string;
  readonly out: Output;
  readonly err: Output;
  /** Whether a person can type; asked only when it matters, because the stream is made by it. */
  readonly inIsTerminal: () => boolean;
  /** Aborted when nobody reads any longer what is printed. */
  readonly unread: AbortSignal;
  readonly makePrompter: () => Promise<Prompter>;
  /** The build whose kept results may be used; this one unless told otherwise. */
  readonly build?: string;
}

/** One command line, from its words to what is printed; it answers once, whatever happens. */
export interface CommandLine {
  /** Runs it, prints its answer, and gives the exit code. Never throws. */
  readonly run: () => Promise<number>;
  /** Prints a failure from outside the command (a signal, a fault in an event), unless it answered already. */
  readonly fail: (error: unknown) => number;
  /** Takes away what only a person who waits is to see. */
  readonly clear: () => void;
  readonly answered: () => boolean;
}

export function commandLine(argv: readonly string[], world: World): CommandLine {
  const { env, out, err } = world;
  const json = asksForJson(argv);
  const noColour = argv.includes('--no-color') || argv.includes('--no_color');
  const coloured = (stream: Output) => hasColours(env, { isTerminal: stream.isTerminal, off: noColour });
  const bar = showsProgress(world, json)
    ? progressBar({ write: err.write, columns: err.columns, clock: world.clock })
    : null;
  let answer: number | null = null;
  /** Whether a command that goes on until it is stopped has begun to show what it finds. */
  let goesOn = false;

  const print = (stream: Output, text: string) => {
    if (text !== '') stream.write(printable(text, coloured(stream)));
  };
  const once = (exitCode: number, show: () => void): number => {
    if (answer !== null) return answer;
    answer = exitCode;
    bar?.clear();
    show();
    return exitCode;
  };

  const fail = (error: unknown): number =>
    once(exitCodeOf(error), () => {
      // To stop is how such a command ends.
      if (goesOn && exitCodeOf(error) === 130) return;
      const debug = (env.SCEND_DEBUG ?? '') !== '';
      const shown = renderError(error, { json, debug, paint: painter(!json && coloured(err)) });
      print(json ? out : err, shown);
    });

  const show = (result: CommandResult): void => {
    bar?.clear();
    const paint = { out: painter(coloured(out)), err: painter(coloured(err)) };
    const shown = renderResult(result, paint);
    print(out, shown.out);
    print(err, shown.err);
  };

  const printed = ({ text, data, exitCode }: Call & { kind: 'print' }): number =>
    once(exitCode, () => {
      if (json) print(out, `${safeJson({ ok: true, data, diagnostics: [], notes: [] })}\n`);
      else print(exitCode === 0 ? out : err, text);
    });

  const run = async (): Promise<number> => {
    try {
      const call = await readCall(argv);
      if (call.kind === 'print') return printed(call);
      const context = await contextOf(call, world, bar, (shown) => {
        goesOn = true;
        show(shown);
      });
      const result = await call.command.run(context);
      return once(result.exitCode, () => {
        if (json) print(out, renderJson(result));
        else show(result);
      });
    } catch (error) {
      return fail(error);
    }
  };
  return { run, fail, clear: () => bar?.clear(), answered: () => answer !== null };
}

/** A terminal that can take a line back, and a person before it. */
function showsProgress({ env, err }: World, json: boolean): boolean {
  return err.isTerminal && !json && !env.CI && env.TERM !== 'dumb';
}

/** Prompts are drawn with a terminal's own means, and answered by a person. */
function asksPeople({ env, err, inIsTerminal }: World, flags: Flags): boolean {
  const quiet = flags['no-input'] === true || flags.json === true;
  return err.isTerminal && !env.CI && env.TERM !== 'dumb' && !quiet && inIsTerminal();
}

async function contextOf(
  call: Call & { kind: 'run' },
  world: World,
  bar: ReturnType<typeof progressBar> | null,
  show: (result: CommandResult) => void,
): Promise<CommandContext> {
  const { env, cwd, now, newId, unread, build } = world;
  const { args, flags } = call;
  return {
    cwd: resolve(cwd, textFlag(call, 'cwd') ?? '.'),
    env,
    now: now(),
    args,
    flags,
    prompter: asksPeople(world, flags) ? await world.makePrompter() : null,
    newId,
    live: { show, now, stopped: unread },
    ...(build !== undefined && { build }),
    ...(bar && { progress: bar.tell }),
  };
}
