/** The install and uninstall scripts as data, and any script as text. */
import { trackingOff, trackingOn } from '../changes/change-tracking';
import type { SchemaMapping } from './mapping';
import type { Dialect } from './quote';
import { dropRights } from './rights';
import { needed, optional, type Statement } from './statement';
import { journalSequence, syncSchemaVersion, syncTables, syncTableStatements } from './sync-tables';
import { createTriggers, dropTriggers, outboxTriggers, type TraitsByKind } from './triggers';

export { rightsStatements } from './rights';

/** A bulk change in the ERP writes many journal rows; a lock on the whole table would stop the sync until it commits. */
const lockRows = optional(
  'Rows of the journal are locked one by one, however many an ERP transaction writes',
  'ALTER TABLE [dbo].[sync_journal] SET (LOCK_ESCALATION = DISABLE)',
);

/** Statements that install or upgrade sync tables and triggers; they may run again. `traits`: what a database at hand says of its columns. */
export const installStatements = (mapping: SchemaMapping, dialect: Dialect, traits: TraitsByKind = {}): readonly Statement[] => [
  ...dropTriggers(dialect),
  ...syncTableStatements(dialect),
  ...createTriggers(outboxTriggers(mapping, dialect, traits)),
  ...(dialect.name === 'mssql' ? [lockRows, ...trackingOn(mapping, dialect)] : []),
];

/** Statements that take away everything that the other scripts have made; the ERP is then as it was. */
export const uninstallStatements = (mapping: SchemaMapping, dialect: Dialect): readonly Statement[] => {
  const isSqlite = dialect.name === 'sqlite';
  return [
    ...dropTriggers(dialect),
    ...syncTables(dialect)
      .toReversed()
      .map((name) => needed(`Table ${name}`, `DROP TABLE IF EXISTS ${isSqlite ? name : `[dbo].[${name}]`}`)),
    ...(isSqlite
      ? []
      : [
          needed('Ids of the journal', `DROP SEQUENCE IF EXISTS ${journalSequence}`),
          ...trackingOff(mapping, dialect),
          ...dropRights(mapping, dialect),
        ]),
  ];
};

const commented = (text: string): string => text.replaceAll(/^/gm, '-- ');

/** What a script may be printed for. */
export interface ScriptHead {
  readonly title: string;
  readonly mapping: SchemaMapping;
}

const headOf = (dialect: Dialect, { title, mapping }: ScriptHead): string =>
  commented(
    [
      `${title} for ${mapping.name}: sync tables version ${syncSchemaVersion}, ${dialect.name === 'sqlite' ? 'SQLite' : 'SQL Server'}`,
      'Generated from the schema mapping. It may run again.',
      dialect.name === 'sqlite'
        ? 'For example: sqlite3 -bail erp.sqlite < script.sql. A file with earlier sync tables is upgraded by opening it with the service.'
        : 'For example: sqlcmd -b -x -I -d database -i script.sql, or SQL Server Management Studio. Steps marked optional may be refused.',
    ].join('\n'),
  );

/** Settings that the triggers keep; and a stop before anything is done to tables of a later version. */
const mssqlBegin = `SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT ON;
GO
IF OBJECT_ID(N'[dbo].[sync_schema_version]', N'U') IS NOT NULL
  EXEC (N'IF EXISTS (SELECT 1 FROM [dbo].[sync_schema_version] WHERE version > ${syncSchemaVersion})
    RAISERROR (N''The sync tables are of a later version. Take the script of the newer package. Nothing was done.'', 16, 1)');
IF @@ERROR <> 0 SET NOEXEC ON;
GO`;

/** A script as text, for sqlcmd and SQL Server Management Studio, or for the SQLite command line. */
export const scriptText = (dialect: Dialect, head: ScriptHead, statements: readonly Statement[]): string => {
  const end = dialect.name === 'sqlite' ? ';' : '\nGO';
  const steps = statements.map(
    ({ purpose, sql, optional: isOptional }) => `${commented(isOptional ? `${purpose} (optional)` : purpose)}\n${sql}${end}`,
  );
  const around = dialect.name === 'sqlite' ? { begin: 'BEGIN;', end: 'COMMIT;' } : { begin: mssqlBegin, end: 'SET NOEXEC OFF;\nGO' };
  return `${[headOf(dialect, head), around.begin, ...steps, around.end].join('\n\n')}\n`;
};
