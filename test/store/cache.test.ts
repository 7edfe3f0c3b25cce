import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as assert from 'uvu/assert';
import { madeWith } from '../../src/store/cache/memo.ts';
import type { CacheRecord } from '../../src/store/cache/record.ts';
import { Shelf } from '../../src/store/cache/shelf.ts';
import { openWorkspace } from '../../src/store/workspace.ts';
import { call } from '../command-line.ts';
import { test } from '../harness.ts';
import { type Practice, withSample } from '../scend.ts';

const build = 'a-build';
const sample = 'hayes_real_estate';

/** What a workspace is asked; each reads all firms another way. */
const questions: readonly (readonly string[])[] = [
  ['status'],
  ['status', '--json'],
  ['status', '--firm', sample],
  ['check'],
  ['check', '--json'],
  ['aggregate', '--dry-run'],
  ['aggregate', '--dry-run', '--json'],
];

/** The sample, a firm without a pack, one that cannot be read, and a tick that no commit holds. */
async function withFirms(body: (practice: Practice) => Promise<void>): Promise<void> {
  await withSample(async (practice) => {
    for (const slug of ['broken', 'bare']) mkdirSync(join(practice.dir, 'firms', slug));
    practice.write('firms/broken/firm.yaml', 'schema: scend/firm@1\nname: [\n');
    practice.write('firms/bare/firm.yaml', practice.read(`firms/${sample}/firm.yaml`));
    practice.git('add', '-A');
    practice.git('commit', '-q', '-m', 'Add firms');
    const pack = `firms/${sample}/ticket-pack.md`;
    practice.write(pack, practice.read(pack).replace('- [ ]', '- [x]'));
    await body(practice);
  });
}

const ask = (dir: string, question: readonly string[], around = {}) =>
  call(dir, question, { ...around, world: { build } });

/** Every answer with what is kept is the one that is given without. */
async function assertSame(dir: string, when: string, around = {}): Promise<void> {
  for (const question of questions) {
    const plain = await ask(dir, [...question, '--no-cache'], around);
    assert.equal(await ask(dir, question, around), plain, `${question.join(' ')}, ${when}`);
  }
}

const folderOf = (dir: string) => join(dir, '.scend', 'cache', build);

function shardsOf(dir: string): string[] {
  return readdirSync(folderOf(dir)).map((name) => join(folderOf(dir), name));
}

test('answers with a cold and a warm cache are those without one', async () => {
  await withFirms(async ({ dir }) => {
    await assertSame(dir, 'cold');
    assert.ok(shardsOf(dir).length > 3);
    await assertSame(dir, 'warm');
  });
});

test('nothing is kept without a build, or with --no-cache', async () => {
  await withFirms(async ({ dir }) => {
    await call(dir, ['status']);
    await ask(dir, ['status', '--no-cache']);
    assert.is(existsSync(join(dir, '.scend')), false);
  });
});

test('Git sees nothing of the cache, whatever it ignores', async () => {
  await withFirms(async (practice) => {
    rmSync(join(practice.dir, '.gitignore'), { force: true });
    practice.git('commit', '-qam', 'Ignore nothing');
    await ask(practice.dir, ['status']);
    assert.is(practice.git('status', '--porcelain'), '');
  });
});

test('a kept result answers, and --no-cache does not ask it', async () => {
  await withFirms(async ({ dir, env }) => {
    const before = await ask(dir, ['status']);
    const workspace = await openWorkspace({ cwd: dir, env, now: new Date(), today: '2026-03-20' });
    plant(shelfOf(dir, workspace));
    assert.match((await ask(dir, ['status'])).out, `${sample}  v9.9`);
    assert.equal(await ask(dir, ['status', '--no-cache']), before);
  });
});

/** Keeps something that no file says. */
function plant(shelf: Shelf, change: Partial<CacheRecord> = {}): void {
  const record = shelf.get(sample);
  assert.ok(record);
  shelf.put(sample, { ...record, value: record.value.replace('v1.0', 'v9.9'), ...change });
  shelf.save();
}

function resealed(bytes: Buffer): Buffer {
  const at = bytes.indexOf('\n') + 1;
  bytes.writeUInt32LE(crc32(bytes.subarray(at + 4)), at);
  return bytes;
}

test('a damaged cache changes nothing', async () => {
  const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    truncated: (bytes) => bytes.subarray(0, bytes.length >> 1),
    emptied: () => Buffer.alloc(0),
    'cut behind the checksum': (bytes) => bytes.subarray(0, bytes.indexOf('\n') + 5),
    garbage: (bytes) => Buffer.from(bytes.map((one, n) => (one * 7 + n) & 255)),
    'with a flipped bit': (bytes) => {
      const at = (bytes.length * 5) % bytes.length;
      return Buffer.from(
        bytes.map((one, n) => (n === (at + (bytes.length >> 1)) % bytes.length ? one ^ 4 : one)),
      );
    },
    'with a length beyond its end': (bytes) => {
      const at = bytes.indexOf('\n') + 5;
      bytes.writeUInt32LE(0xffffff00, at);
      return resealed(bytes);
    },
  };
  await withFirms(async ({ dir }) => {
    for (const [name, damage] of Object.entries(damages)) {
      await assertSame(dir, 'before the damage');
      for (const shard of shardsOf(dir)) writeFileSync(shard, damage(readFileSync(shard)));
      await assertSame(dir, name);
    }
  });
});

test('a cache that cannot be written or read is none', async () => {
  await withFirms(async ({ dir }) => {
    writeFileSync(join(dir, '.scend'), 'a file');
    await assertSame(dir, 'a file for .scend');
    rmSync(join(dir, '.scend'));
    mkdirSync(join(dir, '.scend'));
    writeFileSync(join(dir, '.scend', 'cache'), 'a file');
    await assertSame(dir, 'a file for the cache');
    rmSync(join(dir, '.scend'), { recursive: true });
    await ask(dir, ['status']);
    const shards = shardsOf(dir);
    for (const shard of shards) {
      rmSync(shard);
      mkdirSync(shard);
    }
    await assertSame(dir, 'folders for its files');
  });
});

/** Changes that a result must not outlive. */
const changes: Readonly<Record<string, (practice: Practice) => void>> = {
  'a tick': (practice) => edit(practice, `firms/${sample}/ticket-pack.md`, '- [ ]', '- [x]'),
  'a word of the same length': (practice) => edit(practice, `firms/${sample}/firm.yaml`, 'Hayes', 'Mayer'),
  'the same with its time put back': (practice) => {
    const path = join(practice.dir, `firms/${sample}/firm.yaml`);
    const { atime, mtime } = statSync(path);
    edit(practice, `firms/${sample}/firm.yaml`, 'Hayes', 'Beyer');
    utimesSync(path, atime, mtime);
  },
  'another file in its place': (practice) => {
    const path = join(practice.dir, `firms/${sample}/firm.yaml`);
    writeFileSync(`${path}.new`, readFileSync(path, 'utf8').replace('Hayes', 'Mayer'));
    renameSync(`${path}.new`, path);
  },
  'a snapshot more': (practice) => {
    const folder = `firms/${sample}/snapshots`;
    practice.write(`${folder}/2026-03-19_custom.yaml`, 'schema: scend/snapshot@1\n');
  },
  'an outcome less': (practice) => {
    const folder = join(practice.dir, `firms/${sample}/outcomes`);
    rmSync(folder, { recursive: true, force: true });
  },
  'a pack where there was none': (practice) =>
    practice.write('firms/bare/ticket-pack.md', practice.read(`firms/${sample}/ticket-pack.md`)),
  'a commit of the pack': (practice) => void practice.git('commit', '-qam', 'Tick'),
  'a branch that goes back': (practice) => void practice.git('reset', '-q', '--soft', 'HEAD~1'),
  'other settings': (practice) =>
    appendFileSync(join(practice.dir, 'scend.yaml'), 'timezone: Pacific/Auckland\n'),
  'another library': (practice) => {
    const path = 'templates/ticket-library.md';
    edit(practice, path, /^## .*/m.exec(practice.read(path))?.[0] ?? '', '## System 1: Renamed');
  },
  'a link for a folder': (practice) => {
    const folder = join(practice.dir, `firms/${sample}`);
    renameSync(folder, join(practice.dir, 'elsewhere'));
    symlinkSync('../elsewhere', folder);
  },
  'no repository': (practice) => rmSync(join(practice.dir, '.git'), { recursive: true }),
};

function edit(practice: Practice, path: string, from: string, to: string): void {
  const text = practice.read(path);
  assert.ok(from !== '' && text.includes(from), `${path} has no ${from}`);
  writeFileSync(join(practice.dir, path), text.replace(from, to));
}

for (const [name, change] of Object.entries(changes)) {
  test(`a stale result is not used after ${name}`, async () => {
    await withFirms(async (practice) => {
      for (const question of questions) await ask(practice.dir, question);
      change(practice);
      await assertSame(practice.dir, name);
    });
  });
}

test('a stale result is not used after the first commit of a branch', async () => {
  await withFirms(async (practice) => {
    const { dir } = practice;
    practice.git('checkout', '-q', '--orphan', 'other');
    // Staged it is, so the commit brings a version that the work tree does not have.
    rmSync(join(dir, `firms/${sample}/deliverables`), { recursive: true });
    for (const question of questions) await ask(dir, question);
    assert.match((await ask(dir, ['status'])).out, `${sample}  no roadmap`);
    practice.git('commit', '-q', '-m', 'Begin');
    assert.match((await ask(dir, ['status'])).out, `${sample}  v1.0`);
    await assertSame(dir, 'a first commit');
  });
});

test('a result is made anew on another day', async () => {
  await withFirms(async ({ dir }) => {
    await assertSame(dir, 'one day');
    await assertSame(dir, 'another day', { env: { SCEND_TODAY: '2026-04-02' } });
    await assertSame(dir, 'far later', { env: { SCEND_TODAY: '2027-04-02' } });
  });
});

test('a file written in the moment it was read is read again', async () => {
  await withFirms(async ({ dir, env }) => {
    await ask(dir, ['status']);
    const workspace = await openWorkspace({ cwd: dir, env, now: new Date(), today: '2026-03-20' });
    const shelf = shelfOf(dir, workspace);
    const record = shelf.get(sample);
    assert.ok(record);
    // As if firm.yaml had been written again without its stamp telling: only the digest is of other content.
    const inputs = record.inputs.map((one) =>
      one.kind === 'file' && one.path.endsWith('firm.yaml') ? { ...one, digest: '0'.repeat(40) } : one,
    );
    const age = (readAt: number) => plant(shelfOf(dir, workspace), { inputs, readAt });
    const written = Math.max(...inputs.flatMap((one) => ('stamp' in one ? one.stamp.slice(1, 3) : [])));
    age(written + 60_000);
    assert.match((await ask(dir, ['status'])).out, 'v9.9', 'an old stamp is trusted');
    age(written + 1);
    assert.not.match((await ask(dir, ['status'])).out, 'v9.9', 'a young one is not');
  });
});

function shelfOf(dir: string, workspace: Awaited<ReturnType<typeof openWorkspace>>): Shelf {
  return new Shelf(dir, build, 'status-brief', madeWith(workspace, 'status-brief', ['[]']));
}

test('what only looks changed is not made anew', async () => {
  await withFirms(async ({ dir, env }) => {
    await ask(dir, ['status']);
    const workspace = await openWorkspace({ cwd: dir, env, now: new Date(), today: '2026-03-20' });
    plant(shelfOf(dir, workspace));
    utimesSync(join(dir, `firms/${sample}/ticket-pack.md`), new Date(), new Date());
    assert.match((await ask(dir, ['status'])).out, 'v9.9');
  });
});

test('the cache is bounded: other builds, firms that went and torn files go', async () => {
  await withFirms(async ({ dir }) => {
    const other = join(dir, '.scend', 'cache', 'an-older-build');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'status-brief-1'), 'old');
    await ask(dir, ['status']);
    assert.is(existsSync(other), false);
    const torn = join(folderOf(dir), 'tmp-0123');
    writeFileSync(torn, 'half');
    utimesSync(torn, new Date(0), new Date(0));
    rmSync(join(dir, 'firms/bare'), { recursive: true });
    await ask(dir, ['status'], { env: { SCEND_TODAY: '2026-04-02' } });
    assert.is(existsSync(torn), false);
  });
});
