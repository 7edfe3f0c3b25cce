import { ScendError } from '../domain/error.ts';
import type { CommandContext, Prompter } from './context.ts';

/**
 * Asks a person everything that a decision needs before others are made to wait for it: decides once for the
 * questions alone, and returns a context that gives the same answers again.
 */
export async function askFirst(
  context: CommandContext,
  decide: (asking: CommandContext) => Promise<unknown>,
): Promise<CommandContext> {
  if (!context.prompter) return context;
  const asking = { ...context, prompter: remembering(context.prompter) };
  try {
    await decide(asking);
  } catch (error) {
    // Anything else comes again when it is decided in earnest, and is reported there.
    if (!(error instanceof ScendError) || error.code === 'usage/cancelled') throw error;
  }
  return asking;
}

function remembering(prompter: Prompter): Prompter {
  const answers = new Map<string, string>();
  const once = async <T extends string>(message: string, ask: () => Promise<T>): Promise<T> => {
    const answer = (answers.get(message) as T | undefined) ?? (await ask());
    answers.set(message, answer);
    return answer;
  };
  return {
    text: (question) => once(question.message, () => prompter.text(question)),
    select: (question) => once(question.message, () => prompter.select(question)),
  };
}
