/**
 * The fenced blocks of a document that say what a reader types, edits and sees, and how to run them:
 *
 *   ```sh               typed; must exit 0
 *   ```console          "$ " begins what is typed, the rest is what must be printed; "…" stands for anything, on a
 *                       line of its own for any lines. `exit=N` behind the language: the exit code of the last one
 *   ```diff             an edit that the reader makes in an editor
 *   ```LANG file=F      the whole of a file that the reader has or makes
 *   ```LANG excerpt=F   lines of the file F, in their order; "…" as above
 *
 * Other blocks show the form of something and are not run.
 */
import { remark } from 'remark';
import { visit } from 'unist-util-visit';

export interface Typed {
  readonly kind: 'typed';
  readonly line: number;
  readonly script: string;
  /** What must be printed; null where anything may be. */
  readonly printed: string | null;
  readonly exit: number;
}

export type Block =
  | Typed
  | { readonly kind: 'edit'; readonly line: number; readonly patch: string }
  | { readonly kind: 'file'; readonly line: number; readonly file: string; readonly text: string }
  | { readonly kind: 'excerpt'; readonly line: number; readonly file: string; readonly text: string }
  | { readonly kind: 'shown'; readonly line: number; readonly language: string };

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  visit(remark().parse(markdown), 'code', (node) => {
    const line = (node.position?.start.line ?? 0) + 1;
    const said = Object.fromEntries(
      (node.meta ?? '').split(/\s+/).map((one) => one.split('=') as [string, string | undefined]),
    );
    const text = node.value;
    if (said.excerpt) blocks.push({ kind: 'excerpt', line, file: said.excerpt, text });
    else if (said.file) blocks.push({ kind: 'file', line, file: said.file, text: `${text}\n` });
    else if (node.lang === 'sh') blocks.push({ kind: 'typed', line, script: text, printed: null, exit: 0 });
    else if (node.lang === 'console') blocks.push(...sessionOf(text, line, Number(said.exit ?? 0)));
    else if (node.lang === 'diff') blocks.push({ kind: 'edit', line, patch: `${text}\n` });
    else blocks.push({ kind: 'shown', line, language: node.lang ?? '' });
  });
  return blocks;
}

/** A session with several commands becomes a block a command. */
function sessionOf(text: string, start: number, exit: number): Typed[] {
  const lines = text.split('\n');
  const begins = lines.flatMap((one, index) => (one.startsWith('$ ') ? [index] : []));
  if (begins[0] !== 0) throw new Error(`line ${start}: a console block begins with "$ "`);
  return begins.map((begin, index) => {
    const end = begins[index + 1] ?? lines.length;
    return {
      kind: 'typed',
      line: start + begin,
      script: lines[begin]!.slice(2),
      printed: lines.slice(begin + 1, end).join('\n'),
      exit: index === begins.length - 1 ? exit : 0,
    };
  });
}

/** Whether a text is what was shown of it, line by line. */
export function matches(shown: string, actual: string): boolean {
  const parts = shown
    .trimEnd()
    .split('\n')
    .map((line) =>
      line.trim() === '…'
        ? '(?:[^\\n]*\\n)*?'
        : `${line.trimEnd().split('…').map(escaped).join('.*')}[ \\t]*\\n`,
    );
  return new RegExp(`^${parts.join('')}$`).test(`${actual.trimEnd()}\n`);
}

/** Whether the lines shown stand in a text in their order, other lines between them only where "…" says so. */
export function isExcerpt(shown: string, actual: string): boolean {
  return matches(`…\n${shown}\n…`, actual);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
