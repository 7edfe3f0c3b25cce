/** The largest prime below 2^26: products of two residues are whole numbers that a double holds. */
const PRIME = 67_108_859;

/** The residue of a whole number from 0 to 2^53: the quotient is never rounded up to the next whole number. */
function residue(value: number): number {
  return value - Math.floor(value / PRIME) * PRIME;
}

/** `from` less `factor` times `by`, all of them residues. */
function less(from: number, factor: number, by: number): number {
  return residue(from + (PRIME - factor) * by);
}

function inverse(value: number): number {
  let result = 1;
  for (let square = value, rest = PRIME - 2; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = residue(result * square);
    square = residue(square * square);
  }
  return result;
}

/** Independent vectors modulo a prime, each by its first place that is not zero, where it has a 1. */
export class Echelon {
  private readonly vectors: (Float64Array | undefined)[];

  constructor(width: number) {
    this.vectors = new Array<Float64Array | undefined>(width).fill(undefined);
  }

  /** Adds a vector, which is used up; false when it follows from those that are there. */
  add(vector: Float64Array): boolean {
    for (let place = 0; place < vector.length; place += 1) {
      const factor = vector[place]!;
      if (factor === 0) continue;
      const one = this.vectors[place];
      if (!one) {
        const scale = inverse(factor);
        for (let i = place; i < vector.length; i += 1) vector[i] = residue(vector[i]! * scale);
        this.vectors[place] = vector;
        return true;
      }
      const minus = PRIME - factor;
      for (let i = place; i < vector.length; i += 1) {
        const by = one[i]!;
        if (by !== 0) vector[i] = residue(vector[i]! + minus * by);
      }
    }
    return false;
  }
}

/**
 * Rows of zeros and ones over many columns, taken one by one as long as they are independent. Each row is held
 * reduced by those before it, as a combination of the rows, so that a row costs by the rank squared, not by the
 * number of columns.
 */
export class IndependentRows {
  private readonly columns: readonly (readonly number[])[];
  /** Place of each row among those taken, or -1. */
  private readonly places: Int32Array;
  private readonly taken: number[] = [];
  /** The first column in which each reduced row has something; all before it have zeros there. */
  private readonly pivots: number[] = [];
  /** Each reduced row as a combination of the rows. */
  private readonly combinations: Float64Array[] = [];
  /** Value of each reduced row in the pivots' columns. */
  private readonly atPivots: number[][] = [];

  /** `columns` tells for each column the rows that have a one in it. */
  constructor(columns: readonly (readonly number[])[], rows: number) {
    this.columns = columns;
    this.places = new Int32Array(rows).fill(-1);
  }

  get rank(): number {
    return this.taken.length;
  }

  /** A column, over the rows taken, the last first: those are small, so that little is left to eliminate. */
  column(index: number): Float64Array {
    const { rank } = this;
    const values = new Float64Array(rank);
    for (const row of this.columns[index]!) {
      const place = this.places[row]!;
      if (place >= 0) values[rank - 1 - place] = 1;
    }
    return values;
  }

  /** The columns that span the rows, each the first that does not follow from those before it. */
  firstBasis(): number[] {
    return this.pivots.toSorted((a, b) => a - b);
  }

  /** Takes a row; false when it follows from those that were taken. */
  add(row: number): boolean {
    const { rank } = this;
    const combination = this.combinationFor(row);
    const pivot = this.columns.findIndex((_, column) => this.rest(row, combination, column) !== 0);
    if (pivot < 0) return false;
    const scale = inverse(this.rest(row, combination, pivot));
    const reduced = new Float64Array(rank + 1);
    for (let i = 0; i < rank; i += 1) reduced[i] = residue((PRIME - combination[i]!) * scale);
    reduced[rank] = scale;
    for (const [index, one] of this.combinations.entries()) this.atPivots[index]!.push(this.sum(one, pivot));
    this.atPivots.push([...new Array<number>(rank).fill(0), 1]);
    this.combinations.push(reduced);
    this.pivots.push(pivot);
    this.taken.push(row);
    this.places[row] = rank;
    return true;
  }

  removeLast(): void {
    this.places[this.taken.pop()!] = -1;
    this.pivots.pop();
    this.combinations.pop();
    this.atPivots.pop();
    for (const one of this.atPivots) one.pop();
  }

  /** The combination of the rows taken that agrees with a row in all pivots. */
  private combinationFor(row: number): Float64Array {
    const result = new Float64Array(this.rank);
    const factors: number[] = [];
    for (const [index, pivot] of this.pivots.entries()) {
      let factor = this.columns[pivot]!.includes(row) ? 1 : 0;
      for (let i = 0; i < index; i += 1) factor = less(factor, factors[i]!, this.atPivots[i]![index]!);
      factors.push(factor);
      if (factor === 0) continue;
      const one = this.combinations[index]!;
      for (let i = 0; i <= index; i += 1) result[i] = residue(result[i]! + factor * one[i]!);
    }
    return result;
  }

  /** What is left of a row in a column when the combination is taken off. */
  private rest(row: number, combination: Float64Array, column: number): number {
    const own = this.columns[column]!.includes(row) ? 1 : 0;
    return less(own, 1, this.sum(combination, column));
  }

  /** The value of a combination of the rows taken in a column. */
  private sum(combination: Float64Array, column: number): number {
    let sum = 0;
    for (const row of this.columns[column]!) {
      const place = this.places[row]!;
      if (place >= 0 && place < combination.length) sum += combination[place]!;
    }
    return residue(sum);
  }
}
