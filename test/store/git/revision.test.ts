import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { meetingOf } from '../../../src/store/git/merge-base.ts';
import type { CommitFacts, GitReader } from '../../../src/store/git/reader.ts';
import { resolveAlone, resolveRevision, revisionNames } from '../../../src/store/git/revision.ts';
import { viewGit } from '../../../src/store/git-view.ts';
import { test, withTempDir } from '../../harness.ts';
import { Practice } from '../../scend.ts';

/** Commit n of a made history has the parents that stand at place n, all of them older. */
type History = readonly (readonly number[])[];

const histories: fc.Arbitrary<History> = fc
  .array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 1, maxLength: 14 })
  .map((all) => all.map((parents, n) => [...new Set(n === 0 ? [] : parents.map((one) => one % n))]));

/** Reads a made history; commits below `from` are not held, as beyond the end of a shallow clone. */
function readerOf(history: History, from = 0): Pick<GitReader, 'commit'> & GitReader {
  return {
    commit: async (oid): Promise<CommitFacts | null> => {
      const n = Number(oid);
      if (n < from) return null;
      const parents = (history[n] ?? []).map(String);
      return { parents, authored: n, committed: n, message: '' };
    },
  } as GitReader;
}

function ancestors(history: History, from: readonly number[]): Set<number> {
  const found = new Set<number>();
  const open = [...from];
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    if (found.has(n)) continue;
    found.add(n);
    open.push(...(history[n] ?? []));
  }
  return found;
}

test('the meeting of two lines is a common ancestor that no other common ancestor descends from', () =>
  fc.assert(
    fc.asyncProperty(
      histories,
      fc.nat(),
      fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
      async (history, a, b) => {
        const one = a % history.length;
        const others = b.map((n) => n % history.length);
        const met = await meetingOf(readerOf(history), String(one), others.map(String));
        const theirs = ancestors(history, others);
        const common = [...ancestors(history, [one])].filter((n) => theirs.has(n));
        assert.is(met.cut, false);
        if (common.length === 0) return assert.is(met.commit, null);
        const best = common.filter((n) => !common.some((m) => m !== n && ancestors(history, [m]).has(n)));
        assert.ok(best.map(String).includes(met.commit ?? ''), `${met.commit} is none of ${best}`);
      },
    ),
  ));

test('where a clone ends before the lines meet, that is known', async () => {
  const history = [[], [0], [1], [1]];
  assert.equal(await meetingOf(readerOf(history), '2', ['3']), { commit: '1', cut: false });
  assert.equal(await meetingOf(readerOf(history, 2), '2', ['3']), { commit: null, cut: true });
});

test('a revision means without Git what it means with it', () =>
  withTempDir(async (dir) => {
    const practice = new Practice(dir);
    practice.write('a', 'a');
    practice.start();
    for (const name of ['two', 'three']) practice.git('commit', '-q', '--allow-empty', '-m', name);
    practice.git('switch', '-qc', 'side/line', 'HEAD~1');
    practice.git('commit', '-q', '--allow-empty', '-m', 'side');
    practice.git('merge', '-q', '--no-edit', 'main');
    practice.git('tag', 'light');
    practice.git('pack-refs', '--all');
    practice.git('branch', 'loose', 'HEAD~2');
    const git = await viewGit(dir, practice.env);
    if (!git) return assert.unreachable();
    const whole = practice.git('rev-parse', 'main').trim();
    const known = [
      'HEAD',
      '@',
      'main',
      'side/line',
      'loose',
      'light',
      'refs/heads/main',
      'heads/main',
      whole,
    ];
    const steps = ['', '~', '~2', '^', '^2', '^2~1', '~1^1', '^0'];
    const nothing = ['', '-x', 'nowhere', 'main~9', 'HEAD^3', '../main', 'refs/heads', 'a b', '0'.repeat(40)];
    for (const text of [...known.flatMap((one) => steps.map((step) => one + step)), ...nothing])
      assert.is(await resolveAlone(git, text), await resolveRevision(git, text), text);
    assert.is(await resolveAlone(git, 'main'), whole);
    assert.equal(await revisionNames(git), ['HEAD', 'light', 'loose', 'main', 'side/line']);
  }));
