import { type Diagnostic, hasErrors } from '../domain/diagnostic.ts';
import type { RefreshPlan } from '../domain/refresh.ts';
import { sectionTitles } from '../domain/roadmap.ts';
import { BlockEditor } from './block-editor.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import type { TextContext } from './roadmap-blocks.ts';
import * as text from './roadmap-blocks.ts';
import { parseRoadmapFile, type RoadmapFile } from './roadmap-file.ts';
import { type Known, pilotHeadings, subsectionsOf, type Workflow, workflowsOf } from './roadmap-parts.ts';
import { diagnoseAt, lineEnding, makeSource, type Source } from './source.ts';
import { removeKey, setKey } from './yaml.ts';

/** The next version of a roadmap as text, or the findings that say why it could not be written. */
export type RefreshedRoadmap =
  | { readonly ok: true; readonly source: Source; readonly changedSections: readonly number[] }
  | { readonly ok: false; readonly diagnostics: Diagnostic[] };

/**
 * Writes the next version over a copy of the current one: engine-owned blocks, the front matter, and whole
 * workflows that move from "Planned" to "Delivered". Everything else stays byte for byte.
 */
export function renderRoadmap(
  current: RoadmapFile,
  plan: RefreshPlan,
  context: TextContext,
  options: {
    readonly file: string;
    readonly known: Known;
    readonly firm: { id: string; slug: string; createdAt: string };
  },
): RefreshedRoadmap {
  const editor = new BlockEditor(current);
  summary(editor, current, plan, context);
  architecture(editor, current, plan, options.known);
  pilot(editor, current, plan, options.known);
  sprints(editor, current, plan, context, options.known);
  editor.put('actuals', 8, text.actualsBlock(plan, context));
  outcomes(editor, current, plan, context);
  const changedSections = editor.changedSections();
  const front = frontMatterEdits(current, plan, changedSections);
  if (!front) {
    const message = 'the front matter of this roadmap cannot be edited in place';
    return {
      ok: false,
      diagnostics: [diagnoseAt(current.source, 'roadmap/cannot-edit', current.yaml.start, message)],
    };
  }
  const result = applyEdits(current.source.text, [...front, ...editor.edits]);
  const source = { ...makeSource(options.file, result), bom: current.source.bom };
  return verify(source, plan, options) ?? { ok: true, source, changedSections };
}

/** The new text must read back as the version that was planned. */
function verify(
  source: Source,
  plan: RefreshPlan,
  options: Parameters<typeof renderRoadmap>[3],
): RefreshedRoadmap | null {
  const { roadmap, diagnostics } = parseRoadmapFile(source, options.firm, plan.to);
  if (hasErrors(diagnostics))
    return { ok: false, diagnostics: diagnostics.filter((one) => one.severity === 'error') };
  const statuses = new Map(roadmap?.facts.sections.map((one) => [one.sectionNumber, one.status]));
  const right =
    roadmap?.facts.version === plan.to &&
    roadmap.facts.id === plan.roadmapId &&
    plan.sections.every((one) => statuses.get(one.sectionNumber) === one.after);
  if (right) return null;
  const message = `${source.file} would not read back as ${plan.to}`;
  return { ok: false, diagnostics: [diagnoseAt(source, 'roadmap/cannot-edit', 0, message)] };
}

/** End of what is written in a section, before the blank lines that part it from the next. */
function contentEnd(source: Source, end: number): number {
  const last = source.text.slice(0, end).trimEnd().length;
  // Spaces at the end of the last line belong to it: two of them are a line break.
  return last + (/^[^\r\n]*/.exec(source.text.slice(last, end))?.[0].length ?? 0);
}

function summary(editor: BlockEditor, current: RoadmapFile, plan: RefreshPlan, context: TextContext): void {
  const section = current.sections.get(1);
  if (!section) return;
  const content = text.deliveredToDate(plan, context);
  const block = current.blocks.get('delivered-to-date');
  const leads = block && current.source.text.slice(section.heading.end, block.start).trim() === '';
  const at = plan.deliveredLeads ? section.heading.end : contentEnd(current.source, section.end);
  if (block && plan.deliveredLeads && !leads) {
    editor.remove('delivered-to-date');
    const wrapped = `<!-- scend:begin delivered-to-date -->\n\n${content}\n\n<!-- scend:end delivered-to-date -->`;
    editor.edit(section.heading.start, {
      start: at,
      end: at,
      text: `\n\n${wrapped}`.replaceAll('\n', editor.eol),
    });
  } else editor.put('delivered-to-date', 1, content, at);
}

function architecture(editor: BlockEditor, current: RoadmapFile, plan: RefreshPlan, known: Known): void {
  const parts = subsectionsOf(current, 3, known);
  for (const [index, part] of parts.entries()) {
    const completion = plan.subsections[index]?.completion;
    const name = blockName(
      'deployed',
      part.name,
      parts.slice(0, index).map((one) => one.name),
    );
    if (!completion || (!completion.complete && !editor.has(name))) continue;
    editor.put(name, 3, text.deployedLine(completion), part.heading?.end);
  }
}

/** A block's name from its heading: `deployed-3.1`, or the words of a heading without a number. */
function blockName(kind: string, heading: string, before: readonly string[]): string {
  const plain = (words: string) =>
    /^\d+(?:\.\d+)*/.exec(words)?.[0] ??
    (words
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) ||
      'part');
  const base = plain(heading);
  const same = before.filter((one) => plain(one) === base).length;
  return `${kind}-${base}${same > 0 ? `-${same + 1}` : ''}`;
}

/** Moves complete workflows of section 4, whole and byte for byte, and keeps the table under "Delivered". */
function pilot(editor: BlockEditor, current: RoadmapFile, plan: RefreshPlan, known: Known): void {
  const section = current.sections.get(4);
  const { planned, delivered } = section ? pilotHeadings(section) : { planned: null, delivered: null };
  if (!section || !planned) return;
  const { source } = current;
  const workflows = workflowsOf(current, known);
  // An item goes with its line ending; a heading's stretch already reaches to the next heading.
  const ends = (one: Workflow) =>
    one.end +
    (one.kind === 'item' ? (/^(?:\r\n|\r|\n)/.exec(source.text.slice(one.end))?.[0].length ?? 0) : 0);
  const moving = workflows.filter((_, index) => plan.workflows[index]?.moves);
  const within = section.heading.start;
  for (const one of moving) editor.edit(within, { start: one.start, end: ends(one), text: '' });
  const items = moving.every((one) => one.kind === 'item');
  const blank = editor.eol + editor.eol;
  const content = moved(source, moving).join(items ? editor.eol : blank);
  const table = text.deliveredWorkflows(plan);
  const block = current.blocks.get('delivered-workflows');
  if (!delivered && block) {
    // Somebody took the heading away and left the table: it stays where it is, and what moves follows it.
    editor.put('delivered-workflows', 4, table);
    if (moving.length > 0) editor.edit(within, { start: block.end, end: block.end, text: blank + content });
  } else if (delivered) {
    const after = section.headings.find((one) => one.start > delivered.start && one.depth <= delivered.depth);
    const end = contentEnd(source, after?.start ?? section.end);
    const joins = items && workflows.some((one) => one.kind === 'item' && one.end === end);
    editor.put('delivered-workflows', 4, table, delivered.end);
    if (moving.length > 0)
      editor.edit(within, { start: end, end, text: (joins ? editor.eol : blank) + content });
  } else if (moving.length > 0) {
    const head = `${'#'.repeat(planned.depth)} Delivered\n\n${editor.wrap('delivered-workflows', table)}\n\n`;
    const written = head.replace(/\r?\n/g, editor.eol) + content;
    const last = Math.max(...moving.map(ends));
    const end = contentEnd(source, section.end);
    // What moves may have been the last thing in the section; then the new heading takes its place.
    const at = Math.max(last, end);
    const before = at > end && !items ? '' : blank;
    editor.edit(within, { start: at, end: at, text: before + written + (at > end ? blank : '') });
  }
}

function moved(source: Source, moving: readonly Workflow[]): string[] {
  return moving.map((one) => source.text.slice(one.start, contentEnd(source, one.end)));
}

function sprints(
  editor: BlockEditor,
  current: RoadmapFile,
  plan: RefreshPlan,
  context: TextContext,
  known: Known,
): void {
  editor.put('sprints', 5, text.sprintTable(plan, context));
  for (const part of subsectionsOf(current, 5, known)) {
    const number = Number(/^Sprint[ \t]+(\d{1,4})\b/i.exec(part.name)?.[1] ?? Number.NaN);
    const sprint = plan.sprints.find((one) => one.number === number);
    if (sprint) editor.put(`sprint-${number}`, 5, text.sprintLine(sprint), part.heading?.end);
  }
}

function outcomes(editor: BlockEditor, current: RoadmapFile, plan: RefreshPlan, context: TextContext): void {
  const content = text.outcomesBlock(plan, context);
  const section = current.sections.get(10);
  if (section) {
    editor.put('outcomes', 10, content);
    return;
  }
  const depth = '#'.repeat(current.sections.get(1)?.heading.depth ?? 2);
  const learnings = `${depth}# Learnings\n\nWhat worked, what did not, and what to do differently: write it here; a refresh leaves it as it is.`;
  editor.append(
    `${depth} 10. ${sectionTitles[9]}\n\n<!-- scend:begin outcomes -->\n\n${content}\n\n<!-- scend:end outcomes -->\n\n${learnings}`,
  );
}

function frontMatterEdits(
  current: RoadmapFile,
  plan: RefreshPlan,
  changed: readonly number[],
): TextEdit[] | null {
  const { yaml, facts } = current;
  const all: (TextEdit[] | null)[] = [
    setKey(yaml, [], 'id', plan.roadmapId),
    setKey(yaml, [], 'version', plan.to),
    // A new version is a draft until a person says otherwise.
    setKey(yaml, [], 'status', 'draft'),
    setKey(yaml, [], 'generated_at', plan.today),
    removeKey(yaml, [], 'finalized_at'),
  ];
  for (const one of plan.sections) {
    const index = facts.sections.findIndex((entry) => entry.sectionNumber === one.sectionNumber);
    if (index < 0) {
      all.push(addSection(current, one.after, plan.today));
      continue;
    }
    const path = ['sections', index];
    if (one.before !== one.after) all.push(setKey(yaml, path, 'status', one.after));
    if (one.before !== one.after || changed.includes(one.sectionNumber)) {
      all.push(setKey(yaml, path, 'last_updated_at', plan.today));
    }
  }
  return all.includes(null) ? null : all.flatMap((one) => one ?? []);
}

/** Section 10's entry, behind the last one; keys added to that one stand in front of it. */
function addSection({ source, yaml, facts }: RoadmapFile, status: string, today: string): TextEdit[] | null {
  const list = yaml.document()?.getIn(['sections'], true) as
    | { flow?: boolean; items?: { range?: number[] }[] }
    | undefined;
  const last = list?.items?.at(-1)?.range;
  const first = list?.items?.[0]?.range;
  if (!last || !first || list?.flow || facts.sections.length === 0) return null;
  const itemStart = yaml.start + (first[0] ?? 0);
  const lineStart = source.text.lastIndexOf('\n', itemStart - 1) + 1;
  const dash = /^[ \t]*-[ \t]+/.exec(source.text.slice(lineStart, itemStart + 1))?.[0];
  if (dash === undefined) return null;
  const entry = `${dash}{ section_number: 10, section_name: outcomes_learning, status: ${status}, last_updated_at: ${today} }`;
  const eol = lineEnding(source);
  const end = yaml.start + (last[1] ?? 0);
  if (/[\r\n]/.test(source.text[end - 1] ?? '')) return [{ start: end, end, text: entry + eol }];
  const rest = /^[^\r\n]*/.exec(source.text.slice(end, yaml.end))?.[0].length ?? 0;
  return [{ start: end + rest, end: end + rest, text: eol + entry }];
}
