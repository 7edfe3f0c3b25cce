import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { complete, tableOfSpecs } from '../../src/commands/complete.ts';
import { command } from '../../src/commands/completion.ts';
import { argumentKinds, choices, valueKinds } from '../../src/commands/completion-words.ts';
import type { CommandContext } from '../../src/commands/context.ts';
import { setUp, shellScripts, shells } from '../../src/commands/shell-scripts.ts';
import { commandTable } from '../../src/commands/table.ts';
import { cleanEnv } from '../environment.ts';
import { test, testIf, withTempDir } from '../harness.ts';

const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
const slug = 'hayes_real_estate';

/** A folder that has what completion looks at, and names that no shell may trip over. */
async function withNames(body: (dir: string) => void | Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    for (const folder of [
      `firms/${slug}/snapshots`,
      `firms/${slug}/deliverables`,
      'firms/birch-law/snapshots',
      'firms/$(touch pwned)',
      'firms/.hidden',
      'a folder',
    ])
      mkdirSync(join(dir, folder), { recursive: true });
    const empty = [
      'scend.yaml',
      `firms/${slug}/snapshots/2026-01-05_baseline.yaml`,
      `firms/${slug}/snapshots/2026-03-06_60d.yaml`,
      `firms/${slug}/snapshots/2026-03-06_60d_2.yaml`,
      `firms/${slug}/snapshots/notes.txt`,
      ...['v1.0', 'v1.2', 'v1.10'].map((one) => `firms/${slug}/deliverables/${slug}_ROADMAP_${one}.md`),
      'my file.md',
    ];
    for (const path of empty) writeFileSync(join(dir, path), '');
    await body(dir);
  });
}

async function offered(dir: string, words: readonly string[]): Promise<string[]> {
  const text = await complete(['--', ...words], dir);
  return text.split('\n').flatMap((line) => (line === '' ? [] : (line.split('\t')[0] ?? '')));
}

test('every command, group and option of the table is offered, with what it does', async () => {
  await withNames(async (dir) => {
    for (const { name, summary, load } of commandTable) {
      const words = name.split(' ');
      const last = words.pop() ?? '';
      const lines = (await complete(['--', ...words, last], dir)).split('\n');
      assert.ok(lines.includes(`${last}\t${summary}`), name);
      const options = await offered(dir, [...name.split(' '), '--']);
      for (const one of [...(await load()).options.map((option) => option.name), 'json', 'help'])
        assert.ok(options.includes(`--${one}`), `${name} --${one}`);
    }
  });
});

test('every value of an option and every argument is of a kind that completion knows', async () => {
  const { commands, common } = await tableOfSpecs();
  const unknown = commands.flatMap(({ name, options, arguments: takes = [] }) => [
    ...[...options, ...common]
      .filter((one) => one.value !== undefined && !choices(one) && !(one.value in valueKinds))
      .map((one) => `${name} --${one.name} ${one.value}: say in valueKinds what it completes to`),
    ...(name === 'merge-driver' ? [] : takes)
      .filter((one) => !choices(one) && !(one.name in argumentKinds))
      .map((one) => `${name} <${one.name}>: say in argumentKinds what it completes to`),
  ]);
  assert.equal(unknown, []);
});

test('what the build wrote down is what the commands say', async () => {
  const path = fileURLToPath(new URL('../../dist/completion.json', import.meta.url));
  const plain = JSON.parse(JSON.stringify(await tableOfSpecs()));
  assert.equal(JSON.parse(readFileSync(path, 'utf8')), plain);
});

const calls: [words: string[], offers: string[]][] = [
  [['st'], ['status']],
  [['fir'], ['firm']],
  [['firm', ''], ['add']],
  [['pack', 'c'], ['create']],
  [['firm', 'nonsense', ''], []],
  [['status', '--fi'], ['--firm']],
  [
    ['status', '--firm', ''],
    ['birch-law', slug],
  ],
  [['status', '--firm', 'ha'], [slug]],
  [['status', '--firm=ha'], [`--firm=${slug}`]],
  [['--json', '--firm', slug, 'sta'], ['status']],
  [['-C', 'status', 'status', '--firm', 'b'], []],
  [['-C', 'firms', 'status', '--firm', 'b'], ['birch-law']],
  [['status', '-C', ''], [':folders']],
  [['snapshot', '--label', '6'], ['60d']],
  [
    ['snapshot', '--source', ''],
    ['manual', 'ghl_export', 'api'],
  ],
  [
    ['outcomes', '--firm', slug, '--target-label', ''],
    ['baseline', '60d'],
  ],
  [['outcomes', '--firm', 'birch-law', '--baseline_label', 'b'], ['baseline']],
  [
    ['refresh', '--firm', slug, '--roadmap-version', ''],
    ['v1.0', 'v1.2', 'v1.10'],
  ],
  [['-C', `firms/${slug}`, 'refresh', '--roadmap-version', 'v1.1'], ['v1.10']],
  [['refresh', '--firm', '../..', '--roadmap-version', ''], []],
  [
    ['project', '--target', 'close'],
    ['close_rate=', ':nospace'],
  ],
  [['init', '--currency', 'EU'], ['EUR']],
  [['init', '--timezone', 'Europe/Berl'], ['Europe/Berlin']],
  [['init', ''], [':folders']],
  [['import', 'pack', ''], [':files']],
  [['check', 'a', 'b', ''], [':files']],
  [['sync', '--file=x'], [':files']],
  [['check', '--', '--f'], [':files']],
  [['completion', 'f'], ['fish']],
  [['firm', 'add', ''], []],
  [['status', '--nonsense', ''], await offered('.', ['status', ''])],
  [['constructor', '__proto__', ''], []],
];

test('what is offered is what may stand there', async () => {
  await withNames(async (dir) => {
    for (const [words, offers] of calls) assert.equal(await offered(dir, words), offers, words.join(' '));
    assert.ok((await offered(dir, ['status', ''])).includes('--firm'));
    assert.not.ok((await offered(dir, ['status', '--firm', slug, '--'])).includes('--firm'));
    assert.ok((await offered(dir, ['project', '--target', 'nps=1', '--'])).includes('--target'));
    for (const words of [
      ['--empty', '--', 'firm'],
      ['--empty', 'firm'],
      ['firm', ''],
    ])
      assert.is(await complete(words, dir), await complete(['--', 'firm', ''], dir));
  });
});

test('without a workspace, or in a broken one, there are no firms and no fault', async () => {
  await withTempDir(async (dir) => {
    assert.is(await complete(['--', 'status', '--firm', ''], dir), '');
    assert.is(await complete(['--', 'status', '--firm', ''], join(dir, 'nowhere')), '');
    writeFileSync(join(dir, 'scend.yaml'), ': : :\n\t%');
    writeFileSync(join(dir, 'firms'), 'no folder');
    assert.is(await complete(['--', 'status', '--firm', ''], dir), '');
    assert.equal(await offered(dir, ['stat']), ['status']);
    assert.is(await complete([], dir), await complete(['--'], dir));
  });
});

test('the command prints each script as it is, and names the shells to one that it has none for', async () => {
  const run = (shell: string) => command.run({ args: [shell] } as unknown as CommandContext);
  for (const one of shells) {
    const script = spawnSync(process.execPath, [bin, 'completion', one], { encoding: 'utf8' });
    assert.is(script.stdout, shellScripts[one]);
    assert.is(script.status, 0);
    assert.match((command.more ?? []).join('\n'), setUp[one]);
  }
  for (const args of [['tcsh'], []]) {
    const wrong = spawnSync(process.execPath, [bin, 'completion', ...args], { encoding: 'utf8' });
    assert.is(wrong.status, 2);
    assert.match(wrong.stderr, 'bash, zsh, fish, powershell');
  }
  await run('bash').then((one) => assert.is(one.exitCode, 0));
});

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const posix = process.platform !== 'win32';

/** What is typed, with `=` apart as bash hands it over, and what bash is told. */
const typed: [words: string[], reply: string[]][] = [
  [['scend', 'firm', ''], ['add']],
  [
    ['scend', 'status', '--firm', ''],
    ['birch-law', slug],
  ],
  [['scend', 'status', '--firm', '=', 'ha'], [slug]],
  [
    ['scend', 'status', '--firm', '='],
    ['birch-law', slug],
  ],
  [['scend', 'status', '--firm', '"ha'], [slug]],
  [['scend', 'project', '--target', '=', 'clo'], ['close_rate=']],
  [['scend', 'import', 'pack', 'my'], ['my file.md']],
  [['scend', 'sync', '--file', '=', 'my'], ['my file.md']],
  [['scend', 'init', 'a'], ['a folder']],
  [['scend', '$(touch pwned)', '`touch pwned`', 'a;touch pwned', ''], []],
];

testIf(posix && has('bash'), 'no bash', 'bash: the script is sourced and answers', async () => {
  await withNames((dir) => {
    const script = [
      'set -eu',
      `scend() { ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} "$@"; }`,
      // Read twice, as by two terminals' settings that name each other.
      'eval "$(scend completion bash)"; eval "$(scend completion bash)"',
      'complete -p scend >&2',
      ...typed.map(
        ([words]) =>
          `COMP_WORDS=(${words.map((one) => `'${one}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _scend; for one in \${COMPREPLY[@]+"\${COMPREPLY[@]}"}; do printf '%s|' "$one"; done; echo`,
      ),
    ];
    const ran = spawnSync('bash', ['--norc', '-c', script.join('\n')], {
      cwd: dir,
      env: cleanEnv(dir),
      encoding: 'utf8',
    });
    assert.is(ran.status, 0, ran.stderr);
    assert.match(ran.stderr, 'complete -F _scend scend');
    assert.equal(
      ran.stdout.split('\n').slice(0, -1),
      typed.map(([, reply]) => reply.map((one) => `${one}|`).join('')),
    );
    assert.not.ok(existsSync(join(dir, 'pwned')));
  });
});

testIf(posix && has('fish'), 'no fish', 'fish: the script is sourced and answers', async () => {
  await withNames((dir) => {
    const lines: [line: string, reply: string[]][] = [
      ['scend firm ', ['add']],
      ['scend status --firm ', ['birch-law', slug]],
      ['scend status --firm=ha', [`--firm=${slug}`]],
      ['scend project --target clo', ['close_rate=']],
      ['scend import pack my', ['my file.md']],
      ['scend sync --file=my', ['--file=my file.md']],
      ['scend completion z', ['zsh']],
    ];
    const script = [
      `function scend; ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} $argv; end`,
      'scend completion fish | source',
      ...lines.map(([line]) => `complete -C '${line}' | string replace -r '\\t.*' ''; echo END`),
    ];
    const ran = spawnSync('fish', ['--no-config', '-c', script.join('\n')], {
      cwd: dir,
      env: cleanEnv(dir),
      encoding: 'utf8',
    });
    assert.is(ran.stderr, '');
    const answers = ran.stdout.split('END\n').slice(0, -1);
    assert.equal(
      answers.map((one) => one.trimEnd().split('\n').sort()),
      lines.map(([, reply]) => [...reply].sort()),
    );
    assert.equal(readdirSync(dir).includes('pwned'), false);
  });
});

testIf(posix && has('zsh'), 'no zsh', 'zsh: Tab in a real terminal completes the line', async () => {
  await withNames((dir) => {
    const lines = [
      ['scend sta', 'status'],
      ['scend status --firm ha', `status --firm ${slug}`],
      ['scend status --firm=ha', `status --firm=${slug}`],
      ['scend project --target clo', 'project --target close_rate='],
      ['scend sync --file=my', 'sync --file=my file.md'],
    ] as const;
    // The function runs completion for real, and says of anything else what it was called with.
    const define = `scend() { if [[ $1 == comple* ]]; then ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} "$@"; else print -r -- "RAN<$*>"; fi }`;
    writeFileSync(join(dir, 'define.zsh'), `${define}\neval "$(scend completion zsh)"\n`);
    const drive = [
      'zmodload zsh/zpty',
      'zpty z zsh -f -i',
      "zpty -w z 'source define.zsh; print STAR''TED'",
      'wait_for() { while zpty -r z line; do print -r -- "$line"; [[ $line == *$1* ]] && return; done }',
      'wait_for STARTED',
      ...lines.map(([line]) => `zpty -w -n z $'${line}\\t\\n'; wait_for 'RAN<'`),
      'zpty -d z',
    ];
    const ran = spawnSync('zsh', ['-f', '-c', drive.join('\n')], {
      cwd: dir,
      env: cleanEnv(dir, { TERM: 'vt100' }),
      encoding: 'utf8',
      timeout: 60_000,
    });
    const seen = [...ran.stdout.matchAll(/RAN<(.*)>/g)].map((one) => one[1]);
    assert.equal(
      seen,
      lines.map(([, call]) => call),
      ran.stdout + ran.stderr,
    );
  });
});
