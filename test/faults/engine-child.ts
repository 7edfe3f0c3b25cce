/** Run as a process of its own: `count` transactions, each of one new file below `who`; prints the commits. */
import { applyPlan } from '../../src/store/transaction/apply.ts';
import { generated } from '../../src/store/transaction/change.ts';
import { withRun } from '../../src/store/transaction/run.ts';
import { openWorkspace } from '../../src/store/workspace.ts';

const [top, who, count] = process.argv.slice(2);
const workspace = await openWorkspace({ cwd: top!, env: process.env, now: new Date(), today: null });
for (let i = 0; i < Number(count); i += 1) {
  const applied = await withRun(workspace, async ({ workspace: present }) => {
    const change = await generated(present, `${who}/${i}.md`, Buffer.from(`${who} ${i}\n`), 'fresh');
    const plan = { firm: null, changes: change ? [change] : [], message: `${who} ${i}` };
    return applyPlan(present, plan, { commit: true, author: null });
  });
  console.log(applied.commit?.oid ?? applied.notCommitted);
}
