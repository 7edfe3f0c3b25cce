import type { FirmDiff } from './diff.ts';
import { formatValue } from './metric.ts';
import { plural } from './number.ts';
import type { OutcomeStatus } from './status.ts';

/** What `--fail-on` may name. */
export const failures = ['off_track', 'regression', 'reopened'] as const;
export type Failure = (typeof failures)[number];

/** Something that `--fail-on` stops at, and what it is about. */
export interface Occurrence {
  readonly failure: Failure;
  readonly message: string;
  readonly about:
    | { readonly kind: 'ticket'; readonly ticketId: string }
    | { readonly kind: 'pack' }
    | { readonly kind: 'metric'; readonly name: string }
    | { readonly kind: 'outcome'; readonly version: string; readonly label: string };
}

/**
 * Everything in a firm's changes that `--fail-on` can name. `off_track`: an outcome that is off track and was
 * not, or is new. `regression`: a metric whose newest value is worse than before, or fewer tickets done.
 * `reopened`: a ticket that was done and is not any more.
 */
export function occurrencesIn(diff: FirmDiff): Occurrence[] {
  if (diff.kind === 'removed') return [];
  return [...offTrack(diff), ...regressions(diff), ...reopened(diff)];
}

function offTrack({ outcomes }: FirmDiff): Occurrence[] {
  return outcomes.flatMap(({ before, after }) => {
    if (!after || statusIn(after) !== 'off_track' || (before && statusIn(before) === 'off_track')) return [];
    const { roadmapVersion: version, targetLabel: label } = after;
    const was = before ? ` (before: ${(statusIn(before) ?? 'no status').replace('_', ' ')})` : '';
    const message = `the ${label} outcome against ${version} is off track${was}`;
    return [{ failure: 'off_track', message, about: { kind: 'outcome', version, label } }];
  });
}

function statusIn(outcome: { classification: { status: OutcomeStatus | null } }): OutcomeStatus | null {
  return outcome.classification.status;
}

function regressions({ measured, pack }: FirmDiff): Occurrence[] {
  const worse = measured.metrics.flatMap(({ metric, before, after, gain }): Occurrence[] => {
    if (gain === null || gain >= 0) return [];
    const message = `${metric.label} got worse: ${formatValue(metric, before)} → ${formatValue(metric, after)}`;
    return [{ failure: 'regression', message, about: { kind: 'metric', name: metric.name } }];
  });
  const [was, is] = [pack.before?.done ?? 0, pack.after?.done ?? 0];
  if (!pack.before || is >= was) return worse;
  const message = `${plural(is, 'ticket')} done, ${was} before`;
  return [...worse, { failure: 'regression', message, about: { kind: 'pack' } }];
}

function reopened({ tickets }: FirmDiff): Occurrence[] {
  return tickets.moves
    .filter((one) => one.kind === 'reopened')
    .map(({ ticket }) => ({
      failure: 'reopened',
      message: `${ticket.ticketId} was done and is ${ticket.status.replace('_', ' ')} now`,
      about: { kind: 'ticket', ticketId: ticket.ticketId },
    }));
}
