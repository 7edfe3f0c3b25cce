import { didYouMean } from '../domain/closest.ts';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { plural } from '../domain/number.ts';
import { sectionTitles } from '../domain/roadmap.ts';
import type { SectionNames } from '../domain/section-match.ts';
import { allHeadings, type ImportFile, type ImportHeading } from '../formats/import-headings.ts';
import {
  headingsCalled,
  type Mapped,
  mapHeadings,
  type Override,
  sectionLabel,
} from '../formats/import-mapping.ts';
import { type CommandContext, switchFlag, usage } from './context.ts';
import { repeated } from './import-source.ts';

export interface Placed {
  readonly mapped: readonly Mapped[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Maps the headings to sections; what nobody could place is asked of a person, or is a finding. */
export async function placeHeadings(
  context: CommandContext,
  files: readonly ImportFile[],
  names: readonly SectionNames[],
): Promise<Placed> {
  const headings = allHeadings(files);
  const overrides = readOverrides(context, headings);
  const accepted = new Set<ImportHeading>();
  for (;;) {
    const mapped = mapHeadings(files, names, overrides);
    const open = mapped.filter((one) => one.placing.kind === 'unplaced' && !accepted.has(one.heading));
    const [first] = open;
    if (!first || switchFlag(context, 'keep-unplaced')) return { mapped, diagnostics: twice(mapped) };
    if (!context.prompter) {
      const found = open.map((one) => unplaced(one.heading, mapped));
      return { mapped, diagnostics: [...found, ...twice(mapped)] };
    }
    const answer = await context.prompter.select({
      message: `${first.heading.file}:${first.heading.line} "${first.heading.text}" is which section?`,
      options: [
        ...sectionTitles.map((_, index) => ({ value: String(index + 1), label: sectionLabel(index + 1) })),
        { value: 'append', label: 'none: it belongs to the section before' },
        { value: 'appendix', label: 'none: move it to the Appendix' },
        { value: 'skip', label: 'none: leave it out' },
      ],
    });
    if (answer === 'appendix') accepted.add(first.heading);
    else overrides.set(first.heading, answer === 'append' || answer === 'skip' ? answer : Number(answer));
  }
}

function readOverrides(
  context: CommandContext,
  headings: readonly ImportHeading[],
): Map<ImportHeading, Override> {
  const overrides = new Map<ImportHeading, Override>();
  for (const pair of repeated(context, 'map')) {
    const at = pair.lastIndexOf('=');
    const said = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const number = /^\d{1,2}$/.test(value) ? Number(value) : 0;
    const right = value === 'skip' || value === 'append' || (number >= 1 && number <= 10);
    if (at < 1 || !right)
      throw usage(
        'bad-map',
        `--map "${pair}" is not HEADING=NUMBER`,
        'The number is 1 to 10, skip or append.',
      );
    const called = headingsCalled(headings, said);
    const [heading, ...more] = called;
    if (!heading) {
      const hint = didYouMean(
        said,
        headings.map((one) => one.text),
      );
      throw usage(
        'bad-map',
        `--map: no heading "${said}"`,
        hint || 'Write it as it stands, or as FILE:LINE.',
      );
    }
    if (more.length > 0) {
      const places = called.map((one) => `${one.file}:${one.line}`).join(', ');
      throw usage(
        'bad-map',
        `--map: "${said}" stands at ${places}`,
        `Say which: --map "${called[0]?.file}:${called[0]?.line}=${value}".`,
      );
    }
    overrides.set(heading, value === 'skip' || value === 'append' ? value : number);
  }
  return overrides;
}

function unplaced(heading: ImportHeading, mapped: readonly Mapped[]): Diagnostic {
  const index = mapped.findIndex((one) => one.heading === heading);
  const next = mapped
    .slice(index + 1)
    .find((one) => one.heading.file !== heading.file || one.placing.kind !== 'within');
  const last =
    next?.heading.file === heading.file ? ` (lines ${heading.line} to ${next.heading.line - 1})` : '';
  const what = heading.startOfFile ? 'the text that the file begins with' : `"${heading.text}"`;
  return diagnose(
    'import/unplaced',
    { file: heading.file, line: heading.line },
    `${what} names none of the ten sections${last}`,
    `Say where it goes: --map "${heading.text}=NUMBER" (or =append to the section before, =skip), or --keep-unplaced for the Appendix.`,
  );
}

function twice(mapped: readonly Mapped[]): Diagnostic[] {
  return mapped.flatMap(({ heading, placing }) =>
    placing.kind === 'twice'
      ? [
          diagnose(
            'roadmap/section-twice',
            { file: heading.file, line: heading.line },
            `"${heading.text}" is section ${placing.section} (${placing.why}), and so is "${placing.first.text}" (${placing.first.file}:${placing.first.line})`,
            `Map one of the two elsewhere: --map "${heading.file}:${heading.line}=append" leaves it in the section before.`,
          ),
        ]
      : [],
  );
}

/** What becomes of each heading that matters: sections, what has no place, and what was left out or joined. */
export function mappingLines(mapped: readonly Mapped[]): string[] {
  const inside = mapped.filter(
    (one) => one.placing.kind === 'within' && one.placing.why.startsWith('in section'),
  );
  return [
    'headings:',
    ...mapped
      .filter((one) => !inside.includes(one))
      .map(({ heading, placing }) => {
        const to = 'section' in placing ? sectionLabel(placing.section) : placingWords[placing.kind];
        const put = placing.kind === 'before' ? ', under a heading of its own' : '';
        return `  ${heading.file}:${heading.line} "${heading.text}" → ${to}${put}${placing.kind === 'opening' ? '' : ` (${placing.why})`}`;
      }),
    ...(inside.length > 0 ? [`  ${plural(inside.length, 'heading')} inside the sections`] : []),
  ];
}

const placingWords = {
  within: 'stays inside',
  opening: 'stays before the first section',
  skip: 'left out',
  unplaced: 'no section',
} as const;
