/** Writes the documents that are made from the code: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { renderRulesReference } from '../src/report/rules-reference.ts';

writeFileSync(new URL('../SOPs/RULES.md', import.meta.url), renderRulesReference());
