import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { cleanBytes, refuseFilters } from '../../../src/store/git/attributes.ts';
import { preflight } from '../../../src/store/git/commit.ts';
import { readIndex } from '../../../src/store/git/index-store.ts';
import { hashObject } from '../../../src/store/git/objects.ts';
import { test } from '../../harness.ts';
import {
  commit,
  type Env,
  type Files,
  openAt,
  put,
  refusalOf,
  type Sandbox,
  status,
  withRepo,
} from './sandbox.ts';

const setting = (key: string, value: string): Env => ({
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: key,
  GIT_CONFIG_VALUE_0: value,
});

/** Asserts that each file would be stored as `git add` stores it. */
async function sameAsGit({ top, git, env }: Sandbox, files: Files, extra: Env = {}): Promise<void> {
  const all = { ...env, ...extra };
  put(top, files);
  const repo = await openAt(top, all);
  const source = { repo, index: (await readIndex(repo)).index, pending: new Map() };
  const ours: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    ours.push(`${hashObject('blob', await cleanBytes(source, path, Buffer.from(text!)))} ${path}`);
  }
  git(['add', '-f', '--', ...Object.keys(files)], top, all);
  const listed = git(['ls-files', '-z', '-s', '--', ...Object.keys(files)], top, all)
    .split('\0')
    .slice(0, -1);
  const byGit = listed.map((line) => line.replace(/^\d+ (\w+) \d\t/, '$1 '));
  assert.equal(ours.sort(), byGit.sort());
}

const TEXTS = [
  'a\r\nb\r\n',
  'a\r\nb\n',
  'a\nb\n',
  'a\rb\r\n',
  'a\0\r\n',
  `${'\x01'.repeat(3)}\r\n${'x'.repeat(300)}`,
  `${'\x01'.repeat(2)}\r\n${'x'.repeat(300)}`,
  'a\r\n\x1a',
  '\r\n',
  'é\r\r\n',
  '',
];

test('core.autocrlf: false, input and true, on new files and over what the index holds', () =>
  withRepo({ 'crlf.md': 'one\r\ntwo\r\n', 'lf.md': 'one\ntwo\n' }, async (sandbox) => {
    const files = Object.fromEntries(TEXTS.map((text, i) => [`new/${i}.md`, text]));
    for (const value of ['false', 'input', 'true', 'TRUE', '']) {
      const extra = setting('core.autocrlf', value);
      sandbox.git(['reset', '-q', '--hard']);
      await sameAsGit(sandbox, files, extra);
      await sameAsGit(sandbox, { 'crlf.md': 'three\r\n', 'lf.md': 'three\r\n' }, extra);
    }
  }));

const LINES = [
  '*.md text',
  '*.md -text',
  '*.md text=auto',
  '*.md !text',
  '*.md text=input',
  '*.md eol=lf',
  '*.md eol=crlf',
  '*.md text=auto eol=crlf',
  '*.md crlf',
  '*.md -crlf',
  '*.md crlf=input',
  '* text=auto',
  '*.md binary',
  'dir/** text',
  '/a.md text',
  'dir/ text',
  '**/b.md -text',
  '"a.md" eol=lf',
  '[attr]mine text=auto',
  '[attr]binary text',
  '*.md mine',
  'b.* -mine text',
  '# *.md text',
  '!a.md text',
  '*.md text -bad=name',
  '  *.md\t text ',
];

test('any attributes, settings and line ends give the blob that git add stores', () =>
  withRepo({ 'a.md': 'x\r\n', 'dir/c.md': 'x\r\n' }, async (sandbox) => {
    const { git, top } = sandbox;
    const text = fc
      .array(fc.constantFrom('a', '\r\n', '\n', '\r', 'é', '\0', '\x01'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    const lines = fc.array(fc.constantFrom(...LINES), { maxLength: 4 }).map((list) => `${list.join('\n')}\n`);
    const scene = fc.record({
      root: lines,
      dir: fc.option(lines),
      info: fc.option(lines),
      autocrlf: fc.constantFrom('true', 'false', 'input'),
      files: fc.record({ 'a.md': text, 'b.md': text, 'dir/b.md': text, 'dir/c.md': text }),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ root, dir, info, autocrlf, files }) => {
        git(['read-tree', 'HEAD']);
        put(top, { '.gitattributes': root, 'dir/.gitattributes': dir, '.git/info/attributes': info });
        await sameAsGit(sandbox, files, setting('core.autocrlf', autocrlf));
      }),
      { numRuns: 120 },
    );
  }));

test('attributes of the user, of core.attributesFile, and of a sparse checkout', () =>
  withRepo({ 'a.md': 'x\n', 'dir/.gitattributes': '*.md text\n', 'dir/a.md': 'x\n' }, async (sandbox) => {
    const { root, git, top } = sandbox;
    put(root, { '.config/git/attributes': '*.md text\n', 'other/attributes': '*.md -text\n' });
    await sameAsGit(sandbox, { 'a.md': 'y\r\n' });
    await sameAsGit(sandbox, { 'a.md': 'y\r\n' }, setting('core.attributesFile', '~/other/attributes'));
    await sameAsGit(sandbox, { 'a.md': 'y\r\n' }, { XDG_CONFIG_HOME: join(root, 'nowhere') });
    put(root, { '.config/git/attributes': null });
    git(['update-index', '--skip-worktree', 'dir/.gitattributes']);
    put(top, { 'dir/.gitattributes': null });
    await sameAsGit(sandbox, { 'dir/a.md': 'z\r\n' });
  }));

test('an attributes file that is a link says nothing', () =>
  withRepo({ 'a.md': 'x\n' }, async (sandbox) => {
    put(sandbox.root, { away: '*.md text\n' });
    symlinkSync(join(sandbox.root, 'away'), join(sandbox.top, '.gitattributes'));
    await sameAsGit(sandbox, { 'a.md': 'y\r\n' });
  }));

test('attributes that ignore case follow core.ignoreCase', () =>
  withRepo({ 'a.md': 'x\n' }, async (sandbox) => {
    put(sandbox.top, { '.gitattributes': '*.MD text\nDIR/*.md text\n' });
    for (const value of ['true', 'false']) {
      await sameAsGit(
        sandbox,
        { 'a.md': `${value}\r\n`, 'dir/b.md': 'z\r\n' },
        setting('core.ignoreCase', value),
      );
    }
  }));

test('filters, ident and encodings are refused only where they apply', () =>
  withRepo({ 'a.md': 'x\n' }, async ({ top, env }) => {
    put(top, {
      '.gitattributes':
        '*.bin filter=lfs\n*.id ident\nb.id -ident\n*.u16 working-tree-encoding=UTF-16\n*.u8 working-tree-encoding=utf8\n*.off filter=x\nz.off !filter\ny.off -filter\n',
    });
    const repo = await openAt(top, env);
    const source = { repo, index: (await readIndex(repo)).index, pending: new Map() };
    for (const path of ['a.bin', 'dir/a.bin', 'a.id', 'a.u16', 'a.off']) {
      assert.is((await refusalOf(refuseFilters(source, path))).code, 'git/filter', path);
    }
    for (const path of ['a.md', 'b.id', 'a.u8', 'z.off', 'y.off']) await refuseFilters(source, path);
    // Deleting needs no content.
    await preflight(repo, ['a.bin'], { bytes: new Map([['a.bin', null]]) });
  }));

test('an attributes file of the commit itself counts, wherever the disk is', () =>
  withRepo({ 'a.md': 'x\n' }, async ({ top, env, git }) => {
    const repo = await openAt(top, env);
    await commit(repo, { '.gitattributes': '*.md text\n', 'b.md': 'y\r\n' }, { write: false });
    assert.is(git(['cat-file', 'blob', 'HEAD:b.md']), 'y\n');
    const refused = await refusalOf(
      commit(repo, { '.gitattributes': '*.md filter=x\n', 'c.md': 'z' }, { write: false }),
    );
    assert.is(refused.code, 'git/filter');
  }));

test('a file with CRLF on disk is clean after the commit', () =>
  withRepo({ 'a.md': 'x\n' }, async ({ top, env, git }) => {
    git(['config', 'core.autocrlf', 'true']);
    await commit(await openAt(top, env), { 'a.md': 'y\r\n', 'b.md': 'z\r\n' });
    assert.is(git(['diff-files', '--name-only']), '');
    assert.is(status(git), '');
    git(['config', 'core.safecrlf', 'true']);
    const refused = await refusalOf(commit(await openAt(top, env), { 'a.md': 'w\r\n' }));
    assert.is(refused.code, 'git/eol');
    chmodSync(join(top, 'a.md'), 0o644);
  }));
