/** Prose of a roadmap: plain sentences in paragraphs, lists and tables, without numbers, ids and headings. */
import { dice } from './random.ts';

type Pick = (below: number) => number;

const subjects = [
  'The front desk',
  'The office manager',
  'Every team member',
  'The owner',
  'A new client',
  'The intake form',
  'The weekly review',
  'The shared inbox',
  'The person on call',
  'An automation',
  'The calendar',
  'A returning client',
  'The report for the partners',
  'The bookkeeper',
  'The list of open enquiries',
  'The pipeline',
];
const verbs = [
  'reads',
  'confirms',
  'records',
  'hands over',
  'answers',
  'compares',
  'keeps',
  'checks',
  'sorts',
  'explains',
  'passes on',
  'closes',
  'prepares',
  'reviews',
];
const objects = [
  'the first message of the day',
  'each enquiry from the website',
  'the notes of the last call',
  'the agreed next step',
  'the signed agreement',
  'the source of the lead',
  'the missing documents',
  'the reminder for the appointment',
  'the figures of the month',
  'the response time of the team',
  'the reason for a lost client',
  'the deadline of the matter',
  'the `contact.owner` field',
  'the invoice that is still open',
  'the rule for **urgent requests**',
  'the [service agreement](https://example.org/agreement)',
];
const ends = [
  'before anybody else calls',
  'on the same working day',
  'without copying it by hand',
  'so that nobody has to ask again',
  'and leaves a note for the next person',
  'when the office is closed',
  'as the team agreed in the workshop',
  'until the client has replied',
  'and tells the manager about it',
  'while the details are fresh',
  'with the script that was *written together*',
  'because the old way took too long',
];

function sentence(pick: Pick): string {
  const one = `${subjects[pick(subjects.length)]} ${verbs[pick(verbs.length)]} ${objects[pick(objects.length)]}`;
  return pick(4) === 0 ? `${one}.` : `${one} ${ends[pick(ends.length)]}.`;
}

function paragraph(pick: Pick, wrapped: boolean): string {
  const text = Array.from({ length: 3 + pick(6) }, () => sentence(pick)).join(' ');
  return wrapped ? text.replace(/(.{60,90}) /g, '$1\n') : text;
}

function bullets(pick: Pick): string {
  const numbered = pick(4) === 0;
  return Array.from(
    { length: 3 + pick(5) },
    (_, i) => `${numbered ? `${i + 1}.` : '-'} ${sentence(pick)}`,
  ).join('\n');
}

function table(pick: Pick): string {
  const row = () =>
    `| ${subjects[pick(subjects.length)]} | ${objects[pick(objects.length)]} | ${ends[pick(ends.length)]} |`;
  const rows = Array.from({ length: 2 + pick(4) }, row);
  return `| Who | What | How |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

/** Blocks of about so many words, parted by blank lines; the same seed gives the same text. */
export function prose(seed: number, words: number): string {
  const pick = dice(seed);
  // Some people's editors break lines.
  const wrapped = pick(3) === 0;
  const blocks: string[] = [];
  // A block takes about fifty words, of which half are too many at the end.
  for (let written = 0; written + 30 < words; ) {
    const kind = pick(12);
    const block =
      kind < 7
        ? paragraph(pick, wrapped)
        : kind < 10
          ? bullets(pick)
          : kind < 11
            ? table(pick)
            : `> ${sentence(pick)}`;
    // Two lists after one another would be one, with its items apart.
    const joins = /^(?:[-|>]|\d)/.test(block) && /^(?:[-|>]|\d)/.test(blocks.at(-1) ?? '');
    if (joins) continue;
    blocks.push(block);
    written += block.split(/\s+/).length;
  }
  return blocks.join('\n\n');
}

/** One line for a note on a ticket. */
export function noteText(seed: number): string {
  const pick = dice(seed);
  return sentence(pick).replace(/[`*[\]]|\(https:[^)]*\)/g, '');
}
