import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { globbySync } from 'globby';
import { kinds } from '../src/formats/schema.ts';
import { validatorModule, validatorStub } from './validators.ts';

/** Packages and files of which only functions are used, loaded at the first call of one of these. */
const candidates = ['yaml', 'gray-matter', 'semver', 'fastest-levenshtein', 'cac', 'diff', 'd3-array'];
/** Of these the names are told, because they are taken where no import statement says so. */
const required: Readonly<Record<string, readonly string[]>> = {
  'isomorphic-git': ['readObject', 'writeObject'],
  vega: ['parse', 'View'],
};
const files = ['src/formats/markdown-parser.ts', 'src/formats/yaml-parser.ts'].filter((one) =>
  existsSync(one),
);
/** Those of them that the source still takes something of, outside of files that are lazy themselves. */
const packages = candidates.filter((one) => namesTaken(one).length > 0);
const validators = 'src/formats/validators.ts';

/** What the text of a chunk calls to load another one there and then; the build writes `require` for it. */
export const loadNow = '__loadNow';

export const lazyName = (path: string) => `lazy-${path.replace(/^.*\//, '').replace(/\.ts$/, '')}`;
const validatorName = (kind: string) => `validator-${kind}`;

/** Entries that exist only for the sake of being loaded late. */
export function lazyEntries(): Record<string, string> {
  return Object.fromEntries([
    ...[...packages, 'isomorphic-git', ...files].map((one) => [lazyName(one), `lazy:${one}`]),
    ...kinds.map((kind) => [validatorName(kind), `validator:${kind}`]),
  ]);
}

/** The values that the source takes from a package, by their names there. */
function namesTaken(name: string): string[] {
  const sources = globbySync('src/**/*.ts')
    .filter((file) => !files.includes(file))
    .map((file) => readFileSync(file, 'utf8'));
  const pattern = new RegExp(`^import (?!type )([^;]*?) from '${name}'`, 'gm');
  const clauses = sources.flatMap((text) => [...text.matchAll(pattern)].map((one) => one[1] ?? ''));
  const names = clauses.flatMap((clause) => {
    const [, before = '', inside = ''] = /^([^{]*)(?:\{([\s\S]*)\})?$/.exec(clause) ?? [];
    const listed = inside.split(',').map((one) => one.trim().replace(/ as .*/, ''));
    return [...(/\w/.test(before) ? ['default'] : []), ...listed.filter((one) => one && !/^type /.test(one))];
  });
  return [...new Set(names)].sort();
}

/** What a lazy file gives, or what is taken of a lazy package: nothing but functions, or it cannot be lazy. */
async function namesOf(one: string): Promise<string[]> {
  const isFile = files.includes(one);
  const module = await import(isFile ? pathToFileURL(resolve(one)).href : one);
  const names = isFile ? Object.keys(module) : namesTaken(one);
  for (const name of names)
    if (typeof module[name] !== 'function')
      throw new Error(`${name} of ${one} is no function, and cannot be lazy`);
  return names;
}

/**
 * A module of the same names as another, each a function that loads the other at its first call and hands on to it.
 * `import` stays what it is in the source, and a library costs nothing until it is used.
 */
async function stub(one: string): Promise<string> {
  const functions = (await namesOf(one)).map((name) => {
    const local = name === 'default' ? '$default' : name;
    const call = `(...a){const f=load().${name};return new.target?Reflect.construct(f,a):f(...a)}`;
    return `function ${local}${call}\nexport{${local} as ${name}};`;
  });
  return [`let m;const load=()=>m??=${loadNow}("./${lazyName(one)}.js");`, ...functions].join('\n');
}

/** Makes the packages and files above, and the validators, lazy. */
export const lazyPlugin: Plugin = {
  name: 'lazy',
  setup(build) {
    const root = process.cwd();
    /** A file that is itself lazy takes a package as it is. */
    const lateFile = (importer: string) => files.some((one) => importer === resolve(root, one));
    const isSource = (importer: string) => importer.startsWith(resolve(root, 'src'));
    build.onResolve({ filter: /^(lazy|validator):/ }, ({ path }) => {
      const [namespace = '', rest = ''] = path.split(/:(.*)/);
      return { path: rest, namespace };
    });
    build.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
      if (path === 'vega' && isSource(importer)) return { path, namespace: 'lazy' };
      if (kind === 'dynamic-import' || !isSource(importer)) return null;
      if (packages.includes(path) && !lateFile(importer))
        return { path, namespace: 'stub', sideEffects: false };
      if (!path.startsWith('.')) return null;
      const file = resolve(importer, '..', path);
      if (file === resolve(root, validators)) return { path, namespace: 'validators', sideEffects: false };
      const lazy = files.find((one) => file === resolve(root, one));
      return lazy ? { path: lazy, namespace: 'stub', sideEffects: false } : null;
    });
    build.onLoad({ filter: /.*/, namespace: 'stub' }, async ({ path }) => {
      return { contents: await stub(path), loader: 'js' };
    });
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, async ({ path }) => {
      const names = required[path] ?? (await namesOf(path));
      const from = files.includes(path) ? `./${path}` : path;
      return { contents: `export { ${names} } from ${JSON.stringify(from)};`, resolveDir: root };
    });
    build.onLoad({ filter: /.*/, namespace: 'validators' }, () => ({
      contents: validatorStub((kind) => `${loadNow}(\`./${validatorName(kind)}.js\`)`),
      loader: 'js',
    }));
    build.onLoad({ filter: /.*/, namespace: 'validator' }, ({ path }) => ({
      contents: validatorModule(path as (typeof kinds)[number]),
      resolveDir: resolve(root, 'src/formats'),
    }));
    // `require` of what `createRequire` made is unknown to the bundler.
    build.onLoad({ filter: /object-library\.ts$/ }, async ({ path }) => {
      const { readFile } = await import('node:fs/promises');
      const text = await readFile(path, 'utf8');
      const contents = text.replace(
        /require\('isomorphic-git'\)/,
        `${loadNow}("./${lazyName('isomorphic-git')}.js")`,
      );
      return { contents, loader: 'ts' };
    });
  },
};
