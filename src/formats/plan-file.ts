import type { Diagnostic } from '../domain/diagnostic.ts';
import { readJson, renderSortedJson } from './json-file.ts';
import type { Source } from './source.ts';

/** A file change as a plan holds it; `before` is the SHA-256 of what is there, null for nothing. */
export interface PlannedChange {
  readonly path: string;
  readonly action: 'create' | 'update' | 'delete' | 'commit';
  readonly before: string | null;
  /** The file that a new version grew out of, to show the two side by side. */
  readonly against?: string;
  /** The whole text to be there, with a byte order mark where it has one; null when it is deleted. */
  readonly content: string | null;
}

/** What is to be written and committed for one firm (or for the workspace, null). */
export interface PlannedWrite {
  readonly firm: string | null;
  readonly plan?: {
    readonly message: string;
    readonly inputs: Readonly<Record<string, string | null>>;
    readonly changes: readonly PlannedChange[];
  };
}

/** A decision that was made and not carried out, in a file. */
export interface PlanFile {
  readonly engine: string;
  readonly workspace_id: string | null;
  readonly firms: readonly PlannedWrite[];
}

/** A plan as JSON text. */
export function renderPlanFile(plan: unknown): string {
  return renderSortedJson(plan);
}

/** Reads a plan: a file of `--plan-out`, or what a dry run printed with `--json`. */
export function parsePlanFile(source: Source): {
  readonly plan: PlanFile | null;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { value, diagnostics } = readJson<PlanFile | Printed>(source, 'plan');
  return { plan: value && ('data' in value ? value.data : value), diagnostics };
}

/** The document that `--json` prints around a result. */
interface Printed {
  readonly data: PlanFile;
}
