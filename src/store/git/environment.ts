import { stat } from 'node:fs/promises';
import { platform, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The environment variables of the call. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The home directory as Git takes it from the environment, or null. */
export function homeOf(env: Env): string | null {
  if (env.HOME) return env.HOME;
  if (platform() !== 'win32') return null;
  return env.HOMEDRIVE && env.HOMEPATH ? env.HOMEDRIVE + env.HOMEPATH : (env.USERPROFILE ?? null);
}

/** Where a file of Git's in the user's configuration directory lies, or null without a home. */
export function userConfigFile(env: Env, name: string): string | null {
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'git', name);
  const home = homeOf(env);
  return home === null ? null : join(home, '.config', 'git', name);
}

/** A path from a setting: `~/` and what is relative made absolute; null when it cannot be told. */
export function settingPath(value: string, relativeTo: string | null, env: Env): string | null {
  if (value === '~' || value.startsWith('~/')) {
    const home = homeOf(env);
    return home === null ? null : join(home, value.slice(1));
  }
  if (value.startsWith('~') || value.startsWith('%(prefix)')) return null;
  if (isAbsolute(value)) return value;
  return relativeTo === null ? null : join(relativeTo, value);
}

/** The user this process acts as, or null where users have no number. */
export async function currentUid(): Promise<number | null> {
  try {
    const { uid } = userInfo();
    return uid < 0 ? null : uid;
  } catch {
    // A container may run under a number that no account has.
    return stat('/proc/self').then(
      (self) => self.uid,
      () => null,
    );
  }
}
