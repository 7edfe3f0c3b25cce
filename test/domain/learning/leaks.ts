/** What published groups tell of few firms, found without the engine's own search. */

/** Whether a vector is a combination of the others with any rational factors, by whole-number elimination. */
function follows(rows: readonly (readonly number[])[], wanted: readonly number[]): boolean {
  return rankOf([...rows, wanted]) === rankOf(rows);
}

function rankOf(rows: readonly (readonly number[])[]): number {
  const left = rows.map((row) => row.map(BigInt));
  let rank = 0;
  for (let column = 0; column < (left[0]?.length ?? 0); column += 1) {
    const pivot = left.findIndex((row, i) => i >= rank && row[column] !== 0n);
    if (pivot < 0) continue;
    [left[rank], left[pivot]] = [left[pivot]!, left[rank]!];
    const top = left[rank]!;
    for (let i = rank + 1; i < left.length; i += 1) {
      const factor = left[i]![column]!;
      left[i] = left[i]!.map((value, k) => value * top[column]! - top[k]! * factor);
    }
    rank += 1;
  }
  return rank;
}

function* subsets(count: number, below: number): Generator<number[]> {
  for (let mask = 1; mask < 1 << count; mask += 1) {
    const members = Array.from({ length: count }, (_, i) => i).filter((i) => mask & (1 << i));
    if (members.length < below) yield members;
  }
}

/** Sets of fewer than `min` firms of which the published groups tell by addition and subtraction. */
export function leaks(firms: number, groups: readonly (readonly number[])[], min: number): number[][] {
  const indicator = (members: readonly number[]) =>
    Array.from({ length: firms }, (_, firm) => (members.includes(firm) ? 1 : 0));
  const rows = groups.map(indicator);
  return [...subsets(firms, min)].filter((members) => follows(rows, indicator(members)));
}
