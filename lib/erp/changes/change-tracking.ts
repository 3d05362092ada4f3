/**
 * Changes by SQL Server's Change Tracking.
 *
 * Our own writes are not told apart by WITH CHANGE_TRACKING_CONTEXT: CHANGETABLE answers the net change of a row with the context of the last
 * write only, so a change of the ERP that our write followed would be taken for our own. The comparison with the link's base tells them
 * apart, as for polling.
 */
import { sql, type Kysely } from 'kysely';
import uniqBy from 'lodash/uniqBy';
import { SyncError } from '../../model/error';
import { kinds } from '../../model/kind';
import { keyText } from '../schema/key';
import type { Dialect } from '../schema/quote';
import { mappingOf, tablesBeside, type KindMapping, type SchemaMapping, type TableName } from '../schema/mapping';
import { optional, type Statement } from '../schema/statement';
import type { Tables } from '../tables';
import type { ChangeSource } from './source';

/** Tables whose changes are tracked: the records', and those of participants and exceptions. */
export const trackedTables = (record: KindMapping): readonly TableName[] => [
  record.table,
  ...tablesBeside(record).map(({ table }) => table),
];

/** Statements that list the changed keys, in order. CHANGETABLE takes a variable, and no expression. */
const changedKeys = (dialect: Dialect, record: KindMapping, mark: string, after: string | null, limit: number) => {
  const key = (row: string, columns: readonly string[]) => sql.raw(keyText(dialect, row, columns));
  const changes = (table: TableName, row: string) => sql.raw(`CHANGETABLE(CHANGES ${dialect.quoteTable(table)}, @since) AS ${row}`);
  const columns = record.key.map(({ column }) => column);
  const own = sql`SELECT ${key('c', columns)} AS [key], CASE c.SYS_CHANGE_OPERATION WHEN 'D' THEN 1 ELSE 0 END AS [gone]
    FROM ${changes(record.table, 'c')}`;
  // Who joined or left a record changed it, too, and so did an exception of its series.
  const beside = tablesBeside(record).map(
    (table, index) => sql` UNION ALL SELECT ${key(`p${index}`, table.record)}, 0 FROM ${changes(table.table, `p${index}`)}`,
  );
  return sql<{ key: string; gone: number }>`DECLARE @since bigint = CONVERT(bigint, ${mark});
    SELECT TOP (${sql.lit(limit)}) x.[key], MAX(x.[gone]) AS [gone] FROM (${sql.join([own, ...beside], sql``)}) AS x
    WHERE x.[key] > ${after ?? ''} GROUP BY x.[key] ORDER BY x.[key]`;
};

const versionNow = async (db: Kysely<Tables>): Promise<string> => {
  const { rows } = await sql<{ version: string | null }>`
    SELECT CONVERT(nvarchar(20), CHANGE_TRACKING_CURRENT_VERSION()) AS [version]`.execute(db);
  const version = rows[0]?.version ?? null;
  if (version === null) throw notTracked('the database');
  return version;
};

const notTracked = (what: string): SyncError =>
  new SyncError(
    'erp-change-tracking-off',
    'configuration',
    `Change Tracking is off for ${what}. Run the install script with its optional steps, or choose another way in the mapping's "changes".`,
    { what },
  );

/** Changes of a kind's records by Change Tracking. A mark is a version of the database. */
export const changesByTracking = (dialect: Dialect, record: KindMapping): ChangeSource => ({
  name: ['change-tracking', ...trackedTables(record).map(dialect.quoteTable)].join(' '),
  start: versionNow,
  // A version that has not been reached yet is one of before the database was restored.
  isKnown: async (db, mark) => {
    for (const table of trackedTables(record).map(dialect.quoteTable)) {
      const { rows } = await sql<{ known: number | null }>`
        SELECT CASE WHEN CONVERT(bigint, ${mark}) BETWEEN v.oldest AND v.newest THEN 1 WHEN v.oldest IS NOT NULL THEN 0 END AS [known]
        FROM (SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(${table})) AS oldest,
          CHANGE_TRACKING_CURRENT_VERSION() AS newest) AS v`.execute(db);
      const known = rows[0]?.known ?? null;
      if (known === null) throw notTracked(table);
      if (known === 0) return false;
    }
    return true;
  },
  next: async (db, mark) => {
    const version = await versionNow(db);
    return { mark: version, anything: version !== mark };
  },
  changed: async (db, mark, after, limit) => {
    const { rows } = await changedKeys(dialect, record, mark, after, limit).execute(db);
    return rows.map(({ key, gone }) => ({ erpId: key, deleted: gone === 1 }));
  },
});

/** Name of the extended property by which the uninstall script knows what the install script has switched on. */
const switchedOn = 'exchange_erp_change_tracking';

/** What the ERP has switched on itself stays on when the sync is taken away. */
const forTable = (dialect: Dialect, table: TableName, on: boolean): string => {
  const name = dialect.quoteTable(table);
  const id = `OBJECT_ID(${dialect.quoteValue(name)})`;
  const property = dialect.quoteValue(switchedOn);
  const of = `@level0type = N'SCHEMA', @level0name = @schema, @level1type = N'TABLE', @level1name = @name`;
  const condition = on
    ? `NOT EXISTS (SELECT 1 FROM sys.change_tracking_tables WHERE object_id = ${id})`
    : `EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 1 AND minor_id = 0 AND major_id = ${id} AND name = ${property})`;
  return [
    `IF ${condition}`,
    'BEGIN',
    `  DECLARE @schema sysname = OBJECT_SCHEMA_NAME(${id}), @name sysname = OBJECT_NAME(${id});`,
    `  ALTER TABLE ${name} ${on ? 'ENABLE' : 'DISABLE'} CHANGE_TRACKING;`,
    on
      ? `  EXEC sys.sp_addextendedproperty @name = ${property}, @value = N'1', ${of};`
      : `  EXEC sys.sp_dropextendedproperty @name = ${property}, ${of};`,
    'END',
  ].join('\n');
};

const forDatabase = (dialect: Dialect, on: boolean): string => {
  const property = dialect.quoteValue(switchedOn);
  return on
    ? `IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_databases WHERE database_id = DB_ID())
BEGIN
  ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 14 DAYS, AUTO_CLEANUP = ON);
  EXEC sys.sp_addextendedproperty @name = ${property}, @value = N'1';
END`
    : `IF EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 0 AND name = ${property})
  AND NOT EXISTS (SELECT 1 FROM sys.change_tracking_tables)
BEGIN
  ALTER DATABASE CURRENT SET CHANGE_TRACKING = OFF;
  EXEC sys.sp_dropextendedproperty @name = ${property};
END`;
};

const trackedRecords = (mapping: SchemaMapping): readonly KindMapping[] =>
  kinds
    .map((kind) => mappingOf(mapping, kind))
    .filter((record) => record?.changes.by === 'change-tracking')
    .filter((record) => record !== null);

/**
 * Statements that switch Change Tracking on for what a mapping tracks; none when it tracks nothing. The database's own step stands outside
 * of every transaction, and an administrator may have to run it.
 */
export const trackingOn = (mapping: SchemaMapping, dialect: Dialect): readonly Statement[] => {
  const tables = uniqBy(trackedRecords(mapping).flatMap(trackedTables), dialect.quoteTable);
  if (tables.length === 0) return [];
  return [
    optional('Change Tracking of the database', forDatabase(dialect, true)),
    ...tables.map((table) => optional(`Change Tracking of ${dialect.quoteTable(table)}`, forTable(dialect, table, true))),
  ];
};

/** Statements that take back what `trackingOn` has switched on. */
export const trackingOff = (mapping: SchemaMapping, dialect: Dialect): readonly Statement[] => {
  const tables = uniqBy(trackedRecords(mapping).flatMap(trackedTables), dialect.quoteTable);
  if (tables.length === 0) return [];
  return [
    ...tables.map((table) => optional(`Change Tracking of ${dialect.quoteTable(table)}`, forTable(dialect, table, false))),
    optional('Change Tracking of the database', forDatabase(dialect, false)),
  ];
};
