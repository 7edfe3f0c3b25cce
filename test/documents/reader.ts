/** Somebody who follows a document: types what it says, makes its edits, and compares what is shown. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { cleanEnv } from '../environment.ts';
import { type Block, isExcerpt, matches, type Typed } from './blocks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * What a document says about this repository and a test does not do again: installing, and the whole of the tests.
 * Anything else that is asked of npm fails.
 */
const elsewhere = [
  'ci',
  'test',
  'run check',
  'run test:faults',
  'run bench',
  'run format',
  'run docs',
  'pack',
];

const npm = `#!/bin/sh
case "$*" in
  ${elsewhere.map((one) => `"${one}"`).join('|')}) ;;
  "install -g --ignore-scripts ./scend-"*.tgz) ;;
  "run demo") cd "${root}" && exec "${process.execPath}" node_modules/tsx/dist/cli.mjs test/demo.ts ;;
  *) echo "npm $* is not known to the test" >&2; exit 1 ;;
esac
`;

export class Reader {
  private readonly env: Record<string, string>;
  private readonly state: string;

  /** @param home an empty folder, where the reader begins */
  constructor(home: string) {
    const bin = join(home, '.bin');
    mkdirSync(bin);
    const put = (name: string, text: string) => {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    };
    put('scend', `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/cli.js')}" "$@"\n`);
    put('npm', npm);
    put('npx', `#!/bin/sh\necho "npx $* is not run here"\n`);
    this.state = join(home, '.state');
    const { PATH, ...rest } = cleanEnv(home, { SCEND_TODAY: '2026-02-05' });
    this.env = { ...rest, PATH: `${bin}:${PATH}` };
    writeFileSync(this.state, `cd '${home}'\n`);
  }

  /** The folder in which the reader is now. */
  private here(): string {
    return this.run('pwd').printed.trim();
  }

  private run(script: string): { printed: string; exit: number | null } {
    // What a shell keeps from one line to the next is its folder and its exported variables.
    const whole = `. '${this.state}'\ntrap '{ export -p; printf "cd %q\\n" "$PWD"; } > "${this.state}"' EXIT\nset -eo pipefail\n${script}\n`;
    const done = spawnSync('bash', ['-c', `exec 2>&1\n${whole}`], {
      env: this.env,
      encoding: 'utf8',
      input: '',
    });
    return { printed: done.stdout, exit: done.status };
  }

  follow(block: Block): void {
    if (block.kind === 'typed') this.type(block);
    if (block.kind === 'edit') {
      const patch = join(this.env.HOME!, '.patch');
      writeFileSync(patch, block.patch);
      const { printed, exit } = this.run(`git apply --recount --unidiff-zero '${patch}'`);
      assert.is(exit, 0, printed);
    }
    if (block.kind === 'file') writeFileSync(join(this.here(), block.file), block.text);
    if (block.kind === 'excerpt') {
      const file = join(this.here(), block.file);
      assert.ok(existsSync(file), `${block.file} is not there`);
      const text = readFileSync(file, 'utf8');
      assert.ok(isExcerpt(block.text, text), `${block.file} has no such lines:\n${text}`);
    }
  }

  private type({ script, printed: shown, exit: expected }: Typed): void {
    const { printed, exit } = this.run(script);
    assert.is(exit, expected, `${script}\nexited ${exit}:\n${printed}`);
    if (shown !== null) assert.ok(matches(shown, printed), `${script}\nprinted:\n${printed}`);
  }
}
