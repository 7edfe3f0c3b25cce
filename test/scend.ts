import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { cleanEnv } from './environment.ts';
import { withTempDir } from './harness.ts';
import { checkOutput } from './output-schemas.ts';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: string, args: readonly string[], cwd: string, env: Record<string, string>): Ran {
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8', input: '' });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** What a command line gave, once its `--json` document has been compared with the command's published schema. */
export function validated(args: readonly string[], ran: Ran): Ran {
  const end = args.indexOf('--');
  const json = args.slice(0, end < 0 ? args.length : end).some((one) => /^--json(?:=|$)/.test(one));
  if (json) checkOutput(args, ran);
  return ran;
}

/** A temporary workspace driven through the real command line. */
export class Practice {
  readonly dir: string;
  readonly env: Record<string, string>;

  constructor(dir: string, env: Record<string, string> = {}) {
    this.dir = dir;
    this.env = cleanEnv(dir, env);
  }

  /** Runs the built command line. */
  scend(...args: string[]): Ran {
    return validated(args, run(process.execPath, [cli, ...args], this.dir, this.env));
  }

  /** Runs it and fails the test unless it exits 0. */
  ok(...args: string[]): string {
    const ran = this.scend(...args);
    assert.is(ran.code, 0, `scend ${args.join(' ')} exited ${ran.code}\n${ran.out}${ran.err}`);
    return ran.out;
  }

  /** The data of a `--json` run that must succeed. */
  json(...args: string[]): unknown {
    return (JSON.parse(this.ok(...args, '--json')) as { data: unknown }).data;
  }

  git(...args: string[]): string {
    const ran = run('git', args, this.dir, this.env);
    assert.is(ran.code, 0, `git ${args.join(' ')} exited ${ran.code}\n${ran.err}`);
    return ran.out;
  }

  /** Starts a repository on `main` and commits everything that is there. */
  start(): void {
    this.git('init', '-q', '-b', 'main');
    this.git('config', 'core.autocrlf', 'false');
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'Start workspace');
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.dir, path));
  }

  write(path: string, text: string | Uint8Array): void {
    writeFileSync(join(this.dir, path), text);
  }

  edit(path: string, change: (text: string) => string): void {
    const before = this.read(path);
    const after = change(before);
    assert.is.not(after, before, `nothing to edit in ${path}`);
    this.write(path, after);
  }

  /** Ticks boxes as a person does in an editor. */
  tick(slug: string, ...ids: string[]): void {
    for (const id of ids)
      this.edit(`firms/${slug}/ticket-pack.md`, (text) => text.replace(`- [ ] ${id} `, `- [x] ${id} `));
  }

  /** Nothing is broken and nothing is left over. */
  clean(): void {
    this.git('fsck', '--strict');
    assert.is(this.git('status', '--porcelain'), '');
  }
}

/** The sample workspace in a repository of its own. */
export async function withSample(body: (practice: Practice) => void | Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const practice = new Practice(dir, { SCEND_TODAY: '2026-03-20' });
    practice.ok('init', '.', '--example');
    practice.start();
    await body(practice);
  });
}

const kept = /^[\\/]\.scend[\\/](?:cache$|\.gitignore$)/;

/** Every file below a folder with its bytes, but for results that reading runs keep, to see that nothing was touched. */
export function snapshotOf(dir: string, folder = dir): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name === '.git' || kept.test(path.slice(dir.length))) continue;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) Object.assign(all, snapshotOf(dir, path));
    else all[path.slice(dir.length)] = readFileSync(path, 'base64');
  }
  return all;
}
