import { _, type Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { Kind } from '../src/formats/schema.ts';
import { makeAjv, schemaOf } from '../src/formats/validators.ts';

const writeOut = standalone as unknown as (ajv: Ajv2020, validate: unknown) => string;

/** A module with the schema of a kind, and the validator that ajv makes of it. */
export function validatorModule(kind: Kind): string {
  const ajv = makeAjv({ source: true, esm: true, formats: _`formats` });
  const code = writeOut(ajv, ajv.compile(schemaOf(kind)));
  return [
    "import { isDate } from '../domain/date.ts';",
    "import { isUuid } from '../domain/id.ts';",
    'const formats = { date: isDate, uuid: isUuid };',
    code,
    `export const schema = ${JSON.stringify(schemaOf(kind))};`,
  ].join('\n');
}

/** What stands in the place of src/formats/validators.ts. */
export function validatorStub(load: (kind: string) => string): string {
  return `
    const loaded = new Map();
    function of(kind) {
      let module = loaded.get(kind);
      if (!module) loaded.set(kind, (module = ${load('$' + '{kind}')}));
      return module;
    }
    export const schemaOf = (kind) => of(kind).schema;
    export const validatorOf = (kind) => of(kind).validate;
  `;
}
