import { commandLine, type World } from '../src/commands/command-line.ts';
import type { Prompter } from '../src/commands/context.ts';
import { cleanEnv } from './environment.ts';
import { type Ran, validated } from './scend.ts';

/** What a call sees of the outside, unless a test says otherwise: pipes, no person, one moment. */
export interface Around {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the three streams are terminals. */
  readonly terminals?: { readonly in?: boolean; readonly out?: boolean; readonly err?: boolean };
  readonly columns?: number;
  readonly prompter?: Prompter;
  readonly clock?: () => number;
  readonly world?: Partial<World>;
}

/** Runs a command line in this process, as `scend` runs it in its own. */
export async function call(dir: string, args: readonly string[], around: Around = {}): Promise<Ran> {
  const printed = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    write: (text: string) => {
      printed[name] += text;
    },
    isTerminal: around.terminals?.[name] === true,
    columns: () => around.columns ?? 80,
  });
  const line = commandLine(args, {
    env: cleanEnv(dir, { SCEND_TODAY: '2026-03-20', ...around.env }),
    cwd: dir,
    now: () => new Date('2026-03-20T12:00:00Z'),
    clock: around.clock ?? (() => 0),
    newId: () => '7a1f0c52-6f5b-4d4e-9c39-0b6d7a1c2e11',
    out: output('out'),
    err: output('err'),
    unread: new AbortController().signal,
    inIsTerminal: () => around.terminals?.in === true,
    makePrompter: async () => {
      if (!around.prompter) throw new Error('nobody can be asked');
      return around.prompter;
    },
    ...around.world,
  });
  const code = await line.run();
  return validated(args, { code, ...printed });
}
