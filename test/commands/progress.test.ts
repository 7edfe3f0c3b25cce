import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { progressBar, progressLine } from '../../src/commands/progress.ts';
import { hasColours } from '../../src/report/paint.ts';
import { call } from '../command-line.ts';
import { test } from '../harness.ts';
import { withSample } from '../scend.ts';

const erase = '\r\u001b[2K';

test('a bar fits its window with room for ^C, and is as full as the work is done', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 200 }),
      (done, total, columns) => {
        const line = progressLine(done, total, columns);
        assert.ok(line === '' || [...line].length + 2 < columns, line);
        const full = [...line].filter((one) => one === '█').length;
        const empty = [...line].filter((one) => one === '░').length;
        if (full + empty === 0) return;
        assert.is(full, Math.floor((Math.min(done, total) * (full + empty)) / total));
        if (line !== '')
          assert.ok(line.endsWith(`${done} of ${total} firms`) || line.endsWith(`${done}/${total}`), line);
      },
    ),
  );
  assert.is(progressLine(12, 40, 40), '██████░░░░░░░░░░░░░░░░ 12 of 40 firms');
  assert.is(progressLine(12, 40, 20), '███░░░░░░░░ 12/40');
  assert.is(progressLine(12, 40, 8), '12/40');
  assert.is(progressLine(12, 40, 7), '');
});

test('it is drawn after a second, not too often, and is gone at the end', () => {
  let now = 0;
  let screen = '';
  const bar = progressBar({ write: (text) => (screen += text), columns: () => 30, clock: () => now });
  const tellAt = (at: number, done: number, total = 100) => {
    now = at;
    screen = '';
    bar.tell(done, total);
    return screen;
  };
  assert.is(tellAt(0, 0), '');
  assert.is(tellAt(999, 10), '');
  assert.is(tellAt(1000, 11), `${erase}${progressLine(11, 100, 30)}`);
  assert.is(tellAt(1050, 12), '');
  assert.is(tellAt(1100, 13), `${erase}${progressLine(13, 100, 30)}`);
  assert.is(tellAt(1300, 100), erase);
  assert.is(tellAt(1400, 1), '', 'the next work has its own second');
  assert.is(tellAt(2300, 2), `${erase}${progressLine(2, 100, 30)}`);
  assert.is(tellAt(2301, 100), erase);
  screen = '';
  bar.clear();
  assert.is(screen, '', 'what is gone is not taken away twice');
});

test('a person who waits sees the bar on the error stream; nobody else does', async () => {
  await withSample(async ({ dir }) => {
    let now = 0;
    // Every look at the clock is two seconds later.
    const clock = () => (now += 2000);
    const terminal = { err: true };
    const shows: [string[], Parameters<typeof call>[2], boolean][] = [
      [['check'], { terminals: terminal }, true],
      [['sync', '--dry-run'], { terminals: terminal }, true],
      [['aggregate', '--dry-run'], { terminals: terminal }, true],
      [['forecast', '--backtest'], { terminals: terminal }, true],
      [['check', '--json'], { terminals: terminal }, false],
      [['check'], {}, false],
      [['check'], { terminals: { out: true } }, false],
      [['check'], { terminals: terminal, env: { CI: '1' } }, false],
      [['check'], { terminals: terminal, env: { TERM: 'dumb' } }, false],
    ];
    for (const [args, around, shown] of shows) {
      const { out, err } = await call(dir, args, { clock, columns: 20, ...around });
      assert.is(/0(?: of |\/)1/.test(err), shown, `${args.join(' ')}: ${JSON.stringify(err)}`);
      if (shown) assert.ok(err.lastIndexOf(erase) > err.search(/0(?: of |\/)1/), 'it is taken away');
      assert.not.match(out, '\r');
    }
    const failed = await call(dir, ['outcomes', '--target-label', '90d'], { clock, terminals: terminal });
    assert.is(failed.code, 2);
    assert.ok(
      failed.err.includes('░') && !/░[\s\S]*error/.test(failed.err.slice(failed.err.lastIndexOf(erase))),
    );
  });
});

test('colours follow the flag, NO_COLOR, FORCE_COLOR, the terminal, in this order', () => {
  const rows: [env: Record<string, string>, terminal: boolean, off: boolean, colours: boolean][] = [
    [{}, true, false, true],
    [{}, false, false, false],
    [{}, true, true, false],
    [{ TERM: 'dumb' }, true, false, false],
    [{ NO_COLOR: '1' }, true, false, false],
    [{ NO_COLOR: '0' }, true, false, false],
    [{ NO_COLOR: '' }, true, false, true],
    [{ FORCE_COLOR: '1' }, false, false, true],
    [{ FORCE_COLOR: '3', TERM: 'dumb' }, false, false, true],
    [{ FORCE_COLOR: '0' }, true, false, false],
    [{ FORCE_COLOR: 'false' }, true, false, false],
    [{ FORCE_COLOR: '' }, true, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false, false],
    [{ FORCE_COLOR: '1' }, true, true, false],
  ];
  for (const [env, isTerminal, off, colours] of rows)
    assert.is(hasColours(env, { isTerminal, off }), colours, JSON.stringify([env, isTerminal, off]));
});

test('each stream has its own colours, in results and in errors', async () => {
  await withSample(async (practice) => {
    practice.edit('firms/hayes_real_estate/ticket-pack.md', (text) =>
      text.replace('- [x] T1.1.1', '- [y] T1.1.1'),
    );
    const colour = '\u001b[3';
    const both = { out: true, err: true };
    const seen = async (args: string[], terminals: object, env: Record<string, string> = {}) => {
      const { out, err } = await call(practice.dir, args, { terminals, env });
      return [out.includes(colour), err.includes(colour)];
    };
    assert.equal(await seen(['check'], both), [true, false]);
    assert.equal(await seen(['check'], { err: true }), [false, false]);
    assert.equal(await seen(['status'], { out: true }), [false, false]);
    assert.equal(await seen(['status'], both), [false, true]);
    assert.equal(await seen(['nonsense'], both), [false, true]);
    assert.equal(await seen(['nonsense', '--no-color'], both), [false, false]);
    assert.equal(await seen(['status', '--no-color'], both), [false, false]);
    assert.equal(await seen(['nonsense'], {}, { FORCE_COLOR: '1' }), [false, true]);
    assert.equal(await seen(['nonsense', '--json'], both, { FORCE_COLOR: '1' }), [false, false]);
    assert.equal(await seen(['check', '--json'], both, { FORCE_COLOR: '1' }), [false, false]);
  });
});
