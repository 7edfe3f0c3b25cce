import { didYouMean } from '../domain/closest.ts';
import { type CommandContext, type CommandResult, type CommandSpec, result, usage } from './context.ts';
import { type Shell, setUp, shellScripts, shells } from './shell-scripts.ts';

export const command: CommandSpec = {
  arguments: [{ name: 'shell', required: true, about: shells.join(', '), choices: shells }],
  options: [],
  examples: shells.map((one) => `scend completion ${one}`),
  more: [
    'To have it in every new terminal:',
    ...shells.map((one) => `  ${one.padEnd(10)}  ${setUp[one]}`),
    '',
    'Then type "scend st" and press Tab. Firms complete after --firm: "scend status --firm " and Tab.',
  ],
  run,
};

async function run({ args: [shell = ''] }: CommandContext): Promise<CommandResult> {
  if (!isShell(shell))
    throw usage(
      'unknown-shell',
      `"${shell}" is none of ${shells.join(', ')}`,
      didYouMean(shell, shells) || `Name one of them: scend completion ${shells[0]}.`,
    );
  const script = shellScripts[shell];
  return result({ data: { shell, script }, text: script.trimEnd() });
}

function isShell(text: string): text is Shell {
  return (shells as readonly string[]).includes(text);
}
