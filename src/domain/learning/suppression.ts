import { Echelon, IndependentRows } from './independence.ts';

/**
 * What becomes of a group's figures: `shown`; nobody in it was measured; fewer than the minimum were; or its
 * figures would, taken with those of other groups, tell of fewer than the minimum.
 */
export type Verdict = 'shown' | 'no_data' | 'too_few' | 'complementary';

/** How many sets are tried before a group counts as unsafe. */
const MAX_TRIES = 2_000;

/**
 * Decides which groups may be published, in their order of importance. Figures of groups can be added and
 * subtracted: legal firms of every size less the small ones leave the large ones. What can be derived so are
 * the combinations of the groups' indicator vectors; a group is published only if no combination, of any
 * number of groups with any factors, depends on fewer than `min` firms (and on one at least).
 *
 * In terms of linear algebra: the loss of any fewer than `min` columns (firms) must leave the matrix of the
 * published groups its rank. This is stricter than "no small set can be told apart": also a difference
 * between two firms stays hidden.
 */
export function judgeGroups(groups: readonly (readonly number[])[], min: number): Verdict[] {
  const verdicts = groups.map(
    (members): Verdict => (members.length === 0 ? 'no_data' : members.length < min ? 'too_few' : 'shown'),
  );
  const candidates = groups.flatMap((_, index) => (verdicts[index] === 'shown' ? [index] : []));
  const atoms = atomsOf(groups, candidates);
  const published = new Published(atoms, candidates.length, min);
  for (const [row, index] of candidates.entries()) {
    if (!published.add(row)) verdicts[index] = 'complementary';
  }
  return verdicts;
}

/** Firms that belong to the same groups; nothing published can tell them apart. */
interface Atom {
  /** Rising. */
  readonly rows: readonly number[];
  size: number;
}

function atomsOf(groups: readonly (readonly number[])[], candidates: readonly number[]): Atom[] {
  const rowsOf = new Map<number, number[]>();
  for (const [row, index] of candidates.entries()) {
    for (const firm of groups[index] ?? []) {
      const rows = rowsOf.get(firm);
      if (rows) rows.push(row);
      else rowsOf.set(firm, [row]);
    }
  }
  const atoms = new Map<string, Atom>();
  for (const rows of rowsOf.values()) {
    const key = rows.join(',');
    const atom = atoms.get(key);
    if (atom) atom.size += 1;
    else atoms.set(key, { rows, size: 1 });
  }
  // Large ones first: they cannot be left out, so a basis of them ends the search at once.
  return [...atoms.values()].sort((a, b) => b.size - a.size);
}

/** The groups published so far, as independent rows over the atoms. */
class Published {
  private readonly independent: IndependentRows;
  private readonly sizes: Float64Array;
  private readonly min: number;

  constructor(atoms: readonly Atom[], rows: number, min: number) {
    this.independent = new IndependentRows(
      atoms.map((one) => one.rows),
      rows,
    );
    this.sizes = Float64Array.from(atoms, (one) => one.size);
    this.min = min;
  }

  /** Adds a group unless that would tell of fewer firms than the minimum. */
  add(row: number): boolean {
    // What follows from the others already says nothing new.
    if (!this.independent.add(row)) return true;
    const search = { matrix: this.independent, sizes: this.sizes, triesLeft: MAX_TRIES };
    const first = this.independent.firstBasis();
    if (!isExposed(search, { counts: this.sizes, changed: [] }, this.min - 1, first)) return true;
    this.independent.removeLast();
    return false;
  }
}

interface Search {
  readonly matrix: IndependentRows;
  /** Firms of each atom, falling. */
  readonly sizes: Float64Array;
  triesLeft: number;
}

/** How many firms each atom still has, and for which atoms that is not its size. */
interface Left {
  readonly counts: Float64Array;
  readonly changed: readonly number[];
}

/**
 * Whether the loss of atoms of together at most `budget` firms lowers the rank. A set that does so meets every
 * basis, so it is sought among the members of one; and where there are more disjoint bases than the budget,
 * there is none. `known` is the first basis where it is known already.
 */
function isExposed(search: Search, left: Left, budget: number, known: readonly number[] | null): boolean {
  const supply = left.counts.slice();
  const used = new Set(left.changed);
  let first = known;
  for (let bases = 0; ; bases += 1) {
    if (bases > budget) return false;
    const basis = bases === 0 && known ? known : basisOf(search, supply, used);
    if (basis === null) break;
    first ??= basis;
    for (const atom of basis) {
      supply[atom]! -= 1;
      used.add(atom);
    }
  }
  if (first === null) return true;
  const kept = left.counts.slice();
  const changed = [...left.changed];
  for (const atom of first) {
    const size = left.counts[atom]!;
    if (size > budget) continue;
    search.triesLeft -= 1;
    if (search.triesLeft < 0) return true;
    const counts = kept.slice();
    counts[atom] = 0;
    changed.push(atom);
    if (isExposed(search, { counts, changed }, budget - size, null)) return true;
    // Sets with this one have all been tried.
    kept[atom] = Number.POSITIVE_INFINITY;
  }
  return false;
}

/** Atoms with firms left whose columns span all rows, those with most first; null when there are none. */
function basisOf(
  { matrix, sizes }: Search,
  left: Float64Array,
  changed: ReadonlySet<number>,
): number[] | null {
  const { rank } = matrix;
  const echelon = new Echelon(rank);
  const basis: number[] = [];
  // The atoms stand in the order of their sizes; those of which some are gone are put in between.
  const moved = [...changed].sort((a, b) => rankOf(left[b]!) - rankOf(left[a]!) || a - b);
  let [unmoved, next] = [0, 0];
  while (basis.length < rank) {
    while (changed.has(unmoved)) unmoved += 1;
    const other = moved[next];
    const movedFirst =
      other !== undefined &&
      (unmoved >= sizes.length ||
        rankOf(left[other]!) > sizes[unmoved]! ||
        (rankOf(left[other]!) === sizes[unmoved]! && other < unmoved));
    const atom = movedFirst ? other : unmoved;
    if (atom >= sizes.length || left[atom]! <= 0) break;
    if (movedFirst) next += 1;
    else unmoved += 1;
    if (echelon.add(matrix.column(atom))) basis.push(atom);
  }
  return basis.length === rank ? basis : null;
}

/** Infinity minus infinity would be no order. */
function rankOf(size: number): number {
  return Math.min(size, Number.MAX_SAFE_INTEGER);
}
