#!/usr/bin/env node
// What a shell asks at a press of Tab is answered before the engine could be loaded.
const [word, ...rest] = process.argv.slice(2);
if (word === 'complete') {
  const { complete } = await import('./commands/complete.ts');
  process.stdout.write(await complete(rest, '.'));
} else await import('./cli.ts');

export {};
