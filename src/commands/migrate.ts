import type { Diagnostic } from '../domain/diagnostic.ts';
import { hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId, firmId } from '../domain/id.ts';
import { plural } from '../domain/number.ts';
import { parseSnapshotFileName } from '../domain/snapshot.ts';
import { migrate } from '../formats/migrate.ts';
import { packDefaults } from '../formats/pack-file.ts';
import { roadmapDefaults } from '../formats/roadmap-file.ts';
import type { Kind } from '../formats/schema.ts';
import { encodeSource } from '../formats/source.ts';
import { listInside, maxBytes, readSource } from '../store/files.ts';
import { firmPaths } from '../store/load.ts';
import { findVersions } from '../store/load-roadmap.ts';
import { editOf, type FileChange } from '../store/transaction/change.ts';
import { chooseFirms, loadFirm, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  textFlag,
  writeOptions,
} from './context.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  options: [firmOption, ...writeOptions],
  examples: ['scend migrate --dry-run', 'scend migrate --firm hayes_real_estate'],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const { slugs, diagnostics } = await chooseFirms(workspace, textFlag(context, 'firm'));
  const decideOwn = (present: Workspace) => decideFiles(present, null, [['scend.yaml', 'workspace', {}]]);
  const own = await decideOwn(workspace);
  const targets = [
    ...(own.plan ? [{ firm: null, decide: decideOwn }] : []),
    ...eachFirm(slugs, (present, slug) => decideFirm(present, slug)),
  ];
  return carryOut(context, workspace, targets, {
    diagnostics,
    next: (decisions) => (decisions.some((one) => one.plan) ? ['scend check'] : []),
  });
}

type Entry = readonly [path: string, kind: Kind, defaults: Readonly<Record<string, unknown>>];

async function decideFirm(workspace: Workspace, slug: string): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { firm: slug, plan: null, diagnostics, lines: [], data: {} };
  return decideFiles(workspace, slug, await entriesOf(workspace, firm));
}

async function entriesOf(workspace: Workspace, firm: Firm): Promise<Entry[]> {
  const { slug } = firm;
  const paths = firmPaths(slug);
  const { onDisk } = await findVersions(workspace, slug);
  const snapshots = (await listInside(workspace.root, paths.snapshots)).map((one) => one.name);
  const outcomes = (await listInside(workspace.root, paths.outcomes)).map((one) => one.name);
  return [
    [
      paths.firm,
      'firm',
      {
        id: firmId(workspace.settings.id, slug),
        slug,
        name: slug,
        industry: 'unknown',
        created_at: firm.createdAt,
      },
    ],
    [paths.pack, 'ticket-pack', packDefaults(firm)],
    [paths.recommendations, 'recommendations', { firm: slug }],
    ...onDisk.flatMap((version): Entry[] => [
      [paths.roadmap(version), 'roadmap', roadmapDefaults(firm, version)],
      [paths.metadata(version), 'metadata', {}],
    ]),
    ...snapshots.flatMap((name): Entry[] => {
      const named = parseSnapshotFileName(name);
      if (!named) return [];
      const { date, label } = named;
      const defaults = {
        id: derivedId(firm.id, `snapshot:${name}`),
        firm: slug,
        firm_id: firm.id,
        date,
        label,
        source: 'manual',
      };
      return [[`${paths.snapshots}/${name}`, 'snapshot', defaults]];
    }),
    ...outcomes
      .filter((name) => name.endsWith('.yaml'))
      .map((name): Entry => [`${paths.outcomes}/${name}`, 'outcome', {}]),
  ];
}

async function decideFiles(
  workspace: Workspace,
  firm: string | null,
  entries: readonly Entry[],
): Promise<Decision> {
  const diagnostics: Diagnostic[] = [];
  const changes: FileChange[] = [];
  for (const [path, kind, defaults] of entries) {
    const { source, bytes, diagnostics: faults } = await readSource(workspace.root, path, maxBytes.markdown);
    diagnostics.push(...faults);
    if (!source || !bytes || hasErrors(faults)) continue;
    const text = migrate(source, kind, defaults);
    const change = text === null ? null : await editOf(workspace, path, bytes, encodeSource(source, text));
    if (change) changes.push(change);
  }
  const label = firm ?? 'workspace';
  return {
    firm,
    plan:
      changes.length > 0
        ? {
            firm,
            changes,
            message: `migrate(${label}): bring ${plural(changes.length, 'file')} to the present format\n`,
          }
        : null,
    diagnostics,
    lines: [
      changes.length === 0
        ? 'all files are of the present format'
        : `${plural(changes.length, 'file')} to the present format`,
    ],
    data: { changed: changes.length > 0, files: changes.map((one) => one.path) },
  };
}
