import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import { type ExportMerge, mergeExport } from '../domain/export-merge.ts';
import type { Firm } from '../domain/firm.ts';
import type { TicketChange } from '../domain/lifecycle.ts';
import { settlePack } from '../domain/settle-pack.ts';
import { isVersion } from '../domain/version.ts';
import { editPack } from '../formats/pack-edit.ts';
import { type PackFile, parsePackFile } from '../formats/pack-file.ts';
import { decodeSource, diagnoseAt, makeSource } from '../formats/source.ts';
import { oldestVersion } from '../store/file-history.ts';
import { maxBytes, readInside, readNamed } from '../store/files.ts';
import { systemNames } from '../store/library.ts';
import { firmPaths, type LoadedPack, loadPack } from '../store/load.ts';
import type { FileChange } from '../store/transaction/change.ts';
import { chooseFirms, loadFirm, todayFor, type Workspace } from '../store/workspace.ts';
import {
  type CommandContext,
  type CommandResult,
  type CommandSpec,
  firmOption,
  open,
  textFlag,
  usage,
  writeOptions,
} from './context.ts';
import { changeData, datesText, packChange, rollupChange, settledText } from './pack-changes.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  options: [
    firmOption,
    { name: 'file', value: '<export>', about: 'read a ticked export of the pack back into it' },
    {
      name: 'ticketpack-version',
      value: '<version>',
      about: 'the version that the export was made at; else its own',
    },
    { name: 'rollup', about: 'write rollup.yaml on a side branch too' },
    ...writeOptions,
  ],
  examples: [
    'scend sync --firm hayes_real_estate',
    'scend sync --dry-run',
    'scend sync --firm hayes_real_estate --file ./hayes_real_estate_TICKET_PACK_v1.1.md',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const { slugs, diagnostics } = await chooseFirms(workspace, textFlag(context, 'firm'));
  if (textFlag(context, 'file') !== null && slugs.length !== 1) {
    throw usage('missing-option', '--file needs --firm', 'Name the firm whose export it is.');
  }
  const names = await systemNames(workspace);
  const targets = eachFirm(slugs, (present, slug) => decide(context, present, slug, names));
  const next = [`scend refresh${slugs.length === 1 ? ` --firm ${slugs[0]}` : ' --all'}`];
  return carryOut(context, workspace, targets, {
    diagnostics,
    next: (decisions) => (decisions.some((one) => one.plan) ? next : []),
  });
}

async function decide(
  context: CommandContext,
  workspace: Workspace,
  slug: string,
  names: ReadonlyMap<string, string>,
): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  if (!firm) return { firm: slug, plan: null, diagnostics, lines: [], data: {} };
  const loaded = await loadPack(workspace, firm);
  const found = [...diagnostics, ...loaded.diagnostics];
  if (!loaded.exists)
    return {
      firm: slug,
      plan: null,
      diagnostics: found,
      lines: ['no ticket pack yet'],
      data: { changed: false },
    };
  if (!loaded.pack || hasErrors(found))
    return { firm: slug, plan: null, diagnostics: found, lines: [], data: {} };
  const own = settlePackFile(firm, loaded.pack);
  found.push(...own.diagnostics);
  const file = textFlag(context, 'file');
  const merge =
    file === null || !own.file ? null : await readExport(context, workspace, firm, own.file, file);
  if (merge) found.push(...merge.diagnostics);
  if (hasErrors(found)) return { firm: slug, plan: null, diagnostics: found, lines: [], data: {} };
  const synced =
    own.file && merge && merge.merge.changes.length > 0
      ? importChanges(workspace, firm, own.file, merge.merge.changes)
      : { text: own.text, diagnostics: [], pack: loaded.pack.settled.pack, changes: [] };
  found.push(...synced.diagnostics);
  if (hasErrors(found)) return { firm: slug, plan: null, diagnostics: found, lines: [], data: {} };
  const ticketChanges = joinChanges(loaded.pack.settled.changes, synced.changes);
  const changes = [
    await rollupChange(context, workspace, synced.pack, names),
    await packChange(workspace, slug, loaded.pack, synced.text),
  ].filter((one): one is FileChange => one !== null);
  const lines = ticketChanges.map((one) => describe(one, loaded.pack));
  const count = synced.pack.tickets.length;
  return {
    firm: slug,
    plan: { firm: slug, changes, message: messageOf(slug, lines) },
    diagnostics: found,
    lines:
      lines.length > 0
        ? lines
        : [changes.length > 0 ? 'tickets are settled' : `nothing to do, ${count} tickets are settled`],
    data: { changed: changes.length > 0, tickets: ticketChanges.map(changeData) },
  };
}

/** The living pack as it reads once its own changes are settled; what an export is merged into. */
function settlePackFile(
  firm: Firm,
  loaded: LoadedPack,
): { readonly file: PackFile | null; readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const { text, diagnostics } = settledText(loaded);
  if (diagnostics.length > 0) return { file: null, text, diagnostics };
  return { file: reread(firm, loaded.file, text), text, diagnostics };
}

function reread(firm: Firm, { source }: PackFile, text: string): PackFile {
  const { pack } = parsePackFile({ ...makeSource(source.file, text), bom: source.bom }, firm);
  if (!pack) throw new Error(`the synchronised pack of ${firm.slug} does not read back`);
  return pack;
}

/** Writes an export's changes into a settled pack, and settles what they leave open. */
function importChanges(
  workspace: Workspace,
  firm: Firm,
  living: PackFile,
  imported: readonly TicketChange[],
) {
  const first = editPack(living.source, living.bodyStart, living.body.tickets, imported);
  const edited = reread(firm, living, first.text);
  // What the export changed counts as changed since the pack was settled.
  const settled = settlePack(edited.facts, living.facts.entries, todayFor(workspace, firm));
  const second = editPack(edited.source, edited.bodyStart, edited.body.tickets, settled.changes);
  const contradictions = settled.contradictions.map((one) =>
    diagnose(
      'pack/contradiction',
      { file: living.source.file },
      `${one.ticketId}: the export says ${one.box} and Status ${one.line}`,
    ),
  );
  return {
    text: second.text,
    diagnostics: [...first.diagnostics, ...second.diagnostics, ...contradictions],
    pack: settled.pack,
    changes: joinChanges(imported, settled.changes),
  };
}

/** One change a ticket, the later ones over the earlier. */
function joinChanges(...lists: readonly (readonly TicketChange[])[]): TicketChange[] {
  const joined = new Map<string, TicketChange>();
  for (const one of lists.flat()) {
    const first = joined.get(one.ticketId);
    joined.set(one.ticketId, first ? joinTwo(first, one) : one);
  }
  return [...joined.values()];
}

/** A date that the later change brings is not the one that history told. */
function joinTwo({ inferred, ...first }: TicketChange, later: TicketChange): TicketChange {
  const kept = {
    ...(inferred?.started && later.started === undefined && { started: inferred.started }),
    ...(inferred?.completed && later.completed === undefined && { completed: inferred.completed }),
  };
  return { ...first, ...(Object.keys(kept).length > 0 && { inferred: kept }), ...later };
}

async function readExport(
  context: CommandContext,
  workspace: Workspace,
  firm: Firm,
  living: PackFile,
  file: string,
) {
  const { name: shown, bytes } = await readNamed(workspace.root, context.cwd, file, 'file');
  const empty = { merge: { changes: [], conflicts: [], unknown: [], behind: [] } as ExportMerge };
  const { source, diagnostics } = decodeSource(shown, bytes, maxBytes.markdown);
  if (!source || hasErrors(diagnostics)) return { ...empty, diagnostics };
  const parsed = parsePackFile(source, firm);
  const found = [...diagnostics, ...parsed.diagnostics];
  if (!parsed.pack) return { ...empty, diagnostics: found };
  if (parsed.pack.facts.firm !== firm.slug) {
    const message = `this is an export of ${parsed.pack.facts.firm}, not of ${firm.slug}`;
    return {
      ...empty,
      diagnostics: [...found, diagnoseAt(source, 'reference/mismatch', parsed.pack.yaml.start, message)],
    };
  }
  const version = textFlag(context, 'ticketpack-version') ?? parsed.pack.facts.version;
  if (!isVersion(version)) throw usage('bad-version', `"${version}" is no version`, 'Write it like v1.1.');
  const original = await originalExport(workspace, firm, version, shown);
  const isLiving = version === living.facts.version;
  if (!original && !isLiving && textFlag(context, 'ticketpack-version') !== null) {
    const hint = 'Leave --ticketpack-version out to take only progress from the file.';
    throw usage('unknown-version', `there is no export of ${firm.slug} at ${version}`, hint);
  }
  const merge = mergeExport(original, parsed.pack.facts.entries, living.facts.entries);
  return { merge, diagnostics: [...found, ...mergeFindings(source.file, merge)] };
}

/**
 * The export as it was made: the first version that was committed, else as it lies among the deliverables
 * (unless that is the file itself).
 */
async function originalExport(workspace: Workspace, firm: Firm, version: string, shown: string) {
  const path = firmPaths(firm.slug).export(version);
  let bytes = await oldestVersion(workspace.git, path);
  if (!bytes && shown !== path) {
    const read = await readInside(workspace.root, path, maxBytes.markdown);
    bytes = read.kind === 'file' ? read.bytes : null;
  }
  if (!bytes) return null;
  const { source } = decodeSource(path, bytes, maxBytes.markdown);
  return source ? (parsePackFile(source, firm).pack?.facts.entries ?? null) : null;
}

function mergeFindings(file: string, merge: ExportMerge): Diagnostic[] {
  return [
    ...merge.conflicts.map((one) =>
      diagnose(
        'export/conflict',
        { file },
        `${one.ticketId}: ${one.field} is "${one.theirs}" in the export and "${one.ours}" in the pack`,
      ),
    ),
    ...merge.unknown.map((id) => diagnose('export/unknown-ticket', { file }, `the pack has no ticket ${id}`)),
    ...merge.behind.map((id) => diagnose('export/behind', { file }, `${id} is further along in the pack`)),
  ];
}

function describe(change: TicketChange, pack: LoadedPack | null): string {
  const title = pack?.file.facts.entries.find((one) => one.ticketId === change.ticketId)?.title ?? '';
  const parts = [
    change.box === 'done' ? 'ticked' : change.box === 'open' ? 'un-ticked' : '',
    change.status ? `Status: ${change.status}` : '',
    change.assignee ? `Assignee: ${change.assignee}` : '',
    ...datesText(change),
    change.completed === null ? 'reopened, completion date removed' : '',
    change.notes ? 'Notes' : '',
  ].filter(Boolean);
  return `${change.ticketId} ${title}: ${parts.join(', ')}`;
}

function messageOf(slug: string, lines: readonly string[]): string {
  const count = lines.length;
  const subject =
    count === 0 ? 'record ticket changes' : `settle ${count} ${count === 1 ? 'ticket' : 'tickets'}`;
  return [
    `pack(${slug}): ${subject}`,
    '',
    ...lines,
    ...(count > 0 ? [''] : []),
    `Scend-Firm: ${slug}`,
    '',
  ].join('\n');
}
