import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { addDays } from '../../src/domain/date.ts';
import { forecastAll, forecastPack, horizonDays } from '../../src/domain/forecast.ts';
import { dailyThroughput, dayOf, workLog } from '../../src/domain/throughput.ts';
import type { TicketInstance } from '../../src/domain/ticket.ts';
import { test } from '../harness.ts';
import { packOf, ticket } from '../tickets.ts';

const today = '2026-03-20';
const ago = (days: number) => addDays(today, -days);
const throughput = (tickets: readonly TicketInstance[], window = 60) =>
  dailyThroughput(workLog(tickets), dayOf(today), window);

/** One ticket done on each of the last `days` days. */
const steady = (days: number, sprint: number | null = 1) =>
  Array.from({ length: days }, (_, index) => ticket('done', sprint, ago(index + 1)));
const open = (count: number, sprint: number | null) =>
  Array.from({ length: count }, () => ticket('not_started', sprint));

test('the history runs from the first day of work to yesterday, days with nothing done included', () => {
  const tickets = [
    ticket('done', 1, ago(2), ago(5)),
    ticket('done', 1, ago(2), ago(4)),
    ticket('in_progress', 1, null, ago(3)),
    // Today is not over, and the future has not come.
    ticket('done', 1, today, ago(3)),
    ticket('done', 1, addDays(today, 1), ago(3)),
  ];
  assert.equal(throughput(tickets), [0, 0, 0, 2, 0]);
  assert.equal(throughput([]), []);
  assert.equal(throughput([ticket('not_started', 1)]), []);
  assert.equal(throughput([ticket('done', 1, today)]), []);
  assert.equal(throughput([ticket('in_progress', 1, null, addDays(today, 3))]), []);
});

test('the window cuts what is older, and a day outside it counts nowhere', () => {
  const tickets = [
    ticket('done', 1, ago(61)),
    ticket('done', 1, ago(60)),
    ticket('done', 1, ago(1)),
    ticket('done', 1, ago(90)),
  ];
  const daily = throughput(tickets);
  assert.is(daily.length, 60);
  assert.is(daily[0], 1);
  assert.is(daily[59], 1);
  assert.is(
    daily.reduce((sum, one) => sum + one, 0),
    2,
  );
  assert.is(throughput(tickets, 10).length, 10);
  assert.is(throughput(tickets, 1e15).length, 90);
});

test('a start that was skipped away begins the work too; only what is done is a completion', () => {
  assert.equal(
    throughput([ticket('skipped', 1, null, ago(2)), ticket('blocked', 1, ago(1), ago(1))]),
    [0, 0],
  );
});

test('one ticket a day: the dates follow, sprint after sprint', () => {
  const tickets = [
    ...steady(10, 1),
    ...open(3, 2),
    ticket('blocked', 2),
    ticket('skipped', 2),
    ...open(2, 4),
    ...open(1, null),
  ];
  const forecast = forecastPack(packOf(tickets, 5), today, 60);
  const on = (remaining: number) => {
    const date = addDays(today, remaining);
    return { remaining, p50: date, p85: date, p95: date };
  };
  assert.equal(forecast, {
    enough: true,
    pack: on(7),
    blocked: 1,
    sprints: [
      { number: 2, forecast: on(4), blocked: 1 },
      { number: 4, forecast: on(6), blocked: 1 },
    ],
    history: { from: ago(10), to: ago(1), days: 10, completions: 10 },
  });
});

test('nine days, or ten without a completion, are not enough', () => {
  const base = { enough: false, reason: 'not enough history', remaining: 2, blocked: 0 };
  const nine = packOf([...steady(9), ...open(2, 1)], 1);
  assert.equal(forecastPack(nine, today, 60), { ...base, days: 9, completions: 9 });
  const idle = packOf([ticket('in_progress', 1, null, ago(12)), ...open(1, 1)], 1);
  assert.equal(forecastPack(idle, today, 60), { ...base, days: 12, completions: 0 });
  const stopped = packOf([ticket('done', 1, ago(100)), ...open(2, 1)], 1);
  assert.equal(forecastPack(stopped, today, 60), { ...base, days: 60, completions: 0 });
  assert.equal(forecastPack(packOf([], 0), today, 60), { ...base, remaining: 0, days: 0, completions: 0 });
});

test('when nothing remains the pack is done today', () => {
  const forecast = forecastPack(packOf(steady(10), 1), today, 60);
  assert.ok(forecast.enough);
  assert.equal(forecast.pack, { remaining: 0, p50: today, p85: today, p95: today });
  assert.equal(forecast.sprints, []);
});

test('beyond five years there is no date', () => {
  const [found] = forecastAll([1], [horizonDays + 1], today);
  assert.equal(found, { remaining: horizonDays + 1, p50: null, p85: null, p95: null });
  const [last] = forecastAll([1], [horizonDays], today);
  assert.is(last?.p95, addDays(today, horizonDays));
});

test('property: the order of the tickets does not matter, and the dates rise with the sprints', () => {
  const one = fc.oneof(
    fc.nat({ max: 80 }).map((days) => ticket('done', 1, ago(days))),
    fc.integer({ min: 1, max: 3 }).map((sprint) => ticket('not_started', sprint)),
    fc.constant(ticket('blocked', null)),
  );
  const tickets = fc
    .array(one, { maxLength: 60 })
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
  fc.assert(
    fc.property(tickets, ([all, other]) => {
      const forecast = forecastPack(packOf(all, 3), today, 60);
      assert.equal(forecastPack(packOf(other, 3), today, 60), forecast);
      if (!forecast.enough) return;
      const rows = [...forecast.sprints.map((sprint) => sprint.forecast), forecast.pack];
      for (const level of ['p50', 'p85', 'p95'] as const) {
        const dates = rows.map((row) => row[level] ?? '9999-12-31');
        assert.equal([...dates].sort(), dates);
      }
    }),
  );
});
