import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { judgeGroups } from '../../../src/domain/learning/suppression.ts';
import { test } from '../../harness.ts';
import { leaks } from './leaks.ts';

const shownOf = (groups: readonly (readonly number[])[], min: number) =>
  judgeGroups(groups, min).flatMap((verdict, i) => (verdict === 'shown' ? [groups[i]!] : []));

/** Groups as a workspace has them: all, two ways to divide them, their cells, and systems that overlap. */
const practice = fc
  .array(
    fc.record({
      industry: fc.nat(2),
      band: fc.nat(2),
      systems: fc.uniqueArray(fc.nat(3), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((firms) => {
    const where = (test: (one: (typeof firms)[number]) => boolean) =>
      firms.flatMap((one, i) => (test(one) ? [i] : []));
    const three = [0, 1, 2];
    return {
      firms: firms.length,
      groups: [
        where(() => true),
        ...three.map((k) => where((one) => one.industry === k)),
        ...three.map((k) => where((one) => one.band === k)),
        ...[0, 1, 2, 3].map((k) => where((one) => one.systems.includes(k))),
        ...three.flatMap((i) => three.map((b) => where((one) => one.industry === i && one.band === b))),
      ],
    };
  });

test('no combination of published groups tells of fewer firms than the minimum', () => {
  fc.assert(
    fc.property(practice, fc.integer({ min: 2, max: 5 }), ({ firms, groups }, min) => {
      assert.equal(leaks(firms, shownOf(groups, min), min), []);
    }),
    { numRuns: 300 },
  );
});

test('publishing every group that is large enough would tell of single firms', () => {
  const leaky = fc.sample(practice, { numRuns: 200, seed: 7 }).filter(({ firms, groups }) => {
    const large = groups.filter((members) => members.length >= 3);
    return leaks(firms, large, 3).length > 0;
  });
  assert.ok(leaky.length > 20, String(leaky.length));
});

test('a rest of too few firms hides the smaller group, a rest that is large enough does not', () => {
  const all = [0, 1, 2, 3, 4, 5, 6, 7];
  assert.equal(judgeGroups([all, [0, 1, 2, 3, 4], [5, 6, 7]], 5), ['shown', 'complementary', 'too_few']);
  assert.equal(judgeGroups([all, [0, 1, 2, 3, 4], [5, 6, 7]], 3), ['shown', 'shown', 'shown']);
  assert.equal(judgeGroups([[], [1], [1, 2, 3]], 2), ['no_data', 'too_few', 'shown']);
});

test('two ways to divide the same firms may both be shown', () => {
  // 12 firms in a table of 2 × 2 with the cells 4, 2, 3, 3: no margin tells of fewer than five.
  const cell = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
  const [a, b, c, d] = [cell(0, 4), cell(4, 2), cell(6, 3), cell(9, 3)];
  const margins = [
    [...a, ...b, ...c, ...d],
    [...a, ...b],
    [...c, ...d],
    [...a, ...c],
    [...b, ...d],
  ];
  assert.equal(judgeGroups(margins, 5), ['shown', 'shown', 'shown', 'shown', 'shown']);
});

test('a minimum of one hides nothing that was measured', () => {
  fc.assert(
    fc.property(practice, ({ groups }) => {
      const expected = groups.map((members) => (members.length === 0 ? 'no_data' : 'shown'));
      assert.equal(judgeGroups(groups, 1), expected);
    }),
    { numRuns: 50 },
  );
});

test('a thousand firms with twelve industries, four bands and twenty systems are judged', () => {
  const firms = Array.from({ length: 1_000 }, (_, i) => ({
    industry: (i * 7) % 12,
    band: Math.floor(i / 12) % 4,
    systems: [i % 20, (i * 3) % 17, (i * 11) % 20],
  }));
  const where = (test: (one: (typeof firms)[number]) => boolean) =>
    firms.flatMap((one, i) => (test(one) ? [i] : []));
  const count = (n: number) => Array.from({ length: n }, (_, i) => i);
  const groups = [
    where(() => true),
    ...count(12).map((k) => where((one) => one.industry === k)),
    ...count(4).map((k) => where((one) => one.band === k)),
    ...count(20).map((k) => where((one) => one.systems.includes(k))),
    ...count(12).flatMap((i) => count(4).map((b) => where((one) => one.industry === i && one.band === b))),
  ];
  const verdicts = judgeGroups(groups, 5);
  assert.ok(verdicts.filter((one) => one === 'shown').length > 60);
});
