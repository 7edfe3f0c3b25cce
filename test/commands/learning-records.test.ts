import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Lesson, readLesson, readRecords, recordsOf } from '../../src/commands/learning-records.ts';
import { aggregate } from '../../src/domain/learning/aggregate.ts';
import { openWorkspace } from '../../src/store/workspace.ts';
import { cleanEnv } from '../environment.ts';
import { test, withTempDir } from '../harness.ts';
import { someFirms, writeFirms } from '../many-firms.ts';

test('a lesson kept as JSON stands in for the firm it was read from', () =>
  withTempDir(async (dir) => {
    const made = someFirms(8);
    writeFirms(dir, made);
    const slugs = made.map((one) => one.slug);
    writeFileSync(join(dir, 'firms', slugs[1]!, 'firm.yaml'), 'industry: [\n');
    rmSync(join(dir, 'firms', slugs[2]!, 'snapshots'), { recursive: true });
    const workspace = await openWorkspace({ cwd: dir, env: cleanEnv(dir), now: new Date(0), today: null });
    const read: Lesson[] = [];
    for (const slug of slugs) read.push(await readLesson(workspace, slug));
    const kept = read.map((one) => JSON.parse(JSON.stringify(one)) as Lesson);
    const figures = (lessons: readonly Lesson[]) => {
      const { firms, unreadable, diagnostics } = recordsOf(lessons);
      const { settings } = workspace;
      const outcomes = aggregate({
        workspaceId: settings.id,
        firms,
        total: slugs.length,
        unreadable: unreadable.length,
        metrics: settings.metrics,
        sizeBands: settings.sizeBands,
        minGroupSize: 1,
        shareable: false,
      });
      return JSON.stringify([outcomes, unreadable, diagnostics]);
    };
    assert.is(figures(kept), figures(read));
    assert.equal(JSON.stringify(await readRecords(workspace, slugs)), JSON.stringify(recordsOf(kept)));
    assert.equal(recordsOf(kept).unreadable, [slugs[1]]);
    assert.ok(recordsOf(kept).diagnostics.some((one) => one.rule === 'learning/left-out'));
  }));
