#!/usr/bin/env node
/**
 * Where `scend` begins, once built: the help is printed as the build wrote it down, and everything else is
 * loaded from the files beside this one, no more of them than a command needs.
 */
import { join } from 'node:path';
import { Chunks } from './store/chunks.ts';
import { openCodeCache } from './store/code-cache.ts';
import { printHelp } from './store/printed-help.ts';

/** Written by the build. */
declare const __build: { readonly id: string; readonly words: readonly string[] };
declare const __dirname: string;
declare const require: (name: string) => unknown;

const words = process.argv.slice(2);

if (!printHelp(join(__dirname, 'help.json'), words, () => process.stdout)) {
  const name = words.find((one) => __build.words.includes(one)) ?? 'other';
  // What completes at the Tab key is compiled sooner than it is read.
  const cache = words[0] === 'complete' ? null : openCodeCache(process.env, __build.id, name);
  const chunks = new Chunks(join(__dirname, 'run'), cache, require);
  // What failed has seldom come by all that a command needs.
  process.once('exit', (code) => code <= 1 && chunks.keep());
  if (words[0] === 'complete') {
    const { complete } = chunks.load('./complete.js') as typeof import('./commands/complete.ts');
    void complete(words.slice(1), '.').then((text) => process.stdout.write(text));
  } else {
    chunks.open('./common.js');
    chunks.load('./cli.js');
  }
}
