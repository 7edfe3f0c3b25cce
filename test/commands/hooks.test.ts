import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { test } from '../harness.ts';
import { type Practice, withSample } from '../scend.ts';

const firm = ['firm', 'add', 'acme_law', '--name', 'Acme', '--industry', 'legal', '--team-size', '4'];

function hook({ dir }: Practice, name: string, script: string): void {
  const path = join(dir, '.git/hooks', name);
  mkdirSync(join(dir, '.git/hooks'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test('a hook that says no: the files stay to be looked at, the same command commits them later', () =>
  withSample((practice) => {
    hook(practice, 'pre-commit', 'echo "no firm on Fridays" >&2; exit 1');
    const ran = practice.scend(...firm);
    assert.is(ran.code, 4);
    assert.match(ran.err, 'no firm on Fridays');
    assert.match(ran.err, 'git/hook-refused');
    assert.ok(practice.has('firms/acme_law/firm.yaml'));
    assert.is(practice.git('diff', '--cached', '--name-only'), '');
    assert.match(practice.ok('doctor'), /uncommitted .*firms\/acme_law\/firm\.yaml/);
    hook(practice, 'pre-commit', 'exit 0');
    assert.match(practice.ok(...firm), 'committed');
    practice.clean();
    assert.match(practice.scend(...firm).err, 'usage/firm-exists');
  }));

test('a hook that writes the message and one that formats a file have their say', () =>
  withSample((practice) => {
    hook(practice, 'commit-msg', 'echo "Reviewed-by: hook" >> "$1"');
    hook(practice, 'post-commit', 'touch seen');
    practice.ok(...firm);
    assert.match(practice.git('log', '-1', '--format=%B'), 'Reviewed-by: hook');
    assert.ok(practice.has('seen'));
    assert.is(practice.git('status', '--porcelain'), '?? seen\n');
  }));

test('what a run without a commit wrote is written over by the next, and what a person changed is not', () =>
  withSample((practice) => {
    const slug = 'hayes_real_estate';
    const roadmap = `firms/${slug}/deliverables/${slug}_ROADMAP_v1.1.md`;
    practice.ok('refresh', '--firm', slug, '--no-commit');
    const first = practice.read(roadmap);
    practice.tick(slug, 'T5.1.1');
    practice.ok('refresh', '--firm', slug, '--no-commit');
    assert.is.not(practice.read(roadmap), first);
    practice.edit(roadmap, (text) => text.replace('## 1.', 'A word of mine.\n\n## 1.'));
    practice.tick(slug, 'T5.1.2');
    const mine = practice.read(roadmap);
    const ran = practice.scend('refresh', '--firm', slug);
    assert.is(ran.code, 4);
    assert.match(ran.err, 'git/would-overwrite');
    assert.is(practice.read(roadmap), mine);
  }));
