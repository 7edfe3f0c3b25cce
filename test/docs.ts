/** Writes the documents, and the editor settings of this repository, that are made from the code: `npm run docs`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { sharedFiles } from '../src/commands/init-editors.ts';
import { renderRulesReference } from '../src/report/rules-reference.ts';
import { renderReference } from './documents/reference.ts';
import { renderRunPicture } from './documents/run-picture.ts';

const write = (path: string, text: string) => writeFileSync(new URL(`../${path}`, import.meta.url), text);

write('SOPs/RULES.md', renderRulesReference());
write('SOPs/REFERENCE.md', await renderReference());
write('SOPs/run.svg', await renderRunPicture());

mkdirSync(new URL('../.vscode/', import.meta.url), { recursive: true });
for (const [path, text] of Object.entries(sharedFiles())) write(path, text);
