import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';
import type { CodeCache } from './code-cache.ts';

/** How a CommonJS file begins and ends for Node, which this is for the files of the command line. */
const wrapped = (text: string) => `(function(exports,require,module,__filename,__dirname){${text}\n})`;

type Loaded = { exports: unknown };
type Wrapper = (
  exports: unknown,
  require: (name: string) => unknown,
  module: Loaded,
  filename: string,
  dirname: string,
) => void;

/**
 * Loads files of the built command line, which stand together in one folder and name one another as `./name.js`.
 * Node's own `require` would do it as well, without what was compiled in earlier runs.
 */
export class Chunks {
  readonly #folder: string;
  readonly #cache: CodeCache | null;
  readonly #nodes: NodeJS.Require;
  readonly #loaded = new Map<string, Loaded>();
  readonly #scripts = new Map<string, Script>();
  #new = false;

  constructor(folder: string, cache: CodeCache | null) {
    this.#folder = folder;
    this.#cache = cache;
    this.#nodes = createRequire(join(folder, 'cli.js'));
  }

  load = (name: string): unknown => {
    if (!name.startsWith('./')) return this.#nodes(name);
    const loaded = this.#loaded.get(name);
    if (loaded) return loaded.exports;
    const module: Loaded = { exports: {} };
    this.#loaded.set(name, module);
    const filename = join(this.#folder, name);
    const script = this.#compile(name, filename);
    (script.runInThisContext() as Wrapper)(module.exports, this.load, module, filename, this.#folder);
    return module.exports;
  };

  #compile(name: string, filename: string): Script {
    const kept = this.#cache?.get(name);
    // The build writes ASCII alone.
    const script = new Script(wrapped(readFileSync(filename, 'latin1')), {
      filename,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(kept && { cachedData: kept }),
    });
    // What V8 refuses was made under other options of Node; where there are any, it stays for the runs without them.
    if (!kept || (script.cachedDataRejected && process.execArgv.length === 0)) this.#new = true;
    this.#scripts.set(name, script);
    return script;
  }

  /** Keeps what was compiled, when something had to be. */
  keep(): void {
    if (!this.#new || this.#cache === null) return;
    const parts = new Map([...this.#scripts].map(([name, script]) => [name, script.createCachedData()]));
    this.#cache.put(parts);
  }
}
