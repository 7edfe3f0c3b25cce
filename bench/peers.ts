/** Programs that jobs are compared with. None is a dependency of Scend; what is not installed is skipped, by name. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Peer {
  readonly name: string;
  /** Fails where it is not installed, and prints its version where it is. */
  readonly version: string;
  /** How to get it. */
  readonly from: string;
}

const duckdb = fileURLToPath(new URL('peers/duckdb.mjs', import.meta.url));

/** `BENCH_PEERS` names a folder in which the packages of npm are installed. */
export const peers = {
  git: { name: 'Git', version: 'git --version', from: 'git-scm.com' },
  rg: { name: 'ripgrep', version: 'rg --version', from: 'the system' },
  awk: { name: 'awk', version: 'awk -W version || awk --version', from: 'the system' },
  backlog: { name: 'Backlog.md', version: 'backlog --version', from: 'npm: backlog.md' },
  changeset: { name: 'changesets', version: 'changeset --version', from: 'npm: @changesets/cli' },
  remark: { name: 'remark-cli', version: 'remark --version', from: 'npm: remark-cli' },
  ajv: {
    name: 'ajv-cli',
    version: `test -d "$BENCH_PEERS/node_modules/ajv-formats" && ajv help >/dev/null && node -p 'require(process.env.BENCH_PEERS + "/node_modules/ajv-cli/package.json").version'`,
    from: 'npm: ajv-cli ajv-formats',
  },
  python: {
    name: 'python3 with jsonschema and the C loader of PyYAML',
    version: `python3 -c 'import platform, yaml, importlib.metadata as m; yaml.CSafeLoader; print("Python", platform.python_version() + ", jsonschema", m.version("jsonschema") + ", PyYAML", yaml.__version__)'`,
    from: 'Debian: python3-jsonschema python3-yaml',
  },
  duckdb: { name: 'DuckDB', version: `node "${duckdb}" version`, from: 'npm: @duckdb/node-api' },
} as const satisfies Record<string, Peer>;

export type PeerName = keyof typeof peers;

/** PATH with the node that measures and the packages of `BENCH_PEERS` in front; the system's python before others. */
export function searchPath(env: Readonly<Record<string, string | undefined>>): string {
  const own = env.BENCH_PEERS ? [join(env.BENCH_PEERS, 'node_modules/.bin')] : [];
  return [join(process.execPath, '..'), ...own, '/usr/bin', env.PATH ?? ''].join(delimiter);
}

/** The versions of those that are installed; null for those that are not. */
export function findPeers(
  env: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, Peer>> = peers,
): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(wanted).map(([key, { version }]) => {
      const done = spawnSync('bash', ['-c', version], { env, encoding: 'utf8' });
      const found = done.status === 0 ? (done.stdout.trim().split('\n')[0] ?? '').trim() : null;
      return [key, found];
    }),
  );
}
