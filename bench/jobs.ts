/** What is measured: a table of jobs, each with its reference (the first), its peers and Scend. */
import type { PeerName } from './peers.ts';
import type { StepName } from './steps.ts';
import type { Form } from './workspaces.ts';

/** Workspaces by size; `all` is `--firms`, `pack` one firm with a pack of 10,000 tickets. */
export type SizeName = 'one' | 'hundred' | 'thousand' | 'all' | 'pack';

export interface Contender {
  readonly name: string;
  /** Bash, run in the workspace; its variables are those that `run.ts` sets. */
  readonly command: string;
  /** Skipped where it is not installed. */
  readonly needs?: PeerName;
  /** Done before each run, and not measured. */
  readonly before?: readonly StepName[];
  /** Run in this form of the workspace instead. */
  readonly within?: Form;
  /** Takes minutes: measured in the first turn alone, and not at all by `--quick`. */
  readonly slow?: boolean;
  /** What Scend is to reach: at most so many times the CPU of the reference, less CPU than others, at most so many MiB. */
  readonly aim?: { readonly cpu?: number; readonly below?: readonly string[]; readonly memory?: number };
}

export interface Job {
  readonly name: string;
  readonly title: string;
  readonly size: SizeName;
  /** Runs in one turn, for what takes milliseconds. */
  readonly times?: number;
  /** At most so many turns. */
  readonly turns?: number;
  /** Other forms of the workspace that its commands name, as `$csv` and `$json`. */
  readonly forms?: readonly Form[];
  readonly contenders: readonly [Contender, ...Contender[]];
}

const node: Contender = { name: 'node -e 0', command: 'node -e 0' };
const count: Contender = {
  name: 'rg -c',
  command: `rg -c '^- \\[[ x]\\] T' -g ticket-pack.md firms`,
  needs: 'rg',
};
const awk: Contender = {
  name: 'awk rollup',
  command: 'find firms -name ticket-pack.md -exec cat {} + | awk -f "$BENCH/peers/rollup.awk"',
  needs: 'awk',
};
const backlog: Contender = {
  name: 'Backlog.md',
  command: 'backlog task list --plain',
  needs: 'backlog',
  within: 'backlog',
};
const cat: Contender = {
  name: 'cat',
  command: "find firms -type f ! -name '*.svg' -exec cat {} +",
};
const ajv: Contender = {
  name: 'ajv-cli, over JSON',
  command:
    'for kind in firm recommendations rollup snapshot outcome; do ajv validate --spec=draft2020 --strict=false -c "$BENCH_PEERS/node_modules/ajv-formats" -s schemas/$kind.schema.json -d "$json/$kind/*.json" || exit; done',
  needs: 'ajv',
};
const python: Contender = {
  name: 'python jsonschema',
  command: 'python3 "$BENCH/peers/validate.py" schemas .',
  needs: 'python',
};

/** What Git takes for the files that a command has written. */
const commitAlone = {
  name: 'Git, the commit alone',
  command:
    'git add --pathspec-from-file="$LIST" && git commit -q -m bench --only --pathspec-from-file="$LIST"',
  needs: 'git',
} as const;

export const jobs: readonly Job[] = [
  {
    name: 'help',
    title: 'Help',
    size: 'one',
    times: 10,
    contenders: [
      node,
      { name: 'Scend', command: 'scend --help', aim: { cpu: 1.4 } },
      { name: 'Backlog.md', command: 'backlog --help', needs: 'backlog' },
      { name: 'changesets', command: 'changeset --help', needs: 'changeset' },
      { name: 'remark-cli', command: 'remark --help', needs: 'remark' },
    ],
  },
  {
    name: 'completion',
    title: 'What a shell asks at a press of Tab',
    size: 'one',
    times: 10,
    contenders: [node, { name: 'Scend', command: 'scend complete -- scend status --fi', aim: { cpu: 1.4 } }],
  },
  {
    name: 'status-one',
    title: 'Status of one firm with 85 tickets',
    size: 'one',
    times: 5,
    contenders: [
      node,
      { name: 'Scend, cold', command: 'scend status', before: ['cold'], aim: { cpu: 2.5 } },
      { name: 'Scend, warm', command: 'scend status', aim: { cpu: 2.5 } },
      backlog,
    ],
  },
  {
    name: 'status-hundred',
    title: 'Status, cold, beside Backlog.md',
    size: 'hundred',
    contenders: [
      count,
      awk,
      { name: 'Scend', command: 'scend status', before: ['cold'], aim: { memory: 200 } },
      backlog,
    ],
  },
  {
    name: 'status-cold',
    title: 'Status, cold',
    size: 'all',
    contenders: [
      count,
      awk,
      { name: 'Scend', command: 'scend status', before: ['cold'], aim: { cpu: 6, memory: 200 } },
    ],
  },
  {
    name: 'status-changed',
    title: 'Status after one firm changed',
    size: 'all',
    contenders: [
      node,
      { name: 'git status', command: 'git status --short', needs: 'git', before: ['tick'] },
      { name: 'Scend', command: 'scend status', before: ['status', 'tick'], aim: { cpu: 2.5, memory: 200 } },
      {
        name: 'Scend, that firm',
        command: 'scend status --firm "$FIRM"',
        before: ['status', 'tick'],
        aim: { cpu: 2.5, memory: 200 },
      },
    ],
  },
  {
    name: 'check-cold',
    title: 'Check, cold',
    size: 'thousand',
    forms: ['json'],
    contenders: [
      cat,
      {
        name: 'Scend',
        command: 'scend check',
        before: ['cold'],
        aim: { below: [ajv.name, python.name], memory: 200 },
      },
      ajv,
      python,
    ],
  },
  {
    name: 'check-warm',
    title: 'Check, warm',
    size: 'thousand',
    contenders: [node, { name: 'Scend', command: 'scend check', aim: { cpu: 3, memory: 200 } }],
  },
  {
    name: 'check-all',
    title: 'Check of all firms, cold',
    size: 'all',
    turns: 1,
    contenders: [cat, { name: 'Scend', command: 'scend check', before: ['cold'], aim: { memory: 200 } }],
  },
  {
    name: 'refresh-one',
    title: 'Refresh of one firm, with its commit',
    size: 'all',
    contenders: [
      {
        ...commitAlone,
        before: ['refreshed'],
      },
      { name: 'Scend', command: 'scend refresh --firm "$FIRM"', aim: { cpu: 1.5 } },
    ],
  },
  {
    name: 'sync-one',
    title: 'One tick and its rollup, with their commit',
    size: 'all',
    contenders: [
      {
        ...commitAlone,
        before: ['synced'],
      },
      { name: 'Scend', command: 'scend sync --firm "$FIRM"', before: ['tick'] },
    ],
  },
  {
    name: 'refresh-many',
    title: 'Refresh of all firms in one run, a commit each',
    size: 'hundred',
    turns: 3,
    contenders: [
      {
        name: 'Git, single commits',
        command:
          'for list in "$LISTS"/*; do git add --pathspec-from-file="$list" && git commit -q -m bench --only --pathspec-from-file="$list" || exit; done',
        needs: 'git',
        before: ['restored', 'refreshedAll'],
      },
      { name: 'Scend', command: 'scend refresh --all', before: ['restored'], aim: { cpu: 1 } },
    ],
  },
  {
    name: 'aggregate',
    title: 'Aggregate of four outcomes a firm',
    size: 'all',
    forms: ['csv', 'json'],
    contenders: [
      {
        name: 'DuckDB, one CSV',
        command: 'node "$BENCH/peers/duckdb.mjs" csv "$csv/outcomes.csv"',
        needs: 'duckdb',
      },
      {
        name: 'DuckDB, JSON files',
        command: 'node "$BENCH/peers/duckdb.mjs" json "$json"',
        needs: 'duckdb',
      },
      {
        name: 'Scend, cold',
        command: 'scend aggregate --no-commit',
        before: ['cold'],
        aim: { cpu: 3, memory: 200 },
      },
      { name: 'Scend, warm', command: 'scend aggregate --no-commit', aim: { cpu: 0.6, memory: 200 } },
    ],
  },
  {
    name: 'pack',
    title: 'Status of a pack of 10,000 tickets',
    size: 'pack',
    contenders: [
      node,
      count,
      { name: 'Scend, cold', command: 'scend status', before: ['cold'] },
      { name: 'Scend, warm', command: 'scend status' },
      { name: 'remark-cli', command: 'remark --quiet firms/*/ticket-pack.md', needs: 'remark', slow: true },
    ],
  },
  {
    name: 'diff',
    title: 'What changed in the last ten commits',
    size: 'all',
    contenders: [
      { name: 'git diff --stat', command: 'git diff --stat HEAD~10', needs: 'git' },
      { name: 'Scend', command: 'scend diff HEAD~10' },
    ],
  },
];
