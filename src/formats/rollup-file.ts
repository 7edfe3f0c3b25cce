import type { TicketPack } from '../domain/pack.ts';
import { rollUp } from '../domain/rollup.ts';
import { totalsFields } from './pack-render.ts';
import { stringify } from './yaml-parser.ts';

/** `rollup.yaml`, derived from the pack alone; the same pack gives the same bytes. */
export function renderRollup(pack: TicketPack, systemNames: ReadonlyMap<string, string>): string {
  const rollup = rollUp(pack.tickets);
  const sprintNames = new Map(pack.sprints.map((one) => [one.number, one.name]));
  const data = {
    schema: 'scend/rollup@1',
    firm: pack.firm,
    ticket_pack_id: pack.id,
    pack: { status: rollup.pack.status, ...totalsFields(rollup.pack) },
    sprints: [...rollup.sprints].map(([sprint, one]) => ({
      sprint,
      name: sprint === null ? null : (sprintNames.get(sprint) ?? null),
      status: one.status,
      ...totalsFields(one),
    })),
    systems: [...rollup.systems].map(([system, one]) => ({
      system,
      name: systemNames.get(system) ?? null,
      status: one.status,
      ...totalsFields(one),
    })),
    assignees: [...rollup.assignees].map(([assignee, one]) => ({ assignee, ...totalsFields(one) })),
  };
  const head =
    '# Derived from ticket-pack.md by "scend sync"; never edited by hand.\n' +
    '# yaml-language-server: $schema=../../schemas/rollup.schema.json\n';
  return head + stringify(data, { lineWidth: 0 });
}
