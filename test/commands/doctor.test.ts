import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test, withTempDir } from '../harness.ts';
import { Practice, withSample } from '../scend.ts';

interface Report {
  readonly findings: readonly { what: string; says: string; problem?: { code: string; hint: string } }[];
  readonly problems: number;
}

/** The report, and what it says of one thing. */
function report(practice: Practice): Report & { says: (what: string) => string } {
  const data = JSON.parse(practice.scend('doctor', '--json').out).data as Report;
  return { ...data, says: (what) => data.findings.find((one) => one.what === what)?.says ?? '' };
}

test('a sound repository: Scend commits by itself, and nothing stands in the way', () =>
  withSample((practice) => {
    const { says, problems } = report(practice);
    assert.is(problems, 0);
    assert.match(says('commits'), 'made by Scend itself');
    assert.match(says('author'), 'Ana Tester <ana@example.org>');
    assert.match(says('git'), ' at main, ');
    assert.is(says('writing now'), 'nobody');
    assert.match(practice.ok('doctor'), 'Nothing stands in the way.');
  }));

test('a hook: installed Git commits, and the hook is named', () =>
  withSample((practice) => {
    const hook = join(practice.dir, '.git/hooks/pre-commit');
    mkdirSync(join(practice.dir, '.git/hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\nexit 0\n');
    chmodSync(hook, 0o755);
    const { says, problems } = report(practice);
    assert.is(problems, 0);
    assert.match(says('commits'), /through installed Git \d.*pre-commit hook/);
  }));

test('what would refuse a commit is a problem with its remedy, all of them at once', () =>
  withSample((practice) => {
    practice.git('checkout', '-q', '--detach');
    const bare = new Practice(practice.dir, {});
    for (const name of ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'])
      delete bare.env[name];
    const ran = bare.scend('doctor');
    assert.is(ran.code, 1);
    assert.match(ran.out, 'HEAD is detached');
    assert.match(ran.out, 'git switch');
    assert.match(ran.out, 'Git does not know the author');
    assert.match(ran.out, '2 problems.');
    practice.git('fsck', '--strict');
  }));

test('a run that was cut short is named by doctor, status and check, and completed by the next', () =>
  withSample((practice) => {
    practice.tick('hayes_real_estate', 'T4.2.4');
    const old = practice.read('firms/hayes_real_estate/ticket-pack.md');
    practice.ok('sync');
    // As if the run had ended after its files and before its commit.
    practice.git('update-ref', 'HEAD', 'HEAD~');
    practice.git('read-tree', 'HEAD');
    const pack = 'firms/hayes_real_estate/ticket-pack.md';
    const now = practice.read(pack);
    assert.is.not(now, old);
    const blob = practice.git('hash-object', '-w', pack).trim();
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    mkdirSync(join(practice.dir, '.git/scend'), { recursive: true });
    const file = {
      path: pack,
      old: digest(old),
      new: digest(now),
      blob,
      base: practice.git('rev-parse', `HEAD:${pack}`).trim(),
    };
    const commit = {
      ref: 'refs/heads/main',
      message: 'pack: cut short\n',
      author: null,
      now: '2026-03-20T09:00:00Z',
    };
    const intent = { id: 'abc', firm: 'hayes_real_estate', commit, files: [file] };
    practice.write('.git/scend/journal.json', JSON.stringify({ format: 1, intent, owned: {} }));
    assert.is(report(practice).problems, 1);
    assert.match(practice.scend('doctor').out, 'scend sync');
    assert.match(practice.scend('status').err, 'run/unfinished');
    assert.match(practice.scend('check').out, 'run/unfinished');
    const ran = practice.scend('sync');
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.err, 'an earlier run was cut short (pack: cut short); it was completed');
    assert.match(practice.git('log', '--format=%s'), 'pack: cut short');
    assert.is(report(practice).problems, 0);
    practice.clean();
  }));

test('outside Git nothing is refused, and a busy workspace is named', () =>
  withTempDir((dir) => {
    const practice = new Practice(dir);
    practice.ok('init', '.');
    assert.match(report(practice).says('git'), 'no repository');
    mkdirSync(join(dir, '.scend'), { recursive: true });
    const holder = {
      pid: 1,
      started: null,
      host: 'another-machine',
      boot: null,
      space: null,
      since: '2026-03-20',
    };
    writeFileSync(join(dir, '.scend/lock.3'), JSON.stringify(holder));
    assert.match(report(practice).says('writing now'), 'process 1 on another-machine');
  }));
