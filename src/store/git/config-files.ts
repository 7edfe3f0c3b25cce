import { readFile, realpath } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ScendError } from '../../domain/error.ts';
import { errnoOf, ifPresent, ioError, isAbsent, orIoError } from '../errno.ts';
import {
  type ConfigEntry,
  type ConfigScope,
  canonicalKey,
  type GitConfig,
  getBoolConfig,
  parseBool,
  parseGitConfig,
} from './config.ts';
import { type Env, homeOf, settingPath, userConfigFile } from './environment.ts';
import { wildmatch } from './wildmatch.ts';

/** As deep as Git follows includes. */
const MAX_DEPTH = 10;

export interface ConfigPlace {
  readonly gitDir: string;
  readonly commonDir: string;
  /** The branch HEAD names, without `refs/heads/`; null when detached. */
  readonly branch: string | null;
  readonly env: Env;
}

interface Source extends ConfigPlace {
  /** The remotes' addresses for `hasconfig:`; null while they are being collected. */
  readonly remoteUrls: readonly string[] | null;
}

/** Reads every configuration file that Git would read in this repository, includes followed. */
export async function loadConfig(place: ConfigPlace): Promise<GitConfig> {
  const first = await readSources({ ...place, remoteUrls: null });
  if (!first.some((entry) => /^includeif\.hasconfig:.*\.path$/s.test(entry.key))) return first;
  const remoteUrls = first
    .filter((entry) => /^remote\..*\.url$/s.test(entry.key))
    .map((entry) => entry.value ?? '');
  return readSources({ ...place, remoteUrls });
}

/** Reads the settings that decide how a repository is read: its own file alone, without includes. */
export async function loadFormatConfig(commonDir: string): Promise<GitConfig> {
  const path = join(commonDir, 'config');
  return parseGitConfig((await readText(path)) ?? '', path);
}

async function readSources(source: Source): Promise<GitConfig> {
  const entries: ConfigEntry[] = [];
  for (const path of systemFiles(source.env)) entries.push(...(await readConfig(path, 'system', source)));
  for (const path of globalFiles(source.env)) entries.push(...(await readConfig(path, 'global', source)));
  const local = await readConfig(join(source.commonDir, 'config'), 'local', source);
  entries.push(...local);
  if (getBoolConfig(local, 'extensions.worktreeConfig') === true) {
    entries.push(...(await readConfig(join(source.gitDir, 'config.worktree'), 'worktree', source)));
  }
  return [...entries, ...(await follow(environmentEntries(source.env), null, source, 0))];
}

function systemFiles(env: Env): readonly string[] {
  if (env.GIT_CONFIG_NOSYSTEM !== undefined && parseBool(env.GIT_CONFIG_NOSYSTEM) !== false) return [];
  if (env.GIT_CONFIG_SYSTEM !== undefined) return [env.GIT_CONFIG_SYSTEM];
  switch (platform()) {
    case 'win32':
      return [join(env.ProgramFiles ?? 'C:/Program Files', 'Git', 'etc', 'gitconfig')];
    case 'darwin':
      return ['/etc/gitconfig', '/usr/local/etc/gitconfig', '/opt/homebrew/etc/gitconfig'];
    default:
      return ['/etc/gitconfig'];
  }
}

function globalFiles(env: Env): readonly string[] {
  if (env.GIT_CONFIG_GLOBAL !== undefined) return [env.GIT_CONFIG_GLOBAL];
  const home = homeOf(env);
  const files = [userConfigFile(env, 'config'), home === null ? null : join(home, '.gitconfig')];
  return files.filter((file) => file !== null);
}

function environmentEntries(env: Env): GitConfig {
  const count = Number(env.GIT_CONFIG_COUNT ?? 0);
  return Array.from({ length: Number.isInteger(count) && count > 0 ? count : 0 }, (_, i) => {
    const key = env[`GIT_CONFIG_KEY_${i}`];
    const value = env[`GIT_CONFIG_VALUE_${i}`];
    if (key !== undefined && value !== undefined && key.includes('.')) {
      return { key: canonicalKey(key), value, scope: 'command', origin: `GIT_CONFIG_KEY_${i}` };
    }
    throw new ScendError(
      'git/bad-config',
      `GIT_CONFIG_COUNT is ${count}, but GIT_CONFIG_KEY_${i} and GIT_CONFIG_VALUE_${i} do not form a setting`,
      'Set them both, or unset GIT_CONFIG_COUNT.',
    );
  });
}

async function readConfig(path: string, scope: ConfigScope, source: Source, depth = 0): Promise<GitConfig> {
  if (depth > MAX_DEPTH) {
    throw new ScendError(
      'git/bad-config',
      `Git configuration includes itself, or more than ${MAX_DEPTH} files deep: ${path}`,
      'Remove one of the include.path lines that lead there.',
      { file: path },
    );
  }
  const text = await readText(path, scope);
  return text === null ? [] : follow(parseGitConfig(text, path, scope), path, source, depth);
}

/** The entries with those of the files they include put in their place. */
async function follow(
  entries: GitConfig,
  file: string | null,
  source: Source,
  depth: number,
): Promise<GitConfig> {
  const all: ConfigEntry[] = [];
  for (const entry of entries) {
    all.push(entry);
    if (entry.value === null || !(await includes(entry.key, file, source))) continue;
    const path = settingPath(entry.value, file === null ? null : dirname(file), source.env);
    if (path !== null) all.push(...(await readConfig(path, entry.scope, source, depth + 1)));
  }
  return all;
}

async function includes(key: string, file: string | null, source: Source): Promise<boolean> {
  if (key === 'include.path') return true;
  const [, kind, pattern] =
    /^includeif\.(gitdir|gitdir\/i|onbranch|hasconfig:remote\.\*\.url):(.*)\.path$/s.exec(key) ?? [];
  if (kind === undefined || pattern === undefined) return false;
  if (kind === 'onbranch') return source.branch !== null && wildmatch(open(pattern), source.branch);
  if (kind.startsWith('hasconfig')) return source.remoteUrls?.some((url) => wildmatch(pattern, url)) ?? true;
  return insideGitDir(pattern, kind === 'gitdir/i', file, source);
}

/** A trailing slash stands for everything below. */
function open(pattern: string): string {
  return pattern.endsWith('/') ? `${pattern}**` : pattern;
}

async function insideGitDir(
  pattern: string,
  ignoreCase: boolean,
  file: string | null,
  source: Source,
): Promise<boolean> {
  let absolute = pattern;
  if (pattern.startsWith('~/')) {
    const home = homeOf(source.env);
    if (home === null) return false;
    absolute = ((await ifPresent(realpath(home), home)) ?? home) + pattern.slice(1);
  } else if (pattern.startsWith('./')) {
    if (file === null) return false;
    // The file's own directory is no pattern.
    absolute = literal(dirname(await orIoError(realpath(file), 'read', file))) + pattern.slice(1);
  } else if (!/^([A-Za-z]:)?\//.test(pattern)) absolute = `**/${pattern}`;
  const { gitDir } = source;
  const directories = [await orIoError(realpath(gitDir), 'read', gitDir), resolve(gitDir)];
  return directories.some((dir) => wildmatch(open(absolute), dir.replaceAll('\\', '/'), { ignoreCase }));
}

function literal(path: string): string {
  return path.replaceAll('\\', '/').replace(/[*?[\\]/g, '\\$&');
}

async function readText(path: string, scope: ConfigScope = 'local'): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error) || (scope === 'global' && errnoOf(error) === 'EACCES')) return null;
    throw ioError(error, 'read', path);
  }
}
