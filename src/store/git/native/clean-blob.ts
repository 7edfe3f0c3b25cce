import { ScendError } from '../../../domain/error.ts';
import { getBoolConfig, getConfig } from '../config.ts';
import { hasCarriageReturn } from '../eol.ts';
import { refusal } from '../refusal.ts';
import type { Repository } from '../repository.ts';
import { git } from './git-command.ts';
import { records } from './native-index.ts';

/**
 * The blob that Git makes of a file's bytes: filters, encoding and line ends as attributes and settings ask.
 * Throws `git/eol` where core.safecrlf forbids it, and `git/native-failed` where a filter fails.
 */
export async function hashFile(
  repo: Repository,
  path: string,
  bytes: Uint8Array,
  { write }: { readonly write: boolean },
): Promise<string> {
  const [settings, how] = await conversion(repo, path, bytes);
  const args = [...settings, 'hash-object', ...(write ? ['-w'] : []), '--stdin', how];
  try {
    const output = await git(repo, args, { input: bytes, foreign: true, durable: write });
    return output.toString('latin1').trim();
  } catch (error) {
    if (!(error instanceof ScendError) || !/would be replaced by/.test(error.message)) throw error;
    throw refusal(
      'git/eol',
      `${path} has line ends which core.safecrlf forbids to convert`,
      'Save it with LF line ends, or set core.safecrlf to warn.',
      { path },
    );
  }
}

/**
 * Settings and option for `git hash-object`. It does not look into the index, and so would convert what
 * `git add` leaves alone: the line ends of a guessed text that are CRLF already in the index.
 */
async function conversion(
  repo: Repository,
  path: string,
  bytes: Uint8Array,
): Promise<readonly [readonly string[], string]> {
  const usual = `--path=${path}`;
  if (!hasCarriageReturn(bytes)) return [[], usual];
  const listing = await git(repo, ['--literal-pathspecs', 'ls-files', '--eol', '-z', '--', path]);
  const [, stored, rule] = /^i\/(\S*)\s+w\/\S*\s+attr\/(.*?)\s*\t/.exec(listing.toString('latin1')) ?? [];
  if (stored !== 'crlf' && stored !== 'mixed') return [[], usual];
  if (rule === '') return [isGuessing(repo) ? ['-c', 'core.autocrlf=false'] : [], usual];
  const alone = rule?.startsWith('text=auto') && !(await hasFilter(repo, path));
  return [[], alone ? '--no-filters' : usual];
}

function isGuessing({ config }: Repository): boolean {
  const setting = getConfig(config, 'core.autocrlf');
  return setting?.toLowerCase() === 'input' || getBoolConfig(config, 'core.autocrlf') === true;
}

async function hasFilter(repo: Repository, path: string): Promise<boolean> {
  const names = ['filter', 'ident', 'working-tree-encoding'];
  const found = records(await git(repo, ['check-attr', '-z', ...names, '--', path]));
  // Three records each: path, attribute, value.
  return found.some((value, i) => i % 3 === 2 && value !== 'unspecified' && value !== 'unset');
}
