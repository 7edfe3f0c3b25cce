/** What it was measured on: no names and no paths. */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { type PeerName, peers } from './peers.ts';

export interface Machine {
  readonly rows: readonly (readonly [string, string])[];
  readonly text: string;
  /** Peers that are not installed, with how to get them. */
  readonly missing: readonly string[];
}

export function machine(
  env: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string | null>>,
): Machine {
  const all = cpus();
  const disk = spawnSync('df', ['-PT', tmpdir()], { env, encoding: 'utf8' });
  const system = disk.status === 0 ? disk.stdout.trim().split('\n').at(-1)?.split(/\s+/)[1] : undefined;
  const names = Object.keys(peers) as PeerName[];
  const present = names.filter((one) => typeof found[one] === 'string');
  const rows: [string, string][] = [
    ['Processor', `${all[0]?.model.trim() ?? 'unknown'}, ${all.length} cores`],
    ['Memory', `${(totalmem() / 2 ** 30).toFixed(0)} GiB`],
    ['File system', system ?? 'unknown'],
    ['System', `${type()} ${release().split('-')[0]}`],
    ['Load at the start', (loadavg()[0] ?? 0).toFixed(1)],
    ['Node', process.version],
    ...present.map((one): [string, string] => [peers[one].name, found[one] || 'installed']),
  ];
  const missing = names
    .filter((one) => !present.includes(one))
    .map((one) => `${peers[one].name} (${peers[one].from})`);
  const lines = rows.map(([name, value]) => `${name}: ${value}`);
  if (missing.length > 0) lines.push(`not installed, so skipped: ${missing.join(', ')}`);
  return { rows, text: lines.join('\n'), missing };
}
