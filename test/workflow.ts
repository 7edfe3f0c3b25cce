/** Runs the `run:` steps of a workflow or a composite action as GitHub's runner does on Linux. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { cleanEnv } from './environment.ts';

export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string | number>>;
  readonly if?: string;
}

export interface Job {
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, (string | number)[]>> };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly defaults?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

export function readWorkflow(text: string): Workflow {
  return parse(text) as Workflow;
}

/** The step of that name, anywhere in a list. */
export function stepNamed(steps: readonly Step[], name: string): Step {
  const found = steps.find((one) => one.name === name);
  if (!found) throw new Error(`there is no step "${name}"`);
  return found;
}

export interface StepRun {
  readonly code: number | null;
  /** Both streams in one, as in the log. */
  readonly log: string;
  /** What the step wrote to the files that the runner reads. */
  readonly files: Readonly<
    Record<'GITHUB_STEP_SUMMARY' | 'GITHUB_OUTPUT' | 'GITHUB_ENV' | 'GITHUB_PATH', string>
  >;
}

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const runnerFiles = ['GITHUB_STEP_SUMMARY', 'GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH'] as const;

/** One machine that GitHub would lend for a job: `dir` is the checkout, `temp` its folder for all else. */
export class Runner {
  readonly dir: string;
  readonly temp: string;
  readonly bin: string;
  readonly env: Record<string, string>;
  private count = 0;

  constructor(dir: string, temp: string, env: Readonly<Record<string, string>> = {}) {
    this.dir = dir;
    this.temp = temp;
    this.bin = join(temp, 'bin');
    mkdirSync(this.bin, { recursive: true });
    this.program('scend', `exec "${process.execPath}" "${cli}" "$@"`);
    const own = cleanEnv(temp);
    for (const name of Object.keys(own))
      if (name.startsWith('GIT_AUTHOR') || name.startsWith('GIT_COMM')) delete own[name];
    this.env = {
      ...own,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      RUNNER_TEMP: temp,
      SCEND_TODAY: '2026-03-20',
      ...env,
    };
    this.env.PATH = `${this.bin}:${own.PATH}`;
  }

  /** Puts a program on the PATH. */
  program(name: string, script: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Runs a step; `values` are what GitHub would put in the place of each expression in its `env`. */
  async run(step: Step, values: Readonly<Record<string, string>> = {}): Promise<StepRun> {
    this.count += 1;
    const base = join(this.temp, `step-${this.count}`);
    writeFileSync(`${base}.sh`, step.run ?? '');
    const files = Object.fromEntries(runnerFiles.map((name) => [name, `${base}-${name}`]));
    for (const file of Object.values(files)) writeFileSync(file, '');
    const env = { ...this.env, ...files, ...envOf(step, values) };
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', `${base}.sh`], {
      cwd: this.dir,
      env,
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        log += text;
      });
    }
    const code = await new Promise<number | null>((done) => child.on('close', done));
    const read = Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, readFileSync(file, 'utf8')]),
    );
    return { code, log, files: read as StepRun['files'] };
  }
}

function envOf({ env = {} }: Step, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      values[name] ??
        String(text).replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
          const value = values[expression];
          if (value === undefined) throw new Error(`nothing was given for ${expression}`);
          return value;
        }),
    ]),
  );
}
