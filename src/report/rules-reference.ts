import { type RuleId, rules } from '../domain/rules.ts';

const severityWords = {
  error: 'Error: nothing is written for the firm until it is mended.',
  warning: 'Warning: nothing is stopped.',
  info: 'Note: nothing is stopped.',
} as const;

/** The reference of all findings as Markdown, one heading a rule. */
export function renderRulesReference(): string {
  const ids = Object.keys(rules) as RuleId[];
  const areas = [...new Set(ids.map((id) => id.split('/')[0] ?? ''))];
  const parts = [
    '# Findings',
    'Every finding of Scend has a rule id, shown in brackets behind its message. This page is made from the catalogue in `src/domain/rules.ts` by `npm run docs`.',
    ...areas.flatMap((area) => [
      `## ${area}`,
      ...ids
        .filter((id) => id.startsWith(`${area}/`))
        .flatMap((id) => [
          `### ${id}`,
          rules[id].about,
          severityWords[rules[id].severity],
          `What to do: ${rules[id].hint}`,
        ]),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}
