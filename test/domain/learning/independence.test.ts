import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { Echelon, IndependentRows } from '../../../src/domain/learning/independence.ts';
import { test } from '../../harness.ts';

/** Rows of zeros and ones, some of them sums or differences of others. */
const rows = fc.integer({ min: 1, max: 12 }).chain((width) =>
  fc.array(
    fc.oneof(
      fc.array(fc.integer({ min: 0, max: 1 }), { minLength: width, maxLength: width }),
      fc.constantFrom(1, 0).map((bit) => new Array<number>(width).fill(bit)),
    ),
    { minLength: 1, maxLength: 10 },
  ),
);

test('a row is independent when elimination over all columns says so, also after one is taken back', () => {
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.boolean()), (all, keep) => {
      const columns = all[0]!.map((_, column) => all.flatMap((row, index) => (row[column] ? [index] : [])));
      const matrix = new IndependentRows(columns, all.length);
      const kept: number[][] = [];
      for (const [index, row] of all.entries()) {
        const whole = new Echelon(row.length);
        for (const one of kept) whole.add(Float64Array.from(one));
        const independent = whole.add(Float64Array.from(row));
        assert.is(matrix.add(index), independent);
        if (independent && keep.next().value) kept.push(row);
        else if (independent) matrix.removeLast();
        assert.is(matrix.rank, kept.length);
      }
      // The first basis is the one that elimination over the columns finds from the left.
      const echelon = new Echelon(kept.length);
      const found = columns.flatMap((_, column) => (echelon.add(matrix.column(column)) ? [column] : []));
      assert.equal(matrix.firstBasis(), found);
    }),
    { numRuns: 500 },
  );
});
