import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import { diagnoseAt, type Source } from './source.ts';

/** A JSON value with the offset at which it stands; numbers keep the text they were written with. */
export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly entries: ReadonlyMap<string, JsonNode> }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'text' | 'number'; readonly at: number; readonly text: string }
  | { readonly kind: 'true' | 'false' | 'null'; readonly at: number };

const maxDepth = 40;

/**
 * Parses JSON strictly, with the place of every value: `JSON.parse` tells no places, takes the last of two equal
 * keys and turns 1.10 into 1.1.
 */
export function parseJsonTree(source: Source): {
  readonly node: JsonNode | null;
  readonly diagnostics: Diagnostic[];
} {
  const reader = new Reader(source);
  try {
    const node = reader.document();
    return { node: hasErrors(reader.diagnostics) ? null : node, diagnostics: reader.diagnostics };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { node: null, diagnostics: [diagnoseAt(source, 'import/bad-row', error.at, error.message)] };
  }
}

class Fault extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly source: Source;
  private readonly text: string;
  private at = 0;

  constructor(source: Source) {
    this.source = source;
    this.text = source.text;
  }

  document(): JsonNode {
    const node = this.value(0);
    this.space();
    if (this.at < this.text.length) throw new Fault(this.at, 'the JSON has ended before this');
    return node;
  }

  private value(depth: number): JsonNode {
    this.space();
    const { at } = this;
    if (depth > maxDepth) throw new Fault(at, `the JSON has more than ${maxDepth} levels`);
    const first = this.text[at];
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    if (first === '"') return { kind: 'text', at, text: this.string() };
    for (const kind of ['true', 'false', 'null'] as const) {
      if (this.text.startsWith(kind, at)) {
        this.at += kind.length;
        return { kind, at };
      }
    }
    const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    number.lastIndex = at;
    const [text] = number.exec(this.text) ?? [];
    if (text === undefined)
      throw new Fault(at, at < this.text.length ? 'this is no JSON value' : 'the JSON does not end');
    this.at += text.length;
    return { kind: 'number', at, text };
  }

  private object(depth: number): JsonNode {
    const { at } = this;
    const entries = new Map<string, JsonNode>();
    this.at += 1;
    for (;;) {
      this.space();
      if (this.text[this.at] === '}' && entries.size === 0) break;
      const keyAt = this.at;
      if (this.text[keyAt] !== '"') throw new Fault(keyAt, 'a key in quotes belongs here');
      const key = this.string();
      this.expect(':');
      const value = this.value(depth + 1);
      if (entries.has(key))
        this.diagnostics.push(
          diagnoseAt(this.source, 'import/bad-row', keyAt, `the key "${key}" stands here twice`),
        );
      entries.set(key, value);
      if (!this.more('}')) break;
    }
    this.at += 1;
    return { kind: 'object', at, entries };
  }

  private array(depth: number): JsonNode {
    const { at } = this;
    const items: JsonNode[] = [];
    this.at += 1;
    for (;;) {
      this.space();
      if (this.text[this.at] === ']' && items.length === 0) break;
      items.push(this.value(depth + 1));
      if (!this.more(']')) break;
    }
    this.at += 1;
    return { kind: 'array', at, items };
  }

  /** True behind a comma; false at the closing sign, which is left to the caller. */
  private more(close: string): boolean {
    this.space();
    if (this.text[this.at] === close) return false;
    this.expect(',');
    return true;
  }

  private string(): string {
    const start = this.at;
    let end = start + 1;
    for (; this.text[end] !== '"'; end += this.text[end] === '\\' ? 2 : 1) {
      if (end >= this.text.length || this.text[end] === '\n')
        throw new Fault(start, 'this text has no closing quote');
    }
    this.at = end + 1;
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      throw new Fault(start, 'this text is not as JSON writes it');
    }
  }

  private expect(sign: string): void {
    this.space();
    if (this.text[this.at] !== sign) throw new Fault(this.at, `"${sign}" belongs here`);
    this.at += 1;
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at += 1;
  }
}
