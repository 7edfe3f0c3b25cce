import type { Diagnostic } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import type { ImportedPack, ImportedTicket } from '../domain/imported.ts';
import type { TicketChange } from '../domain/lifecycle.ts';
import { plural } from '../domain/number.ts';
import { columnOf, type RowKind } from '../formats/import-kinds.ts';
import { badRow, type Row, type RowTable } from '../formats/import-rows.ts';
import type { LoadedPack, loadPack } from '../store/load.ts';
import type { Workspace } from '../store/workspace.ts';
import { packChange, settledText } from './pack-changes.ts';

/** Rows of tickets and instances by their ids. */
export function rowsById(
  tables: Pick<Record<RowKind, RowTable[]>, 'tickets' | 'instances'>,
): Map<string, Row> {
  const all = [...tables.instances, ...tables.tickets];
  return new Map(
    all.flatMap(({ columns, rows }) => {
      const column = columnOf(columns, 'ticketId') ?? '';
      return rows.map((row): [string, Row] => [row.cells.get(column)?.text ?? '', row]);
    }),
  );
}

/** The change of the living pack that rows of instances make, with what is to be said of it. */
export async function takeState(
  workspace: Workspace,
  firm: Firm,
  living: Awaited<ReturnType<typeof loadPack>>,
  pack: ImportedPack,
  tables: Record<RowKind, RowTable[]>,
) {
  if (!living.pack) return { change: null, lines: [], diagnostics: living.diagnostics };
  const { changes, diagnostics } = stateChanges(living.pack, pack.tickets, rowsById(tables));
  const edited = settledText(living.pack, changes);
  const change = changes.length > 0 ? await packChange(workspace, firm.slug, living.pack, edited.text) : null;
  return {
    change,
    lines: [`${plural(changes.length, 'ticket')} of the pack that is there changed`],
    diagnostics: [...diagnostics, ...edited.diagnostics],
  };
}

/**
 * What rows of instances change in a pack that is there: they fill what the pack leaves open. A ticket that the
 * pack says otherwise about is a finding that names both; nobody's progress is taken back by a row.
 */
function stateChanges(
  pack: LoadedPack,
  tickets: readonly ImportedTicket[],
  rowOf: ReadonlyMap<string, Row>,
): { readonly changes: TicketChange[]; readonly diagnostics: Diagnostic[] } {
  const living = new Map(pack.settled.pack.tickets.map((one) => [one.ticketId, one]));
  const diagnostics: Diagnostic[] = [];
  const changes = tickets.flatMap((one): TicketChange[] => {
    const row = rowOf.get(one.ticketId);
    const bad = (message: string) => {
      if (row)
        diagnostics.push(
          badRow(
            row,
            `${one.ticketId}: ${message}`,
            undefined,
            'Settle the ticket in ticket-pack.md, or mend the row.',
          ),
        );
    };
    const have = living.get(one.ticketId);
    if (!have) {
      bad('the pack has no such ticket');
      return [];
    }
    const fields = [
      ['status', one.status, have.status === 'not_started' ? null : have.status],
      ['assignee', one.assignee, have.assignee],
      ['started', one.started, have.startedAt],
      ['completed', one.completed, have.completedAt],
      ['notes', one.notes, have.notes],
    ] as const;
    for (const [name, wanted, own] of fields) {
      if (wanted !== null && own !== null && wanted !== own)
        bad(`${name} is "${wanted}" in the row and "${own}" in the pack`);
    }
    const change: TicketChange = {
      ticketId: one.ticketId,
      ...(one.status !== have.status && { status: one.status }),
      ...(one.status !== have.status && one.status === 'done' && { box: 'done' as const }),
      ...(have.assignee === null && one.assignee !== null && { assignee: one.assignee }),
      ...(have.startedAt === null && one.started !== null && { started: one.started }),
      ...(have.completedAt === null && one.completed !== null && { completed: one.completed }),
      ...(have.notes === null && one.notes !== null && { notes: one.notes }),
    };
    return Object.keys(change).length > 1 ? [change] : [];
  });
  return { changes, diagnostics };
}
