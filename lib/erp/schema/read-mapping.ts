/** Reads a schema mapping as integrators write it: JSON, checked against `erp-mapping.schema.json` and in itself, with its defaults. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv, { type AnySchemaObject, type ValidateFunction } from 'ajv';
import { SyncError } from '../../model/error';
import { jsonErrorPosition } from './json-position';
import type { SchemaMapping } from './mapping';
import { mappingFaults } from './mapping-checks';
import { faultAt, type MappingFault } from './mapping-faults';
import { schemaFaults } from './schema-faults';

/** Path of the published JSON Schema. */
export const mappingSchemaFile = path.join(__dirname, 'erp-mapping.schema.json');

let compiled: ValidateFunction<SchemaMapping> | null = null;

const isSchema = (value: unknown): value is AnySchemaObject => typeof value === 'object' && value !== null;

const readSchema = (): AnySchemaObject => {
  const schema: unknown = JSON.parse(readFileSync(mappingSchemaFile, 'utf8'));
  if (!isSchema(schema)) throw new Error(`${mappingSchemaFile} holds no JSON Schema.`);
  return schema;
};

/** Compiled with the first mapping, so that who has none pays nothing. */
const validator = (): ValidateFunction<SchemaMapping> => {
  compiled ??= new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    useDefaults: true,
    discriminator: true,
  }).compile<SchemaMapping>(readSchema());
  return compiled;
};

/** A mapping, or everything that is wrong with it. */
export type ReadMapping = { readonly mapping: SchemaMapping } | { readonly faults: readonly MappingFault[] };

type Parsed = { readonly value: unknown } | { readonly fault: MappingFault };

const parse = (text: string): Parsed => {
  const json = text.replace(/^\uFEFF/, '');
  try {
    return { value: JSON.parse(json) };
  } catch {
    return { fault: faultAt('', 'json-invalid', jsonErrorPosition(json)) };
  }
};

/** A copy, because the defaults are filled in; what JSON cannot hold is a fault. */
const copy = (value: unknown): Parsed => {
  try {
    const text: unknown = JSON.stringify(value);
    if (typeof text === 'string') return parse(text);
  } catch {
    // A cycle, a BigInt, a getter that throws: no JSON.
  }
  return { fault: faultAt('', 'json-missing') };
};

/** Reads the text of a mapping file, or the value that it stands for; the value is left as it is. */
export const readMapping = (source: unknown): ReadMapping => {
  const parsed = typeof source === 'string' ? parse(source) : copy(source);
  if ('fault' in parsed) return { faults: [parsed.fault] };
  const { value } = parsed;
  const validate = validator();
  if (!validate(value)) return { faults: schemaFaults(validate.errors ?? []) };
  Reflect.deleteProperty(value, '$schema');
  const faults = mappingFaults(value);
  return faults.length > 0 ? { faults } : { mapping: value };
};

/** All faults as one `erp-mapping-invalid` (configuration); `texts`: the faults in another language. */
export const mappingInvalid = (faults: readonly MappingFault[], texts = faults.map(({ message }) => message)): SyncError =>
  new SyncError('erp-mapping-invalid', 'configuration', `The schema mapping cannot be used: ${texts.join(' ')}`, {
    count: faults.length,
    faults: texts.join(' '),
  });

/** A mapping, or one `erp-mapping-invalid` (configuration) that lists the faults. */
export const requireMapping = (source: unknown): SchemaMapping => {
  const read = readMapping(source);
  if ('faults' in read) throw mappingInvalid(read.faults);
  return read.mapping;
};
