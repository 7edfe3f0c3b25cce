import { access, constants } from 'node:fs/promises';
import { platform } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { commandLinePath } from '../assets.ts';
import { readOrNull } from '../files.ts';
import { attributeOf } from './attributes.ts';
import { getConfig } from './config.ts';
import type { Env } from './environment.ts';
import { EMPTY_INDEX } from './index-file.ts';
import { commitLock, fillLock, releaseLock, takeLock } from './lock-file.ts';
import { findGit } from './native/find-git.ts';
import { git } from './native/git-command.ts';
import type { Repository } from './repository.ts';

export const mergeAttribute = 'firms/*/ticket-pack.md merge=scend';

const title = 'Scend: ticket packs by ticket and field';
/** Git before 2.44 leaves the last three as they are. */
const placeholders = '%O %A %B %L %P %S %X %Y';

/** How a clone merges ticket packs. */
export interface MergeRegistration {
  /** `.gitattributes` names the driver for a pack at this path. */
  readonly attribute: boolean;
  /** What Git runs; null where the configuration does not say, and Git merges as text. */
  readonly driver: string | null;
}

/** What attributes and configuration say of a pack's path in the repository. */
export async function readRegistration(repo: Repository, path: string): Promise<MergeRegistration> {
  const source = { repo, index: EMPTY_INDEX, pending: new Map<string, Uint8Array | null>() };
  const attribute = (await attributeOf(source, path, 'merge')) === 'scend';
  return { attribute, driver: getConfig(repo.config, 'merge.scend.driver') || null };
}

/** The two settings of a clone that let Git merge by ticket. */
export async function driverSettings(env: Env): Promise<readonly (readonly [key: string, value: string])[]> {
  const program = (await isInPath('scend', env)) ? 'scend' : ownProgram();
  // In this order: with a name and no driver, Git refuses to merge at all.
  return [
    ['merge.scend.driver', `${program} merge-driver ${placeholders}`],
    ['merge.scend.name', title],
  ];
}

function ownProgram(): string {
  // Git hands the line to a POSIX shell, on Windows too.
  const quoted = (path: string) => `'${path.replaceAll('\\', '/').replaceAll("'", `'\\''`)}'`;
  return `${quoted(process.execPath)} ${quoted(commandLinePath())}`;
}

async function isInPath(name: string, env: Env): Promise<boolean> {
  const names = platform() === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  for (const directory of (env.PATH ?? env.Path ?? '').split(delimiter).filter((one) => isAbsolute(one))) {
    for (const one of names) {
      const found = await access(join(directory, one), constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return true;
    }
  }
  return false;
}

/**
 * Writes the settings into the repository's own configuration, through installed Git where there is one; says
 * whether anything had to be written. Everything else in the file stays.
 */
export async function registerDriver(repo: Repository): Promise<boolean> {
  const wanted = await driverSettings(repo.env);
  const missing = wanted.filter(([key, value]) => getConfig(repo.config, key) !== value);
  if (missing.length === 0) return false;
  if ((await findGit(repo.env)) !== null) {
    for (const [key, value] of missing) await git(repo, ['config', '--local', key, value]);
    return true;
  }
  const path = join(repo.commonDir, 'config');
  const lock = await takeLock(repo, path);
  try {
    const before = await readOrNull(path);
    await fillLock(
      lock,
      Buffer.concat([before ?? Buffer.alloc(0), Buffer.from(sectionText(before, missing))]),
    );
    await commitLock(lock);
  } finally {
    await releaseLock(lock);
  }
  return true;
}

/** The settings as a section at the end of the file: of a key set twice, Git takes the last. */
function sectionText(before: Uint8Array | null, settings: readonly (readonly [string, string])[]): string {
  const open = before !== null && before.length > 0 && before.at(-1) !== 0x0a;
  const lines = settings.map(([key, value]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    return `\t${key.slice('merge.scend.'.length)} = "${escaped}"\n`;
  });
  return `${open ? '\n' : ''}[merge "scend"]\n${lines.join('')}`;
}
