import type { Kind } from '../formats/schema.ts';
import { watchMarks } from '../report/watch.ts';
import { mergeAttribute } from '../store/git/merge-driver.ts';

/**
 * Where the files of each kind stand, for an editor that checks them against `schemas/` while they are typed.
 * Packs and roadmaps are Markdown; only their front matter has a schema, which editors do not look for.
 */
export const schemaFiles: Readonly<Record<Kind, readonly string[]>> = {
  workspace: ['scend.yaml'],
  firm: ['firms/*/firm.yaml'],
  'ticket-pack': [],
  roadmap: [],
  recommendations: ['firms/*/recommendations.yaml'],
  snapshot: ['firms/*/snapshots/*.yaml'],
  outcome: ['firms/*/outcomes/*.yaml'],
  rollup: ['firms/*/rollup.yaml'],
  metadata: ['firms/*/deliverables/*_metadata_v*.json'],
  'global-outcomes': ['analytics/global_outcomes.json', 'analytics/shareable_outcomes.json'],
  'learning-part': ['part-*.json'],
  plan: ['plan.json', '*.plan.json'],
  'section-names': ['templates/section-names.yaml'],
};

/** What nobody edits by hand, and what Scend makes anew. */
const derived = ['firms/*/rollup.yaml', 'analytics/**'];

/** Deliverables that only Scend writes and nobody reads in a review; the changelog is not among them. */
const written = [
  'firms/*/deliverables/*_TICKET_PACK_v*.md',
  'firms/*/deliverables/*_metadata_v*.json',
  'firms/*/deliverables/*_CHART_*.svg',
];

/** What `scend init` writes for editors and for Git's view of the files. */
export function editorFiles(): [path: string, bytes: Uint8Array][] {
  const files = { ...sharedFiles(), '.editorconfig': editorConfig, '.gitattributes': gitAttributes() };
  return Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]);
}

/** Those that are the same in every workspace, Scend's own repository included. */
export function sharedFiles(): Readonly<Record<string, string>> {
  return {
    '.vscode/settings.json': json(settings()),
    '.vscode/extensions.json': json({
      recommendations: ['redhat.vscode-yaml', 'DavidAnson.vscode-markdownlint', 'EditorConfig.EditorConfig'],
    }),
    '.vscode/tasks.json': json(tasks()),
    '.markdownlint.jsonc': markdownlint,
  };
}

function settings() {
  const kinds = (end: string) =>
    Object.entries(schemaFiles).flatMap(([kind, files]): [url: string, files: readonly string[]][] => {
      const own = files.filter((one) => one.endsWith(end));
      return own.length === 0 ? [] : [[`./schemas/${kind}.schema.json`, own]];
    });
  return {
    'yaml.schemas': Object.fromEntries(kinds('.yaml')),
    'json.schemas': kinds('.json').map(([url, files]) => ({
      fileMatch: files.map((one) => `/${one}`),
      url,
    })),
    'files.readonlyInclude': Object.fromEntries(derived.map((one) => [one, true])),
    '[markdown]': { 'files.trimTrailingWhitespace': false },
  };
}

/** The task that the editor starts as its build: findings stand in the list of problems, after every save. */
function tasks() {
  return {
    version: '2.0.0',
    tasks: [
      {
        label: 'scend check --watch',
        detail: 'Check the workspace after every save',
        type: 'shell',
        command: 'scend',
        args: ['check', '--watch'],
        isBackground: true,
        group: { kind: 'build', isDefault: true },
        presentation: { reveal: 'silent', panel: 'dedicated' },
        problemMatcher: {
          owner: 'scend',
          source: 'scend',
          fileLocation: ['relative', `\${workspaceFolder}`],
          pattern: {
            regexp: '^(\\S.*?):(\\d+):(\\d+) (error|warning|info) (.+) \\[([a-z0-9/-]+)\\]$',
            file: 1,
            line: 2,
            column: 3,
            severity: 4,
            message: 5,
            code: 6,
          },
          background: {
            activeOnStart: true,
            beginsPattern: `^${watchMarks.begins}`,
            endsPattern: `^${watchMarks.ends}`,
          },
        },
      },
    ],
  };
}

/** As people write it: a list of plain values on one line. */
function json(value: unknown): string {
  const lists = /\[\s+((?:"[^"\n]*",?\s+)+)\]/g;
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(lists, (_, inside: string) => `[${inside.trim().replace(/\n\s+/g, ' ')}]`)}\n`;
}

const markdownlint = `{
  // Rules of markdownlint. What is off here is how the files are made, or a matter of taste.
  "default": true,
  // A paragraph is one line, so that a change of it shows as one.
  "MD013": false,
  // The same heading may stand under different ones ("After 60 days").
  "MD024": { "siblings_only": true },
  // A ticket library has a top-level heading for each system.
  "MD025": false,
  // A bold line names a part that is too small for a heading ("Phase 2 Backlog").
  "MD036": false
}
`;

const editorConfig = `root = true

[*]
charset = utf-8
end_of_line = lf
insert_final_newline = true

[*.{yaml,yml,json,jsonc,md}]
indent_style = space
indent_size = 2

# Two spaces at the end of a line are a line break.
[*.md]
trim_trailing_whitespace = false
`;

function gitAttributes(): string {
  return [
    '# Lines end in LF in every clone; Git puts right what an editor saved with CRLF.',
    '* text=auto eol=lf',
    '# Made by Scend: folded in a pull request, not counted as written by people.',
    ...[...derived, ...written].map((one) => `${one} linguist-generated`),
    '# Ticket packs are merged by ticket and field (scend doctor --register-merge).',
    mergeAttribute,
    '',
  ].join('\n');
}
