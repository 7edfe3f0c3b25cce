/** Draws every sample and prints a digest of each: run under another time zone and language. */
import { digestText } from '../../src/formats/digest.ts';
import { samples } from './samples.ts';

const drawn: Record<string, string> = {};
for (const [name, draw] of Object.entries(samples)) drawn[name] = digestText(await draw());
console.log(JSON.stringify(drawn));
