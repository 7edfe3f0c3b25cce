/** Writes the documents that are made from the code: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { renderRulesReference } from '../src/report/rules-reference.ts';
import { renderReference } from './documents/reference.ts';
import { renderRunPicture } from './documents/run-picture.ts';

const write = (path: string, text: string) => writeFileSync(new URL(`../${path}`, import.meta.url), text);

write('SOPs/RULES.md', renderRulesReference());
write('SOPs/REFERENCE.md', await renderReference());
write('SOPs/run.svg', await renderRunPicture());
