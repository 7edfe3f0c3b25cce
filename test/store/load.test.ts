import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadOutcomes } from '../../src/store/load.ts';
import { openWorkspace } from '../../src/store/workspace.ts';
import { cleanEnv } from '../environment.ts';
import { test, withTempDir } from '../harness.ts';
import { someFirms, writeFirms } from '../many-firms.ts';

test('of outcomes of one date the newest version comes last, v1.10 after v1.9', () =>
  withTempDir(async (dir) => {
    const [firm] = someFirms(2).slice(1);
    writeFirms(dir, [firm!]);
    const folder = join(dir, `firms/${firm!.slug}/outcomes`);
    const text = readFileSync(join(folder, 'v1.0_60d.yaml'), 'utf8');
    for (const version of ['v1.9', 'v1.10'])
      writeFileSync(
        join(folder, `${version}_60d.yaml`),
        text.replace('version: v1.0', `version: ${version}`),
      );
    const workspace = await openWorkspace({ cwd: dir, env: cleanEnv(dir), now: new Date(0), today: null });
    const { outcomes, diagnostics } = await loadOutcomes(workspace, firm!.slug);
    assert.equal(diagnostics, []);
    assert.equal(
      outcomes.map((one) => one.outcome.roadmapVersion),
      ['v1.0', 'v1.9', 'v1.10'],
    );
  }));
