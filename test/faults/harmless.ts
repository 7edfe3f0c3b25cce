/** Failures of a call that may be passed over, as they change nothing for anybody; each with the reason. */
import type { Op } from './fs-shim.ts';

interface Harmless {
  readonly why: string;
  readonly names: RegExp;
  readonly path: RegExp;
  /** Only where the failure is this one. */
  readonly errno?: string;
}

const table: readonly Harmless[] = [
  {
    why: 'an object is read, or written, a second time if need be',
    names: /./,
    path: /\.git\/objects(\/..|$)/,
  },
  { why: 'isomorphic-git looks whether .git is a file', names: /^stat$/, path: /\.git$/ },
  {
    why: 'Git passes over a configuration of the user that it may not read',
    names: /^readFile$/,
    path: /\.config\/git\/config$|\.gitconfig$/,
    errno: 'EACCES',
  },
  { why: 'a hook that may not be run is none', names: /^access$/, path: /\/hooks\//, errno: 'EACCES' },
  {
    why: 'what lies in the way of a branch, which then fails itself',
    names: /^readdir$|^rmdir$/,
    path: /\.git\/refs\/heads\/main$/,
  },
  {
    why: 'another name of the run lock, and what killed runs left of theirs',
    names: /^unlink$|^readdir$|^stat$/,
    path: /\.git\/scend(\/lock[-.].*)?$/,
  },
  {
    why: 'the run lock is released by the end of the process at the latest',
    names: /^open$|^handle\.write$/,
    path: /\.git\/scend\/lock\.\d+$/,
  },
  {
    why: 'the second name of a lock that is gone, and the sync of its removal',
    names: /^unlink$|^open$|^handle\.sync$/,
    path: /\.git\/scend\/held-|\.git$/,
  },
  {
    why: 'a folder that may not be read cannot be synced',
    names: /^open$/,
    path: /(\/deliverables|\/alder_dental|\/heads|\/objects|\.git|\/scend)$/,
    errno: 'EACCES',
  },
];

/** Whether the call may fail in this way, in a run that then ends well. */
export function isHarmless({ name, paths: [path = ''] }: Op, errno: string): boolean {
  return table.some((one) => one.names.test(name) && one.path.test(path) && (one.errno ?? errno) === errno);
}

/** A look at a file of the work tree for the index; without it the index says less, and Git looks for itself. */
export function isForIndex({ name, index, paths: [path = ''] }: Op, ops: readonly Op[]): boolean {
  const locked = ops.find((op) => op.name === 'link' && op.paths[1]?.endsWith('.git/index.lock'));
  const inside = path.includes('/.git/');
  return locked !== undefined && index > locked.index && /^lstat$|^readFile$/.test(name) && !inside;
}
