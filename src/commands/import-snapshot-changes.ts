import { type Diagnostic, diagnose } from '../domain/diagnostic.ts';
import type { Firm } from '../domain/firm.ts';
import { type Snapshot, snapshotFileName } from '../domain/snapshot.ts';
import { renderSnapshot } from '../formats/snapshot-file.ts';
import { firmPaths, loadSnapshots } from '../store/load.ts';
import { type FileChange, generated } from '../store/transaction/change.ts';
import type { Workspace } from '../store/workspace.ts';

/** Files of imported snapshots; one that is recorded already is left, one with other values is a finding. */
export async function snapshotChanges(workspace: Workspace, firm: Firm, rows: readonly Snapshot[]) {
  const there = await loadSnapshots(workspace, firm);
  const diagnostics: Diagnostic[] = [...there.diagnostics];
  const changes: FileChange[] = [];
  const lines: string[] = [];
  const all = [...there.snapshots];
  for (const one of rows) {
    const known = there.snapshots.find((other) => other.id === one.id);
    if (known && !sameSnapshot(known, one)) {
      const file = `${firmPaths(firm.slug).snapshots}/${snapshotFileName(known.date, known.label, known.sequence)}`;
      diagnostics.push(
        diagnose(
          'reference/duplicate',
          { file },
          `an imported row has the same id (${one.id}) and other values`,
        ),
      );
    }
    if (known) {
      lines.push(`snapshot ${one.label} of ${one.date}: recorded already`);
      continue;
    }
    const beside = all.filter((other) => other.date === one.date && other.label === one.label);
    const sequence = 1 + Math.max(0, ...beside.map((other) => other.sequence));
    const snapshot = { ...one, sequence };
    const path = `${firmPaths(firm.slug).snapshots}/${snapshotFileName(one.date, one.label, sequence)}`;
    const bytes = new TextEncoder().encode(renderSnapshot(snapshot, firm.slug));
    const change = await generated(workspace, path, bytes, 'fresh');
    if (change) changes.push(change);
    all.push(snapshot);
    lines.push(`snapshot ${one.label} of ${one.date}`);
  }
  return { changes, lines, diagnostics, all };
}

function sameSnapshot(a: Snapshot, b: Snapshot): boolean {
  const values = ({ metrics }: Snapshot) =>
    JSON.stringify(
      Object.entries(metrics)
        .filter(([, value]) => value !== null)
        .sort(),
    );
  return a.date === b.date && a.label === b.label && a.source === b.source && values(a) === values(b);
}
