import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { makeSource } from '../../src/formats/source.ts';
import { parsePackBody } from '../../src/formats/ticket-pack.ts';
import { allEnded, test, withTempDir } from '../harness.ts';
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
import { Practice } from '../scend.ts';

const run = promisify(execFile);

interface History {
  readonly model: Model;
  readonly style: Style;
  readonly ours: readonly Edit[];
  readonly theirs: readonly Edit[];
}

/** A pack and what two people do to it, each of them something. */
const histories: fc.Arbitrary<History> = models.chain((model) =>
  fc
    .record({
      edits: editsOf(model),
      sides: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
      style: styles,
    })
    .filter(({ edits }) => edits.length >= 2)
    .map(({ edits, sides, style }) => ({
      model,
      style,
      ours: edits.filter((_, n) => n === 0 || (n > 1 && sides[n])),
      theirs: edits.filter((_, n) => n === 1 || (n > 1 && !sides[n])),
    })),
);

function textOf({ model, style }: History, edits: readonly Edit[]): string {
  const copy = cloneModel(model);
  for (const edit of edits) edit.apply(copy);
  return renderModel(copy, style);
}

const rounds = 4;
const firms = 25;

/** A workspace with one firm for each history of a round. */
function startPractice(dir: string): Practice {
  const practice = new Practice(dir);
  practice.git('init', '-q', '-b', 'main');
  practice.git('config', 'core.autocrlf', 'false');
  practice.ok('init', '.');
  for (let n = 0; n < firms; n += 1) {
    mkdirSync(join(dir, `firms/f${n}`), { recursive: true });
    const id = `7f0c1111-2222-4333-8444-${String(n).padStart(12, '0')}`;
    practice.write(
      `firms/f${n}/firm.yaml`,
      `schema: scend/firm@1\nid: ${id}\nslug: f${n}\nname: Firm ${n}\nindustry: legal\ncreated_at: 2026-01-05\n`,
    );
  }
  return practice;
}

/** Two branches with two commits each, for all firms at once, and the merge of one into the other. */
async function mergeRound(practice: Practice, round: readonly History[], name: string): Promise<void> {
  const write = (edits: (history: History) => readonly Edit[]) => {
    for (const [n, history] of round.entries()) {
      const text = textOf(history, edits(history)).replace('firm: acme', `firm: f${n}`);
      const own = text.replace(
        'id: 7f0c1111-2222-4333-8444-555566667777',
        `id: 7f0c2222-2222-4333-8444-${String(n).padStart(12, '0')}`,
      );
      practice.write(`firms/f${n}/ticket-pack.md`, own);
    }
    practice.git('add', '-A');
    practice.git('commit', '-q', '--allow-empty', '-m', 'Work');
  };
  write(() => []);
  practice.git('switch', '-q', '-c', name);
  write(({ theirs }) => theirs.slice(0, 1));
  write(({ theirs }) => theirs);
  practice.git('switch', '-q', 'main');
  write(({ ours }) => ours.slice(0, 1));
  write(({ ours }) => ours);
  const { stderr } = await run('git', ['merge', '-q', '-m', 'Join', name], {
    cwd: practice.dir,
    env: practice.env,
  });
  assert.is(stderr, '', 'every pack is merged by ticket, without a conflict');
}

/** Tickets of a pack by id; fails when one stands twice. */
function entriesOf(text: string) {
  const body = parsePackBody(makeSource('', text), text.indexOf('# Acme'));
  const entries = new Map(body.tickets.map(({ entry }) => [entry.ticketId, entry]));
  assert.is(entries.size, body.tickets.length);
  return entries;
}

async function runHistories(dir: string, all: readonly History[], name: string): Promise<void> {
  const practice = startPractice(dir);
  for (let n = 0; n < rounds; n += 1) {
    const round = all.slice(n * firms, (n + 1) * firms);
    await mergeRound(practice, round, `${name}-${n}`);
    for (const [firm, history] of round.entries()) {
      const found = entriesOf(practice.read(`firms/f${firm}/ticket-pack.md`));
      const wanted = entriesOf(textOf(history, [...history.ours, ...history.theirs]));
      assert.equal([...found.keys()].sort(), [...wanted.keys()].sort());
      for (const [id, entry] of wanted) assert.equal(found.get(id), entry);
    }
    const packs = round.map((_, firm) => `firms/f${firm}/ticket-pack.md`);
    const checked = practice.scend('check', ...packs);
    assert.is(checked.code, 0, checked.out);
  }
}

test('200 random histories of two branches through git merge: no tick lost, no ticket doubled, check passes', () =>
  withTempDir(async (dir) => {
    const all = fc.sample(histories, { numRuns: 2 * rounds * firms, seed: 20260105 });
    assert.is(all.length, 200);
    const halves = [all.slice(0, all.length / 2), all.slice(all.length / 2)];
    await allEnded(
      halves.map((half, n) => {
        const own = join(dir, `practice-${n}`);
        mkdirSync(own);
        return runHistories(own, half, `side-${n}`);
      }),
    );
  }));
