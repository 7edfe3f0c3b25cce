import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { CodeCache } from './code-cache.ts';

type Loaded = { exports: unknown };
type Require = (name: string) => unknown;
type Wrapper = (
  exports: unknown,
  require: Require,
  module: Loaded,
  filename: string,
  dirname: string,
) => void;

/** How a CommonJS file begins and ends for Node, which this is for the files of the command line. */
export const wrapped = (text: string) => `function(exports,require,module,__filename,__dirname){${text}\n}`;

/**
 * Loads files of the built command line, which stand together in one folder and name one another as `./name.js`.
 * Node's own `require` would do it as well, without what was compiled in earlier runs.
 */
export class Chunks {
  readonly #folder: string;
  readonly #cache: CodeCache | null;
  readonly #nodes: Require;
  readonly #loaded = new Map<string, Loaded>();
  readonly #scripts = new Map<string, Script>();
  #packed: Readonly<Record<string, Wrapper>> = {};
  #new = false;

  /** `nodes` loads what is no file of the command line. */
  constructor(folder: string, cache: CodeCache | null, nodes: Require) {
    this.#folder = folder;
    this.#cache = cache;
    this.#nodes = nodes;
  }

  /** Opens a file that holds several of them by their names: one is read sooner than forty. */
  open(pack: string): void {
    this.#packed = this.#run(pack, (text) => text) as Record<string, Wrapper>;
  }

  load = (name: string): unknown => {
    if (!name.startsWith('./')) return this.#nodes(name);
    const loaded = this.#loaded.get(name);
    if (loaded) return loaded.exports;
    const module: Loaded = { exports: {} };
    this.#loaded.set(name, module);
    const wrapper = this.#packed[name] ?? (this.#run(name, (text) => `(${wrapped(text)})`) as Wrapper);
    wrapper(module.exports, this.load, module, join(this.#folder, name), this.#folder);
    return module.exports;
  };

  #run(name: string, scriptOf: (text: string) => string): unknown {
    const filename = join(this.#folder, name);
    const kept = this.#cache?.get(name);
    // The build writes ASCII alone.
    const script = new Script(scriptOf(readFileSync(filename, 'latin1')), {
      filename,
      ...(kept && { cachedData: kept }),
    });
    // What V8 refuses was made under other options of Node; where there are any, it stays for the runs without them.
    if (!kept || (script.cachedDataRejected && process.execArgv.length === 0)) this.#new = true;
    this.#scripts.set(name, script);
    return script.runInThisContext();
  }

  /** Keeps what was compiled, when something had to be. */
  keep(): void {
    if (!this.#new || this.#cache === null) return;
    const parts = new Map([...this.#scripts].map(([name, script]) => [name, script.createCachedData()]));
    this.#cache.put(parts);
  }
}
