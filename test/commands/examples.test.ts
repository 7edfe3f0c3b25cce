import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { globbySync } from 'globby';
import * as assert from 'uvu/assert';
import { commandTable } from '../../src/commands/table.ts';
import { call } from '../command-line.ts';
import { test, withTempDir } from '../harness.ts';
import { Practice } from '../scend.ts';

const slug = 'hayes_real_estate';

/** Examples that are not run here, each with the reason. */
const notRun: Readonly<Record<string, string>> = {};

type Prepare = (dir: string) => void | Promise<void>;

async function must(dir: string, ...args: string[]): Promise<void> {
  const ran = await call(dir, args);
  assert.is(ran.code, 0, `scend ${args.join(' ')} exited ${ran.code}\n${ran.out}${ran.err}`);
}

const addFirm: Prepare = (dir) =>
  must(dir, 'firm', 'add', 'acme_law', '--name', 'Acme Law', '--industry', 'legal');

const roadmap = (team: string, playbook: string) =>
  `# Acme Law\n\n## Executive Summary\n\nNet ROI: 344 %.\n\n## ${team}\n\nTwo people.\n\n## ${playbook}\n\nSteps.\n`;

/** What a command's examples name that no workspace has by itself. */
const prepare: Readonly<Record<string, Prepare>> = {
  'pack create': addFirm,
  'import roadmap': async (dir) => {
    await addFirm(dir);
    writeFileSync(join(dir, 'roadmap.md'), roadmap('System Architecture', 'Playbook'));
    mkdirSync(join(dir, 'sections'));
    writeFileSync(join(dir, 'sections', '1.md'), '# Executive Summary\n\nText.\n');
    writeFileSync(
      join(dir, 'sections', '2.md'),
      '# Diagnostic Analysis\n\n## Team and Roles\n\nTwo people.\n',
    );
  },
  'import pack': async (dir) => {
    await addFirm(dir);
    const write = (name: string, text: string) => writeFileSync(join(dir, name), text);
    write('tickets.md', '# Tickets\n\n## Sprint 1\n\n- [x] T1.1.1 – Forms\n- [ ] T1.1.2 – Calls\n');
    write('tickets.csv', 'ticket_id,title\nT1.1.1,Forms\nT1.1.2,Calls\n');
    write('tickets.json', '[{"ticket_id": "T1.1.1", "title": "Forms"}]');
    write('ticket_instances.json', '[{"ticket_id": "T1.1.1", "status": "in_progress"}]');
    write('snapshots.json', '[{"label": "baseline", "date": "2026-01-05", "metrics": {"nps": 40}}]');
  },
  sync: async (dir) => {
    await must(dir, 'refresh', '--firm', slug);
    const name = `${slug}_TICKET_PACK_v1.1.md`;
    cpSync(join(dir, 'firms', slug, 'deliverables', name), join(dir, name));
  },
  'plan show': (dir) => must(dir, 'refresh', '--firm', slug, '--plan-out', 'plan.json'),
  apply: (dir) => must(dir, 'refresh', '--firm', slug, '--plan-out', 'plan.json'),
  undo: (dir) => must(dir, 'sync', '--firm', slug),
};

/** A line as a shell reads it: quotes go, and a pattern becomes the files that fit it. */
function wordsOf(line: string, dir: string): string[] {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.flatMap((word) => {
    const plain = word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2');
    const files = /\*/.test(word) && plain === word ? globbySync(word, { cwd: dir }) : [];
    return files.length > 0 ? files : [plain];
  });
}

/** Runs a command's examples, each from the same beginning, so that none lives on what another wrote. */
async function runExamples(practice: Practice, name: string, examples: readonly string[]): Promise<string[]> {
  const { dir } = practice;
  await prepare[name]?.(dir);
  practice.git('add', '-A');
  practice.git('commit', '-q', '--allow-empty', '-m', 'Prepare');
  const start = practice.git('rev-parse', 'HEAD').trim();
  const failed: string[] = [];
  for (const example of examples) {
    if (notRun[example]) continue;
    const [program, ...words] = wordsOf(example, dir);
    if (program === 'git') practice.git(...words);
    else if (program !== 'scend') failed.push(`${example}: say in notRun why it is not run`);
    else {
      const { code, out, err } = await call(dir, words);
      const fits = code === 0 || (name === 'check' && code === 1);
      if (!fits || out + err === '') failed.push(`${example}\nexited ${code}\n${out}${err}`);
    }
    practice.git('reset', '-q', '--hard', start);
    practice.git('clean', '-fdqx');
  }
  return failed;
}

test('every example of every command runs as it is pasted', async () => {
  await withTempDir(async (dir) => {
    const practice = new Practice(dir, { SCEND_TODAY: '2026-03-20' });
    await must(dir, 'init', '.', '--example');
    practice.start();
    const start = practice.git('rev-parse', 'HEAD').trim();
    const failed: string[] = [];
    for (const { name, load } of commandTable) {
      const { examples } = await load();
      if (examples.length === 0) failed.push(`${name} has no example`);
      failed.push(...(await runExamples(practice, name, examples)));
      practice.git('reset', '-q', '--hard', start);
    }
    assert.is(failed.join('\n\n'), '');
  });
});

test('what is said not to run is an example that is there', async () => {
  const specs = await Promise.all(commandTable.map((one) => one.load()));
  const examples = new Set(specs.flatMap((one) => one.examples));
  for (const [example, why] of Object.entries(notRun)) {
    assert.ok(examples.has(example), example);
    assert.ok(why.length > 10, example);
  }
});
