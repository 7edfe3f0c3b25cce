/** Run as a process of its own, against the engine it lies beside: one probe; prints what it found, or null. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { courseOf } from './courses.ts';
import { type ProbeName, probes } from './probes.ts';
import type { Facts, Practice } from './scenario.ts';

/** What the parent hands over: a practice, and how the engine without the bug ends. */
export interface Given {
  readonly base: Practice;
  readonly expected: Facts;
  readonly probe: ProbeName;
  readonly near: readonly string[];
}

const [file = ''] = process.argv.slice(2);
const { base, expected, probe, near }: Given = JSON.parse(readFileSync(file, 'utf8'));
const root = join(file, '..');
// A failure here is not a finding: the bug is to be planted in an engine that still works.
const course = { ...(await courseOf(base, { mixed: 2 })), expected };
const found = await probes[probe](
  root,
  course,
  near.map((one) => new RegExp(one)),
).then(
  () => null,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
console.log(JSON.stringify({ found }));
// A run that waits for what will not come must not keep it alive.
process.exit();
