/**
 * What becomes of a group's figures: `shown`; nobody in it was measured; fewer than the minimum were; or its
 * figures would, taken with those of other groups, tell of fewer than the minimum.
 */
export type Verdict = 'shown' | 'no_data' | 'too_few' | 'complementary';

/** The largest prime below 2^26: products of two residues are whole numbers that a double holds. */
const PRIME = 67_108_859;

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
  const published = new Published(atoms, min);
  for (const [row, index] of candidates.entries()) {
    if (!published.add(atoms.map((atom) => (atom.rows.has(row) ? 1 : 0)))) verdicts[index] = 'complementary';
  }
  return verdicts;
}

/** Firms that belong to the same groups; nothing published can tell them apart. */
interface Atom {
  readonly rows: ReadonlySet<number>;
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
    else atoms.set(key, { rows: new Set(rows), size: 1 });
  }
  // Large ones first: they cannot be left out, so a basis of them ends the search at once.
  return [...atoms.values()].sort((a, b) => b.size - a.size);
}

/** The groups published so far, as independent rows over the atoms. */
class Published {
  private readonly rows: number[][] = [];
  private readonly echelon: Echelon = new Echelon();
  private readonly sizes: readonly number[];
  private readonly min: number;

  constructor(atoms: readonly Atom[], min: number) {
    this.sizes = atoms.map((one) => one.size);
    this.min = min;
  }

  /** Adds a group unless that would tell of fewer firms than the minimum. */
  add(row: number[]): boolean {
    const before = this.echelon.copy();
    // What follows from the others already says nothing new.
    if (!this.echelon.add(row)) return true;
    this.rows.push(row);
    const columns = this.sizes.map((_, atom) => this.rows.map((one) => one[atom] ?? 0));
    const search = { columns, rank: this.rows.length, triesLeft: MAX_TRIES };
    if (!isExposed(search, this.sizes, this.min - 1)) return true;
    this.rows.pop();
    this.echelon.restore(before);
    return false;
  }
}

interface Search {
  readonly columns: readonly (readonly number[])[];
  readonly rank: number;
  triesLeft: number;
}

/**
 * Whether the loss of atoms of together at most `budget` firms lowers the rank; `left` holds how many firms
 * each atom still has. A set that does so meets every basis, so it is sought among the members of one; and
 * where there are more disjoint bases than the budget, there is none.
 */
function isExposed(search: Search, left: readonly number[], budget: number): boolean {
  const supply = [...left];
  let first: readonly number[] | null = null;
  for (let bases = 0; ; bases += 1) {
    if (bases > budget) return false;
    const basis = basisOf(search, supply);
    if (basis === null) break;
    first ??= basis;
    for (const atom of basis) supply[atom]! -= 1;
  }
  if (first === null) return true;
  const kept = [...left];
  for (const atom of first) {
    const size = left[atom]!;
    if (size > budget) continue;
    search.triesLeft -= 1;
    if (search.triesLeft < 0) return true;
    const without = [...kept];
    without[atom] = 0;
    if (isExposed(search, without, budget - size)) return true;
    // Sets with this one have all been tried.
    kept[atom] = Number.POSITIVE_INFINITY;
  }
  return false;
}

/** Atoms with firms left whose columns span all rows; null when there are none. */
function basisOf({ columns, rank }: Search, left: readonly number[]): number[] | null {
  const echelon = new Echelon();
  const basis: number[] = [];
  const order = left.map((_, atom) => atom).sort((a, b) => rankOf(left[b]!) - rankOf(left[a]!) || a - b);
  for (const atom of order) {
    if (left[atom]! <= 0 || basis.length === rank) break;
    if (echelon.add(columns[atom]!)) basis.push(atom);
  }
  return basis.length === rank ? basis : null;
}

/** Infinity minus infinity would be no order. */
function rankOf(size: number): number {
  return Math.min(size, Number.MAX_SAFE_INTEGER);
}

/** Independent vectors modulo a prime, each with a 1 where the others before it have been cleared. */
class Echelon {
  private vectors: { readonly pivot: number; readonly values: readonly number[] }[] = [];

  /** Adds a vector; false when it follows from those that are there. */
  add(vector: readonly number[]): boolean {
    const values = [...vector];
    for (const one of this.vectors) {
      const factor = values[one.pivot]!;
      if (factor === 0) continue;
      for (let i = 0; i < values.length; i += 1) {
        values[i] = (values[i]! + (PRIME - factor) * one.values[i]!) % PRIME;
      }
    }
    const pivot = values.findIndex((value) => value !== 0);
    if (pivot < 0) return false;
    const inverse = power(values[pivot]!, PRIME - 2);
    this.vectors.push({ pivot, values: values.map((value) => (value * inverse) % PRIME) });
    return true;
  }

  copy(): Echelon['vectors'] {
    return [...this.vectors];
  }

  restore(vectors: Echelon['vectors']): void {
    this.vectors = vectors;
  }
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}
