import * as assert from 'uvu/assert';
import { resolveIdentity } from '../../../src/store/git/identity.ts';
import { test } from '../../harness.ts';
import { type Env, NOW, openAt, put, refusalOf, type Sandbox, withRepo } from './sandbox.ts';

const NOBODY: Env = {
  GIT_AUTHOR_NAME: undefined,
  GIT_AUTHOR_EMAIL: undefined,
  GIT_COMMITTER_NAME: undefined,
  GIT_COMMITTER_EMAIL: undefined,
};

async function sameAsGit({ git, top, env }: Sandbox, extra: Env): Promise<void> {
  const all = { ...env, ...extra };
  const identity = resolveIdentity(await openAt(top, all), { now: NOW });
  assert.is(identity.author, git(['var', 'GIT_AUTHOR_IDENT'], top, all).trim());
  assert.is(identity.committer, git(['var', 'GIT_COMMITTER_IDENT'], top, all).trim());
}

test('names and addresses come from where Git takes them', () =>
  withRepo({ 'a.md': 'a' }, async (sandbox) => {
    const { git, root } = sandbox;
    await sameAsGit(sandbox, {});
    put(root, { '.gitconfig': '[user]\n\tname = Home\n\temail = home@example.org\n' });
    await sameAsGit(sandbox, NOBODY);
    git(['config', 'user.name', 'Local Name']);
    await sameAsGit(sandbox, NOBODY);
    git(['config', 'author.name', 'The Author']);
    git(['config', 'committer.email', 'committer@example.org']);
    await sameAsGit(sandbox, NOBODY);
    await sameAsGit(sandbox, { ...NOBODY, GIT_COMMITTER_NAME: 'From Env', GIT_AUTHOR_EMAIL: '' });
    git(['config', '--unset', 'user.name']);
    git(['config', '--unset', 'committer.email']);
    put(root, { '.gitconfig': '[user]\n\tname = Home\n' });
    git(['config', 'author.name', '']);
    await sameAsGit(sandbox, { ...NOBODY, EMAIL: 'env@example.org' });
  }));

test('crud at the ends, line ends and angle brackets go', () =>
  withRepo({ 'a.md': 'a' }, async (sandbox) => {
    for (const name of [
      '  Jo  Ann ',
      ',;:"Jo\'\\ ',
      'J<o>\nAnn',
      'Jo "Jay" Ann',
      'Ünï\u00a0',
      '<<x',
      'a.b',
    ]) {
      await sameAsGit(sandbox, { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: ` <${name}@x>` });
    }
  }));

test('dates in every supported form', () =>
  withRepo({ 'a.md': 'a' }, async (sandbox) => {
    const dates = [
      '1112911993 -0700',
      '@1112911993 -0700',
      '@0 +0000',
      '@5 +1345',
      '1112911993',
      '2005-04-07T22:13:13',
      '2005-04-07 22:13:13',
      '2005-04-07T22:13',
      '2005-04-07T22:13:13Z',
      '2005-04-07T22:13:13+0200',
      '2005-04-07T22:13:13+02:00',
      '2005-04-07T22:13:13-03:30',
      '2005-04-07T22:13:13+02',
      '2005-04-07T22:13:13.019-04:00',
      '2024-02-29T23:59:59 +0100',
      'Thu, 07 Apr 2005 22:13:13 +0200',
      '7 Apr 2005 22:13:13 -0130',
    ];
    for (const date of dates) await sameAsGit(sandbox, { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
  }));

test('what is no date is refused, and so is a day that does not exist', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, env }) => {
    for (const date of [
      'now',
      '5 +0000',
      '2005-04-07',
      '2005-13-07T00:00:00Z',
      '2005-02-30T00:00:00Z',
      '1960-01-01T00:00:00Z',
    ]) {
      const repo = await openAt(top, { ...env, GIT_COMMITTER_DATE: date });
      const refused = await refusalOf(Promise.resolve().then(() => resolveIdentity(repo, { now: NOW })));
      assert.is(refused.code, 'git/bad-date', date);
      assert.match(refused.message, 'GIT_COMMITTER_DATE');
    }
  }));

test('without dates the given moment counts', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, env }) => {
    const repo = await openAt(top, { ...env, GIT_AUTHOR_DATE: undefined, GIT_COMMITTER_DATE: '' });
    const moment = new Date(1_700_000_000_789);
    moment.getTimezoneOffset = () => 210;
    const { author, committer } = resolveIdentity(repo, { now: moment });
    assert.is(author, 'Ada <ada@example.org> 1700000000 -0330');
    assert.is(committer, 'Bo <bo@example.org> 1700000000 -0330');
  }));

test('the author option replaces name and address of the author alone', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, env }) => {
    const repo = await openAt(top, env);
    const { author, committer } = resolveIdentity(repo, { now: NOW, author: 'Cy <cy@x>' });
    assert.is(author, 'Cy <cy@x> 1770091506 +0000');
    assert.is(committer, 'Bo <bo@example.org> 1770091506 +0000');
    for (const wrong of ['Cy', 'Cy <cy', 'cy@x', '<a> <b>', '']) {
      const refused = await refusalOf(
        Promise.resolve().then(() => resolveIdentity(repo, { now: NOW, author: wrong })),
      );
      assert.is(refused.code, 'usage/author', wrong);
    }
  }));

test('nobody is guessed', () =>
  withRepo({ 'a.md': 'a' }, async ({ top, env }) => {
    for (const extra of [
      NOBODY,
      { GIT_AUTHOR_NAME: '' },
      { GIT_AUTHOR_NAME: ' <> ' },
      { GIT_COMMITTER_EMAIL: undefined },
    ]) {
      const repo = await openAt(top, { ...env, ...extra });
      const refused = await refusalOf(Promise.resolve().then(() => resolveIdentity(repo, { now: NOW })));
      assert.is(refused.code, 'git/no-identity');
      assert.match(refused.hint, 'git config --global user.name');
      assert.match(refused.hint, 'git config --global user.email');
    }
  }));
