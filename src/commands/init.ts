import { relative, resolve, sep } from 'node:path';
import { isTimeZone } from '../domain/date.ts';
import { renderScalar } from '../formats/yaml.ts';
import { listAssets, readAsset } from '../store/assets.ts';
import { writeMissing } from '../store/files.ts';
import { repositoryAbove } from '../store/git/above.ts';
import { registerDriver } from '../store/git/merge-driver.ts';
import { openRepository } from '../store/git/repository.ts';
import { isGitRefusal } from '../store/git-view.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  result,
  switchFlag,
  textFlag,
  usage,
} from './context.ts';
import { editorFiles } from './init-editors.ts';
import { workflowFiles, workflowsElsewhere } from './init-workflows.ts';

export const command: CommandSpec = {
  arguments: [{ name: 'dir', required: false, about: 'where; this folder when left out' }],
  options: [
    { name: 'name', value: '<text>', about: 'name of your practice' },
    { name: 'timezone', value: '<zone>', about: 'IANA time zone of your dates; UTC when left out' },
    { name: 'currency', value: '<code>', about: 'ISO 4217 code; USD when left out' },
    { name: 'example', about: 'add the sample firm hayes_real_estate' },
    { name: 'dry-run', about: 'print what would be written, and write nothing' },
  ],
  examples: [
    'scend init my-practice --name "North Star Advisory" --timezone Europe/Berlin --currency EUR',
    'scend init . --example',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const dir = resolve(context.cwd, context.args[0] ?? '.');
  const above = await repositoryAround(dir, context);
  const files = [...workspaceFiles(context), ...(above ? [] : workflowFiles())];
  const { written, kept } = await writeMissing(dir, files, switchFlag(context, 'dry-run'));
  const where = relative(context.cwd, dir).split(sep).join('/') || '.';
  const lines = [
    written.length === 0
      ? `${where} is a workspace already; nothing was missing`
      : `workspace in ${where}: ${written.length} files`,
    ...written.map((path) => `  wrote ${path}`),
    ...(kept.length > 0 && written.length > 0 ? [`  kept ${kept.length} files that were there already`] : []),
  ];
  const registered = switchFlag(context, 'dry-run') ? null : await registerMerge(dir, context);
  if (registered) lines.push(`  ${registered}`);
  const cd = where === '.' ? '' : `cd ${where}; `;
  const next = switchFlag(context, 'example') ? 'scend status' : 'scend firm add <slug>';
  const notes = switchFlag(context, 'dry-run')
    ? ['Dry run: nothing was written.']
    : [
        ...(registered === null
          ? [
              `Next: ${cd}git init -b main; git add -A; git commit -m "Start workspace"; scend doctor --register-merge; then ${next}`,
            ]
          : [`Next: ${cd}git add -A; git commit -m "Start workspace", then ${next}`]),
      ];
  if (above) notes.unshift(workflowsElsewhere(above.top, above.folder));
  return result({
    data: { dir: where, written, kept, merge_registered: registered !== null },
    text: lines.join('\n'),
    notes,
  });
}

/** The repository around a workspace that is not its root; null also where what is there cannot be used. */
async function repositoryAround(dir: string, { env }: CommandContext) {
  try {
    return await repositoryAbove(dir, env);
  } catch (error) {
    if (isGitRefusal(error)) return null;
    throw error;
  }
}

/** Lets a repository that is there merge packs by ticket; null where there is none, or none that can be used. */
async function registerMerge(dir: string, { env }: CommandContext): Promise<string | null> {
  try {
    const repo = await openRepository(dir, env);
    if (!repo || repo.bare) return null;
    return (await registerDriver(repo))
      ? "registered the merge of ticket packs in this clone's Git configuration"
      : 'the merge of ticket packs is registered in this clone';
  } catch (error) {
    // What is wrong with the repository is for doctor to tell; the workspace is there.
    if (isGitRefusal(error)) return null;
    throw error;
  }
}

function workspaceFiles(context: CommandContext): [string, Uint8Array][] {
  const encode = (text: string) => new TextEncoder().encode(text);
  const copy = (path: string): [string, Uint8Array] => [path, readAsset(path)];
  return [
    ['scend.yaml', encode(settingsText(context))],
    copy('templates/ticket-library.md'),
    copy('templates/roadmap.md'),
    copy('templates/section-names.yaml'),
    // Those of what commands print are for programs that read it, not for editors.
    ...listAssets('schemas')
      .filter((one) => !one.startsWith('schemas/commands/'))
      .map(copy),
    ['.gitignore', encode('.scend/\n')],
    ...editorFiles(),
    ...(switchFlag(context, 'example')
      ? listAssets('firms')
          .filter((one) => one.startsWith('firms/hayes_real_estate/'))
          .map(copy)
      : []),
  ];
}

function settingsText(context: CommandContext): string {
  const timezone = textFlag(context, 'timezone') ?? 'UTC';
  const currency = textFlag(context, 'currency') ?? 'USD';
  if (!isTimeZone(timezone))
    throw usage('bad-timezone', `"${timezone}" is no IANA time zone`, 'Write it like Europe/Berlin.');
  if (!/^[A-Z]{3}$/.test(currency))
    throw usage('bad-currency', `"${currency}" is no currency code`, 'Write it like USD.');
  const name = textFlag(context, 'name');
  return [
    '# yaml-language-server: $schema=schemas/workspace.schema.json',
    'schema: scend/workspace@1',
    `id: ${context.newId()}`,
    ...(name ? [`name: ${renderScalar(name)}`] : []),
    `timezone: ${timezone}`,
    `currency: ${currency}`,
    '',
  ].join('\n');
}
