import { isCancel, select, text } from '@clack/prompts';
import { plainText } from '../report/plain.ts';
import type { Prompter } from './context.ts';
import { usage } from './context.ts';

/**
 * Asks on the given stream (standard error, so that standard output stays data); `before` is called ahead of
 * every question. What comes from files into a question is shown as plain text.
 */
export function makePrompter(output: NodeJS.WriteStream, before: () => void): Prompter {
  const answered = (answer: unknown): string => {
    if (isCancel(answer)) throw usage('cancelled', 'cancelled', 'Nothing was written.');
    return typeof answer === 'string' ? answer : '';
  };
  return {
    async text({ message, placeholder, validate }) {
      before();
      const check = (value: string | undefined) => {
        const why = validate?.(value ?? '');
        return why === undefined ? undefined : plainText(why);
      };
      const answer = await text({
        message: plainText(message),
        output,
        ...(placeholder === undefined ? {} : { placeholder: plainText(placeholder) }),
        validate: check,
      });
      return answered(answer);
    },
    async select({ message, options }) {
      const list = options.map((one) => ({
        value: one.value as string,
        label: plainText(one.label),
        ...(one.hint ? { hint: plainText(one.hint) } : {}),
      }));
      before();
      const answer = await select({ message: plainText(message), output, options: list });
      return answered(answer) as (typeof options)[number]['value'];
    },
  };
}
