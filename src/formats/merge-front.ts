import type { Pair } from 'yaml';
import { type Sides, threeWay } from '../domain/merge-order.ts';
import { compareIds } from '../domain/ticket.ts';
import { compareVersions, isVersion } from '../domain/version.ts';
import { mergeLines } from './diff3.ts';
import { applyEdits, type TextEdit } from './edit.ts';
import { type Lined, linedOf } from './merge-body.ts';
import { brief, type Line, type Piece, sameLines } from './merge-lines.ts';
import { type Entry, mergeOutlines, type Outline } from './merge-outline.ts';
import { makeSource, placeAt } from './source.ts';
import { setKey, type YamlText } from './yaml.ts';
import { isMap, isScalar, isSeq } from './yaml-parser.ts';

/** A field of the front matter, or one sprint of its list. */
interface FrontPart {
  readonly yaml: YamlText;
  /** The sprint's place in the list; null for a field. */
  readonly index: number | null;
  readonly value: unknown;
}

type FrontEntry = Entry<FrontPart>;

/** A front matter with the lines of the file that it is in. */
export interface Front {
  readonly lined: Lined;
  readonly yaml: YamlText;
}

/** Merges front matter field by field and sprint by sprint; one in an unusual form merges as text. */
export function mergeFronts(sides: Sides<Front | null>): Piece[] {
  const outlines = {
    base: sides.base ? frontOutline(sides.base) : { entries: [], gaps: [[]] },
    ours: sides.ours ? frontOutline(sides.ours) : null,
    theirs: sides.theirs ? frontOutline(sides.theirs) : null,
  };
  const { base, ours, theirs } = outlines;
  const name = { subject: 'front matter', field: 'text' };
  if (!base || !ours || !theirs) {
    const lines = {
      base: yamlLines(sides.base),
      ours: yamlLines(sides.ours),
      theirs: yamlLines(sides.theirs),
    };
    return mergeLines(lines).flatMap((chunk): Piece[] => {
      if (chunk.kind === 'merged') return [...chunk.lines];
      const says = { ours: brief(chunk.ours[0]?.text ?? null), theirs: brief(chunk.theirs[0]?.text ?? null) };
      return [{ ...name, says, ours: chunk.ours, theirs: chunk.theirs }];
    });
  }
  const parts = mergeOutlines(
    { base, ours, theirs },
    { compare: compareIds, entry: mergeEntry, textAfter: () => name },
  );
  return parts.flatMap((one) => one.pieces);
}

function yamlLines(front: Front | null): readonly Line[] {
  if (!front) return [];
  const { lined, yaml } = front;
  const at = (offset: number) => placeAt(lined.source, offset).line - 1;
  return lined.lines.slice(at(yaml.start), at(yaml.end));
}

function mergeEntry(sides: Sides<FrontEntry | null>, key: string): readonly Piece[] {
  const { base, ours, theirs } = sides;
  const name = { subject: 'front matter', field: nameOf(key) };
  if (!ours || !theirs) {
    const left = (ours ?? theirs)!;
    if (!base || sameLines(base.lines, left.lines)) return left.lines;
    const here = ours ? 'ours' : 'theirs';
    const says = { ours: 'removed', theirs: 'removed', [here]: 'changed' };
    return [{ ...name, says, ours: ours?.lines ?? [], theirs: theirs?.lines ?? [] }];
  }
  const found = threeWay<readonly Line[]>(
    { base: base?.lines ?? [], ours: ours.lines, theirs: theirs.lines },
    sameLines,
  );
  if (found !== 'conflict') return found === 'ours' ? ours.lines : theirs.lines;
  const values = { base: base?.data.value, ours: ours.data.value, theirs: theirs.data.value };
  if (ours.data.index !== null && theirs.data.index !== null)
    return mergeSprint(name.field, { base, ours, theirs });
  const said = threeWay(values, sameValue);
  if (said !== 'conflict') return said === 'ours' ? ours.lines : theirs.lines;
  const [mine, other] = [String(values.ours), String(values.theirs)];
  if (key === 'version' && isVersion(mine) && isVersion(other)) {
    return compareVersions(mine, other) >= 0 ? ours.lines : theirs.lines;
  }
  const text = (entry: FrontEntry) => brief(entry.lines.map((line) => line.text).join(' '));
  const says = { ours: text(ours), theirs: text(theirs) };
  return [{ ...name, says, ours: ours.lines, theirs: theirs.lines }];
}

function nameOf(key: string): string {
  return key.replace(/^sprints (\d+)$/, 'sprint $1');
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** One sprint that both sides changed: field by field, in the form that ours has. */
function mergeSprint(
  field: string,
  { base, ours, theirs }: { base: FrontEntry | null; ours: FrontEntry; theirs: FrontEntry },
): readonly Piece[] {
  const fields = (one: FrontEntry | null) => (one?.data.value ?? {}) as Readonly<Record<string, unknown>>;
  const [before, mine, other] = [fields(base), fields(ours), fields(theirs)];
  const taken: TextEdit[] = [];
  const disputed: TextEdit[] = [];
  const names: string[] = [];
  const whole = (): readonly Piece[] => {
    const text = (one: FrontEntry) => brief(one.lines.map((line) => line.text).join(' '));
    const says = { ours: text(ours), theirs: text(theirs) };
    return [{ subject: 'front matter', field, says, ours: ours.lines, theirs: theirs.lines }];
  };
  for (const key of new Set([...Object.keys(mine), ...Object.keys(other)])) {
    const found = threeWay({ base: before[key], ours: mine[key], theirs: other[key] }, sameValue);
    if (found === 'ours') continue;
    const edits = setField(ours.data, key, other[key]);
    if (edits === null) return whole();
    if (found === 'theirs') taken.push(...edits);
    else {
      disputed.push(...edits);
      names.push(key);
    }
  }
  const merged = editedLines(ours, taken);
  if (merged === null) return whole();
  if (disputed.length === 0) return merged;
  const alternative = editedLines(ours, [...taken, ...disputed]);
  if (alternative === null) return whole();
  const say = (values: Readonly<Record<string, unknown>>) =>
    names.map((name) => brief(String(values[name] ?? ''))).join(', ');
  const says = { ours: say(mine), theirs: say(other) };
  return [
    {
      subject: 'front matter',
      field: `${field} ${names.join(' and ')}`,
      says,
      ours: merged,
      theirs: alternative,
    },
  ];
}

function setField({ yaml, index }: FrontPart, key: string, value: unknown): TextEdit[] | null {
  const scalar = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  if (!scalar || index === null) return null;
  return setKey(yaml, ['sprints', index], key, value as string | number | boolean | null);
}

/** An entry's lines after edits that were computed on its whole source; null where they reach beyond it. */
function editedLines(entry: FrontEntry, edits: readonly TextEdit[]): readonly Line[] | null {
  if (edits.length === 0) return entry.lines;
  const { source } = entry.data.yaml;
  const first = placeAt(source, edits[0]?.start ?? 0).line - 1;
  const lines = linedOf(source, null).lines;
  // The entry's first line is at or above the first edit, and reads as the entry says.
  let top = first;
  while (top >= 0 && lines[top]?.text !== entry.lines[0]?.text) top -= 1;
  const start = source.lineStarts[top];
  const end = source.lineStarts[top + entry.lines.length] ?? source.text.length;
  if (start === undefined || edits.some((one) => one.start < start || one.end > end)) return null;
  const moved = edits.map((one) => ({ ...one, start: one.start - start, end: one.end - start }));
  const text = applyEdits(source.text.slice(start, end), moved);
  return linedOf(makeSource(source.file, text), null).lines;
}

/** The fields of a block map, the sprints of a block list each by itself; null for any other form. */
function frontOutline({ lined, yaml }: Front): Outline<FrontPart> | null {
  const map = yaml.document()?.contents ?? null;
  const at = (offset: number) => placeAt(lined.source, offset).line - 1;
  const [top, bottom] = [at(yaml.start), at(yaml.end)];
  if (map === null) return { entries: [], gaps: [lined.lines.slice(top, bottom)] };
  if (!isMap(map) || map.flow) return null;
  const text = lined.source.text.slice(yaml.start, yaml.end);
  const entries: FrontEntry[] = [];
  const gaps: (readonly Line[])[] = [];
  let next = top;
  const add = (key: string, group: string, start: number, end: number, data: Omit<FrontPart, 'yaml'>) => {
    const used = text.slice(start, end).trimEnd().length;
    const [first, last] = [at(yaml.start + start), at(yaml.start + start + Math.max(0, used - 1))];
    if (first < next || last >= bottom) return false;
    gaps.push(lined.lines.slice(next, first));
    const lines = lined.lines.slice(first, last + 1);
    entries.push({ key, group, heading: group === '', lines, data: { yaml, ...data } });
    next = last + 1;
    return true;
  };
  for (const pair of map.items as Pair[]) {
    const [start, keyEnd] = rangeOf(pair.key) ?? [];
    if (!isScalar(pair.key) || start === undefined || keyEnd === undefined) return null;
    const key = String(pair.key.value);
    const list = pair.value;
    const value = (yaml.value as Record<string, unknown>)[key];
    if (key !== 'sprints' || !isSeq(list) || list.flow) {
      if (!add(key, '', start, Math.max(keyEnd, rangeOf(list)?.[1] ?? 0), { index: null, value }))
        return null;
      continue;
    }
    if (!add(key, '', start, keyEnd, { index: null, value: null })) return null;
    for (const [index, item] of list.items.entries()) {
      const range = rangeOf(item);
      const sprint = (value as readonly ({ number?: unknown } | null)[])[index];
      const number = sprint?.number;
      const name = `sprints ${number}`;
      if (!range || typeof number !== 'number' || entries.some((one) => one.key === name)) return null;
      if (!add(name, 'sprints', range[0] ?? 0, range[1] ?? 0, { index, value: sprint })) return null;
    }
  }
  gaps.push(lined.lines.slice(next, bottom));
  return { entries, gaps };
}

function rangeOf(node: unknown): readonly number[] | undefined {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range ?? undefined;
}
