/**
 * Run as a process of its own: an editor that saves a file again and again, each time with a new line at its end.
 * What others make of the file meanwhile it takes over before it goes on. Told to pause, it says what it did.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { quick, ways } from './saving.ts';

export interface Report {
  readonly saves: number;
  /** Where the file did not hold a line that had been saved before. */
  readonly lost: readonly string[];
}

const [path, pause] = process.argv.slice(2) as [string, string];
let saves = 0;
let text = readFileSync(path, 'utf8');
const lost: string[] = [];
let paused = true;

function reload(): void {
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // For a moment nothing has the name; the editor still shows what it showed.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const lines = new Set(text.split('\n'));
  for (let n = 1; n <= saves; n += 1) {
    if (!lines.has(`- save ${n}`)) lost.push(`save ${n}, seen after save ${saves}:\n${text.slice(-200)}`);
  }
}

function save(): void {
  reload();
  saves += 1;
  text = `${text}- save ${saves}\n`;
  ways[quick[saves % quick.length]!]!(path, text)();
}

async function work(): Promise<void> {
  while (!paused && lost.length === 0) {
    for (let burst = 1 + Math.random() * 8; burst > 0; burst -= 1) {
      save();
      await sleep(Math.random() * 3);
    }
    await sleep(Math.random() * Number(pause));
  }
}

let working = Promise.resolve();
process.on('message', (command) => {
  if (command === 'go') {
    paused = false;
    working = work();
    return;
  }
  paused = true;
  void working.then(() => {
    reload();
    process.send?.({ saves, lost } satisfies Report);
  });
});
