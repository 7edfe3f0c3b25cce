import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type BuildOptions, build, type Metafile, transform } from 'esbuild';
import { globbySync } from 'globby';
import { complete } from '../src/commands/complete.ts';
import { readCall } from '../src/commands/parse-args.ts';
import { commandTable, groupNames } from '../src/commands/table.ts';
import { printable } from '../src/report/plain.ts';
import { packageVersion } from '../src/store/assets.ts';
import { wrapped } from '../src/store/chunks.ts';
import type { HelpTable } from '../src/store/printed-help.ts';
import { lazyEntries, lazyPlugin, loadNow } from './lazy.ts';

/** Where the files of the command line lie. */
export const runFolder = 'dist/run';

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  // Names stay, for the sake of stack traces.
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
};

/** Modules of Node that take long to load, and that many a command names and never calls. */
const heavy = [
  'child_process',
  'crypto',
  'fs/promises',
  'os',
  'stream',
  'timers/promises',
  'util',
  'v8',
  'vm',
  'zlib',
];

/**
 * Loads them at their first use, where Node would at the start: `const fs_1 = require("fs")` becomes a function,
 * and `fs_1.x` a call of it, in brackets for the sake of `new fs_1.X()`.
 */
function lateModules(code: string): string {
  const imported = new RegExp(`\\bvar ([\\w$]+)=require\\("(?:node:)?(?:${heavy.join('|')})"\\);`, 'g');
  let late = code;
  for (const [statement, name = ''] of code.matchAll(imported)) {
    const other = late
      .replace(statement, '')
      .replaceAll(new RegExp(`(?<![\\w$.])${escaped(name)}\\.`, 'g'), `(${name}()).`);
    const call = statement.slice(statement.indexOf('require'), -1);
    late = `var ${name}$;function ${name}(){return ${name}$??=${call}}${other}`;
  }
  return late;
}

const escaped = (name: string) => name.replaceAll('$', '\\$');

/**
 * esbuild splits only ES modules, and these start 5 ms later than CommonJS, cannot be loaded there and then, and
 * have no code cache on Node 20: so each chunk is made into CommonJS after the splitting.
 */
async function chunkText(text: string): Promise<string> {
  const { code } = await transform(text, { format: 'cjs', target: 'node20.19', minifyWhitespace: true });
  const loaded = lateModules(code)
    .replace(/\bimport\(("\.\/[^"]+")\)/g, 'Promise.resolve().then(()=>require($1))')
    .replaceAll(`${loadNow}(`, 'require(');
  // A script that V8 takes from its cache does not know any longer how to import.
  if (/(?<![\w$.])import\(/.test(loaded))
    throw new Error('a file of the command line imports a package late');
  // ASCII alone, as esbuild writes everything but regular expressions, is the fastest to read.
  const ascii = loaded.replace(
    /[\u0080-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const strict = '"use strict";';
  const url = 'const __url=require("node:url").pathToFileURL(__filename).href;';
  // As ES modules are.
  return ascii.includes('__url') ? `${strict}${url}${ascii}` : `${strict}${ascii}`;
}

/** Tells what this build computes from what any other does: the sources, the schemas and the libraries. */
function sourcesDigest(): string {
  const hash = createHash('sha256');
  for (const file of globbySync(['src/**', 'schemas/**', 'package-lock.json']).sort())
    hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** The chunks of the command line, and what esbuild knows of them. */
export async function chunks(): Promise<{ files: Map<string, string>; metafile: Metafile }> {
  const made = await build({
    ...common,
    entryPoints: { cli: 'src/cli.ts', complete: 'src/commands/complete.ts', ...lazyEntries() },
    splitting: true,
    format: 'esm',
    outdir: runFolder,
    metafile: true,
    define: { 'import.meta.url': '__url', SCEND_BUILD: JSON.stringify(sourcesDigest()) },
    alias: {
      // Another looks for a native package at its start, and would measure text by it.
      'vega-canvas': './node_modules/vega-canvas/build/vega-canvas.browser.js',
    },
    plugins: [lazyPlugin],
  });
  const files = new Map<string, string>();
  for (const file of made.outputFiles ?? []) {
    const name = file.path.slice(file.path.replaceAll('\\', '/').lastIndexOf('/') + 1);
    files.set(`${runFolder}/${name}`, await chunkText(file.text));
  }
  files.set(`${runFolder}/package.json`, '{"type":"commonjs"}\n');
  return { files, metafile: made.metafile as Metafile };
}

/** The one file that is run: it loads the chunks. */
async function launcher(chunks: ReadonlyMap<string, string>): Promise<string> {
  const hash = createHash('sha256');
  for (const [path, text] of [...chunks].sort()) hash.update(`${path}\0${text}\0`);
  const id = hash.digest('hex').slice(0, 16);
  const words = [...new Set(['complete', ...commandTable.map((one) => one.name.split(' ')[0])])];
  const made = await build({
    ...common,
    entryPoints: ['src/bin.ts'],
    format: 'esm',
    define: { __build: JSON.stringify({ id, words }) },
  });
  const [first = '', ...rest] = (made.outputFiles?.[0]?.text ?? '').split('\n');
  return `${first}\n${await chunkText(rest.join('\n'))}`;
}

/** The help of every command and group, as the command line itself makes it. */
async function helpTable(): Promise<HelpTable> {
  const names = ['', ...groupNames, ...commandTable.map((one) => one.name)];
  const help: Record<string, string> = {};
  for (const name of names) {
    const call = await readCall([...name.split(' ').filter(Boolean), '--help']);
    if (call.kind !== 'print' || call.exitCode !== 0) throw new Error(`no help of "${name}"`);
    if (printable(call.text, false) !== call.text)
      throw new Error(`the help of "${name}" holds control characters`);
    help[name] = call.text;
  }
  return { version: packageVersion(), help };
}

/** For who calls it as before it was bundled, and as an ES module. */
const alias = '#!/usr/bin/env node\nimport "./bin.cjs";\n';

/**
 * Files that nearly every command loads become one, because forty take longer to read: what `status` needs, the
 * most frequent of commands, as far as completion at the Tab key does not need it too.
 */
function packCommon(files: Map<string, string>, metafile: Metafile): void {
  const asked = evaluated(metafile, [/\/complete\.js$/]).outputs;
  const starts = [/\/cli\.js$/, /\/workspace-/, /\/status-/, /\/validator-(workspace|firm|ticket-pack)\.js$/];
  const packed: string[] = [];
  for (const path of evaluated(metafile, starts).outputs) {
    const text = files.get(path);
    if (asked.has(path) || text === undefined) continue;
    packed.push(`${JSON.stringify(path.replace(runFolder, '.'))}:${wrapped(text)}`);
    files.delete(path);
  }
  files.set(`${runFolder}/common.js`, `({${packed.join(',\n')}})`);
}

/** Files that are loaded at once with some, and the sources in them. */
export function evaluated(
  { outputs }: Metafile,
  starts: readonly RegExp[],
): { outputs: Set<string>; sources: Set<string> } {
  const found = { outputs: new Set<string>(), sources: new Set<string>() };
  const visit = (path: string) => {
    const output = outputs[path];
    if (!output || found.outputs.has(path)) return;
    found.outputs.add(path);
    for (const source of Object.keys(output.inputs)) found.sources.add(source);
    for (const one of output.imports) if (one.kind === 'import-statement') visit(one.path);
  };
  for (const start of starts) {
    const paths = Object.keys(outputs).filter((path) => start.test(path));
    if (paths.length === 0) throw new Error(`no file ${start}`);
    paths.forEach(visit);
  }
  return found;
}

/** Every file of the built command line, by its path. */
export async function bundle(): Promise<Map<string, string>> {
  const { files, metafile } = await chunks();
  packCommon(files, metafile);
  files.set('dist/bin.cjs', await launcher(files));
  for (const path of ['dist/bin.js', 'dist/cli.js']) files.set(path, alias);
  files.set('dist/help.json', `${JSON.stringify(await helpTable())}\n`);
  files.set('dist/completion.json', await complete(['--table'], '.'));
  return files;
}
