/** What a SQLite file says of itself. */
import { sql, type Kysely } from 'kysely';
import { catalogKey, mappedTables, type Catalog, type CatalogColumn, type CatalogTable } from '../schema/catalog';
import type { SchemaMapping, TableName } from '../schema/mapping';
import { sqliteDialect, tableParts } from '../schema/quote';
import type { Tables } from '../tables';

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  /** 2 and 3: generated. */
  readonly hidden: number;
}

/** SQLite keeps any text in any column, so no column has a length. A sole INTEGER PRIMARY KEY is the row's number. */
const columnOf = (row: ColumnRow, keys: number): CatalogColumn => {
  const identity = row.pk === 1 && keys === 1 && row.type.toUpperCase() === 'INTEGER';
  const computed = row.hidden > 1;
  return {
    name: row.name,
    type: row.type.toLowerCase().replace(/\s*\(.*/, ''),
    length: null,
    nullable: row.notnull === 0,
    filled: row.dflt_value !== null || identity || computed,
    identity,
    computed,
  };
};

const tableOf = async (db: Kysely<Tables>, table: TableName): Promise<CatalogTable | null> => {
  const { name } = tableParts(table);
  const found = await sql<{ type: string }>`
    SELECT type FROM sqlite_master WHERE lower(name) = lower(${name}) AND type IN ('table', 'view')`.execute(db);
  const type = found.rows[0]?.type;
  if (type === undefined) return null;
  const { rows } = await sql<ColumnRow>`SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(${name})`.execute(db);
  const keys = rows.filter((row) => row.pk > 0).length;
  return { isView: type === 'view', owner: null, columns: rows.map((row) => columnOf(row, keys)) };
};

/** Version of the sync tables; 0: there are none. */
export const installedVersion = async (db: Kysely<Tables>): Promise<number> => {
  const found = await sql`SELECT 1 FROM sqlite_master WHERE name = 'sync_schema_version' AND type = 'table'`.execute(db);
  if (found.rows.length === 0) return 0;
  const { rows } = await sql<{ version: number | null }>`SELECT max(version) AS version FROM sync_schema_version`.execute(db);
  return rows[0]?.version ?? 0;
};

/** Triggers whose names begin with `sync_`. */
export const presentTriggers = async (
  db: Kysely<Tables>,
): Promise<readonly { readonly name: string; readonly table: string; readonly text: string }[]> => {
  const { rows } = await sql<{ name: string; table: string; text: string }>`
    SELECT name, tbl_name AS "table", sql AS text FROM sqlite_master
    WHERE type = 'trigger' AND name LIKE 'sync\_%' ESCAPE '\\' ORDER BY name`.execute(db);
  return rows;
};

/** Reads what a mapping needs to know. */
export const readCatalog = async (db: Kysely<Tables>, mapping: SchemaMapping): Promise<Catalog> => {
  const tables = new Map<string, CatalogTable>();
  for (const table of mappedTables(mapping, sqliteDialect)) {
    const found = await tableOf(db, table);
    if (found !== null) tables.set(catalogKey(sqliteDialect, table), found);
  }
  const names = await sql<{ name: string }>`
    SELECT lower(name) AS name FROM sqlite_master WHERE type = 'table' AND name LIKE 'sync\_%' ESCAPE '\\'`.execute(db);
  const files = await sql<{ file: string }>`SELECT file FROM pragma_database_list WHERE name = 'main'`.execute(db);
  const triggers = await presentTriggers(db);
  return {
    database: files.rows[0]?.file ?? '',
    owner: null,
    tables,
    triggers: triggers.map(({ name, table, text }) => ({ name, table: catalogKey(sqliteDialect, { name: table }), text, disabled: false })),
    syncTables: names.rows.map(({ name }) => name),
    version: await installedVersion(db),
  };
};
