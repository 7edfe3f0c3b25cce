import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { KnownPast } from '../../../src/domain/settle-pack.ts';
import { test } from '../../harness.ts';
import { type Sandbox, withRepo } from '../git/sandbox.ts';
import { build, type Made, pack, pasts, said, seconds } from './made.ts';

/** A commit of a random history: its parents by how far back they are, and what it does to each ticket. */
interface Drawn {
  readonly parents: readonly number[];
  /** Of each ticket: from which parent its marks come, and which marks instead, if any. */
  readonly tickets: readonly { readonly from: number; readonly marks: string | null }[];
  readonly folder: number | null;
  readonly gone: boolean;
  readonly authored: number;
}

const marksDrawn = fc.constantFrom(
  '[ ] not_started',
  '[x] not_started',
  '[ ] in_progress',
  '[x] done',
  '[ ] done',
);

const drawn: fc.Arbitrary<Drawn> = fc.record({
  parents: fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.nat(3)) },
    { weight: 4, arbitrary: fc.tuple(fc.nat(4), fc.nat(6)) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(4), fc.nat(6), fc.nat(6)) },
  ),
  tickets: fc.array(fc.record({ from: fc.nat(2), marks: fc.option(marksDrawn, { freq: 2, nil: null }) }), {
    minLength: 3,
    maxLength: 3,
  }),
  folder: fc.option(fc.nat(2), { freq: 6, nil: null }),
  gone: fc.nat(19).map((one) => one === 0),
  authored: fc.nat(12),
});

/** A commit of the oracle; `marks` is null where the commit has no pack. */
interface Known {
  readonly parents: readonly number[];
  readonly marks: readonly string[] | null;
  readonly folder: number;
  readonly authored: number;
}

/** What the drawn commits come to. Every commit but the first has a parent; the last one has a pack. */
function play(history: readonly Drawn[]): Known[] {
  const commits: Known[] = [{ parents: [], marks: Array(3).fill('[ ] not_started'), folder: 0, authored: 0 }];
  for (const [index, one] of history.entries()) {
    const parents = [...new Set(one.parents.map((back) => Math.max(0, index - back)))];
    const [first = 0] = parents;
    const marks = one.tickets.map(({ from, marks: own }, ticket) => {
      const inherited = commits[parents[from % parents.length] ?? 0]?.marks?.[ticket];
      return own ?? inherited ?? '[ ] not_started';
    });
    commits.push({
      parents,
      marks: one.gone && index < history.length - 1 ? null : marks,
      folder: one.folder ?? commits[first]?.folder ?? 0,
      authored: one.authored,
    });
  }
  return commits;
}

/** The commits where what holds at `from` began: by the definition, with no regard to names or cost. */
function beginnings(commits: readonly Known[], from: number, holds: (known: Known) => boolean): Set<number> {
  const memo = new Map<number, Set<number>>();
  const of = (index: number): Set<number> => {
    const known = memo.get(index);
    if (known) return known;
    const before = (commits[index]?.parents ?? []).filter((one) => holds(commits[one] as Known));
    const result = before.length === 0 ? new Set([index]) : new Set(before.flatMap((one) => [...of(one)]));
    memo.set(index, result);
    return result;
  };
  return of(from);
}

function descends(commits: readonly Known[], from: number, to: number): boolean {
  return (commits[from]?.parents ?? []).some((one) => one === to || descends(commits, one, to));
}

/** The beginning that counts: not one that another descends from, then the earliest by date and id. */
function oracle(
  commits: readonly Known[],
  oids: readonly string[],
  holds: (known: Known) => boolean,
): number {
  const all = [...beginnings(commits, commits.length - 1, holds)];
  const last = all.filter((one) => !all.some((other) => other !== one && descends(commits, other, one)));
  const order = (index: number) => `${(commits[index]?.authored ?? 0) + 100} ${oids[index]}`;
  return last.sort((a, b) => (order(a) < order(b) ? -1 : 1))[0] ?? -1;
}

/** Which of a ticket's marks were changed at the commit that counts; null where no parent has the ticket. */
function changedAt(commits: readonly Known[], oids: readonly string[], ticket: number, same: RegExp) {
  const at = oracle(commits, oids, (one) => same.test(one.marks?.[ticket] ?? ''));
  const now = commits[at]?.marks?.[ticket] ?? '';
  const before = (commits[at]?.parents ?? []).flatMap((one) => commits[one]?.marks?.[ticket] ?? []);
  if (before.length === 0) return null;
  const box = before.some((one) => one.slice(0, 3) === now.slice(0, 3));
  const line = before.some((one) => one.slice(4) === now.slice(4));
  // Each mark from another parent: both were changed, one on each side.
  return { box: !box || line, line: !line || box };
}

function changedMarks(past: KnownPast | undefined, now: string) {
  if (!past?.before) return null;
  const box = past.before.box === 'done' ? '[x]' : '[ ]';
  return { box: box !== now.slice(0, 3), line: past.before.statusLine !== now.slice(4) };
}

const start = seconds('2026-01-01T12:00:00Z');

const fileOf = (one: Known) => `firms/f${one.folder}/ticket-pack.md`;

/** The same history as commits to make, behind `offset` others. */
function toMake(commits: readonly Known[], offset: number): Made[] {
  return commits.map((one, index) => ({
    parents: one.parents.map((parent) => parent + offset),
    at: start + one.authored * 86_400,
    committed: start + (20 + index) * 86_400,
    files: { readme: 'x', ...(one.marks && { [fileOf(one)]: pack(...one.marks) }) },
  }));
}

/** Compares what is found for each ticket with the definition; returns how many questions have several answers. */
async function compare(
  sandbox: Sandbox,
  commits: readonly Known[],
  oids: readonly string[],
): Promise<number> {
  const head = commits.at(-1) as Known;
  const found = await pasts(sandbox, { path: fileOf(head), head: oids.at(-1) });
  let several = 0;
  for (const [ticket, now] of (head.marks ?? []).entries()) {
    const past = found.get(`T1.1.${ticket + 1}`);
    const when = (pattern: RegExp) => {
      const holds = (one: Known) => pattern.test(one.marks?.[ticket] ?? '');
      if (beginnings(commits, commits.length - 1, holds).size > 1) several += 1;
      const index = oracle(commits, oids, holds);
      const at = new Date((start + (commits[index]?.authored ?? 0) * 86_400) * 1000);
      return `${at.toISOString().slice(0, 10)} by ${index}`;
    };
    const same = new RegExp(`^${now.replace(/[[\]]/g, '\\$&')}$`);
    const begun = /\[x\]|done|in_progress/;
    assert.is(said(past, oids), when(now.startsWith('[x]') ? /^\[x\]/ : same));
    assert.is(said(past, oids, 'started'), begun.test(now) ? when(begun) : 'unknown');
    assert.equal(changedMarks(past, now), changedAt(commits, oids, ticket, same));
  }
  return several;
}

test('random histories with merges and renames, against the definition', () =>
  withRepo(null, async (sandbox) => {
    const history = fc.array(drawn, { minLength: 1, maxLength: 14, size: 'max' });
    const seen = { histories: 0, merges: 0, renames: 0, several: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 28, maxLength: 28 }), async (all) => {
        const played = all.map(play);
        const offsets = played.map((_, index) => played.slice(0, index).flat().length);
        const oids = build(
          sandbox,
          played.flatMap((commits, index) => toMake(commits, offsets[index] ?? 0)),
        );
        for (const [index, commits] of played.entries()) {
          const at = offsets[index] ?? 0;
          seen.several += await compare(sandbox, commits, oids.slice(at, at + commits.length));
          seen.merges += commits.filter((one) => one.parents.length > 1).length;
          seen.renames += commits.filter((one) => commits[one.parents[0] ?? 0]?.folder !== one.folder).length;
        }
        seen.histories += played.length;
      }),
      { numRuns: 12 },
    );
    // The histories are of the kind that is meant.
    const enough = seen.histories > 300 && seen.merges > 300 && seen.renames > 200 && seen.several > 30;
    assert.ok(enough, JSON.stringify(seen));
  }));
