/**
 * `npx tsx bench/generate.ts <firms> <dir> [--words N] [--git] [--history N]`: a workspace to measure with, the
 * same bytes on every machine and without findings under `scend check`. Each firm has a pack of 85 tickets, two
 * roadmap versions of 15,000 words (`--words`), four snapshots, four outcomes and what the engine derives. With
 * `--git` it is committed, and `--history N` adds N commits that each touch a few packs.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { archetypes, makeArchetype, startWorkspace } from './archetype.ts';
import { startImport } from './import-history.ts';
import { dice } from './random.ts';
import { type MadeFirm, makeFirm, type Stencil, stencilOf } from './stencil.ts';

/** Raised when what is generated changes, so that a workspace kept from before is not used. */
export const generatorVersion = 2;

export interface Size {
  readonly firms: number;
  /** Words of a roadmap. */
  readonly words: number;
  readonly git: boolean;
  /** Commits after the first one. */
  readonly history: number;
}

/** Makes the workspace in a folder that is empty or not there yet. */
export async function generate(
  dir: string,
  size: Size,
  tell: (done: number) => void = () => {},
): Promise<void> {
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) throw new Error(`${dir} is not empty`);
  const made = mkdtempSync(join(tmpdir(), 'scend-bench-archetypes-'));
  try {
    await startWorkspace(made);
    const shared = filesBelow(made);
    const stencils: Stencil[] = [];
    for (let number = 0; number < Math.min(archetypes, size.firms); number += 1)
      stencils.push(stencilOf(await makeArchetype(made, number)));
    const firm = (index: number, revision = 0) =>
      makeFirm(stencils[index % stencils.length] as Stencil, index, size.words, revision);
    const history = size.git ? startImport(dir) : null;
    const put = async (path: string, text: string) => {
      write(join(dir, path), text);
      await history?.file(path, text);
    };
    await history?.commit('Start workspace', 0);
    for (const [path, text] of shared) await put(path, text);
    for (let index = 0; index < size.firms; index += 1) {
      const { slug, files } = firm(index);
      for (const [path, text] of files) await put(`firms/${slug}/${path}`, text);
      tell(index + 1);
    }
    for (const [index, one] of revisions(size)) {
      const { slug, files } = firm(one.firm, index + 1);
      if (one.first) await history?.commit(`pack(${slug}): notes`, one.commit);
      await put(`firms/${slug}/ticket-pack.md`, files.get('ticket-pack.md') ?? '');
    }
    await history?.end();
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Which packs the later commits touch: three each. */
function* revisions(size: Size): Generator<[number, { firm: number; commit: number; first: boolean }]> {
  const pick = dice(20_260_203);
  for (let commit = 1; commit <= (size.git ? size.history : 0); commit += 1) {
    for (let n = 0; n < 3; n += 1) yield [commit * 3 + n, { firm: pick(size.firms), commit, first: n === 0 }];
  }
}

function filesBelow(dir: string): [string, string][] {
  const all = (readdirSync(dir, { recursive: true }) as string[]).sort();
  return all
    .filter((path) => statSync(join(dir, path)).isFile())
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(dir, path), 'utf8')]);
}

const folders = new Set<string>();

function write(file: string, text: string): void {
  const folder = dirname(file);
  if (!folders.has(folder)) {
    mkdirSync(folder, { recursive: true });
    if (folders.size > 1000) folders.clear();
    folders.add(folder);
  }
  writeFileSync(file, text);
}

export type { MadeFirm };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { words: { type: 'string' }, git: { type: 'boolean' }, history: { type: 'string' } },
  });
  const [firms, dir] = positionals;
  if (!(Number(firms) >= 1) || dir === undefined) {
    console.error('usage: npx tsx bench/generate.ts <firms> <dir> [--words N] [--git] [--history N]');
    process.exitCode = 2;
    return;
  }
  const size = {
    firms: Number(firms),
    words: Number(values.words ?? 15_000),
    git: values.git === true || values.history !== undefined,
    history: Number(values.history ?? 0),
  };
  const begun = performance.now();
  await generate(resolve(dir), size, (done) => {
    if (done % 500 === 0) console.error(`${done} of ${firms} firms`);
  });
  console.error(`${firms} firms in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
