import matter from 'gray-matter';
import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { diagnoseAt, type Source } from './source.ts';
import { parseYaml, type YamlText } from './yaml.ts';

/** A Markdown file split into its front matter and its body. */
export interface FrontMatter {
  readonly yaml: YamlText;
  /** Offset at which the body begins. */
  readonly bodyStart: number;
}

/** gray-matter runs `---js` blocks unless every engine it knows is replaced. */
const refuse = (): never => {
  throw new Error('only YAML front matter is read');
};

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
  if (!agreesWithGrayMatter(source, source.text.slice(yamlStart, yamlEnd))) {
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
function agreesWithGrayMatter(source: Source, yaml: string): boolean {
  let seen = '';
  const keep = (text: string) => {
    seen = text;
    return {};
  };
  matter(source.text, { language: 'yaml', engines: { yaml: keep, javascript: refuse, json: refuse } });
  return seen.trim() === yaml.trim();
}
