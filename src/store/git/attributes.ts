import { lstat, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { ifPresent } from '../errno.ts';
import {
  type AttributeFile,
  type AttributeValue,
  attributesOf,
  BUILT_IN,
  parseAttributes,
} from './attribute-rules.ts';
import { getBoolConfig, getConfig, parseBool } from './config.ts';
import { settingPath, userConfigFile } from './environment.ts';
import { type EolAction, hasCarriageReturn, isTextWithCrlf, stripCarriageReturns } from './eol.ts';
import { entryOid, findEntry, type GitIndex } from './index-file.ts';
import { readObject } from './objects.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';
import { toName } from './tree.ts';

/** Git ignores larger attributes files. */
const MAX_FILE = 100 * 1024 * 1024;

/** What the rules are read from. */
export interface AttributeSource {
  readonly repo: Repository;
  readonly index: GitIndex;
  /** Files of the commit itself, which stand for what lies on disk; null: deleted. */
  readonly pending: ReadonlyMap<string, Uint8Array | null>;
}

/** Refuses a path whose content Git would pass through a filter, `$Id$` or another encoding (`git/filter`). */
export async function refuseFilters(source: AttributeSource, path: string): Promise<void> {
  const attributes = await pathAttributes(source, path);
  const encoding = attributes.get('working-tree-encoding') ?? null;
  const reason =
    (typeof attributes.get('filter') === 'string' && `filter=${attributes.get('filter')}`) ||
    (attributes.get('ident') === true && 'ident') ||
    (encoding !== null && !/^utf-?8$/i.test(String(encoding)) && `working-tree-encoding=${encoding}`);
  if (!reason) return;
  throw refusal(
    'git/filter',
    `${path} has the Git attribute ${reason}, which changes its content on the way in`,
    `Take it off this path in .gitattributes (git check-attr -a ${path} shows where it stands).`,
    { path, attribute: reason, native: true },
  );
}

/** The bytes that Git would store for a file's bytes: line ends as attributes and settings ask. */
export async function cleanBytes(
  source: AttributeSource,
  path: string,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  if (!hasCarriageReturn(bytes)) return bytes;
  const action = eolAction(await pathAttributes(source, path), source.repo);
  if (action === 'none') return bytes;
  if (action === 'auto' && (!isTextWithCrlf(bytes) || (await storedWithCrlf(source, path)))) return bytes;
  const clean = stripCarriageReturns(bytes);
  if (
    clean.length !== bytes.length &&
    parseBool(getConfig(source.repo.config, 'core.safecrlf') ?? '') === true
  ) {
    throw refusal(
      'git/eol',
      `${path} has CRLF line ends, which core.safecrlf forbids to convert`,
      'Save it with LF line ends, or set core.safecrlf to warn.',
      { path },
    );
  }
  return clean;
}

/** Git's own decision (convert.c): attributes first, then core.autocrlf. */
function eolAction(attributes: ReadonlyMap<string, AttributeValue>, repo: Repository): EolAction {
  const text = textAction(attributes.get('text')) ?? textAction(attributes.get('crlf'));
  if (text === 'none' || text === 'auto') return text;
  const eol = attributes.get('eol');
  if (text === 'text' || eol === 'lf' || eol === 'crlf') return 'text';
  const autocrlf = getConfig(repo.config, 'core.autocrlf');
  if (autocrlf?.toLowerCase() === 'input') return 'auto';
  return getBoolConfig(repo.config, 'core.autocrlf') === true ? 'auto' : 'none';
}

function textAction(value: AttributeValue | undefined): EolAction | null {
  if (value === true || value === 'input') return 'text';
  if (value === false) return 'none';
  return value === 'auto' ? 'auto' : null;
}

/** Git leaves the line ends of a guessed text alone when they are CRLF already in the index. */
async function storedWithCrlf({ repo, index }: AttributeSource, path: string): Promise<boolean> {
  const entry = findEntry(index, toName(path));
  return entry !== null && isTextWithCrlf(await readObject(repo, entryOid(entry), 'blob'));
}

async function pathAttributes(
  source: AttributeSource,
  path: string,
): Promise<ReadonlyMap<string, AttributeValue>> {
  const files = [BUILT_IN, ...(await outerFiles(source.repo))];
  const parts = path.split('/');
  for (let depth = 0; depth < parts.length; depth += 1) {
    const base = parts.slice(0, depth).join('/');
    const text = await directoryAttributes(source, base);
    if (text !== null) files.push(parseAttributes(text, base, base === ''));
  }
  const info = await readText(join(source.repo.commonDir, 'info', 'attributes'));
  if (info !== null) files.push(parseAttributes(info, '', true));
  return attributesOf(files, path, getBoolConfig(source.repo.config, 'core.ignoreCase') === true);
}

/** The files outside the repository: the machine's, then the user's. */
async function outerFiles(repo: Repository): Promise<readonly AttributeFile[]> {
  const { env, config } = repo;
  const skipSystem = platform() === 'win32' || parseBool(env.GIT_ATTR_NOSYSTEM ?? '') !== false;
  const named = getConfig(config, 'core.attributesFile');
  const user = named ? settingPath(named, repo.top, env) : userConfigFile(env, 'attributes');
  const texts = await Promise.all(
    [skipSystem ? null : '/etc/gitattributes', user].map((path) => path && readText(path)),
  );
  return texts.flatMap((text) => (text ? [parseAttributes(text, '', true)] : []));
}

/** A directory's .gitattributes: of the commit itself, else on disk, else in the index (sparse checkout). */
async function directoryAttributes(source: AttributeSource, base: string): Promise<string | null> {
  const path = base === '' ? '.gitattributes' : `${base}/.gitattributes`;
  const pending = source.pending.get(path);
  if (pending !== undefined) return pending && Buffer.from(pending).toString('utf8');
  const full = join(source.repo.top, path);
  const stats = await ifPresent(lstat(full), full);
  if (stats?.isFile()) return stats.size < MAX_FILE ? readText(full) : null;
  const entry = stats === null ? findEntry(source.index, toName(path)) : null;
  return entry && (await readObject(source.repo, entryOid(entry), 'blob')).toString('utf8');
}

async function readText(path: string): Promise<string | null> {
  return ifPresent(readFile(path, 'utf8'), path);
}

/** What one attribute of a path is set to, as `git check-attr` tells it; undefined when nothing sets it. */
export async function attributeOf(
  source: AttributeSource,
  path: string,
  name: string,
): Promise<AttributeValue | undefined> {
  return (await pathAttributes(source, path)).get(name);
}
