import { type Diagnostic, diagnose, hasErrors } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { derivedId } from '../domain/id.ts';
import { plural } from '../domain/number.ts';
import { kindOf, type RowKind } from '../formats/import-kinds.ts';
import { badRow, type RowTable, readCsv, readJsonRows } from '../formats/import-rows.ts';
import { snapshotsFromRows } from '../formats/import-snapshots.ts';
import { packFromRows } from '../formats/import-tickets.ts';
import { parsePackFile } from '../formats/pack-file.ts';
import { takePack } from '../formats/pack-import.ts';
import { differsFrom, renderImportedPack } from '../formats/pack-imported.ts';
import { encodeSource, makeSource, type Source } from '../formats/source.ts';
import { maxBytes } from '../store/files.ts';
import { loadLibrary } from '../store/library.ts';
import { firmPaths, loadPack } from '../store/load.ts';
import { findVersions, loadRoadmap } from '../store/load-roadmap.ts';
import { type FileChange, generated } from '../store/transaction/change.ts';
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
import { compareOutcomes } from './import-outcomes.ts';
import { snapshotChanges } from './import-snapshot-changes.ts';
import { readSources } from './import-source.ts';
import { rowsById, takeState } from './import-state.ts';
import { carryOut, type Decision, eachFirm } from './write.ts';

export const command: CommandSpec = {
  arguments: [
    {
      name: 'files',
      required: true,
      many: true,
      about:
        'a Markdown pack; or CSV and JSON files with rows of tickets, instances, packs, snapshots, outcomes',
    },
  ],
  options: [{ ...firmOption, required: true }, ...writeOptions],
  examples: [
    'scend import pack tickets.md --firm acme_law --dry-run',
    'scend import pack tickets.csv --firm acme_law',
    'scend import pack tickets.json ticket_instances.json snapshots.json --firm acme_law',
  ],
  run,
};

async function run(context: CommandContext): Promise<CommandResult> {
  const workspace = await open(context);
  const named = textFlag(context, 'firm');
  if (named === null && workspace.currentFirm === null)
    throw usage('missing-option', '--firm is missing', 'Name the firm: --firm SLUG.');
  const { slugs, diagnostics } = await chooseFirms(workspace, named);
  const targets = eachFirm(slugs, (present, slug) => decide(context, present, slug));
  return carryOut(context, workspace, targets, {
    diagnostics,
    next: (decisions) =>
      decisions.some((one) => (one.plan?.changes.length ?? 0) > 0) ? [`scend status --firm ${slugs[0]}`] : [],
  });
}

interface Taken {
  readonly changes: readonly FileChange[];
  readonly lines: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly tickets: number;
  readonly snapshots: number;
}

async function decide(context: CommandContext, workspace: Workspace, slug: string): Promise<Decision> {
  const { firm, diagnostics } = await loadFirm(workspace, slug);
  const { sources, passedOver, diagnostics: unread } = await readSources(context, workspace, maxBytes.json);
  const found = [...diagnostics, ...unread];
  const stop = (lines: readonly string[]): Decision => ({
    firm: slug,
    plan: null,
    diagnostics: found,
    lines,
    data: {},
  });
  if (!firm || hasErrors(found)) return stop([]);
  const markdown = sources.filter((one) => formatOf(one) === 'markdown');
  if (markdown.length > 0 && sources.length > 1)
    throw usage(
      'mixed-files',
      'a Markdown pack is imported alone',
      'Name one Markdown file, or files of rows.',
    );
  const [pack] = markdown;
  const taken = pack ? await fromMarkdown(workspace, firm, pack) : await fromRows(workspace, firm, sources);
  found.push(...taken.diagnostics);
  const lines = [...(passedOver.length > 0 ? [`not read: ${passedOver.join(', ')}`] : []), ...taken.lines];
  if (hasErrors(found)) return stop([]);
  const from = sources.map((one) => one.file.split('/').at(-1)).join(', ');
  const what = [
    ...(taken.tickets > 0 ? [plural(taken.tickets, 'ticket')] : []),
    ...(taken.snapshots > 0 ? [plural(taken.snapshots, 'snapshot')] : []),
  ].join(' and ');
  return {
    firm: slug,
    plan: {
      firm: slug,
      changes: taken.changes,
      message: `pack(${slug}): import ${what || 'nothing'} from ${from}\n\nScend-Firm: ${slug}\n`,
    },
    diagnostics: found,
    lines: [...lines, taken.changes.length > 0 ? `${firm.name}: ${what} from ${from}` : 'nothing to do'],
    data: {
      changed: taken.changes.length > 0,
      tickets: taken.tickets,
      snapshots: taken.snapshots,
      lines: taken.lines,
    },
  };
}

function formatOf({ file, text }: Source): 'markdown' | 'json' | 'csv' {
  if (/\.json$/i.test(file)) return 'json';
  if (/\.(?:csv|tsv)$/i.test(file)) return 'csv';
  return /^\s*[[{]\s*["{[\]}]/.test(text) ? 'json' : 'markdown';
}

async function fromMarkdown(workspace: Workspace, firm: Firm, source: Source): Promise<Taken> {
  const timeZone = firm.timezone ?? workspace.settings.timezone;
  const taken = takePack(source, { firm, today: await packDay(workspace, firm), timeZone });
  const { text, tickets, lines, diagnostics } = taken;
  if (text === null) return { changes: [], tickets: 0, snapshots: 0, lines, diagnostics };
  const change = await packChange(workspace, firm, encodeSource(source, text));
  return {
    changes: change ? [change] : [],
    tickets: tickets.length,
    snapshots: 0,
    lines: [...lines, ...loose(tickets)],
    diagnostics,
  };
}

async function fromRows(workspace: Workspace, firm: Firm, sources: readonly Source[]): Promise<Taken> {
  const read = sources.map((one) => (formatOf(one) === 'json' ? readJsonRows(one) : readCsv(one)));
  const found = read.flatMap((one) => one.diagnostics);
  const tables: Record<RowKind, RowTable[]> = {
    tickets: [],
    instances: [],
    packs: [],
    snapshots: [],
    outcomes: [],
  };
  for (const one of read.flatMap(({ tables }) => tables)) {
    const kind = kindOf(one);
    if (kind) tables[kind].push(one);
    else found.push(unknownTable(one));
  }
  const timeZone = firm.timezone ?? workspace.settings.timezone;
  const { settings } = workspace;
  const snapshots = snapshotsFromRows(tables.snapshots, firm, settings.metrics, timeZone);
  found.push(...snapshots.diagnostics);
  const library = (await loadLibrary(workspace)).library?.tickets ?? [];
  const living = await loadPack(workspace, firm);
  // Rows of instances alone say how far the tickets of a pack are that is there.
  const stateOnly = living.exists && tables.tickets.length + tables.packs.length === 0;
  const known = [...library, ...(living.pack?.file.facts.entries ?? [])];
  const titles = new Map(known.map((one) => [one.ticketId, one.title]));
  if (stateOnly) for (const id of rowsById(tables).keys()) if (!titles.has(id)) titles.set(id, '');
  const { pack, diagnostics } = packFromRows(tables, titles, timeZone);
  found.push(...diagnostics);
  const nothing = { changes: [], lines: [], diagnostics: found, tickets: 0, snapshots: 0 };
  if (hasErrors(found)) return nothing;
  const changes: (FileChange | null)[] = [];
  const lines: string[] = [];
  if (pack.tickets.length > 0 && stateOnly) {
    const state = await takeState(workspace, firm, living, pack, tables);
    found.push(...state.diagnostics);
    if (hasErrors(found)) return nothing;
    changes.push(state.change);
    lines.push(...state.lines);
  } else if (pack.tickets.length > 0) {
    const front = {
      id: pack.id ?? derivedId(firm.id, 'ticket-pack'),
      firm: firm.slug,
      version: pack.version ?? 'v1.0',
      createdAt: pack.createdAt ?? (await packDay(workspace, firm)),
      sprints: pack.sprints,
    };
    const text = renderImportedPack(pack, front, firm.name);
    const back = parsePackFile(makeSource(firmPaths(firm.slug).pack, text), firm);
    const rows = rowsById(tables);
    const entries = new Map(back.pack?.facts.entries.map((one) => [one.ticketId, one]));
    for (const one of pack.tickets) {
      const wrong = differsFrom(one, entries.get(one.ticketId));
      const row = rows.get(one.ticketId);
      if (back.pack && wrong && row) found.push(badRow(row, `${one.ticketId}: ${wrong}`));
    }
    found.push(...back.diagnostics);
    if (hasErrors(found)) return nothing;
    changes.push(await packChange(workspace, firm, new TextEncoder().encode(text)));
    lines.push(...loose(pack.tickets));
    const undated = pack.tickets.filter((one) => one.status === 'done' && one.completed === null).length;
    if (undated > 0)
      lines.push(
        `${plural(undated, 'done ticket')} without a completion date: "scend sync" would take the day of this commit; write Completed under them first if you know better`,
      );
  }
  const taken = await snapshotChanges(workspace, firm, snapshots.snapshots);
  found.push(...taken.diagnostics);
  if (hasErrors(found)) return nothing;
  const { onDisk } = await findVersions(workspace, firm.slug);
  const roadmap = onDisk.includes('v1.0') ? (await loadRoadmap(workspace, firm, 'v1.0')).roadmap : null;
  lines.push(
    ...taken.lines,
    ...compareOutcomes(tables.outcomes, {
      snapshots: taken.all,
      firm,
      settings,
      targets: roadmap?.facts.projection.targets ?? {},
    }),
  );
  return {
    changes: [...changes, ...taken.changes].filter((one): one is FileChange => one !== null),
    lines,
    diagnostics: found,
    tickets: pack.tickets.length,
    snapshots: taken.changes.length,
  };
}

function unknownTable({ file, name, columns, rows }: RowTable): Diagnostic {
  const place = { file, line: rows[0]?.line ?? 1 };
  if (name !== null)
    return diagnose(
      'import/not-taken',
      place,
      `"${name}" was not taken (${plural(rows.length, 'row')})`,
      'Tickets, instances, packs, snapshots and outcomes are.',
    );
  const hint =
    'Tickets need ticket_id and title; instances ticket_id and status; snapshots label, date and metrics.';
  return diagnose(
    'import/bad-row',
    place,
    `rows with the columns ${columns.join(', ')} are of no kind that is known`,
    hint,
  );
}

function loose(tickets: readonly { readonly sprint: number | null }[]): string[] {
  const count = tickets.filter((one) => one.sprint === null).length;
  return count > 0 && count < tickets.length ? [`${plural(count, 'ticket')} in no sprint`] : [];
}

/** The day a new pack is made on; a pack that is there already keeps its own, so that a second import changes nothing. */
async function packDay(workspace: Workspace, firm: Firm): Promise<string> {
  const { pack } = await loadPack(workspace, firm);
  return pack?.file.facts.createdAt ?? todayFor(workspace, firm);
}

async function packChange(workspace: Workspace, firm: Firm, bytes: Uint8Array): Promise<FileChange | null> {
  const path = firmPaths(firm.slug).pack;
  const { exists, pack } = await loadPack(workspace, firm);
  if (exists && !(pack && Buffer.compare(pack.bytes, bytes) === 0)) {
    throw usage(
      'pack-exists',
      `${firm.slug} has a ticket pack already`,
      `Edit ${path}; a ticked export comes back with "scend sync --firm ${firm.slug} --file FILE".`,
    );
  }
  return generated(workspace, path, bytes, 'fresh');
}
