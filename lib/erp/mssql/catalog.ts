/** What a SQL Server database says of itself. */
import { sql, type Kysely } from 'kysely';
import { catalogKey, mappedTables, type Catalog, type CatalogColumn, type CatalogTable, type CatalogTrigger } from '../schema/catalog';
import type { SchemaMapping, TableName } from '../schema/mapping';
import { mssqlDialect } from '../schema/quote';
import { syncTables } from '../schema/sync-tables';
import type { Tables } from '../tables';

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  /** Bytes; -1: as many as there are. */
  readonly length: number;
  readonly nullable: number;
  readonly identity_column: number;
  readonly computed: number;
  readonly has_default: number;
}

const isUnicode = (type: string): boolean => type === 'nchar' || type === 'nvarchar';

const columnOf = ({
  name,
  type,
  length,
  nullable,
  identity_column: identity,
  computed,
  has_default: hasDefault,
}: ColumnRow): CatalogColumn => ({
  name,
  type: type.toLowerCase(),
  length: length < 0 ? null : isUnicode(type.toLowerCase()) ? length / 2 : length,
  nullable: nullable === 1,
  filled: hasDefault === 1 || identity === 1 || computed === 1 || ['timestamp', 'rowversion'].includes(type.toLowerCase()),
  identity: identity === 1,
  computed: computed === 1,
});

/** As the server itself finds a table: in the login's own schema first, then in dbo. */
const objectId = (table: TableName) => sql`OBJECT_ID(${mssqlDialect.quoteTable(table)})`;

const tableOf = async (db: Kysely<Tables>, table: TableName): Promise<CatalogTable | null> => {
  const found = await sql<{ kind: string; owner: string | null }>`
    SELECT o.type AS kind, USER_NAME(COALESCE(o.principal_id, s.principal_id)) AS owner
    FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
    WHERE o.object_id = ${objectId(table)} AND o.type IN (N'U', N'V')`.execute(db);
  const [object] = found.rows;
  if (object === undefined) return null;
  // Types of the ERP's own are told by what they are made of; those of .NET have no such type.
  const { rows } = await sql<ColumnRow>`
    SELECT c.name AS name, COALESCE(TYPE_NAME(c.system_type_id), TYPE_NAME(c.user_type_id), N'') AS type, c.max_length AS length,
      CONVERT(int, c.is_nullable) AS nullable, CONVERT(int, c.is_identity) AS identity_column, CONVERT(int, c.is_computed) AS computed,
      CASE WHEN c.default_object_id <> 0 THEN 1 ELSE 0 END AS has_default
    FROM sys.columns c WHERE c.object_id = ${objectId(table)} ORDER BY c.column_id`.execute(db);
  return { isView: object.kind.trim() === 'V', owner: object.owner, columns: rows.map(columnOf) };
};

const triggersOf = async (db: Kysely<Tables>, table: TableName): Promise<readonly CatalogTrigger[]> => {
  const { rows } = await sql<{ name: string; definition: string | null; disabled: number }>`
    SELECT t.name AS name, m.definition AS definition, CONVERT(int, t.is_disabled) AS disabled
    FROM sys.triggers t LEFT JOIN sys.sql_modules m ON m.object_id = t.object_id
    WHERE t.parent_id = ${objectId(table)} AND LOWER(t.name) LIKE N'sync[_]%' ORDER BY t.name`.execute(db);
  return rows.map(({ name, definition, disabled }) => ({
    name,
    table: catalogKey(mssqlDialect, table),
    text: definition,
    disabled: disabled === 1,
  }));
};

const presentSyncTables = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const names = sql.join(syncTables(mssqlDialect));
  const { rows } = await sql<{ name: string }>`
    SELECT LOWER(o.name) AS name FROM sys.objects o
    WHERE o.schema_id = SCHEMA_ID(N'dbo') AND o.type = N'U' AND LOWER(o.name) IN (${names})`.execute(db);
  return rows.map(({ name }) => name);
};

const installedVersion = async (db: Kysely<Tables>): Promise<number> => {
  const { rows } = await sql<{ version: number | null }>`SELECT MAX(version) AS version FROM [dbo].[sync_schema_version]`.execute(db);
  return rows[0]?.version ?? 0;
};

/** Reads what a mapping needs to know. */
export const readCatalog = async (db: Kysely<Tables>, mapping: SchemaMapping): Promise<Catalog> => {
  const tables = new Map<string, CatalogTable>();
  const triggers: CatalogTrigger[] = [];
  for (const table of mappedTables(mapping, mssqlDialect)) {
    const found = await tableOf(db, table);
    if (found === null) continue;
    tables.set(catalogKey(mssqlDialect, table), found);
    triggers.push(...(await triggersOf(db, table)));
  }
  const present = await presentSyncTables(db);
  const { rows } = await sql<{ name: string; owner: string | null }>`
    SELECT DB_NAME() AS name, (SELECT USER_NAME(s.principal_id) FROM sys.schemas s WHERE s.name = N'dbo') AS owner`.execute(db);
  return {
    database: rows[0]?.name ?? '',
    owner: rows[0]?.owner ?? null,
    tables,
    triggers,
    syncTables: present,
    version: present.includes('sync_schema_version') ? await installedVersion(db) : 0,
  };
};
