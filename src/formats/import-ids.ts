import { compareIds } from '../domain/ticket.ts';
import type { ImportFile } from './import-headings.ts';
import { placeAt } from './source.ts';

/** Ticket ids of a text: those that are known, and those built like ticket ids that nobody knows. */
export interface FoundIds {
  readonly known: readonly string[];
  readonly unknown: readonly { readonly id: string; readonly file: string; readonly line: number }[];
}

/** Looks up every word that is, or is built like, a ticket id (`T1.3.1`, `L0.1.2`, `T001`). */
export function findIds(files: readonly ImportFile[], ids: ReadonlySet<string>): FoundIds {
  const known = new Set<string>();
  const unknown = new Map<string, FoundIds['unknown'][number]>();
  for (const { source, bodyStart } of files) {
    const body = source.text.slice(bodyStart);
    for (const match of body.matchAll(/[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*/g)) {
      const [id] = match;
      if (ids.has(id)) known.add(id);
      else if (
        /^(?:[A-Z]{1,3}\d{1,3}(?:\.\d{1,3}){2}|T\d{3}|T\d{1,3}(?:\.\d{1,3})+)$/.test(id) &&
        !unknown.has(id)
      ) {
        const { line } = placeAt(source, bodyStart + match.index);
        unknown.set(id, { id, file: source.file, line });
      }
    }
  }
  return {
    known: [...known].sort(compareIds),
    unknown: [...unknown.values()].sort((a, b) => compareIds(a.id, b.id)),
  };
}
