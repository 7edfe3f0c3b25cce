import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Inferred } from '../../src/domain/lifecycle.ts';
import { needHistory, settlePack } from '../../src/domain/settle-pack.ts';
import type { GitReader } from '../../src/store/git/reader.ts';
import type { GitView } from '../../src/store/git-view.ts';
import type { HistoryOptions } from '../../src/store/pack-history.ts';
import { test } from '../harness.ts';
import { put, withRepo } from './git/sandbox.ts';
import {
  type Ask,
  build,
  day,
  entriesOf,
  type Made,
  only,
  pack,
  packId,
  packOf,
  pasts,
  path,
  said,
  seconds,
} from './history/made.ts';

interface Row {
  readonly name: string;
  readonly history: readonly Made[];
  /** Completion of T1.1.1, T1.1.2 …, as `said`. */
  readonly completed: readonly string[];
  readonly started?: readonly string[];
  /** What T1.1.1 was before its present marks, as `[x] done`. */
  readonly before?: string | null;
  readonly ask?: Ask;
}

const hayes = 'firms/hayes_real_estate/ticket-pack.md';
const long = Array.from({ length: 8 }, () => '[ ] not_started');
const ticked = ['[x] not_started', ...long.slice(1)];

const rows: Row[] = [
  {
    name: 'a straight history: the commit that ticked it, not those behind it',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-15'), files: { ...only('[x] not_started', '[ ] not_started'), a: 'b' } },
      { parents: [2], at: day('01-20'), files: only('[x] not_started', '[x] not_started') },
    ],
    completed: ['2026-01-10 by 1', '2026-01-20 by 3'],
    before: '[ ] not_started',
  },
  {
    name: 'the box was ticked before the Status line followed, and begun before that',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-07'), files: only('[ ] in_progress') },
      { parents: [1], at: day('01-10'), files: only('[x] in_progress') },
      { parents: [2], at: day('01-20'), files: only('[x] done') },
    ],
    completed: ['2026-01-10 by 2'],
    started: ['2026-01-07 by 1'],
    before: '[x] in_progress',
  },
  {
    name: 'ticked again after it was reopened: the last time counts',
    history: [
      { parents: [], at: day('01-05'), files: only('[x] not_started') },
      { parents: [0], at: day('01-10'), files: only('[ ] not_started') },
      { parents: [1], at: day('01-20'), files: only('[x] not_started') },
    ],
    completed: ['2026-01-20 by 2'],
    started: ['2026-01-20 by 2'],
    before: '[ ] not_started',
  },
  {
    name: 'ticked on a side branch: its commit there, not the merge',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-12'), files: only('[ ] not_started', '[ ] blocked') },
      { parents: [2, 1], at: day('01-20'), files: only('[x] not_started', '[ ] blocked') },
    ],
    completed: ['2026-01-10 by 1', '2026-01-12 by 2'],
    before: '[ ] not_started',
  },
  {
    name: 'a merge through a merge, and from the first parent too',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-08'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-09'), files: only('[ ] not_started', '[x] not_started') },
      { parents: [1, 2], at: day('01-15'), files: only('[x] not_started', '[x] not_started') },
      { parents: [0], at: day('01-16'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [4, 3], at: day('01-25'), files: only('[x] not_started', '[x] not_started') },
    ],
    completed: ['2026-01-08 by 1', '2026-01-09 by 2'],
  },
  {
    name: 'ticked on both sides: the earlier one, whichever parent it is',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-18'), files: only('[x] not_started', '[x] not_started') },
      { parents: [0], at: day('01-12'), files: only('[ ] not_started', '[x] not_started') },
      { parents: [3], at: day('01-19'), files: only('[x] not_started', '[x] not_started') },
      { parents: [2, 4], at: day('01-20'), files: only('[x] not_started', '[x] not_started') },
    ],
    completed: ['2026-01-10 by 1', '2026-01-12 by 3'],
    before: '[ ] not_started',
  },
  {
    name: 'a branch that was cut before a reopening and merged late says nothing new',
    history: [
      { parents: [], at: day('01-01'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-05'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-10'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [2], at: day('01-20'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-12'), files: only('[x] not_started', '[x] not_started') },
      { parents: [3, 4], at: day('01-25'), files: only('[x] not_started', '[x] not_started') },
    ],
    completed: ['2026-01-20 by 3', '2026-01-12 by 4'],
  },
  {
    name: 'a merge that ticks what no parent has ticked is the commit itself',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[ ] in_progress', '[ ] not_started') },
      { parents: [0], at: day('01-12'), files: only('[ ] not_started', '[ ] blocked') },
      { parents: [1, 2], at: day('01-20'), files: only('[x] in_progress', '[ ] blocked') },
    ],
    completed: ['2026-01-20 by 3', '2026-01-12 by 2'],
    started: ['2026-01-10 by 1', '2026-01-12 by 2'],
    before: '[ ] in_progress',
  },
  {
    name: 'a merge that changes the Status line of what came ticked',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started') },
      { parents: [0], at: day('01-12'), files: { ...only('[ ] not_started'), a: 'b' } },
      { parents: [2, 1], at: day('01-20'), files: only('[x] in_progress') },
    ],
    completed: ['2026-01-10 by 1'],
    before: '[x] not_started',
  },
  {
    name: 'one side changed the box and the other the Status line: both changed',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started') },
      { parents: [0], at: day('01-12'), files: only('[ ] in_progress') },
      { parents: [1, 2], at: day('01-20'), files: only('[x] in_progress') },
    ],
    completed: ['2026-01-10 by 1'],
    started: ['2026-01-10 by 1'],
    before: '[ ] not_started',
  },
  {
    name: 'an octopus of three branches',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started', '[ ] not_started') },
      {
        parents: [0],
        at: day('01-10'),
        files: only('[x] not_started', '[ ] not_started', '[ ] not_started'),
      },
      {
        parents: [0],
        at: day('01-11'),
        files: only('[ ] not_started', '[x] not_started', '[ ] not_started'),
      },
      {
        parents: [0],
        at: day('01-12'),
        files: only('[ ] not_started', '[x] not_started', '[x] not_started'),
      },
      {
        parents: [1, 2, 3],
        at: day('01-20'),
        files: only('[x] not_started', '[x] not_started', '[x] not_started'),
      },
    ],
    completed: ['2026-01-10 by 1', '2026-01-11 by 2', '2026-01-12 by 3'],
  },
  {
    name: 'histories that have no commit in common',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [], at: day('01-02'), files: { other: 'x' } },
      { parents: [0], at: day('01-10'), files: only('[x] not_started') },
      { parents: [2, 1], at: day('01-20'), files: { ...only('[x] not_started'), other: 'x' } },
    ],
    completed: ['2026-01-10 by 2'],
  },
  {
    name: 'the folder of the firm was renamed',
    history: [
      { parents: [], at: day('01-05'), files: { [path]: pack(...long), 'firms/other/firm.yaml': 'a' } },
      { parents: [0], at: day('01-10'), files: { [path]: pack(...ticked), 'firms/other/firm.yaml': 'a' } },
      { parents: [1], at: day('01-20'), files: { [hayes]: pack(...ticked), 'firms/other/firm.yaml': 'a' } },
    ],
    ask: { path: hayes },
    completed: ['2026-01-10 by 1'],
    before: '[ ] not_started',
  },
  {
    name: 'renamed, edited and ticked in one commit; without an id, by the lines in common',
    history: [
      { parents: [], at: day('01-05'), files: { [path]: packOf(null, ticked) } },
      {
        parents: [0],
        at: day('01-20'),
        files: { [hayes]: packOf(null, [...ticked.slice(0, 7), '[x] done']).replace('# Pack', '# Hayes') },
      },
    ],
    ask: { path: hayes },
    completed: ['2026-01-05 by 0', ...Array(6).fill('2026-01-05 by 0'), '2026-01-20 by 1'],
  },
  {
    name: 'a pack of another id, and one that has little in common, are no rename',
    history: [
      {
        parents: [],
        at: day('01-05'),
        files: {
          [path]: packOf('11111111-5bad-549b-bbdf-de666709b083', ticked),
          'firms/b/ticket-pack.md': `${packOf(null, ticked.slice(0, 6))}${'a\nb\nc\n'.repeat(8)}`,
          'firms/b/notes.md': packOf(null, ticked),
        },
      },
      { parents: [0], at: day('01-20'), files: { [hayes]: pack(...ticked) } },
    ],
    ask: { path: hayes },
    completed: ['2026-01-20 by 1'],
    before: null,
  },
  {
    name: 'a pack of the same id is the same, though most of it was rewritten',
    history: [
      { parents: [], at: day('01-05'), files: { [path]: `${pack(...ticked)}${'a\nb\nc\n'.repeat(20)}` } },
      { parents: [0], at: day('01-20'), files: { [hayes]: pack(...ticked) } },
    ],
    ask: { path: hayes },
    completed: ['2026-01-05 by 0'],
  },
  {
    name: 'the workspace moved into a folder of a larger repository, and the pack had another name once',
    history: [
      { parents: [], at: day('01-05'), files: { 'firms/hayes/tickets.md': pack(...long), a: '1' } },
      { parents: [0], at: day('01-10'), files: { 'firms/hayes/tickets.md': pack(...ticked), a: '1' } },
      { parents: [1], at: day('01-15'), files: { [path]: pack(...ticked), a: '1' } },
      {
        parents: [2],
        at: day('01-20'),
        files: { [`work/scend/${path}`]: pack(...ticked), 'work/scend/a': '1' },
      },
    ],
    ask: { root: 'work/scend' },
    completed: ['2026-01-10 by 1'],
  },
  {
    name: 'ticked on main while a side branch renamed the folder',
    history: [
      { parents: [], at: day('01-05'), files: { [path]: pack(...long) } },
      { parents: [0], at: day('01-10'), files: { [path]: pack(...ticked) } },
      { parents: [0], at: day('01-12'), files: { [hayes]: pack(...long) } },
      { parents: [1, 2], at: day('01-20'), files: { [hayes]: pack(...ticked) } },
    ],
    ask: { path: hayes },
    completed: ['2026-01-10 by 1'],
    before: '[ ] not_started',
  },
  {
    name: 'a version that cannot be read hides nothing behind it',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started') },
      {
        parents: [1],
        at: day('01-12'),
        files: { [path]: `<<<<<<< a\n${pack('[ ] done')}=======\n>>>>>>> b\n` },
      },
      { parents: [2], at: day('01-20'), files: only('[x] not_started') },
    ],
    completed: ['2026-01-10 by 1'],
    before: '[ ] not_started',
  },
  {
    name: 'line endings that were changed are no change',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-10'), files: { [path]: pack('[x] not_started').replaceAll('\n', '\r\n') } },
      { parents: [1], at: day('01-20'), files: only('[x] not_started') },
      { parents: [2], at: day('01-21'), files: { [path]: pack('[x] not_started').replaceAll('\n', '\r\n') } },
    ],
    completed: ['2026-01-10 by 1'],
    before: '[ ] not_started',
  },
  {
    name: 'half past eleven at night in London is the next day in Berlin',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: '2026-01-10T23:30:00Z', files: only('[x] not_started') },
    ],
    ask: { timeZone: 'Europe/Berlin' },
    completed: ['2026-01-11 by 1'],
  },
  {
    name: 'and still the day before in New York an hour after midnight',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: '2026-01-11T01:00:00Z', files: only('[x] not_started') },
    ],
    ask: { timeZone: 'America/New_York' },
    completed: ['2026-01-10 by 1'],
  },
  {
    name: 'an author’s date before Git or in the future gives way to the committer’s',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: 0, committed: day('01-10'), files: only('[x] not_started', '[ ] not_started') },
      {
        parents: [1],
        at: day('12-31'),
        committed: day('01-12'),
        files: only('[x] not_started', '[x] not_started'),
      },
    ],
    ask: { now: new Date(day('02-01')) },
    completed: ['2026-01-10 by 1', '2026-01-12 by 2'],
  },
  {
    name: 'neither date can be true: not known; a clock a few hours fast is believed',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      {
        parents: [0],
        at: 86_400,
        committed: 99_999_999_999,
        files: only('[x] not_started', '[ ] not_started'),
      },
      { parents: [1], at: '2026-02-02T08:00:00Z', files: only('[x] not_started', '[x] not_started') },
    ],
    ask: { now: new Date(day('02-01')) },
    completed: ['unknown', '2026-02-02 by 2'],
    before: '[ ] not_started',
  },
  {
    name: 'of two sides, one without a date that can be true, the other tells it',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: 0, files: only('[x] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-12'), files: only('[x] not_started', '[x] not_started') },
      { parents: [1, 2], at: day('01-20'), files: only('[x] not_started', '[x] not_started') },
    ],
    completed: ['2026-01-12 by 2', '2026-01-12 by 2'],
  },
  {
    name: 'fewer commits allowed than there are: no later than the last one seen',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-15'), files: { ...only('[x] not_started', '[ ] not_started'), a: 'b' } },
      { parents: [2], at: day('01-20'), files: only('[x] not_started', '[x] not_started') },
    ],
    ask: { limits: { commits: 2, versions: 9, folders: 9 } },
    completed: ['2026-01-15 by 2, no later', '2026-01-20 by 3'],
    before: null,
  },
  {
    name: 'a merge of which one parent is not known',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started') },
      { parents: [0], at: day('01-12'), files: { ...only('[ ] not_started'), a: 'b' } },
      { parents: [2, 1], at: day('01-20'), files: only('[x] not_started') },
    ],
    ask: { limits: { commits: 2, versions: 9, folders: 9 } },
    completed: ['2026-01-20 by 3, no later'],
    before: null,
  },
  {
    name: 'fewer versions allowed than there are',
    history: [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-20'), files: only('[x] not_started', '[x] not_started') },
    ],
    ask: { limits: { commits: 9, versions: 1, folders: 9 } },
    completed: ['2026-01-10 by 1, no later', '2026-01-20 by 2'],
  },
  {
    name: 'a rename that is too dear to find is not known',
    history: [
      { parents: [], at: day('01-05'), files: { 'a/b/c/firms/x/ticket-pack.md': pack(...ticked), d: '1' } },
      { parents: [0], at: day('01-20'), files: { [path]: pack(...ticked), d: '1' } },
    ],
    ask: { limits: { commits: 9, versions: 9, folders: 3 } },
    completed: ['2026-01-20 by 1, no later'],
  },
  {
    name: 'two sides that cannot be told apart within the limits: no later than the later one',
    history: [
      { parents: [], at: day('01-10'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-11'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-11'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-12'), files: only('[x] not_started', '[x] not_started') },
      { parents: [2, 3], at: day('01-20'), files: only('[x] not_started', '[x] not_started') },
    ],
    ask: { limits: { commits: 4, versions: 9, folders: 9 } },
    completed: ['2026-01-12 by 3, no later', '2026-01-12 by 3'],
  },
];

for (const { name, history, completed, started, before, ask } of rows) {
  test(name, () =>
    withRepo(null, async (sandbox) => {
      const oids = build(sandbox, history);
      mkdirSync(join(sandbox.top, ask?.root ?? '.'), { recursive: true });
      const found = await pasts(sandbox, ask);
      const each = (of: 'completed' | 'started', count: number) =>
        Array.from({ length: count }, (_, index) => said(found.get(`T1.1.${index + 1}`), oids, of));
      assert.equal(each('completed', completed.length), completed);
      if (started) assert.equal(each('started', started.length), started);
      if (before === undefined) return;
      const marks = found.get('T1.1.1')?.before;
      const boxes = { open: '[ ]', done: '[x]', in_progress: '[/]', skipped: '[-]' };
      assert.is(marks ? `${boxes[marks.box]} ${marks.statusLine ?? ''}`.trim() : null, before);
    }),
  );
}

test('a shallow clone tells a bound, and no date that it does not know', () =>
  withRepo(null, async (sandbox) => {
    const oids = build(sandbox, [
      { parents: [], at: day('01-05'), files: only('[ ] not_started', '[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started', '[ ] not_started') },
      { parents: [1], at: day('01-15'), files: { ...only('[x] not_started', '[ ] not_started'), a: 'b' } },
      { parents: [2], at: day('01-20'), files: only('[x] not_started', '[x] not_started') },
    ]);
    const top = join(sandbox.root, 'shallow');
    sandbox.git(['clone', '-q', '--depth=2', `file://${sandbox.top}`, top]);
    const found = await pasts({ ...sandbox, top });
    assert.is(said(found.get('T1.1.1'), oids), '2026-01-15 by 2, no later');
    assert.is(found.get('T1.1.1')?.before, null);
    assert.is(said(found.get('T1.1.2'), oids), '2026-01-20 by 3');
  }));

test('a reader that leaves out the parents beyond a shallow clone says so', () =>
  withRepo(null, async (sandbox) => {
    const oids = build(sandbox, [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started') },
      { parents: [1], at: day('01-15'), files: { ...only('[x] not_started'), a: 'b' } },
    ]);
    const cutAt = (oid: string | undefined) => (git: GitView) => {
      const commit: GitReader['commit'] = async (asked) => {
        const facts = await git.reader.commit(asked);
        return facts && asked === oid ? { ...facts, parents: [], cut: true } : facts;
      };
      return { ...git, reader: { ...git.reader, commit } };
    };
    const found = await pasts(sandbox, { view: cutAt(oids[1]) });
    assert.is(said(found.get('T1.1.1'), oids), '2026-01-10 by 1, no later');
  }));

test('a version that a partial clone lacks is fetched; where it cannot be, it is not known', () =>
  withRepo(null, async (sandbox) => {
    const oids = build(sandbox, [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-10'), files: only('[x] not_started') },
    ]);
    sandbox.git(['config', 'uploadpack.allowFilter', 'true']);
    for (const [name, answer] of [
      ['reachable', '2026-01-10 by 1'],
      ['alone', '2026-01-10 by 1, no later'],
    ] as const) {
      const top = join(sandbox.root, name);
      sandbox.git(['clone', '-q', '--filter=blob:none', `file://${sandbox.top}`, top]);
      if (name === 'alone') sandbox.git(['remote', 'set-url', 'origin', join(sandbox.root, 'nowhere')], top);
      assert.is(said((await pasts({ ...sandbox, top })).get('T1.1.1'), oids), answer);
    }
  }));

test('merged and renamed with Git’s own commands, among other firms’ packs', () =>
  withRepo(
    {
      [path]: pack(...long),
      'firms/b/ticket-pack.md': packOf('22222222-5bad-549b-bbdf-de666709b083', long),
      'firms/hayes/firm.yaml': 'name: Hayes\n',
    },
    async (sandbox) => {
      const { top, git, env } = sandbox;
      const on = (date: string, ...args: string[]) =>
        git(args, top, { ...env, GIT_AUTHOR_DATE: day(date), GIT_COMMITTER_DATE: day(date) });
      git(['checkout', '-q', '-b', 'side']);
      put(top, { [path]: pack(...ticked) });
      on('02-04', 'commit', '-qam', 'tick');
      git(['checkout', '-q', 'main']);
      git(['mv', 'firms/hayes', 'firms/hayes_real_estate']);
      on('02-05', 'commit', '-qam', 'rename');
      on('02-06', 'merge', '-q', '--no-edit', 'side');
      const oids = git(['rev-list', '--date-order', '--reverse', 'HEAD']).trim().split('\n');
      const found = await pasts(sandbox, { path: hayes });
      assert.is(said(found.get('T1.1.1'), oids), '2026-02-04 by 1');
      assert.is(said(found.get('T1.1.2'), oids), '2026-02-03 by 0');
    },
  ));

test('a box and a Status line that came from two sides of a merge contradict each other', () =>
  withRepo(null, async (sandbox) => {
    const sides = (merged: string, one: string, other: string, base = '[ ] not_started'): Made[] => [
      { parents: [], at: day('01-05'), files: only(base) },
      { parents: [0], at: day('01-10'), files: only(one) },
      { parents: [0], at: day('01-12'), files: only(other) },
      { parents: [1, 2], at: day('01-20'), files: only(merged) },
    ];
    const settled = async (history: readonly Made[]) => {
      build(sandbox, history);
      const entries = entriesOf(history.at(-1)?.files[path] ?? '');
      assert.is(needHistory(entries, entries).length, 1);
      const facts = { id: packId, firm: 'hayes', version: 'v1.0', createdAt: '', sprints: [], entries };
      const result = settlePack(facts, entries, '2026-03-01', await pasts(sandbox));
      return result.contradictions.length > 0 ? 'contradiction' : result.pack.tickets[0]?.status;
    };
    assert.is(await settled(sides('[x] in_progress', '[x] not_started', '[ ] in_progress')), 'contradiction');
    assert.is(await settled(sides('[x] in_progress', '[ ] in_progress', '[x] not_started')), 'contradiction');
    assert.is(
      await settled(sides('[ ] done', '[ ] in_progress', '[x] done', '[x] in_progress')),
      'contradiction',
    );
    // One side alone changed the pair, or the merge itself changed the one mark.
    assert.is(
      await settled(sides('[x] in_progress', '[x] in_progress', '[ ] blocked', '[ ] in_progress')),
      'done',
    );
    assert.is(await settled(sides('[x] in_progress', '[x] not_started', '[x] blocked')), 'in_progress');
    assert.is(await settled(sides('[x] in_progress', '[ ] in_progress', '[ ] blocked')), 'done');
  }));

test('a completion never comes before its start, and a date says who told it', () =>
  withRepo(null, async (sandbox) => {
    const settled = async (history: readonly Made[], limits?: HistoryOptions['limits']) => {
      const oids = build(sandbox, history);
      const entries = entriesOf(history.at(-1)?.files[path] ?? '');
      const facts = { id: packId, firm: 'hayes', version: 'v1.0', createdAt: '', sprints: [], entries };
      const found = await pasts(sandbox, limits ? { limits } : {});
      const { started, completed, inferred } =
        settlePack(facts, entries, '2026-03-01', found).changes[0] ?? {};
      const by = (told: Inferred | undefined) =>
        told ? `${oids.indexOf(told.commit)}${told.bound ? '-' : ''}` : '';
      return [started, by(inferred?.started), completed, by(inferred?.completed)];
    };
    const since = (started: string) => ({
      [path]: pack('[x] done').replace('done\n', `done\n  - Started: ${started}\n`),
    });
    const history: Made[] = [
      { parents: [], at: day('01-05'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-20'), files: only('[ ] in_progress') },
      { parents: [1], at: day('01-10'), files: only('[x] in_progress') },
    ];
    // The commit that began it says a later day than the one that ended it.
    assert.equal(await settled(history), ['2026-01-10', '2', '2026-01-10', '2']);
    const written = (started: string): Made[] => [
      ...history,
      { parents: [2], at: day('01-25'), files: since(started) },
    ];
    assert.equal(await settled(written('2026-01-08')), [undefined, '', '2026-01-10', '2']);
    assert.equal(await settled(written('2026-01-15')), [undefined, '', '2026-01-15', '']);
    assert.equal(await settled(written('2027-01-01')), [undefined, '', '2026-03-01', '']);
    const few = { commits: 1, versions: 9, folders: 9 };
    assert.equal(await settled(history, few), ['2026-01-10', '2-', '2026-01-10', '2-']);
    // No date can be true: the clock is the last resort.
    const absurd = history.map((one) => ({ ...one, at: 0 }));
    assert.equal(await settled(absurd), ['2026-03-01', '', '2026-03-01', '']);
  }));

test('every commit is read once, however many ways lead to it', () =>
  withRepo(null, async (sandbox) => {
    const history: Made[] = [
      { parents: [], at: day('01-01'), files: only('[ ] not_started') },
      { parents: [0], at: day('01-02'), files: only('[x] not_started') },
    ];
    for (let rung = 0; rung < 40; rung += 1) {
      const last = history.length - 1;
      for (const [side, parents] of [[last], [last], [last + 1, last + 2]].entries()) {
        const at = seconds(day('01-03')) + 3 * rung + side;
        history.push({ parents, at, files: { ...only('[x] not_started'), [`a${rung}`]: `${side}` } });
      }
    }
    const oids = build(sandbox, history);
    const asked: string[] = [];
    const found = await pasts(sandbox, {
      view: (git) => {
        const entryAt: GitReader['entryAt'] = (commit, file) => {
          asked.push(commit);
          return git.reader.entryAt(commit, file);
        };
        return { ...git, reader: { ...git.reader, entryAt } };
      },
    });
    assert.is(said(found.get('T1.1.1'), oids), '2026-01-02 by 1');
    assert.is(asked.length, history.length);
  }));
