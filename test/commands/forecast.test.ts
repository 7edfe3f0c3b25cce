import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { type Practice, snapshotOf, withSample } from '../scend.ts';

const slug = 'hayes_real_estate';
const pack = `firms/${slug}/ticket-pack.md`;

interface Dates {
  readonly remaining: number;
  readonly p50: string | null;
  readonly p85: string | null;
  readonly p95: string | null;
}
interface Held {
  readonly decided: number;
  readonly held: number;
  readonly percent: number | null;
}
interface Report {
  readonly firm: string;
  readonly readable: boolean;
  readonly forecast: {
    readonly enough: boolean;
    readonly reason?: string;
    readonly days?: number;
    readonly history: { readonly days: number; readonly completions: number };
    readonly pack: Dates & { readonly blocked: number };
    readonly sprints: readonly (Dates & { readonly sprint: number })[];
  } | null;
  readonly backtest?: {
    readonly days: number;
    readonly held: Readonly<Record<'p50' | 'p85' | 'p95', Held>>;
    readonly verdict: string | null;
    readonly scopes: readonly { readonly sprint: number | null; readonly forecasts: number }[];
    readonly forecasts: readonly { readonly held: Readonly<Record<string, boolean | null>> }[];
  };
}

const reports = (practice: Practice, ...args: string[]) =>
  (practice.json('forecast', ...args) as { firms: Report[] }).firms;

/** The lines that a terminal of 80 columns would break. */
const tooLong = (out: string) => out.split('\n').filter((line) => [...line].length > 80);

test('forecast, status and roadmap tell the same dates, and nothing is written', async () => {
  await withSample((practice) => {
    const before = snapshotOf(practice.dir);
    const [report] = reports(practice);
    const { forecast } = report!;
    assert.ok(forecast?.enough);
    assert.is(forecast.history.days, 60);
    assert.equal(
      forecast.sprints.map((one) => one.sprint),
      [3, 4, 5],
    );
    assert.is(forecast.sprints.at(-1)?.remaining, forecast.pack.remaining);
    const status = practice.json('status', '--firm', slug) as { firms: { forecast: unknown }[] };
    assert.equal(status.firms[0]?.forecast, forecast);
    const out = practice.ok('forecast', '--firm', slug);
    const { remaining, blocked, p50, p85, p95 } = forecast.pack;
    assert.match(out, `Whole pack               ${remaining} (${blocked} blocked)  ${p50}  ${p85}  ${p95}`);
    assert.match(
      out,
      `From 60 days with ${forecast.history.completions} tickets done (2026-01-19 to 2026-03-19)`,
    );
    assert.equal(tooLong(out), []);
    const shown = practice.ok('status', '--firm', slug);
    for (const one of [out, shown])
      assert.match(one.replace(/\s+/g, ' '), 'More is left than those days saw done');
    assert.match(shown, /\nForecast\n/);
    assert.match(shown, `${p50}  ${p85}  ${p95}`);
    const refresh = practice.ok('refresh', '--firm', slug, '--dry-run');
    assert.match(refresh, `${p50} / ${p85} / ${p95} |`);
    assert.equal(snapshotOf(practice.dir), before);
    practice.clean();
  });
});

test('too little history says what is lacking, and is no failure', async () => {
  await withSample((practice) => {
    const [report] = reports(practice, '--today', '2026-01-10', '--backtest');
    assert.is(report?.forecast?.reason, 'not enough history');
    assert.is(report?.forecast?.days, 5);
    assert.is(report?.backtest?.days, 0);
    const out = practice.ok('forecast', '--today', '2026-01-10', '--backtest');
    assert.match(
      out.replace(/\s+/g, ' '),
      'needs at least 10 days with at least 1 ticket done; so far 5 days',
    );
    assert.match(out, 'Backtest: too little history.');
    assert.match(practice.ok('status', '--firm', slug, '--today', '2026-01-10'), 'not enough history');
  });
});

test('the window is a setting of the workspace', async () => {
  await withSample((practice) => {
    practice.edit('scend.yaml', (text) => `${text}forecast: { window_days: 30 }\n`);
    assert.is(reports(practice)[0]?.forecast?.history.days, 30);
    practice.edit('scend.yaml', (text) => text.replace('window_days: 30', 'window_days: 5'));
    const ran = practice.scend('forecast');
    assert.is(ran.code, 3);
    assert.match(ran.err, 'forecast.window_days');
  });
});

test('the backtest adds up, and says what to make of it', async () => {
  await withSample((practice) => {
    const { backtest } = reports(practice, '--backtest')[0]!;
    assert.ok(backtest && backtest.days > 30);
    for (const level of ['p50', 'p85', 'p95'] as const) {
      const decided = backtest.forecasts.filter((one) => one.held[level] !== null);
      const held = decided.filter((one) => one.held[level]);
      assert.is(backtest.held[level].decided, decided.length);
      assert.is(backtest.held[level].held, held.length);
    }
    assert.is(
      backtest.scopes.reduce((sum, one) => sum + one.forecasts, 0),
      backtest.forecasts.length,
    );
    // The sample's work slowed down, so what was promised before was too early.
    assert.is(backtest.verdict, 'too early');
    const out = practice.ok('forecast', '--firm', slug, '--backtest');
    const { held, decided, percent } = backtest.held.p85;
    assert.match(out, `${held} of ${decided} (${percent} %)`);
    assert.match(out, 'less often than the 85 % they promise');
    assert.match(out.replace(/\s+/g, ' '), 'neighbouring days share nearly all of their data');
    assert.equal(tooLong(out), []);
  });
});

test('a firm that fails never hides another, and a finished one needs no history', async () => {
  await withSample((practice) => {
    practice.ok('firm', 'add', 'acme_law', '--name', 'Acme Law', '--industry', 'legal');
    const [acme, hayes] = reports(practice);
    assert.is(acme?.forecast, null);
    assert.ok(hayes?.forecast?.enough);
    practice.write('firms/acme_law/firm.yaml', 'a: b: c\n');
    const ran = practice.scend('forecast');
    assert.is(ran.code, 1);
    assert.match(ran.err, 'firms/acme_law/firm.yaml:1:');
    assert.match(ran.out, 'acme_law: cannot be read');
    assert.match(ran.out, 'Whole pack');
    const failed = JSON.parse(practice.scend('forecast', '--json').out) as { data: { firms: Report[] } };
    assert.equal(
      failed.data.firms.map((one) => [one.firm, one.readable]),
      [
        ['acme_law', false],
        [slug, true],
      ],
    );
    practice.edit(pack, (text) =>
      text.replaceAll('- [ ]', '- [-]').replace(/Status: (?!done).*/g, 'Status: skipped'),
    );
    assert.match(practice.ok('forecast', '--firm', slug), 'Nothing is left to do.');
    assert.match(practice.ok('status', '--firm', slug), /Forecast\n {2}nothing is left to do/);
  });
});

test('names are cut before a line grows over 80 columns, and cannot carry control characters', async () => {
  await withSample((practice) => {
    practice.edit(pack, (text) =>
      text.replace(/^## Sprint 3 .*$/m, `## Sprint 3 — ${'Very long name '.repeat(9)}\u0007`),
    );
    const out = practice.ok('forecast', '--firm', slug);
    assert.match(out, /^ {2}3 {2}Very long name .*… {2}6 /m);
    assert.equal(tooLong(out), []);
    assert.not.match(out, '\u0007');
  });
});
