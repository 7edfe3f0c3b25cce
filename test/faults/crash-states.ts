/** What a loss of power may leave at any moment of a run, each state once. */
import type { Disk, Loss } from './disk-model.ts';
import { digestOfTree, linkAlike, rewrite, type Tree } from './disk-tree.ts';
import type { Op } from './fs-shim.ts';
import { copyOf, type Practice } from './scenario.ts';

export interface CrashState {
  readonly loss: Loss;
  /** The last call that came back. */
  readonly op: Op;
  readonly tree: Tree;
  readonly where: string;
}

/** The states after the calls it is told of; `mixed` of the third kind after each. */
export class CrashStates {
  readonly all: CrashState[] = [];
  /** What the model did not understand: then its states are worth nothing. */
  readonly problems: string[] = [];
  readonly #disk: Disk;
  readonly #mixed: number;
  readonly #seen = new Set<string>();
  readonly #random: () => number;

  constructor(disk: Disk, { mixed = 0, seed = 20_260_320 } = {}) {
    this.#disk = disk;
    this.#mixed = mixed;
    this.#random = numbers(seed);
  }

  readonly witness = (op: Op, result: unknown): void => {
    try {
      this.#disk.witness(op, result);
      if (op.kind === 'read') return;
      this.add(op, 'strict');
      this.add(op, 'delayed');
      for (let i = 0; i < this.#mixed; i += 1) this.add(op, 'mixed');
    } catch (error) {
      this.problems.push(`${op.name} ${op.paths}: ${error}`);
    }
  };

  add(op: Op, loss: Loss): void {
    const tree = this.#disk.crash(loss, this.#random);
    const digest = digestOfTree(tree);
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    this.all.push({
      loss,
      op,
      tree,
      where: `power lost after ${op.index}, ${op.name} ${op.paths} (${loss})`,
    });
  }
}

/** The folder that a loss of power leaves, in `dir`; `from` is the practice that the run began with. */
export function materialise(from: Practice, before: Tree, { tree }: CrashState, dir: string): Practice {
  const practice = copyOf(from, dir);
  linkAlike(from.dir, dir);
  rewrite(dir, before, tree);
  return practice;
}

/** So many of a list, spread evenly over it. */
export function sample<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/** Pseudo-random numbers from 0 to below 1 (mulberry32), the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
