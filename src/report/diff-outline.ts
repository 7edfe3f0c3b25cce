import type { FileEdit, FirmDiff, FirmPart, NewVersion } from '../domain/diff.ts';
import type { OutcomeMove } from '../domain/diff-measured.ts';
import type { MoveKind, TicketMove } from '../domain/diff-tickets.ts';
import { formatChange, formatValue } from '../domain/metric.ts';
import { formatNumber } from '../domain/number.ts';
import type { Outcome } from '../domain/outcome.ts';
import { sectionTitles } from '../domain/roadmap.ts';
import type { Progress } from '../domain/rollup.ts';
import type { TicketInstance } from '../domain/ticket.ts';
import { statusText, statusWords } from '../formats/outcome-text.ts';
import { scopeLines } from './diff-scope.ts';
import { fieldsText, type Item, ticketItem } from './diff-words.ts';

/** One heading's worth of a firm's changes, as plain text that each form of output escapes for itself. */
export type Section =
  | { readonly kind: 'list'; readonly title: string; readonly items: readonly Item[] }
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'file'; readonly title: string; readonly text: string };

export interface Outline {
  readonly slug: string;
  readonly name: string;
  /** The firm in one line, in parts. */
  readonly headline: readonly string[];
  readonly sections: readonly Section[];
}

/** A firm's changes in the order in which they are told. */
export function outlineOf(diff: FirmDiff): Outline {
  const { tickets, measured } = diff;
  const moved = (kind: MoveKind, title: string) =>
    list(title, tickets.moves.filter((one) => one.kind === kind).map(moveItem));
  const whole = diff.kind !== 'changed';
  const told: (Section | null)[] = [
    list('Not compared', diff.notCompared.map(lostItem)),
    ...(whole
      ? []
      : [
          moved('done', 'Done'),
          moved('reopened', 'Reopened'),
          moved('blocked', 'Blocked'),
          moved('started', 'Started'),
          moved('resumed', 'Unblocked'),
          moved('set_back', 'Not started any more'),
          table('Sprints', ['Sprint', 'Before', 'After'], diff.sprints.map(sprintRow)),
          table('Systems', ['System', 'Before', 'After'], diff.systems.map(systemRow)),
          list('Snapshots', snapshotItems(diff)),
          table('Metrics', ['Metric', 'Before', 'After', 'Change'], measured.metrics.map(metricRow)),
          table('Outcomes', ['Outcome', 'Before', 'After'], diff.outcomes.map(outcomeRow)),
          list('Scope', scopeLines(diff)),
          list('Details of tickets', tickets.edited.map(editedItem)),
        ]),
    list('Roadmap versions', versionItems(diff)),
    ...diff.versions.added.map(changelogSection),
    list('Edited by hand', diff.edits.map(editItem)),
  ];
  return {
    slug: diff.slug,
    name: diff.name,
    headline: headline(diff),
    sections: told.filter((one) => one !== null),
  };
}

function list(title: string, items: readonly Item[]): Section | null {
  return items.length === 0 ? null : { kind: 'list', title, items };
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Section | null {
  return rows.length === 0 ? null : { kind: 'table', title, head, rows };
}

function headline(diff: FirmDiff): string[] {
  const { pack, newestOutcome, versions } = diff;
  const parts: string[] = [];
  if (diff.kind === 'added') parts.push('new firm');
  if (diff.kind === 'removed') parts.push('firm removed');
  if (diff.renamedFrom !== null) parts.push(`renamed from ${diff.renamedFrom}`);
  if (diff.packKind !== null) parts.push(`ticket pack ${diff.packKind}`);
  const progress = arrow(pack.before && share(pack.before), pack.after && share(pack.after));
  if (progress !== null) parts.push(`tickets done ${progress}`);
  const outcome = outcomeArrow(newestOutcome);
  if (outcome !== null) parts.push(outcome);
  if (versions.after !== versions.before || diff.kind === 'added') {
    const version = arrow(versions.before, versions.after);
    if (version !== null) parts.push(`roadmap ${version}`);
  }
  return parts;
}

/** `a → b`, one of both where only that is known or they are the same; null for neither. */
function arrow(before: string | null, after: string | null): string | null {
  if (before === null || after === null || before === after) return after ?? before;
  return `${before} → ${after}`;
}

function outcomeArrow({ before, after }: OutcomeMove): string | null {
  const word = (one: Outcome | null) =>
    one && `${statusWords[one.classification.status ?? ''] ?? 'No status'} (${one.targetLabel})`;
  const words = arrow(word(before), word(after));
  return words === null ? null : `outcome ${words}`;
}

/** `3/12 (25 %)`, with what is blocked. */
function share({ done, active, pct, blocked }: Progress): string {
  const of = `${formatNumber(done)}/${formatNumber(active)}${pct === null ? '' : ` (${pct} %)`}`;
  return blocked > 0 ? `${of}, ${formatNumber(blocked)} blocked` : of;
}

const noted = (one: TicketInstance) => (one.notes ? `: ${one.notes}` : '');

function moveItem({ kind, ticket, from }: TicketMove): Item {
  const putOff = from === 'skipped' ? ', was put off' : '';
  if (kind === 'done') return ticketItem(ticket, ` (${ticket.completedAt ?? 'date unknown'}${putOff})`);
  if (kind === 'reopened')
    return ticketItem(ticket, ` (is ${ticket.status.replace('_', ' ')} now)${noted(ticket)}`);
  return ticketItem(ticket, `${putOff}${noted(ticket)}`);
}

function sprintRow({ key, name, before, after }: FirmDiff['sprints'][number]): string[] {
  const title = key === null ? 'No sprint' : `${key}${name ? ` – ${name}` : ''}`;
  return [title, before ? share(before) : '—', after ? share(after) : '—'];
}

function systemRow({ key, name, before, after }: FirmDiff['systems'][number]): string[] {
  return [name ? `${key} – ${name}` : key, before ? share(before) : '—', after ? share(after) : '—'];
}

function snapshotItems({ measured }: FirmDiff): Item[] {
  const title = (one: { label: string; date: string }) => `${one.label} of ${one.date}`;
  return [
    ...measured.added.map((one) => ({ id: null, text: `new: ${title(one)}` })),
    ...measured.removed.map((one) => ({ id: null, text: `removed: ${title(one)}` })),
    ...measured.corrected.map(({ snapshot, fields }) => ({
      id: null,
      text: `changed: ${title(snapshot)}: ${fieldsText(fields)}`,
    })),
  ];
}

function metricRow({ metric, before, after, gain }: FirmDiff['measured']['metrics'][number]): string[] {
  const change =
    before === null || after === null
      ? '—'
      : `${formatChange(metric, before, after)}${gain !== null && gain < 0 ? ', worse' : ''}`;
  return [metric.label, formatValue(metric, before), formatValue(metric, after), change];
}

function outcomeRow({ before, after }: OutcomeMove): string[] {
  const one = after ?? before;
  const cell = (side: Outcome | null, none: string) => {
    if (!side) return none;
    const { netRoiPercent } = side.roi;
    const roi = netRoiPercent === null ? '' : `, net ROI ${formatNumber(netRoiPercent)} %`;
    return `${statusText(side)}${roi}`;
  };
  return [`${one?.targetLabel} against ${one?.roadmapVersion}`, cell(before, '—'), cell(after, 'removed')];
}

function editedItem({ ticket, fields }: FirmDiff['tickets']['edited'][number]): Item {
  return ticketItem(ticket, `: ${fieldsText(fields)}`);
}

const partWords: Readonly<Record<FirmPart, string>> = {
  firm: 'the firm, as its firm.yaml cannot be read on one side',
  pack: 'the tickets, as the ticket pack cannot be read on one side',
  snapshots: 'the snapshots, as one of them cannot be read on one side',
  outcomes: 'the outcomes, as one of them cannot be read on one side',
  recommendations: 'the recommendations, as they cannot be read on one side',
  roadmap: "the roadmap's projection, as the roadmap cannot be read on one side",
};

function lostItem(part: FirmPart): Item {
  return { id: null, text: partWords[part] };
}

function versionItems({ versions }: FirmDiff): Item[] {
  return [
    ...versions.added.map(({ version }) => ({ id: null, text: `new: ${version}` })),
    ...versions.removed.map((version) => ({ id: null, text: `removed: ${version}` })),
  ];
}

function changelogSection({ version, changelog }: NewVersion): Section | null {
  return changelog && { kind: 'file', title: `Changelog of ${version}`, text: changelog.text };
}

function editItem({ file, kind, parts, removed }: FileEdit): Item {
  return { id: file, text: removed ? 'removed' : editText(kind, parts) };
}

function editText(kind: FileEdit['kind'], parts: readonly string[]): string {
  const named = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const sections = parts.length === 0 ? '' : `: ${parts.map(sectionName).join(', ')}`;
  switch (kind) {
    case 'managed_block':
      return `a block that Scend owns${named}; the next refresh makes it anew`;
    case 'superseded_roadmap':
      return `a version that a newer one has replaced${sections}`;
    case 'export':
      return `an export${named}; what counts is ticket-pack.md ("scend sync --file" reads ticks back)`;
    case 'rollup':
      return 'it does not follow from the ticket pack';
    case 'outcome':
      return 'it does not follow from its snapshots, targets and settings';
    case 'roadmap_text':
      return `people's own text${sections}`;
    default:
      return 'a file that Scend made';
  }
}

function sectionName(part: string): string {
  const title = sectionTitles[Number(part) - 1];
  return title ? `section ${part} (${title})` : part;
}
