/** Writes the documents, and the editor settings of this repository, that are made from the code: `npm run docs`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { sharedFiles } from '../src/commands/init-editors.ts';
import { renderRulesReference } from '../src/report/rules-reference.ts';

writeFileSync(new URL('../SOPs/RULES.md', import.meta.url), renderRulesReference());

mkdirSync(new URL('../.vscode/', import.meta.url), { recursive: true });
for (const [path, text] of Object.entries(sharedFiles()))
  writeFileSync(new URL(`../${path}`, import.meta.url), text);
