import { createRequire } from 'node:module';
import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { isDate } from '../domain/date.ts';
import { isUuid } from '../domain/id.ts';
import type { Kind, Schema } from './schema.ts';

/**
 * Validators of the schemas, compiled when they are asked for. The build puts validators in the place of this
 * file that were compiled beforehand (build/validators.ts), by `makeAjv` too, so that a command does not pay for ajv.
 */
const require = createRequire(import.meta.url);
const schemas = new Map<Kind, Schema>();
const validators = new Map<Kind, ValidateFunction>();
let ajv: Ajv2020 | null = null;

/** ajv as Scend wants it: every error, and in each the part of the schema that it comes from. */
export function makeAjv(code: Options['code'] = {}): Ajv2020 {
  // The schemas are shipped and tested; to hold each against the meta-schema would cost a quarter of a second a run.
  const made = new Ajv2020({ allErrors: true, strict: false, verbose: true, validateSchema: false, code });
  made.addFormat('date', isDate);
  made.addFormat('uuid', isUuid);
  return made;
}

/** The JSON Schema of a kind, as it stands in `schemas/`. */
export function schemaOf(kind: Kind): Schema {
  let schema = schemas.get(kind);
  if (!schema) {
    schema = require(`../../schemas/${kind}.schema.json`) as Schema;
    schemas.set(kind, schema);
  }
  return schema;
}

export function validatorOf(kind: Kind): ValidateFunction {
  let validator = validators.get(kind);
  if (!validator) {
    ajv ??= makeAjv();
    validator = ajv.compile(schemaOf(kind));
    validators.set(kind, validator);
  }
  return validator;
}
