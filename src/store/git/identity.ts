import { ScendError } from '../../domain/error.ts';
import { getConfig } from './config.ts';
import { type GitDate, localDate, parseGitDate } from './git-date.ts';
import { trimEnd } from './message.ts';
import { refusal } from './refusal.ts';
import type { Repository } from './repository.ts';

/** Who made a commit and who put it on record, each as the line a commit holds. */
export interface Identity {
  readonly author: string;
  readonly committer: string;
}

export interface IdentityOptions {
  /** `Name <mail>`, in place of the author that the environment and the configuration name. */
  readonly author?: string | undefined;
  /** The present moment, in the machine's time zone. */
  readonly now: Date;
}

type Role = 'author' | 'committer';

/**
 * Author and committer the way Git finds them, except that nothing is guessed from the machine's accounts:
 * the option, GIT_AUTHOR_* and GIT_COMMITTER_*, then `author.*`, `committer.*` and `user.*`. Throws
 * `git/no-identity`, `git/bad-date` and `usage/author`.
 */
export function resolveIdentity(repo: Repository, { author, now }: IdentityOptions): Identity {
  const given = author === undefined ? null : parseAuthor(author);
  return {
    author: identityOf(repo, 'author', given, now),
    committer: identityOf(repo, 'committer', null, now),
  };
}

interface Person {
  readonly name: string;
  readonly mail: string;
}

function identityOf({ env, config }: Repository, role: Role, given: Person | null, now: Date): string {
  const prefix = `GIT_${role.toUpperCase()}`;
  const setting = (key: string) =>
    getConfig(config, `${role}.${key}`) || getConfig(config, `user.${key}`) || undefined;
  const name = given?.name ?? env[`${prefix}_NAME`] ?? setting('name');
  const mail = given?.mail ?? env[`${prefix}_EMAIL`] ?? setting('email') ?? env.EMAIL;
  if (name === undefined || stripCrud(name) === '' || mail === undefined) {
    throw noIdentity(role, name === undefined || stripCrud(name) === '' ? 'name' : 'mail address');
  }
  return `${stripCrud(name)} <${stripCrud(mail)}> ${formatDate(dateOf(env[`${prefix}_DATE`], `${prefix}_DATE`, now))}`;
}

function dateOf(text: string | undefined, variable: string, now: Date): GitDate {
  return text ? parseGitDate(text, variable) : localDate(now);
}

function formatDate({ seconds, offset }: GitDate): string {
  return `${seconds} ${offset}`;
}

/** What Git takes off both ends of a name or address; line ends and angle brackets go everywhere. */
function stripCrud(text: string): string {
  const start = [...text].findIndex((char) => !isCrud(char));
  return start < 0 ? '' : trimEnd(text.slice(start), isCrud).replace(/[\n<>]/g, '');
}

function isCrud(char: string): boolean {
  return char <= ' ' || ',:;<>"\\\''.includes(char);
}

function parseAuthor(text: string): Person {
  const [, name, mail] = /^([^<>]*)<([^<>]*)>\s*$/.exec(text) ?? [];
  if (name !== undefined && mail !== undefined) return { name, mail };
  throw new ScendError(
    'usage/author',
    `the author ${JSON.stringify(text)} is not of the form Name <mail>`,
    'Write it like: --author "Ada Lovelace <ada@example.org>"',
  );
}

function noIdentity(role: Role, missing: string): Error {
  return refusal(
    'git/no-identity',
    `Git does not know the ${role}'s ${missing}`,
    'Tell it: git config --global user.name "Your Name" && git config --global user.email you@example.org',
    { role },
  );
}
