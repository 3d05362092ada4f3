/** The scripts as data and as text: installing, taking away, and the rights of the service's login. */
import { mappedTables, shownTable, type Catalog } from './catalog';
import type { SchemaMapping } from './mapping';
import type { Dialect } from './quote';
import { needed, optional, type Statement } from './statement';
import { journalSequence, syncSchemaVersion, syncTables, syncTableStatements } from './sync-tables';
import { createTriggers, dropTriggers, outboxTriggers, type TraitsByKind } from './triggers';

/** Database role that holds the service's rights. */
export const serviceRole = 'exchange_erp';

/** Login and user that the script of rights makes. */
export const serviceUser = 'exchange_erp_service';

/** A bulk change in the ERP writes many journal rows; a lock on the whole table would stop the sync until it commits. */
const optionalSteps: readonly Statement[] = [
  optional(
    'Rows of the journal are locked one by one, however many an ERP transaction writes',
    'ALTER TABLE [dbo].[sync_journal] SET (LOCK_ESCALATION = DISABLE)',
  ),
];

/** Statements that install or upgrade sync tables and triggers; they may run again. `traits`: what a database at hand says of its columns. */
export const installStatements = (mapping: SchemaMapping, dialect: Dialect, traits: TraitsByKind = {}): readonly Statement[] => [
  ...dropTriggers(dialect),
  ...syncTableStatements(dialect),
  ...createTriggers(outboxTriggers(mapping, dialect, traits)),
  ...(dialect.name === 'mssql' ? optionalSteps : []),
];

const role = `[${serviceRole}]`;
const isRole = `DATABASE_PRINCIPAL_ID(N'${serviceRole}')`;

const dropRole = `IF ${isRole} IS NOT NULL
BEGIN
  DECLARE @member nvarchar(300) = N'';
  WHILE @member IS NOT NULL
  BEGIN
    SET @member = (SELECT TOP (1) QUOTENAME(m.name) FROM sys.database_role_members r
      JOIN sys.database_principals m ON m.principal_id = r.member_principal_id
      WHERE r.role_principal_id = ${isRole} ORDER BY m.name);
    IF @member IS NOT NULL EXEC (N'ALTER ROLE ${role} DROP MEMBER ' + @member);
  END
  DROP ROLE ${role};
END`;

/** Statements that take away everything that the other scripts have made; the ERP is then as it was. */
export const uninstallStatements = (_mapping: SchemaMapping, dialect: Dialect): readonly Statement[] => {
  const tables = syncTables(dialect).toReversed();
  if (dialect.name === 'sqlite') {
    return [...dropTriggers(dialect), ...tables.map((name) => needed('Sync tables', `DROP TABLE IF EXISTS ${name}`))];
  }
  return [
    ...dropTriggers(dialect),
    ...tables.map((name) => needed('Sync tables', `DROP TABLE IF EXISTS [dbo].[${name}]`)),
    needed('Ids of the journal', `DROP SEQUENCE IF EXISTS ${journalSequence}`),
    optional('Role of the service, with its members', dropRole),
    optional(
      `User of the service; the login ${serviceUser} stays, other databases may use it`,
      `DROP USER IF EXISTS [${serviceUser}]`,
    ),
  ];
};
