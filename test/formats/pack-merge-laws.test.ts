import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { mergePacks } from '../../src/formats/pack-merge.ts';
import { makeSource } from '../../src/formats/source.ts';
import { parsePackBody } from '../../src/formats/ticket-pack.ts';
import { packText } from '../arbitraries.ts';
import { test } from '../harness.ts';
import {
  cloneModel,
  type Edit,
  editsOf,
  type Model,
  models,
  renderModel,
  type Style,
  styles,
} from '../pack-model.ts';

const encode = (text: string) => new TextEncoder().encode(text);

function applied(model: Model, edits: readonly Edit[]): Model {
  const copy = cloneModel(model);
  for (const edit of edits) edit.apply(copy);
  return copy;
}

interface Branches {
  readonly model: Model;
  readonly style: Style;
  readonly ours: readonly Edit[];
  readonly theirs: readonly Edit[];
}

/** One pack, and edits that are shared out between two branches. */
function branches(wanted: (edit: Edit) => boolean): fc.Arbitrary<Branches> {
  return models.chain((model) =>
    fc
      .record({
        edits: editsOf(model),
        sides: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
        style: styles,
      })
      .map(({ edits, sides, style }) => {
        const used = edits.filter(wanted);
        return {
          model,
          style,
          ours: used.filter((_, n) => sides[n]),
          theirs: used.filter((_, n) => !sides[n]),
        };
      }),
  );
}

function mergeOf({ model, style, ours, theirs }: Branches) {
  const text = (edits: readonly Edit[]) => renderModel(applied(model, edits), style);
  const sides = { base: encode(text([])), ours: encode(text(ours)), theirs: encode(text(theirs)) };
  const merged = mergePacks(sides, { maxBytes: 1e7 });
  assert.is(merged.asText, null);
  assert.equal(
    merged.conflicts.map((c) => [c.subject, c.field, c.says]),
    [],
  );
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(merged.bytes);
  return { merged: decoded, ours: text(ours), theirs: text(theirs) };
}

const swapped = (one: Branches): Branches => ({ ...one, ours: one.theirs, theirs: one.ours });

test('edits of different fields on two branches: the merge is what applying both gives, in either order', () => {
  fc.assert(
    fc.property(
      branches((edit) => !edit.structural),
      (one) => {
        const wanted = renderModel(applied(one.model, [...one.ours, ...one.theirs]), one.style);
        assert.is(mergeOf(one).merged, wanted);
        assert.is(mergeOf(swapped(one)).merged, wanted);
      },
    ),
    { numRuns: 150 },
  );
});

/** Every ticket with its values and its sprint. */
function entriesOf(text: string) {
  const { tickets, diagnostics } = parsePackBody(makeSource('', text), text.indexOf('# Acme'));
  assert.equal(
    diagnostics.filter((found) => found.severity === 'error'),
    [],
  );
  return new Map(tickets.map(({ entry }) => [entry.ticketId, entry]));
}

test('with tickets and sprints added and moved besides: nothing is lost, doubled or invented', () => {
  fc.assert(
    fc.property(
      branches(() => true),
      (one) => {
        const { merged, ours, theirs } = mergeOf(one);
        const wanted = entriesOf(renderModel(applied(one.model, [...one.ours, ...one.theirs]), one.style));
        const found = entriesOf(merged);
        assert.equal([...found.keys()].sort(), [...wanted.keys()].sort());
        for (const [id, entry] of wanted) assert.equal(found.get(id), entry);
        // Box and title of a ticket are two fields of one line.
        const boxless = (text: string) => text.replaceAll(/^- \[.\]/gm, '- [?]').split(/(?<=\n)/);
        const known = new Set([...boxless(ours), ...boxless(theirs)]);
        for (const line of boxless(merged)) assert.ok(known.has(line), `nobody wrote ${line}`);
        const other = entriesOf(mergeOf(swapped(one)).merged);
        assert.equal([...other.keys()].sort(), [...found.keys()].sort());
      },
    ),
    { numRuns: 150 },
  );
});

test('hostile packs: where one side changed nothing the merge is what the other has, and nothing throws', () => {
  const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const merge = (base: string, ours: string, theirs: string) =>
    mergePacks({ base: encode(base), ours: encode(ours), theirs: encode(theirs) }, { maxBytes: 1e7 });
  // Line ends and byte order mark are those of ours, and so is what ends the last line.
  const plain = (text: string) =>
    text
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n')
      .trimEnd();
  fc.assert(
    fc.property(packText, packText, packText, (base, one, other) => {
      assert.is(plain(decode(merge(base, one, base).bytes)), plain(one));
      const theirs = merge(base, base, one);
      if (theirs.asText === null) assert.is(plain(decode(theirs.bytes)), plain(one));
      assert.type(merge(base, one, other).binary, 'boolean');
    }),
    { numRuns: 100 },
  );
});
