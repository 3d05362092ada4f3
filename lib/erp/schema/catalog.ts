/** What a database says of itself, as far as a mapping and the sync tables need it. Each adapter reads it. */
import { kinds } from '../../model/kind';
import { equipmentOf, mappingOf, tablesBeside, type SchemaMapping, type TableName } from './mapping';
import { tableParts, type Dialect } from './quote';
import type { TraitsByKind } from './triggers';

/** A column of a table or view. */
export interface CatalogColumn {
  readonly name: string;
  /** In lower case, without its length. */
  readonly type: string;
  /** Characters of a text, bytes of others; null: as many as there are. */
  readonly length: number | null;
  readonly nullable: boolean;
  /** Whether the database gives it a value when an INSERT leaves it out: default, identity, computed, row version. */
  readonly filled: boolean;
  readonly identity: boolean;
  readonly computed: boolean;
}

/** A table or view of the mapping. */
export interface CatalogTable {
  readonly isView: boolean;
  /** Owner of the table, where the engine knows owners. */
  readonly owner: string | null;
  readonly columns: readonly CatalogColumn[];
}

/** A trigger of ours, or one of ours that was changed. */
export interface CatalogTrigger {
  readonly name: string;
  /** Key of the table that it watches, see `catalogKey`. */
  readonly table: string;
  /** Null: the login may not read it. */
  readonly text: string | null;
  readonly disabled: boolean;
}

/** What a database says of itself. */
export interface Catalog {
  /** Name of the database, for texts. */
  readonly database: string;
  /** Owner of the sync tables' schema. */
  readonly owner: string | null;
  /** Tables and views of the mapping by `catalogKey`; one that is not there is left out. */
  readonly tables: ReadonlyMap<string, CatalogTable>;
  /** Triggers of these tables whose names begin with `sync_`. */
  readonly triggers: readonly CatalogTrigger[];
  /** Names of the sync tables that are there, in lower case. */
  readonly syncTables: readonly string[];
  /** Version of the sync tables; 0: none. */
  readonly version: number;
}

/** By what name a table stands in the catalog: without case. */
export const catalogKey = (dialect: Dialect, table: TableName): string => dialect.quoteTable(table).toLowerCase();

/** A table's name as people write it. */
export const shownTable = (table: TableName): string => {
  const { schema, name } = tableParts(table);
  return schema === null ? name : `${schema}.${name}`;
};

/** Every table and view that a mapping names, each once. */
export const mappedTables = (mapping: SchemaMapping, dialect: Dialect): readonly TableName[] => {
  const named = [
    mapping.employees.table,
    mapping.activityTypes?.table ?? null,
    ...kinds.flatMap((kind) => {
      const record = mappingOf(mapping, kind);
      return record === null
        ? []
        : [record.table, record.readFrom, ...tablesBeside(record).map(({ table }) => table), equipmentOf(record)?.names.table ?? null];
    }),
  ].filter((table) => table !== null);
  return [...new Map(named.map((table) => [catalogKey(dialect, table), table])).values()];
};

/** A column by name, without case. */
export const columnNamed = (table: CatalogTable, name: string): CatalogColumn | null =>
  table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase()) ?? null;

const incomparableTypes: readonly string[] = ['text', 'ntext', 'image', 'xml', 'json', 'geography', 'geometry'];

/** What the triggers of SQL Server have to mind of the tables' columns. */
export const traitsOf = (mapping: SchemaMapping, dialect: Dialect, catalog: Catalog): TraitsByKind =>
  Object.fromEntries(
    kinds.flatMap((kind) => {
      const record = mappingOf(mapping, kind);
      const columns = record === null ? [] : (catalog.tables.get(catalogKey(dialect, record.table))?.columns ?? []);
      const named = (of: (column: CatalogColumn) => boolean) => columns.filter(of).map((column) => column.name.toLowerCase());
      return [[kind, { incomparable: named(({ type }) => incomparableTypes.includes(type)), computed: named(({ computed }) => computed) }]];
    }),
  );
