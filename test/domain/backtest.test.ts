import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { backtest, judge } from '../../src/domain/backtest.ts';
import { addDays } from '../../src/domain/date.ts';
import { forecastPack } from '../../src/domain/forecast.ts';
import type { TicketInstance } from '../../src/domain/ticket.ts';
import { test } from '../harness.ts';
import { packOf, ticket } from '../tickets.ts';

const start = '2026-01-01';
const on = (day: number) => addDays(start, day);

/** Tickets done one a day from day 0, then as many that are open. */
const work = (done: number, open: number, sprint: number | null = 1) => [
  ...Array.from({ length: done }, (_, day) => ticket('done', sprint, on(day))),
  ...Array.from({ length: open }, () => ticket('not_started', sprint)),
];

test('steady work that is finished: every date held', () => {
  const found = backtest(packOf(work(20, 0), 1), on(30), 60);
  // Ten days of history from day 10 on; on the evening of day 18 one ticket is left.
  assert.is(found.days, 9);
  assert.is(found.from, on(10));
  assert.is(found.to, on(18));
  const all = { decided: 9, held: 9, percent: 100 };
  assert.equal(
    found.scopes.map(({ sprint, forecasts, held }) => [sprint, forecasts, held.p50, held.p95]),
    [
      [1, 9, all, all],
      [null, 9, all, all],
    ],
  );
  assert.equal(found.held.p85, { decided: 18, held: 18, percent: 100 });
  assert.equal(found.forecasts[0], {
    day: on(10),
    sprint: 1,
    remaining: 9,
    p50: on(19),
    p85: on(19),
    p95: on(19),
    finished: on(19),
    held: { p50: true, p85: true, p95: true },
  });
});

test('work that stopped: dates that have passed are missed, those to come are not counted', () => {
  // On the evening of day 15, 4 + 6 tickets are left and promised for day 25.
  const pack = packOf(work(20, 6), 1);
  const held = (today: string) =>
    backtest(pack, today, 60).forecasts.find((one) => one.day === on(15) && one.sprint === null)?.held.p50;
  assert.is(held(on(24)), null);
  // The day itself is not over.
  assert.is(held(on(25)), null);
  assert.is(held(on(26)), false);
});

test('finished after the date is missed, on the date it held', () => {
  const late = packOf([...work(20, 0), ticket('done', 1, on(25))], 1);
  const row = (day: number) =>
    backtest(late, on(40), 60).forecasts.find((one) => one.day === on(day) && one.sprint === null);
  assert.is(row(15)?.p50, on(20));
  assert.is(row(15)?.finished, on(25));
  assert.is(row(15)?.held.p50, false);
  const exact = packOf(work(21, 0), 1);
  assert.is(backtest(exact, on(40), 60).forecasts[0]?.held.p95, true);
});

test('a sprint counts with all before it, and only while it has something to do', () => {
  const tickets = [...work(15, 0, 2), ...work(12, 1, 1), ...work(14, 1, null)];
  const found = backtest(packOf(tickets, 2), on(20), 60);
  const rows = found.forecasts.filter((one) => one.day === on(13));
  assert.equal(
    rows.map(({ sprint, remaining, finished }) => [sprint, remaining, finished]),
    [
      [1, 1, null],
      [2, 2, null],
      [null, 3, null],
    ],
  );
  // From the evening of day 14 sprint 2 has nothing to do.
  assert.equal(
    found.forecasts.filter((one) => one.day === on(14)).map((one) => one.sprint),
    [1, null],
  );
});

test('done tickets whose day cannot be told are left out and counted', () => {
  const odd = [ticket('done', 1, null, on(1)), ticket('done', 1, on(99)), ticket('skipped', 1)];
  const found = backtest(packOf([...work(20, 0), ...odd], 1), on(30), 60);
  assert.is(found.undated, 2);
  assert.equal(found.held, backtest(packOf(work(20, 0), 1), on(30), 60).held);
});

test('without enough history there is nothing to replay', () => {
  for (const pack of [packOf([], 0), packOf(work(0, 5), 1), packOf(work(10, 5), 1)]) {
    const { days, from, to, forecasts, held } = backtest(pack, on(10), 60);
    assert.equal([days, from, to, forecasts], [0, null, null, []]);
    assert.equal(held.p85, { decided: 0, held: 0, percent: null });
  }
});

test('a share within five points is as promised', () => {
  const judged = (percent: number | null) => judge('p85', { decided: 100, held: 0, percent });
  assert.equal([79.9, 80, 85, 90, 90.1, null].map(judged), [
    'too early',
    'as promised',
    'as promised',
    'as promised',
    'cautious',
    null,
  ]);
});

/** The pack as it stood on the evening of a day. */
function asOf(tickets: readonly TicketInstance[], day: string): TicketInstance[] {
  return tickets.map((one) => {
    if (one.status !== 'done' || one.completedAt === null || one.completedAt <= day) return one;
    const startedAt = one.startedAt !== null && one.startedAt <= day ? one.startedAt : null;
    return { ...one, status: 'in_progress', completedAt: null, startedAt };
  });
}

test('property: a day is replayed as the forecast would have been on its evening', () => {
  const one = fc.oneof(
    fc
      .tuple(fc.nat({ max: 40 }), fc.nat({ max: 5 }), fc.constantFrom(1, 2, null))
      .map(([day, took, sprint]) => ticket('done', sprint, on(day + took), on(day))),
    fc.constantFrom(1, 2, null).map((sprint) => ticket('not_started', sprint)),
    fc.constant(ticket('skipped', 1)),
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.constantFrom(10, 20, 60), (tickets, window) => {
      const found = backtest(packOf(tickets, 2), on(50), window);
      for (let day = 0; day < 50; day += 1) {
        const rows = found.forecasts.filter((row) => row.day === on(day));
        const then = forecastPack(packOf(asOf(tickets, on(day)), 2), on(day), window);
        const expected =
          then.enough && then.pack.remaining > 0
            ? [...then.sprints.map((row) => [row.number, row.forecast]), [null, then.pack]]
            : [];
        assert.equal(
          rows.map(({ sprint, remaining, p50, p85, p95 }) => [sprint, { remaining, p50, p85, p95 }]),
          expected,
        );
      }
    }),
    { numRuns: 40 },
  );
});
