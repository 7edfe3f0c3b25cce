import { isCancel, select, text } from '@clack/prompts';
import type { Prompter } from './context.ts';
import { usage } from './context.ts';

/** Asks on the given stream (standard error, so that standard output stays data). */
export function makePrompter(output: NodeJS.WriteStream): Prompter {
  const answered = (answer: unknown): string => {
    if (isCancel(answer)) throw usage('cancelled', 'cancelled', 'Nothing was written.');
    return typeof answer === 'string' ? answer : '';
  };
  return {
    async text({ message, placeholder, validate }) {
      const answer = await text({
        message,
        output,
        ...(placeholder === undefined ? {} : { placeholder }),
        ...(validate ? { validate: (value: string | undefined) => validate(value ?? '') } : {}),
      });
      return answered(answer);
    },
    async select({ message, options }) {
      const list = options.map((one) => ({
        value: one.value as string,
        label: one.label,
        ...(one.hint ? { hint: one.hint } : {}),
      }));
      return answered(await select({ message, output, options: list })) as (typeof options)[number]['value'];
    },
  };
}
