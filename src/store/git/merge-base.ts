import type { GitReader } from './reader.ts';

/** Where lines of history meet. */
export interface Meeting {
  /** The newest commit that both come from; null where none is known. */
  readonly commit: string | null;
  /** Whether the clone lacks a part of the history that was walked, so that there may be one. */
  readonly cut: boolean;
}

const fromOne = 1;
const fromOthers = 2;
/** Reached from a common commit: an older one is of no interest. */
const older = 4;

/**
 * The best common ancestor of a commit and any of the others, as Git finds it: both sides are walked newest
 * first, each commit marked by where it was reached from, until only ancestors of common ones are left.
 */
export async function meetingOf(reader: GitReader, one: string, others: readonly string[]): Promise<Meeting> {
  const marks = new Map<string, number>();
  const waiting: { readonly oid: string; readonly date: number; readonly parents: readonly string[] }[] = [];
  const common: string[] = [];
  let cut = false;
  const reach = async (oid: string, mark: number) => {
    const before = marks.get(oid) ?? 0;
    if ((before & mark) === mark) return;
    marks.set(oid, before | mark);
    const facts = await reader.commit(oid);
    if (facts === null || facts.cut) cut = true;
    if (facts === null) return;
    const at = waiting.findIndex((other) => other.date < facts.committed);
    const entry = { oid, date: facts.committed, parents: facts.parents };
    waiting.splice(at < 0 ? waiting.length : at, 0, entry);
  };
  await reach(one, fromOne);
  for (const other of others) await reach(other, fromOthers);
  while (waiting.some(({ oid }) => ((marks.get(oid) ?? 0) & older) === 0)) {
    const next = waiting.shift();
    if (!next) break;
    let mark = marks.get(next.oid) ?? 0;
    if (mark === (fromOne | fromOthers)) {
      if (!common.includes(next.oid)) common.push(next.oid);
      mark |= older;
    }
    for (const parent of next.parents) await reach(parent, mark);
  }
  const best = common.find((oid) => ((marks.get(oid) ?? 0) & older) === 0);
  return { commit: best ?? common[0] ?? null, cut };
}
