import type { CertaintySide, MetricCertainty } from '../domain/certainty.ts';
import { evidenceOf } from '../domain/evidence.ts';
import type { Evidence } from '../domain/snapshot.ts';

/** One side as it stands in an outcome file: its counts and the 95 % interval of the metric. */
type WrittenSide = Evidence & {
  readonly low: number;
  readonly high: number;
  readonly standard_error?: number;
};

/** The `evidence` of an outcome file, by metric. */
export type WrittenCertainty = Readonly<
  Record<
    string,
    {
      readonly baseline: WrittenSide;
      readonly current: WrittenSide;
      readonly change: {
        readonly low: number;
        readonly high: number;
        readonly verdict: MetricCertainty['verdict'];
        readonly z?: number | null;
      };
    }
  >
>;

/** How sure each change is, as it stands in files. */
export function certaintyFields(certainty: readonly MetricCertainty[]): WrittenCertainty {
  return Object.fromEntries(
    certainty.map(({ metric, baseline, current, change, verdict, wald }) => [
      metric,
      {
        baseline: side(baseline, wald?.baselineError),
        current: side(current, wald?.currentError),
        change: { ...change, verdict, ...(wald && { z: wald.z }) },
      },
    ]),
  );
}

function side({ counts, low, high }: CertaintySide, error: number | undefined): WrittenSide {
  return {
    ...evidenceOf(counts),
    low,
    high,
    ...(error === undefined ? {} : { standard_error: error }),
  };
}

/** The same, read back. */
export function certaintyOfFields(written: WrittenCertainty): MetricCertainty[] {
  return Object.entries(written).map(([metric, { baseline, current, change }]) => ({
    metric,
    baseline: readSide(baseline),
    current: readSide(current),
    change: { low: change.low, high: change.high },
    verdict: change.verdict,
    wald:
      change.z === undefined
        ? null
        : {
            baselineError: baseline.standard_error ?? 0,
            currentError: current.standard_error ?? 0,
            z: change.z,
          },
  }));
}

function readSide(written: WrittenSide): CertaintySide {
  const { low, high, promoters, detractors, n, numerator, denominator } = written;
  const counts =
    promoters === undefined
      ? ({ kind: 'rate', counted: { count: numerator ?? 0, of: denominator ?? 0 } } as const)
      : ({
          kind: 'nps',
          answers: { promoters: promoters ?? 0, detractors: detractors ?? 0, n: n ?? 0 },
        } as const);
  return { counts, low, high };
}
