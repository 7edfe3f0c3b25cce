import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import { parseFrontMatter } from './front-matter.ts';
import { headingText, isUnclosedAt, parseMarkdown, rangeOf } from './markdown.ts';
import { diagnoseAt, placeAt, type Source } from './source.ts';

/** A Markdown file that is to become part of a roadmap. */
export interface ImportFile {
  readonly source: Source;
  /** Where its text begins, behind front matter of its own. */
  readonly bodyStart: number;
  /** Its own front matter, without the dashes; null when it has none. */
  readonly frontMatter: string | null;
  /** Stands for what the file begins with, where that is under no heading. */
  readonly start: ImportHeading;
  readonly headings: readonly ImportHeading[];
}

/** A heading of such a file, or the start of a file whose first text stands under no heading. */
export interface ImportHeading {
  readonly file: string;
  readonly line: number;
  readonly depth: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** `===` or `---` under the text instead of `#` before it. */
  readonly underlined: boolean;
  /** True for the start of a file without a heading: nothing of it is in the text. */
  readonly startOfFile: boolean;
}

/** Reads the headings of a file, in their order; code and comments hold none. */
export function readImportFile(source: Source): {
  readonly file: ImportFile | null;
  readonly diagnostics: Diagnostic[];
} {
  const own = ownFrontMatter(source);
  if (own.diagnostics.length > 0) return { file: null, diagnostics: own.diagnostics };
  const { blocks, diagnostics } = parseMarkdown(source, own.bodyStart);
  if (source.text.slice(own.bodyStart).trim() === '')
    diagnostics.push(diagnose('import/empty', { file: source.file }, 'the file has no text'));
  const headings: ImportHeading[] = [];
  for (const { node, base } of blocks) {
    const range = rangeOf(node, base);
    if (!range) continue;
    if (isUnclosedAt(source, node, range)) {
      const what = node.type === 'code' ? 'code fence' : 'comment';
      diagnostics.push(diagnoseAt(source, 'roadmap/unclosed', range[0], `this ${what} has no end`));
    }
    if (node.type === 'html' && /<!--\s*scend:(?:begin|end)/.test(source.text.slice(...range))) {
      const message = 'a mark of an engine-owned block stands in a text from elsewhere';
      diagnostics.push(diagnoseAt(source, 'roadmap/block', range[0], message, 'Remove the mark.'));
    }
    if (node.type !== 'heading') continue;
    const raw = source.text.slice(...range);
    headings.push({
      file: source.file,
      line: placeAt(source, range[0]).line,
      depth: node.depth,
      text: headingText(raw),
      start: range[0],
      end: range[1],
      underlined: !raw.startsWith('#'),
      startOfFile: false,
    });
  }
  const start: ImportHeading = {
    file: source.file,
    line: placeAt(source, own.bodyStart).line,
    depth: 1,
    text: source.file.split('/').at(-1) ?? source.file,
    start: own.bodyStart,
    end: own.bodyStart,
    underlined: false,
    startOfFile: true,
  };
  return {
    file: { source, bodyStart: own.bodyStart, frontMatter: own.frontMatter, start, headings },
    diagnostics,
  };
}

/** Front matter of another tool is kept apart; a file that is Scend's own is no text from elsewhere. */
function ownFrontMatter(source: Source): {
  readonly bodyStart: number;
  readonly frontMatter: string | null;
  readonly diagnostics: Diagnostic[];
} {
  const none = { bodyStart: 0, frontMatter: null, diagnostics: [] };
  if (!/^---[ \t]*(?:\r\n|\r|\n)/.test(source.text)) return none;
  const { frontMatter } = parseFrontMatter(source);
  // A line of dashes may just as well be a rule above the text.
  if (!frontMatter) return none;
  const { yaml, bodyStart } = frontMatter;
  const schema = (yaml.value as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'string' && schema.startsWith('scend/')) {
    const message = `this is a file of Scend already (${schema})`;
    const hint = 'Copy a roadmap of Scend to the firm\'s deliverables/ by hand, and mend "firm" and "id".';
    return { ...none, diagnostics: [diagnoseAt(source, 'schema/kind', yaml.start, message, hint)] };
  }
  return { bodyStart, frontMatter: source.text.slice(yaml.start, yaml.end), diagnostics: [] };
}

/** The headings of all files, and the start of each later file whose first text stands under none. */
export function allHeadings(files: readonly ImportFile[]): ImportHeading[] {
  return files.flatMap(({ source, bodyStart, start, headings }, index) => {
    const first = headings[0]?.start ?? source.text.length;
    if (index === 0 || source.text.slice(bodyStart, first).trim() === '') return headings;
    return [start, ...headings];
  });
}
