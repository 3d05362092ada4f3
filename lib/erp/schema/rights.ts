/** The rights that the service needs, and no others: a role of SQL Server, and a login that has nothing but the role. */
import { kinds } from '../../model/kind';
import { shownTable } from './catalog';
import { fieldsOf, mappingOf, type KindMapping, type SchemaMapping, type TableName } from './mapping';
import type { Dialect } from './quote';
import { needed, optional, type Statement } from './statement';
import { journalSequence, syncTables } from './sync-tables';
import { columnsOfField, uniqueNames } from './watched';

/** Database role that holds the service's rights. */
export const serviceRole = 'exchange_erp';

/** Login and user that the script of rights makes. */
export const serviceUser = 'exchange_erp_service';

/** What stands where the administrator has to write the password. */
export const passwordPlaceholder = '<password of exchange_erp_service>';

const isRole = `DATABASE_PRINCIPAL_ID(N'${serviceRole}')`;
const grant = (rights: string, on: string): Statement =>
  needed(`Rights on ${on.replaceAll(/[[\]]/g, '')}`, `GRANT ${rights} ON ${on} TO [${serviceRole}]`);

/** Columns that a change of the sync writes. */
const changedColumns = ({ update, deleted, ...record }: KindMapping): readonly string[] =>
  uniqueNames([
    ...fieldsOf({ update, deleted, ...record }).flatMap(([, field]) => columnsOfField(field)),
    ...Object.keys(update),
    ...(deleted === null ? [] : [deleted.column]),
  ]);

/** Rights to write the records' own table: as the mapping writes them, by statements or by procedures. */
const writing = (dialect: Dialect, record: KindMapping): readonly Statement[] => {
  const { table, participants, procedures, deleted, key } = record;
  const on = dialect.quoteTable(table);
  const rows = [
    ...(procedures.insert === null ? ['INSERT'] : []),
    // A record that is marked as deleted stays; occurrences go as rows.
    ...(procedures.delete === null && deleted === null ? ['DELETE'] : []),
  ];
  const columns = changedColumns(record).map(dialect.quoteName);
  const called = [procedures.insert, procedures.update, procedures.delete].filter((procedure) => procedure !== null);
  return [
    ...(rows.length === 0 ? [] : [grant(rows.join(', '), on)]),
    ...(procedures.update !== null || columns.length === 0
      ? []
      : [
          needed(
            `Columns of ${shownTable(table)} that the sync changes`,
            `GRANT UPDATE ON ${on} (${columns.join(', ')}) TO [${serviceRole}]`,
          ),
        ]),
    ...(participants === null ? [] : [grant('INSERT, DELETE', dialect.quoteTable(participants.table))]),
    ...called.map(({ name }) => grant('EXECUTE', dialect.quoteTable(name))),
    ...key.flatMap((part) => (part.generated === 'sequence' ? [grant('UPDATE', dialect.quoteTable(part.sequence))] : [])),
  ];
};

const tablesRead = (mapping: SchemaMapping): readonly TableName[] => [
  mapping.employees.table,
  ...(mapping.activityTypes === null ? [] : [mapping.activityTypes.table]),
  ...kinds.flatMap((kind) => {
    const record = mappingOf(mapping, kind);
    if (record === null) return [];
    return [record.table, record.readFrom, record.participants?.table ?? null].filter((table) => table !== null);
  }),
];

/** What watches the tables must be readable, or the check cannot tell whether it is up to date. */
const watching = (dialect: Dialect, record: KindMapping): readonly Statement[] => {
  const tables = [record.table, ...(record.participants === null ? [] : [record.participants.table])];
  if (record.changes.by === 'polling') return [];
  const right = record.changes.by === 'triggers' ? 'VIEW DEFINITION' : 'VIEW CHANGE TRACKING';
  return tables.map((table) =>
    optional(
      `Let the check read the triggers, or the sync the changes, of ${shownTable(table)}`,
      `GRANT ${right} ON ${dialect.quoteTable(table)} TO [${serviceRole}]`,
    ),
  );
};

/** A placeholder that was not replaced is no password. */
const createLogin = `IF N'${passwordPlaceholder}' = N'<password' + N' of exchange_erp_service>'
  RAISERROR (N'Write a password where this script says so, in both places.', 16, 1);
ELSE IF SUSER_ID(N'${serviceUser}') IS NULL
  CREATE LOGIN [${serviceUser}] WITH PASSWORD = N'${passwordPlaceholder}', CHECK_POLICY = ON`;

const loginSteps: readonly Statement[] = [
  needed(
    `Login of the service: replace the placeholder by a password, in both places. With a domain account, replace the name too`,
    createLogin,
  ),
  needed(
    'User of the service in this database',
    `IF SUSER_ID(N'${serviceUser}') IS NOT NULL AND DATABASE_PRINCIPAL_ID(N'${serviceUser}') IS NULL\n  CREATE USER [${serviceUser}] FOR LOGIN [${serviceUser}]`,
  ),
  needed(
    'The user has the role and nothing else',
    `IF DATABASE_PRINCIPAL_ID(N'${serviceUser}') IS NOT NULL\n  ALTER ROLE [${serviceRole}] ADD MEMBER [${serviceUser}]`,
  ),
];

const uniqueStatements = (statements: readonly Statement[]): readonly Statement[] => [
  ...new Map(statements.map((statement) => [statement.sql.toLowerCase(), statement])).values(),
];

/** Statements that make the role, its rights, and a login that has them; they may run again, after the install script. None in SQLite. */
export const rightsStatements = (mapping: SchemaMapping, dialect: Dialect): readonly Statement[] => {
  if (dialect.name === 'sqlite') return [];
  const records = kinds.map((kind) => mappingOf(mapping, kind)).filter((record) => record !== null);
  return uniqueStatements([
    needed('Role of the service', `IF ${isRole} IS NULL\n  CREATE ROLE [${serviceRole}]`),
    ...tablesRead(mapping).map((table) => grant('SELECT', dialect.quoteTable(table))),
    ...records.flatMap((record) => writing(dialect, record)),
    grant('SELECT', '[dbo].[sync_schema_version]'),
    ...syncTables(dialect)
      .slice(1)
      .map((name) => grant('SELECT, INSERT, UPDATE, DELETE', `[dbo].[${name}]`)),
    grant('UPDATE', journalSequence),
    ...records.flatMap((record) => watching(dialect, record)),
    ...loginSteps,
  ]);
};

/** Takes the role's members away first: a role with members cannot be dropped. */
const dropRole = `IF ${isRole} IS NOT NULL
BEGIN
  DECLARE @member nvarchar(300) = N'';
  WHILE @member IS NOT NULL
  BEGIN
    SET @member = (SELECT TOP (1) QUOTENAME(m.name) FROM sys.database_role_members r
      JOIN sys.database_principals m ON m.principal_id = r.member_principal_id
      WHERE r.role_principal_id = ${isRole} ORDER BY m.name);
    IF @member IS NOT NULL EXEC (N'ALTER ROLE [${serviceRole}] DROP MEMBER ' + @member);
  END
  DROP ROLE [${serviceRole}];
END`;

/** Statements that take role and user away. */
export const dropRights: readonly Statement[] = [
  optional('Role of the service, with its members', dropRole),
  optional(
    `User of the service; the login ${serviceUser} stays, because other databases may use it`,
    `DROP USER IF EXISTS [${serviceUser}]`,
  ),
];
