import { compareIds } from '../ticket.ts';
import type { FirmRecord } from './record.ts';

/** A set of firms that is told of. */
export interface Group {
  readonly kind: 'all' | 'industry' | 'size_band' | 'system' | 'industry_size_band';
  readonly industry: string | null;
  /** Such as `6-15` or `51+`. */
  readonly sizeBand: string | null;
  readonly system: string | null;
}

/** Names of the bands by their upper ends: 5, 15, 50 make `1-5`, `6-15`, `16-50`, `51+`. */
export function bandOf(teamSize: number | null, upperEnds: readonly number[]): string | null {
  if (teamSize === null) return null;
  const index = upperEnds.findIndex((end) => teamSize <= end);
  const from = index === 0 ? 1 : (upperEnds.at(index < 0 ? -1 : index - 1) ?? 0) + 1;
  return index < 0 ? `${from}+` : `${from}-${upperEnds[index]}`;
}

const whole: Group = { kind: 'all', industry: null, sizeBand: null, system: null };
const kinds: readonly Group['kind'][] = ['all', 'industry', 'size_band', 'system', 'industry_size_band'];

/** The groups that a firm belongs to. */
export function groupsOf(firm: FirmRecord, sizeBands: readonly number[]): Group[] {
  const sizeBand = bandOf(firm.teamSize, sizeBands);
  const { industry } = firm;
  return [
    whole,
    { ...whole, kind: 'industry', industry },
    ...(sizeBand === null ? [] : [{ ...whole, kind: 'size_band', sizeBand } as const]),
    ...firm.systems.map((system): Group => ({ ...whole, kind: 'system', system })),
    ...(sizeBand === null ? [] : [{ ...whole, kind: 'industry_size_band', industry, sizeBand } as const]),
  ];
}

/** All groups of the firms with their members (positions in `firms`), the most important first. */
export function allGroups(
  firms: readonly FirmRecord[],
  sizeBands: readonly number[],
): { readonly group: Group; readonly members: readonly number[] }[] {
  const found = new Map<string, { group: Group; members: number[] }>([
    [keyOf(whole), { group: whole, members: [] }],
  ]);
  for (const [index, firm] of firms.entries()) {
    for (const group of groupsOf(firm, sizeBands)) {
      const known = found.get(keyOf(group));
      if (known) known.members.push(index);
      else found.set(keyOf(group), { group, members: [index] });
    }
  }
  return [...found.values()].sort((a, b) => compareGroups(a.group, b.group));
}

/** A group's identity as text. */
export function keyOf({ kind, industry, sizeBand, system }: Group): string {
  return [kind, industry ?? '', sizeBand ?? '', system ?? ''].join('/');
}

function compareGroups(a: Group, b: Group): number {
  const band = ({ sizeBand }: Group) => Number.parseInt(sizeBand ?? '0', 10);
  return (
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    compareText(a.industry ?? '', b.industry ?? '') ||
    band(a) - band(b) ||
    compareIds(a.system ?? '', b.system ?? '')
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
