import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { beforeAfterChart, metricsOverTime, quartileChart } from '../../src/charts/index.ts';
import { clean } from '../../src/charts/text.ts';
import { inks } from '../../src/charts/theme.ts';
import { digestText } from '../../src/formats/digest.ts';
import { cleanEnv } from '../environment.ts';
import { test } from '../harness.ts';
import { beforeAfter, overTime, quartiles, samples } from './samples.ts';
import { type Box, elementsOf, labelBoxes, parseXml } from './svg.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const tsx = here('../../node_modules/tsx/dist/cli.mjs');

const drawn: Record<string, string> = {};
for (const [name, draw] of Object.entries(samples)) drawn[name] = await draw();

test('the same bytes again, in another order and all at once', async () => {
  for (const [name, draw] of Object.entries(samples).reverse()) assert.is(await draw(), drawn[name], name);
  const together = await Promise.all(Object.values(samples).map((draw) => draw()));
  assert.equal(together, Object.values(drawn));
});

test('the same bytes in another process, time zone and language', () => {
  const expected = Object.fromEntries(Object.entries(drawn).map(([name, svg]) => [name, digestText(svg)]));
  const env = { TZ: 'Pacific/Kiritimati', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
  const child = spawnSync(process.execPath, [tsx, here('draw-child.ts')], {
    env: cleanEnv(here('.'), env),
    encoding: 'utf8',
    input: '',
  });
  assert.is(child.status, 0, child.stderr);
  assert.equal(JSON.parse(child.stdout), expected);
});

test('a small picture, byte for byte', () => {
  assert.is(
    drawn.onlyHidden,
    readFileSync(here('../fixtures/charts/only-hidden.svg'), 'utf8').replaceAll('\r\n', '\n'),
  );
});

test('each is well-formed, small, says what it is, and holds nothing live', () => {
  for (const [name, svg] of Object.entries(drawn)) {
    const root = parseXml(svg.trimEnd());
    const [title, description] = root.children;
    assert.is(root.name, 'svg', name);
    assert.is(root.attributes.role, 'img', name);
    assert.is(root.attributes['aria-labelledby'], `${title?.attributes.id} ${description?.attributes.id}`);
    assert.equal([title?.name, description?.name], ['title', 'desc']);
    assert.ok((title?.text.length ?? 0) > 3 && (description?.text.length ?? 0) > 20, name);
    assert.ok(Buffer.byteLength(svg) < 60_000, `${name}: ${Buffer.byteLength(svg)}`);
    const elements = [...elementsOf(root)];
    const allowed = ['svg', 'title', 'desc', 'style', 'g', 'path', 'line', 'text'];
    assert.equal(
      [...new Set(elements.map((one) => one.name))].filter((one) => !allowed.includes(one)),
      [],
    );
    assert.is(elements.filter((one) => one.attributes.id !== undefined).length, 2, `${name}: other ids`);
    assert.not.match(
      svg.replace('xmlns="http://www.w3.org/2000/svg"', ''),
      /https?:|href|url\(|@import|\son\w+=/,
    );
    assert.not.match(svg, /\d\.\d{3}|NaN|undefined|null|Infinity/, name);
  }
});

test('every colour has a dark one, and text enough contrast in both', () => {
  const light = new Set<string>(Object.values(inks).map(([one]) => one));
  assert.is(light.size, Object.keys(inks).length);
  for (const [name, svg] of Object.entries(drawn)) {
    for (const { attributes } of elementsOf(parseXml(svg.trimEnd()))) {
      for (const color of [attributes.fill, attributes.stroke]) {
        assert.ok(color === undefined || color === 'none' || light.has(color), `${name}: ${color}`);
      }
    }
  }
  for (const part of ['text', 'muted', 'now', 'target', 'worse', 'before'] as const) {
    for (const mode of [0, 1] as const) {
      const ratio = contrast(inks[part][mode], inks.card[mode]);
      assert.ok(ratio >= 4.5, `${part} ${mode}: ${ratio}`);
    }
  }
});

/** Contrast of two colours as WCAG 2.1 defines it. */
function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
}

/** Every label within the picture, and none over another. */
function checkLabels(svg: string, name: string): number {
  const root = parseXml(svg.trimEnd());
  const [width, height] = [Number(root.attributes.width), Number(root.attributes.height)];
  assert.is(root.attributes.viewBox, `0 0 ${width} ${height}`);
  const boxes = labelBoxes(root);
  for (const box of boxes) {
    const inside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
    assert.ok(inside, `${name}: ${JSON.stringify(box)} lies outside ${width} × ${height}`);
  }
  const over = (a: Box, b: Box) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  for (const [index, one] of boxes.entries()) {
    const other = boxes.slice(index + 1).find((later) => over(one, later));
    assert.ok(!other, `${name}: "${one.text}" and "${other?.text}" lie over each other`);
  }
  return boxes.length;
}

test('no label is cut off or lies over another', () => {
  for (const [name, svg] of Object.entries(drawn)) assert.ok(checkLabels(svg, name) > 3, name);
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.constantFrom(
    '</text><script>alert(1)</script>',
    '&lt;',
    ']]>',
    '<!--',
    'a\u202egnp',
    '\ud800',
    '\u0000',
    'W'.repeat(300),
  ),
);
const anyValue = fc.option(
  fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.double({ min: -1e-6, max: 1e-6, noNaN: true }),
  ),
);

test('any text from a file stays text, and any figures leave the labels where they can be read', async () => {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(
      anyText,
      anyText,
      anyValue,
      anyValue,
      anyValue,
      async (label, title, one, two, three) => {
        const rows = beforeAfter.rows.map((row) => ({
          metric: { ...row.metric, label },
          before: one,
          after: two,
          target: three,
        }));
        const points = [one, two, three].map((value, day) => ({ date: `2026-03-0${day + 1}`, value }));
        const series = rows
          .slice(0, 3)
          .map(({ metric }) => ({ metric, points, baseline: one, target: three }));
        const [low, middle, high] = [one ?? 0, two ?? 0, three ?? 0].sort((a, b) => a - b) as [
          number,
          number,
          number,
        ];
        const box = { name: label, n: 7, p25: low, median: middle, p75: high, interval: { low, high } };
        const held = { name: label, n: 1, hidden: title };
        const pictures = {
          beforeAfter: await beforeAfterChart({ ...beforeAfter, title, rows }),
          overTime: await metricsOverTime({ ...overTime, title, series }),
          quartiles: await quartileChart({ ...quartiles, title, note: title, rows: [box, held] }),
        };
        for (const [name, svg] of Object.entries(pictures)) {
          assert.is(parseXml(svg.trimEnd()).children[0]?.text, clean(title), name);
          checkLabels(svg, name);
          checked += 1;
        }
      },
    ),
    { numRuns: 40 },
  );
  assert.is(checked, 120);
});
