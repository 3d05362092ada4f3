/** Findings about columns that are there: keys, texts that do not fit, and what no INSERT would fill. */
import { kinds } from '../../model/kind';
import { catalogKey, columnNamed, shownTable, type Catalog, type CatalogTable } from './catalog';
import { finding, type Finding } from './finding';
import { keyLength } from './key';
import {
  exceptionFieldsOf,
  exceptionsOf,
  fieldsOf,
  mappingOf,
  tablesBeside,
  type FieldMapping,
  type KindMapping,
  type SchemaMapping,
  type TableName,
} from './mapping';
import type { Dialect } from './quote';
import { nameLength } from './sync-tables';
import { columnsOfExceptions, columnsOfField, uniqueNames } from './watched';

const unsuitableTypes: readonly string[] = [
  ...['text', 'ntext', 'image', 'xml', 'json', 'geography', 'geometry'],
  ...['binary', 'varbinary', 'timestamp', 'rowversion', 'float', 'real', 'sql_variant'],
];

interface KeyUse {
  readonly table: TableName;
  readonly column: string;
  readonly limit: number;
}

const keysOf = (mapping: SchemaMapping): readonly KeyUse[] => [
  { table: mapping.employees.table, column: mapping.employees.key, limit: nameLength },
  ...kinds.flatMap((kind) => {
    const record = mappingOf(mapping, kind);
    if (record === null) return [];
    const { table, key, employee, participants } = record;
    return [
      ...key.map(({ column }) => ({ table, column, limit: keyLength })),
      ...(employee === null ? [] : [{ table, column: employee, limit: nameLength }]),
      ...(participants === null ? [] : [{ table: participants.table, column: participants.employee, limit: nameLength }]),
    ];
  }),
];

/** Types are SQL Server's; SQLite keeps any value in any column. */
const keyFindings = (mapping: SchemaMapping, dialect: Dialect, catalog: Catalog): readonly Finding[] =>
  keysOf(mapping).flatMap(({ table, column, limit }) => {
    const found = columnIn(dialect, catalog, table, column);
    if (found === null || dialect.name === 'sqlite') return [];
    const place = { table: shownTable(table), column };
    if (unsuitableTypes.includes(found.type)) return [finding('erp-key-unsuitable', { ...place, type: found.type })];
    const isText = found.type.includes('char');
    if (!isText || (found.length !== null && found.length <= limit)) return [];
    return [finding('erp-key-long', { ...place, length: found.length ?? 'max', limit })];
  });

const columnIn = (dialect: Dialect, catalog: Catalog, table: TableName, column: string) => {
  const found = catalog.tables.get(catalogKey(dialect, table));
  return found === undefined ? null : columnNamed(found, column);
};

/** How long the texts of Exchange may be; what is longer is rare enough. */
const lengths: Readonly<Record<string, number>> = {
  subject: 255,
  location: 255,
  categories: 255,
  body: 4000,
  recurrenceRule: 200,
  timeZone: 40,
};

const widthFindings = (dialect: Dialect, catalog: Catalog, record: KindMapping): readonly Finding[] => {
  const ofField = (table: TableName, name: string, field: FieldMapping): readonly Finding[] => {
    const needed = lengths[name];
    if (needed === undefined || !('column' in field)) return [];
    const found = columnIn(dialect, catalog, table, field.column);
    const length = found?.length ?? null;
    if (found === null || !found.type.includes('char') || length === null || length >= needed) return [];
    return [finding('erp-column-narrow', { table: shownTable(table), column: field.column, length, needed })];
  };
  const exceptions = exceptionsOf(record);
  return [
    ...fieldsOf(record).flatMap(([name, field]) => ofField(record.table, name, field)),
    ...(exceptions === null ? [] : exceptionFieldsOf(exceptions).flatMap(([, name, field]) => ofField(exceptions.table, name, field))),
  ];
};

/** Columns that must have a value and get none. */
const unfilled = (table: CatalogTable, filled: readonly string[]): readonly string[] => {
  const known = new Set(filled.map((name) => name.toLowerCase()));
  return table.columns
    .filter((column) => !column.nullable && !column.filled && !known.has(column.name.toLowerCase()))
    .map(({ name }) => name);
};

const fillFindings = (dialect: Dialect, catalog: Catalog, record: KindMapping): readonly Finding[] => {
  const { table, key, employee, participants, insert, procedures } = record;
  const exceptions = exceptionsOf(record);
  const fields = fieldsOf(record).flatMap(([, field]) => columnsOfField(field));
  const told = (on: TableName, filled: readonly string[]): readonly Finding[] => {
    const found = catalog.tables.get(catalogKey(dialect, on));
    return found === undefined || found.isView
      ? []
      : unfilled(found, filled).map((column) => finding('erp-column-unfilled', { table: shownTable(on), column }));
  };
  return [
    // A procedure fills what it knows.
    ...(procedures.insert === null
      ? told(table, [...key.map((part) => part.column), ...(employee === null ? [] : [employee]), ...fields, ...Object.keys(insert)])
      : []),
    ...(participants === null
      ? []
      : told(participants.table, [...participants.record, participants.employee, ...Object.keys(participants.insert)])),
    ...(exceptions === null ? [] : told(exceptions.table, [...columnsOfExceptions(exceptions), ...Object.keys(exceptions.insert)])),
  ];
};

/** What an exception leaves as the series is written as NULL, whatever default its column has. */
const exceptionFindings = (dialect: Dialect, catalog: Catalog, record: KindMapping): readonly Finding[] => {
  const exceptions = exceptionsOf(record);
  const found = exceptions === null ? undefined : catalog.tables.get(catalogKey(dialect, exceptions.table));
  if (exceptions === null || found === undefined || found.isView) return [];
  const fields = uniqueNames(Object.values<FieldMapping>(exceptions.fields).flatMap(columnsOfField));
  const always = columnsOfExceptions({ ...exceptions, fields: {} }).map((name) => name.toLowerCase());
  return fields
    .filter((name) => columnNamed(found, name)?.nullable === false && !always.includes(name.toLowerCase()))
    .map((column) => finding('erp-exception-not-null', { table: shownTable(exceptions.table), column }));
};

const generatedFindings = (dialect: Dialect, catalog: Catalog, { table, key, procedures }: KindMapping): readonly Finding[] =>
  procedures.insert !== null
    ? []
    : key.flatMap(({ column, generated }) => {
        const found = columnIn(dialect, catalog, table, column);
        const isDoubtful = generated === 'identity' && found !== null && !found.identity;
        return isDoubtful ? [finding('erp-key-not-generated', { table: shownTable(table), column })] : [];
      });

const ownerFindings = (dialect: Dialect, catalog: Catalog, record: KindMapping): readonly Finding[] =>
  [record.table, ...tablesBeside(record).map(({ table }) => table)].flatMap((table) => {
    const owner = catalog.tables.get(catalogKey(dialect, table))?.owner ?? null;
    if (record.changes.by !== 'triggers' || owner === null || catalog.owner === null || owner === catalog.owner) return [];
    return [finding('erp-owner-differs', { table: shownTable(table), owner, syncOwner: catalog.owner })];
  });

/** Findings about columns that are there. */
export const columnFindings = (mapping: SchemaMapping, dialect: Dialect, catalog: Catalog): readonly Finding[] => [
  ...keyFindings(mapping, dialect, catalog),
  ...kinds.flatMap((kind) => {
    const record = mappingOf(mapping, kind);
    return record === null
      ? []
      : [generatedFindings, widthFindings, fillFindings, exceptionFindings, ownerFindings].flatMap((findingsOf) =>
          findingsOf(dialect, catalog, record),
        );
  }),
];
