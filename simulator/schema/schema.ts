import type { SchemaType } from './schema-type';
import { supplementElements, supplementTypes } from './supplement';
import * as tables from './tables';

/** All global elements and their types, by prefixed name. */
export const schemaElements: Readonly<Record<string, string>> = { ...tables.schemaElements, ...supplementElements };

/** All types by prefixed name. */
export const schemaTypes: Readonly<Record<string, SchemaType>> = { ...tables.schemaTypes, ...supplementTypes };
