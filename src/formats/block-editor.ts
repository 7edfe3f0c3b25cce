import type { TextEdit } from './edit.ts';
import type { RoadmapFile } from './roadmap-file.ts';
import { lineEnding } from './source.ts';

const withoutVersions = (text: string) => text.replace(/(_CHART_[a-z_]+_)v\d+\.\d+\.svg/g, '$1');

/** Collects edits to one roadmap; a class because blocks put at one place follow each other. */
export class BlockEditor {
  readonly edits: TextEdit[] = [];
  readonly eol: string;
  private readonly current: RoadmapFile;
  private readonly touched = new Set<number>();

  constructor(current: RoadmapFile) {
    this.current = current;
    this.eol = lineEnding(current.source);
  }

  private lines(content: string): string {
    return content.replaceAll('\n', this.eol);
  }

  wrap(name: string, content: string): string {
    return this.lines(`<!-- scend:begin ${name} -->\n\n${content}\n\n<!-- scend:end ${name} -->`);
  }

  /** Puts a block under section `number`: in its place if it is there, else behind `at` (the section's heading). */
  put(name: string, number: number, content: string, at?: number): void {
    const section = this.current.sections.get(number);
    const block = this.current.blocks.get(name);
    if (block) {
      const wanted = this.lines(`\n\n${content}\n\n`);
      if (this.current.source.text.slice(block.contentStart, block.contentEnd) === wanted) return;
      const edit = { start: block.contentStart, end: block.contentEnd, text: wanted };
      // Links to the new version's pictures alone are no change of what the section says.
      if (withoutVersions(this.current.source.text.slice(edit.start, edit.end)) === withoutVersions(wanted))
        this.edits.push(edit);
      else this.edit(block.start, edit);
    } else if (section) {
      const where = at ?? section.heading.end;
      this.edit(section.heading.start, {
        start: where,
        end: where,
        text: this.lines('\n\n') + this.wrap(name, content),
      });
    }
  }

  /** Takes a block out, with the blank lines in front of it. */
  remove(name: string): void {
    const block = this.current.blocks.get(name);
    if (!block) return;
    const before = this.current.source.text.slice(0, block.start);
    this.edit(block.start, { start: before.replace(/\s+$/, '').length, end: block.end, text: '' });
  }

  edit(within: number, edit: TextEdit): void {
    this.edits.push(edit);
    for (const [number, section] of this.current.sections) {
      if (section.heading.start <= within && within < section.end) this.touched.add(number);
    }
  }

  append(content: string): void {
    const { text: all } = this.current.source;
    const gap = all.endsWith('\n') ? '\n' : '\n\n';
    this.edits.push({ start: all.length, end: all.length, text: this.lines(`${gap}${content}\n`) });
    this.touched.add(10);
  }

  has(name: string): boolean {
    return this.current.blocks.has(name);
  }

  changedSections(): number[] {
    return [...this.touched].sort((a, b) => a - b);
  }
}
