import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { grayMatterOf } from './gray-matter.ts';
import { diagnoseAt, type Source } from './source.ts';
import { parseYaml, type YamlText } from './yaml.ts';

/** A Markdown file split into its front matter and its body. */
export interface FrontMatter {
  readonly yaml: YamlText;
  /** Offset at which the body begins. */
  readonly bodyStart: number;
}

/**
 * Splits off the front matter, without ever running it: the first line must be exactly `---` before
 * gray-matter sees the text, and every engine but YAML throws.
 */
export function parseFrontMatter(source: Source): {
  readonly frontMatter: FrontMatter | null;
  readonly diagnostics: Diagnostic[];
} {
  const first = /^---[^\r\n]*/.exec(source.text)?.[0];
  if (first === undefined) {
    return fail(diagnose('front-matter/missing', { file: source.file }, 'the file does not begin with ---'));
  }
  if (first.trimEnd() !== '---') {
    return fail(
      diagnoseAt(source, 'front-matter/language', 3, `"${first.slice(0, 40)}" is not read as front matter`),
    );
  }
  const closing = /(?:\r\n|\r|\n)---[ \t]*(?=[\r\n]|$)/g;
  closing.lastIndex = first.length;
  const close = closing.exec(source.text);
  if (!close) {
    return fail(
      diagnoseAt(source, 'front-matter/unclosed', 0, 'the front matter that begins here never ends'),
    );
  }
  const yamlStart = first.length + (/^(?:\r\n|\r|\n)/.exec(source.text.slice(first.length))?.[0].length ?? 0);
  const yamlEnd = Math.max(yamlStart, close.index + (/^\r\n|^\r|^\n/.exec(close[0])?.[0].length ?? 0));
  let bodyStart = close.index + close[0].length;
  bodyStart += /^(?:\r\n|\r|\n)/.exec(source.text.slice(bodyStart))?.[0].length ?? 0;
  if (!agreesWithGrayMatter(source, yamlStart, yamlEnd)) {
    const message = 'a line inside the front matter begins with three dashes';
    return fail(diagnoseAt(source, 'front-matter/unclosed', yamlStart, message));
  }
  const yaml = parseYaml(source, yamlStart, yamlEnd);
  return { frontMatter: { yaml, bodyStart }, diagnostics: yaml.diagnostics };
}

function fail(diagnostic: Diagnostic) {
  return { frontMatter: null, diagnostics: [diagnostic] };
}

/** Other tools of the same family split where gray-matter does; a file on which we differ is not safe to edit. */
function agreesWithGrayMatter(source: Source, start: number, end: number): boolean {
  const { text } = source;
  return surelyAgrees(text, start, end) || grayMatterOf(text).trim() === text.slice(start, end).trim();
}

/**
 * Whether gray-matter takes the same lines for front matter, told without it: it closes at the first line that
 * begins with three dashes, and sees nothing where all lines are comments.
 */
export function surelyAgrees(text: string, start: number, end: number): boolean {
  // The first line is three dashes and nothing else, and each line ends in a line feed.
  if (start !== (text[3] === '\r' ? 5 : 4) || text[start - 1] !== '\n') return false;
  if (text.indexOf('\n---', start - 1) !== end - 1) return false;
  for (let at = start; at < end; at = text.indexOf('\n', at) + 1) {
    const first = text.charCodeAt(at) | 0x20;
    if (first >= 0x61 && first <= 0x7a) return true;
  }
  return false;
}
