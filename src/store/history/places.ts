import { ScendError } from '../../domain/error.ts';
import type { CommitFacts, GitReader } from '../git/reader.ts';
import { isRegular } from '../git/tree.ts';
import { type FileAt, type RenameBudget, renamedFrom } from './renames.ts';
import { type PackStates, StateReader } from './states.ts';

/** How much of a history is read; beyond it, what happened counts as not known. */
export interface HistoryLimits {
  /** Commits looked at. */
  readonly commits: number;
  /** Different versions of the pack. */
  readonly versions: number;
  /** Folders listed to find where a renamed pack stood. */
  readonly folders: number;
}

export const usualLimits: HistoryLimits = { commits: 5_000, versions: 400, folders: 1_000 };

/** A pack in one commit. */
export interface Place extends FileAt {
  readonly commit: string;
  readonly facts: CommitFacts;
}

/** The pack in a parent of a commit. */
export interface ParentPlace {
  readonly place: Place;
  /** Null where every ticket counts as it is in the commit: the same bytes, or a version that cannot be read. */
  readonly states: PackStates | null;
}

export interface Parents {
  /** Of the parents that have the pack, in their order. */
  readonly places: readonly ParentPlace[];
  /** True where a parent is not known: a shallow or partial clone, or a limit reached. */
  readonly cut: boolean;
}

/** A pack's places in the commits of a repository. Every object is read once, within the limits. */
export class PackPlaces {
  private readonly reader: GitReader;
  private readonly limits: HistoryLimits;
  private readonly budget: RenameBudget;
  private readonly commits = new Map<string, CommitFacts | null>();
  private readonly places = new Map<string, Place | null>();
  private readonly versions = new Map<string, PackStates | null>();
  private readonly states = new StateReader();

  constructor(reader: GitReader, limits: HistoryLimits) {
    this.reader = reader;
    this.limits = limits;
    this.budget = { folders: limits.folders, candidates: 32 };
  }

  /** A commit's facts; null where it is not in this clone, or a commit too many. */
  async commit(oid: string): Promise<CommitFacts | null> {
    const known = this.commits.get(oid);
    if (known !== undefined) return known;
    if (this.commits.size >= this.limits.commits) return null;
    const facts = await this.reader.commit(oid);
    this.commits.set(oid, facts);
    return facts;
  }

  /** The pack at a path of a commit; null where there is none. */
  async at(commit: string, path: string): Promise<Place | null> {
    const key = `${commit} ${path}`;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const facts = await this.commit(commit);
    const entry = facts && (await this.reader.entryAt(commit, path));
    const place = entry && isRegular(entry) ? { commit, facts, path, blob: entry.oid } : null;
    this.places.set(key, place);
    return place;
  }

  /** The pack in the parents of a place's commit, through a rename. */
  async parents(place: Place): Promise<Parents> {
    const places: ParentPlace[] = [];
    let cut: boolean = place.facts.cut ?? false;
    for (const parent of place.facts.parents) {
      const found = await ifHeld(this.parent(place, parent));
      if (found === 'unknown') cut = true;
      else if (found) places.push(found);
    }
    return { places, cut };
  }

  private async parent(place: Place, parent: string): Promise<ParentPlace | 'unknown' | null> {
    const facts = await this.commit(parent);
    if (!facts) return 'unknown';
    const found =
      (await this.at(parent, place.path)) ??
      (await renamedFrom(this.reader, place, place.commit, parent, this.budget));
    if (found === null || found === 'unknown') return found;
    const states = found.blob === place.blob ? null : await this.version(found.blob);
    if (states === 'unknown') return states;
    return { place: { ...found, commit: parent, facts }, states };
  }

  private async version(blob: string): Promise<PackStates | 'unknown' | null> {
    const known = this.versions.get(blob);
    if (known !== undefined) return known;
    if (this.versions.size >= this.limits.versions) return 'unknown';
    const states = this.states.read(await this.reader.blob(blob));
    this.versions.set(blob, states);
    return states;
  }
}

/** What is read; `'unknown'` where the repository lacks an object of it, as a partial clone does. */
async function ifHeld<T>(reading: Promise<T>): Promise<T | 'unknown'> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ScendError && error.code === 'git/missing-object') return 'unknown';
    throw error;
  }
}
