import { usage } from './context.ts';

/** Figures of the firm that a flag sets, with what each means. */
export const economicsAbout = [
  ['blended-hourly-rate', 'what an hour of the team costs'],
  ['annual-lead-volume', 'leads a year'],
  ['avg-deal-value', 'revenue of an average deal'],
  ['gross-margin', 'part of the revenue that stays, 0 to 1'],
  ['recapture-rate', 'part of the saved time that becomes useful work, 0 to 1'],
  ['implementation-cost', 'what the implementation costs the firm'],
] as const;

/** A number of zero or more from a flag. Throws `usage/bad-number`. */
export function readAmount(flag: string, text: string): number {
  if (!/^\d{1,15}(?:\.\d{1,9})?$/.test(text.trim())) {
    throw usage(
      'bad-number',
      `--${flag} "${text}" is not a plain number of zero or more`,
      'Write it without units or separators, such as 7500.',
    );
  }
  const value = Number(text);
  if ((flag === 'gross-margin' || flag === 'recapture-rate') && value > 1) {
    throw usage('bad-number', `--${flag} "${text}" lies above 1`, 'Write a part of one, such as 0.6.');
  }
  return value;
}
