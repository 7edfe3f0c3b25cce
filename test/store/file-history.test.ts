import * as assert from 'uvu/assert';
import { oldestVersion } from '../../src/store/file-history.ts';
import { viewGit } from '../../src/store/git-view.ts';
import { test } from '../harness.ts';
import { withRepo } from './git/sandbox.ts';
import { build, day } from './history/made.ts';

test('the oldest version of a file is found through a rename of its folder', () =>
  withRepo(null, async (sandbox) => {
    build(sandbox, [
      { parents: [], at: day('01-05'), files: { 'firms/a/deliverables/x.md': 'first\n' } },
      { parents: [0], at: day('01-10'), files: { 'firms/a/deliverables/x.md': 'first\nsecond\n' } },
      { parents: [1], at: day('01-15'), files: { 'firms/b/deliverables/x.md': 'first\nsecond\n' } },
      {
        parents: [2],
        at: day('01-20'),
        files: { 'firms/b/deliverables/x.md': 'third\n', 'new.md': 'new\n' },
      },
    ]);
    const git = await viewGit(sandbox.top, sandbox.env);
    const text = async (file: string) => Buffer.from((await oldestVersion(git, file)) ?? 'none').toString();
    assert.is(await text('firms/b/deliverables/x.md'), 'first\n');
    assert.is(await text('new.md'), 'new\n');
    assert.is(await text('missing.md'), 'none');
  }));
