/** Copies of an archetype: its text with every mark replaced, and digests made anew from what they are of. */
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { derivedId, firmId } from '../src/domain/id.ts';
import { type Archetype, workspaceId } from './archetype.ts';
import { noteText, prose } from './prose.ts';
import { dice } from './random.ts';

/** A firm's files by path below its folder. */
export interface MadeFirm {
  readonly slug: string;
  readonly files: ReadonlyMap<string, string>;
}

interface Mark {
  readonly kind: 'slug' | 'name' | 'id' | 'digest' | 'prose' | 'note';
  readonly text: string;
}

type Chunks = readonly (string | Mark)[];

export interface Stencil {
  readonly archetype: Archetype;
  /** Chunks of each file, by its path as chunks; those of metadata last. */
  readonly files: readonly (readonly [path: Chunks, text: Chunks])[];
  /** The name that each id of the firm is derived from, by the archetype's id. */
  readonly ids: ReadonlyMap<string, string>;
  /** The snapshots that the second version was made from, as they are digested. */
  readonly snapshots: Chunks;
  /** How many places there are for prose in the first version, and how many words stand between them. */
  readonly places: number;
  readonly words: number;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
const marks = new RegExp(`(qqfirm..)|(Qqname..)|(${uuid.source})|([0-9a-f]{64})|(Qqprose..\\.)|(Qqnote..)`);
const kinds = ['slug', 'name', 'id', 'digest', 'prose', 'note'] as const;

/** Splits text at its marks; digests are looked up by what they are of. */
function split(text: string, digests: ReadonlyMap<string, string> = new Map()): Chunks {
  const parts = text.split(marks);
  const chunks: (string | Mark)[] = [];
  for (let at = 0; at < parts.length; at += kinds.length + 1) {
    chunks.push(parts[at] ?? '');
    for (const [i, kind] of kinds.entries()) {
      const found = parts[at + 1 + i];
      if (found === undefined) continue;
      // What a digest does not say of this firm alone stays as it is.
      const digest = kind === 'digest' ? digests.get(found) : found;
      chunks.push(digest === undefined ? found : { kind, text: digest });
    }
  }
  return chunks;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();
const block = /<!-- scend:begin ([^ ]+) -->([\s\S]*?)<!-- scend:end \1 -->/g;

/** Digests of a roadmap's opening, sections and engine-owned blocks, as its metadata records them. */
function partDigests(text: string): Map<string, string> {
  const body = text.slice(text.indexOf('\n---\n', 4) + 5);
  const digests = new Map<string, string>();
  for (const part of body.split(/^(?=## \d+\. )/m)) {
    const number = /^## (\d+)\. /.exec(part)?.[1] ?? 'opening';
    digests.set(number, sha256(squeezed(part.replace(block, ''))));
  }
  for (const one of body.matchAll(block)) digests.set(`block:${one[1]}`, sha256(squeezed(one[2] ?? '')));
  return digests;
}

const roadmapPath = (slug: string, version: string) => `deliverables/${slug}_ROADMAP_${version}.md`;
const metadataPath = (slug: string, version: string) => `deliverables/${slug}_metadata_${version}.json`;
const versions = ['v1.0', 'v1.1'] as const;
/** The outcome and the snapshots that v1.1 rests on. */
const outcomeOfRefresh = 'outcomes/v1.0_60d.yaml';
const snapshotsOfRefresh = ['2026-01-05_baseline', '2026-02-04_30d', '2026-03-06_60d'];

/** What each digest of a version's metadata is of, with its value. */
function digestsOf(
  version: string,
  text: (path: string) => string,
  slug: string,
  snapshots: string,
): Map<string, string> {
  const own = [...partDigests(text(roadmapPath(slug, version)))].map(
    ([part, digest]) => [`roadmap_parts.${part}`, digest] as const,
  );
  if (version === 'v1.0') return new Map(own);
  return new Map([
    ...own,
    ['outcome', sha256(text(outcomeOfRefresh))],
    ['snapshots', sha256(snapshots)],
    ['previous_roadmap', sha256(text(roadmapPath(slug, 'v1.0')))],
  ]);
}

/** Makes the stencil of an archetype. Throws where a digest in it is not of what it is thought to be of. */
export function stencilOf(archetype: Archetype): Stencil {
  const { slug, files } = archetype;
  const text = (path: string) => {
    const found = files.get(path);
    if (found === undefined) throw new Error(`${slug} has no ${path}`);
    return found;
  };
  const snapshots = JSON.stringify(
    snapshotsOfRefresh.map((name) => {
      const { id, date, label, metrics } = parse(text(`snapshots/${name}.yaml`), { schema: 'core' });
      return [id, date, label, metrics];
    }),
  );
  const named = new Map<string, string>();
  for (const version of versions) {
    const { digests } = JSON.parse(text(metadataPath(slug, version)));
    const {
      roadmap_parts,
      pack: _,
      ...single
    } = digests as Record<string, string | null> & {
      roadmap_parts: Record<string, string>;
    };
    const recorded = new Map(
      Object.entries(roadmap_parts).map(([part, one]) => [`roadmap_parts.${part}`, one]),
    );
    for (const [name, one] of Object.entries(single)) if (one !== null) recorded.set(name, one);
    const own = digestsOf(version, text, slug, snapshots);
    for (const [name, digest] of recorded) {
      if (own.get(name) !== digest)
        throw new Error(`${slug}: the digest ${name} of ${version} is of something else`);
      named.set(`${version} ${digest}`, `${version} ${name}`);
    }
  }
  const metadata = new Set(versions.map((one) => metadataPath(slug, one)));
  const ordered = [...files].sort(([a], [b]) => Number(metadata.has(a)) - Number(metadata.has(b)));
  const ids = idNames(slug, [...files.keys()]);
  const first = text(roadmapPath(slug, 'v1.0'));
  const places = first.match(/Qqprose..\./g)?.length ?? 0;
  return {
    archetype,
    files: ordered.map(([path, content]) => [split(path), split(content, digestMarks(named, path))]),
    ids,
    snapshots: split(snapshots),
    places,
    words: first.split(/\s+/).length - places,
  };
}

/** The digests of one metadata file by their value; of any other file none. */
function digestMarks(named: ReadonlyMap<string, string>, path: string): Map<string, string> {
  const version = /_metadata_(v[\d.]+)\.json$/.exec(path)?.[1];
  const own = [...named].filter(([key]) => version !== undefined && key.startsWith(`${version} `));
  return new Map(own.map(([key, name]) => [key.slice(key.indexOf(' ') + 1), name]));
}

function idNames(slug: string, paths: readonly string[]): Map<string, string> {
  const firm = firmId(workspaceId, slug);
  const names = paths.flatMap((path) => {
    const snapshot = /^snapshots\/(.*)\.yaml$/.exec(path)?.[1];
    const outcome = /^outcomes\/(v[\d.]+)_(.*)\.yaml$/.exec(path);
    if (snapshot) return [`snapshot:${snapshot}`, `snapshot:${snapshot}.yaml`];
    return outcome ? [`outcome:${outcome[1]}:${outcome[2]}`] : [];
  });
  const all = ['ticket-pack', ...versions.map((one) => `roadmap:${one}`), ...names];
  return new Map([[firm, ''], ...all.map((name): [string, string] => [derivedId(firm, name), name])]);
}

const first =
  'Amber Birch Cedar Copper Delta Ember Falcon Garnet Harbor Indigo Juniper Keystone Laurel Maple North Oak'.split(
    ' ',
  );
const second =
  'Arden Bennett Castillo Dawson Ellis Forsyth Grant Hayes Iversen Jensen Kowalski Lindqvist Moreau Novak Okafor Price Quinn Reyes Santos Tanaka Ueda Vance Walsh York'.split(
    ' ',
  );

/** The firm of a number, as a copy of an archetype; its `revision` changes the notes in its pack. */
export function makeFirm(stencil: Stencil, index: number, words: number, revision = 0): MadeFirm {
  const { archetype } = stencil;
  const pick = dice(index);
  const names = [first[pick(first.length)] ?? '', second[pick(second.length)] ?? ''];
  const slug = `${names.join('_').toLowerCase()}_${String(index).padStart(5, '0')}`;
  const name = `${names.join(' ')} ${archetype.industry.replace('_', ' ')}`;
  const id = firmId(workspaceId, slug);
  const perPlace = Math.max(0, (words - stencil.words) / stencil.places);
  const texts = new Map<string, string>();
  const once = (key: string, make: (seed: number) => string) => {
    const known = texts.get(key);
    if (known !== undefined) return known;
    const seed = index * 1000 + (key.charCodeAt(key.length - 2) * 26 + key.charCodeAt(key.length - 1));
    const text = make(seed);
    texts.set(key, text);
    return text;
  };
  const digests = new Map<string, string>();
  const value = ({ kind, text }: Mark, living: boolean): string => {
    if (kind === 'slug') return slug;
    if (kind === 'name') return name;
    if (kind === 'prose') return once(text.slice(0, -1), (seed) => prose(seed, perPlace) || 'To be written.');
    if (kind === 'note')
      return living && revision > 0
        ? noteText((index + revision * 7919) * 1000 + text.charCodeAt(7))
        : once(text, noteText);
    const known = kind === 'digest' ? digests.get(text) : derived(stencil.ids.get(text));
    if (known === undefined) throw new Error(`nobody knows the ${kind} ${text}`);
    return known;
  };
  const derived = (from: string | undefined) =>
    from === undefined ? undefined : from === '' ? id : derivedId(id, from);
  const ids = new Map<string, string>();
  const fill = (chunks: Chunks, living = false): string => {
    let text = '';
    for (const one of chunks) {
      if (typeof one === 'string') text += one;
      else if (one.kind === 'id') {
        const known = ids.get(one.text) ?? value(one, living);
        ids.set(one.text, known);
        text += known;
      } else text += value(one, living);
    }
    return text;
  };
  const files = new Map<string, string>();
  for (const [path, chunks] of stencil.files) {
    const where = fill(path);
    const version = /_metadata_(v[\d.]+)\.json$/.exec(where)?.[1];
    if (version !== undefined) {
      const own = digestsOf(version, (one) => files.get(one) ?? '', slug, fill(stencil.snapshots));
      for (const [key, digest] of own) digests.set(`${version} ${key}`, digest);
    }
    files.set(where, fill(chunks, where === 'ticket-pack.md'));
  }
  return { slug, files };
}
