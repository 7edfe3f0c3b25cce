import type { Metric } from './metric.ts';
import type { Evidence } from './snapshot.ts';
import { type Answers, type Counted, netPromoterScore } from './statistics.ts';

/** What a metric was counted from, in the form that an interval needs. */
export type Counts =
  | { readonly kind: 'rate'; readonly counted: Counted }
  | { readonly kind: 'nps'; readonly answers: Answers };

/** What kind of counts a metric can have; null for one that is measured, not counted. */
export function countsKind(metric: Metric): Counts['kind'] | null {
  if (metric.unit === 'fraction') return 'rate';
  return metric.name === 'nps' ? 'nps' : null;
}

/** The counts of a metric; null where the evidence does not hold them all. */
export function countsOf(metric: Metric, evidence: Evidence | null | undefined): Counts | null {
  const { numerator, denominator, promoters, detractors, n } = evidence ?? {};
  const known = (value: number | null | undefined) => value !== null && value !== undefined;
  switch (countsKind(metric)) {
    case 'rate':
      return known(numerator) && known(denominator)
        ? { kind: 'rate', counted: { count: numerator ?? 0, of: denominator ?? 0 } }
        : null;
    case 'nps':
      return known(promoters) && known(detractors) && known(n)
        ? { kind: 'nps', answers: { promoters: promoters ?? 0, detractors: detractors ?? 0, n: n ?? 0 } }
        : null;
    default:
      return null;
  }
}

/** The metric that the counts give, in its own unit. */
export function countedValue(counts: Counts): number {
  return counts.kind === 'rate' ? counts.counted.count / counts.counted.of : netPromoterScore(counts.answers);
}

/** Counts as they stand in files. */
export function evidenceOf(counts: Counts): Evidence {
  return counts.kind === 'rate'
    ? { numerator: counts.counted.count, denominator: counts.counted.of }
    : { ...counts.answers };
}

/** Counts as a person writes them: `23/69`, or `61/19/100` for promoters, detractors and all answers. */
export function countsText(counts: Counts): string {
  if (counts.kind === 'rate') return `${counts.counted.count}/${counts.counted.of}`;
  const { promoters, detractors, n } = counts.answers;
  return `${promoters}/${detractors}/${n}`;
}

const whole = /^\d{1,12}$/;

/** Reads `23/69` for a rate, `61/19/100` (promoters, detractors, answers) for the net promoter score. */
export function parseCounts(
  metric: Metric,
  input: string,
): { ok: true; evidence: Evidence } | { ok: false; why: string } {
  const kind = countsKind(metric);
  if (kind === null) return { ok: false, why: `${metric.label} is measured, not counted` };
  const parts = input.split('/').map((part) => part.trim());
  const form =
    kind === 'rate' ? 'COUNT/OF, such as 23/69' : 'PROMOTERS/DETRACTORS/ANSWERS, such as 61/19/100';
  if (parts.length !== (kind === 'rate' ? 2 : 3) || !parts.every((part) => whole.test(part)))
    return { ok: false, why: `write it ${form}, in whole numbers` };
  const [first = 0, second = 0, third = 0] = parts.map(Number);
  const evidence =
    kind === 'rate'
      ? { numerator: first, denominator: second }
      : { promoters: first, detractors: second, n: third };
  return { ok: true, evidence };
}

/** What is wrong with a metric's evidence: at which of its keys (null: at the whole of it), and why. */
export interface EvidenceFault {
  readonly key: keyof Evidence | null;
  readonly why: string;
  readonly hint?: string;
}

/** Keys that belong together, by the kind of the metric; `n` alone says nothing wrong. */
const needed = {
  rate: ['numerator', 'denominator'],
  nps: ['promoters', 'detractors'],
} as const satisfies Record<Counts['kind'], readonly (keyof Evidence)[]>;

/**
 * The first fault of a metric's evidence, or null: counts that cannot be, or that do not give the value of
 * the metric, which is written to `digits` decimals.
 */
export function evidenceFault(
  metric: Metric,
  evidence: Evidence,
  value: number | null | undefined,
  digits: number,
): EvidenceFault | null {
  for (const key of ['numerator', 'denominator', 'promoters', 'detractors', 'n'] as const) {
    const count = evidence[key] ?? null;
    if (count === null || (Number.isSafeInteger(count) && count >= 0)) continue;
    const what = count < 0 ? 'below zero' : 'no whole number';
    return { key, why: `${key} is ${count}, ${what}`, hint: 'Evidence is counted in whole numbers.' };
  }
  const kind = countsKind(metric);
  const fault = kind === null ? null : impossible(metric, kind, evidence);
  if (fault) return fault;
  const counts = countsOf(metric, evidence);
  return counts ? misfit(metric, counts, value, digits) : null;
}

function impossible(metric: Metric, kind: Counts['kind'], evidence: Evidence): EvidenceFault | null {
  const { numerator, denominator, promoters, detractors, n } = evidence;
  const has = (key: keyof Evidence) => (evidence[key] ?? null) !== null;
  const foreign = needed[kind === 'rate' ? 'nps' : 'rate'].find(has);
  if (foreign) {
    const hint = `${metric.label} is counted in ${needed[kind].join(' and ')}${kind === 'nps' ? ' of n' : ''}.`;
    return { key: foreign, why: `${metric.name} has no ${foreign}`, hint };
  }
  const given = needed[kind].find(has);
  const lacking = [...needed[kind], ...(kind === 'nps' ? (['n'] as const) : [])].find((key) => !has(key));
  if (given && lacking)
    return { key: given, why: `${given} is given without ${lacking}`, hint: `Add ${lacking}.` };
  const nothing = 'Where nothing was counted, leave the metric and its evidence out.';
  if (kind === 'rate' && given) {
    if (denominator === 0) return { key: 'denominator', why: 'the denominator is 0', hint: nothing };
    if ((numerator ?? 0) > (denominator ?? 0))
      return { key: 'numerator', why: `${numerator} of ${denominator} is more than all` };
    if (has('n') && n !== denominator)
      return {
        key: 'n',
        why: `n is ${n}, the denominator ${denominator}`,
        hint: 'Leave n out, or mend one.',
      };
  }
  if (kind === 'nps' && given) {
    if (n === 0) return { key: 'n', why: 'nobody answered: n is 0', hint: nothing };
    if ((promoters ?? 0) + (detractors ?? 0) > (n ?? 0))
      return {
        key: 'promoters',
        why: `${promoters} promoters and ${detractors} detractors are more than ${n}`,
      };
  }
  return null;
}

function misfit(
  metric: Metric,
  counts: Counts,
  value: number | null | undefined,
  digits: number,
): EvidenceFault | null {
  const counted = countedValue(counts);
  const shown = Number(counted.toFixed(Math.max(digits, counts.kind === 'rate' ? 4 : 1)));
  const text = `${countsText(counts)} gives ${shown}`;
  if (value === null || value === undefined) {
    return {
      key: null,
      why: `${metric.name} has evidence and no value; ${text}`,
      hint: `Add the value, ${shown}.`,
    };
  }
  // A rate of 0 or 1 means none or all, to the percent; no count of 4 of 10 rounds to it.
  const places = counts.kind === 'rate' && digits === 0 ? 2 : digits;
  const fits = Math.abs(counted - value) <= 0.5 * 10 ** -places + 1e-9;
  if (fits) return null;
  return {
    key: null,
    why: `${text}, and ${metric.name} is ${value}`,
    hint: 'Mend the value, or what it was counted from.',
  };
}

/** Decimals of a number as it is written: 2 for `0.30` and `30%`, 0 for `42`. */
export function decimalsOf(written: string): number {
  const match = /^[+-]?\d*(?:\.(\d*))?(?:e([+-]?\d+))?\s*(%)?$/i.exec(written.trim());
  const decimals = (match?.[1]?.length ?? 0) - Number(match?.[2] ?? 0) + (match?.[3] ? 2 : 0);
  return Math.max(0, Math.min(12, decimals));
}
