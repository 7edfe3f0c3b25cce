import type { Root } from 'mdast';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';

// The only module that imports the Markdown parser: most texts are read without it, and need not load it.

const makeParser = () => remark().use(remarkGfm).freeze();
let parser: ReturnType<typeof makeParser> | null = null;

/** The tree of a text as remark reads it, with GitHub's extensions; `RangeError` for nesting beyond the stack. */
export function parseWithRemark(text: string): Root {
  parser ??= makeParser();
  return parser.parse(text) as Root;
}
