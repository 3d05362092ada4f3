/** The rights that the service needs, and no others: a role of SQL Server, and a login that has nothing but the role. */
import uniqBy from 'lodash/uniqBy';
import { kinds } from '../../model/kind';
import { shownTable } from './catalog';
import {
  equipmentOf,
  exceptionsOf,
  fieldsOf,
  mappingOf,
  tablesBeside,
  type KindMapping,
  type SchemaMapping,
  type TableName,
} from './mapping';
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

/** A right on a table, view, procedure or sequence; `columns`: quoted, of these only. */
interface Grant {
  readonly rights: string;
  readonly on: string;
  readonly columns?: readonly string[];
}

const grantText = ({ rights, on, columns }: Grant): string =>
  `GRANT ${rights} ON ${on}${columns === undefined ? '' : ` (${columns.join(', ')})`} TO [${serviceRole}]`;
/** Of the whole table: its columns' rights go with it. */
const revokeText = ({ rights, on }: Grant): string => `REVOKE ${rights} ON ${on} FROM [${serviceRole}]`;
const granted = (grant: Grant): Statement => needed(`Rights on ${grant.on.replaceAll(/[[\]]/g, '')}`, grantText(grant));

/** Columns that a change of the sync writes. */
const changedColumns = ({ update, deleted, ...record }: KindMapping): readonly string[] =>
  uniqueNames([
    ...fieldsOf({ update, deleted, ...record }).flatMap(([, field]) => columnsOfField(field)),
    ...Object.keys(update),
    ...(deleted === null ? [] : [deleted.column]),
  ]);

/** Rights to write the records' own table: as the mapping writes them, by statements or by procedures. */
const writing = (dialect: Dialect, record: KindMapping): readonly Grant[] => {
  const { table, participants, procedures, deleted, key } = record;
  const on = dialect.quoteTable(table);
  const rows = [...(procedures.insert === null ? ['INSERT'] : []), ...(procedures.delete === null && deleted === null ? ['DELETE'] : [])];
  const columns = changedColumns(record).map(dialect.quoteName);
  const exceptions = exceptionsOf(record);
  const called = [procedures.insert, procedures.update, procedures.delete].filter((procedure) => procedure !== null);
  return [
    ...(rows.length === 0 ? [] : [{ rights: rows.join(', '), on }]),
    ...(procedures.update !== null || columns.length === 0 ? [] : [{ rights: 'UPDATE', on, columns }]),
    ...(participants === null ? [] : [{ rights: 'INSERT, DELETE', on: dialect.quoteTable(participants.table) }]),
    ...(exceptions === null ? [] : [{ rights: 'INSERT, UPDATE, DELETE', on: dialect.quoteTable(exceptions.table) }]),
    ...called.map(({ name }) => ({ rights: 'EXECUTE', on: dialect.quoteTable(name) })),
    ...key.flatMap((part) => (part.generated === 'sequence' ? [{ rights: 'UPDATE', on: dialect.quoteTable(part.sequence) }] : [])),
  ];
};

const tablesRead = (mapping: SchemaMapping): readonly TableName[] => [
  mapping.employees.table,
  ...(mapping.activityTypes === null ? [] : [mapping.activityTypes.table]),
  ...kinds.flatMap((kind) => {
    const record = mappingOf(mapping, kind);
    if (record === null) return [];
    const beside = [...tablesBeside(record).map(({ table }) => table), equipmentOf(record)?.names.table ?? null];
    return [record.table, record.readFrom, ...beside].filter((table) => table !== null);
  }),
];

/** What watches the tables must be readable, or the check cannot tell whether it is up to date. */
const watching = (dialect: Dialect, record: KindMapping): readonly Statement[] => {
  const tables = [record.table, ...tablesBeside(record).map(({ table }) => table)];
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

const recordsOf = (mapping: SchemaMapping): readonly KindMapping[] =>
  kinds.map((kind) => mappingOf(mapping, kind)).filter((record) => record !== null);

/** Rights on what is the ERP's own. */
const erpGrants = (mapping: SchemaMapping, dialect: Dialect): readonly Grant[] =>
  uniqBy(
    [
      ...tablesRead(mapping).map((table) => ({ rights: 'SELECT', on: dialect.quoteTable(table) })),
      ...recordsOf(mapping).flatMap((record) => writing(dialect, record)),
    ],
    (grant) => grantText(grant).toLowerCase(),
  );

/** Statements that make the role, its rights, and a login that has them; they may run again, after the install script. None in SQLite. */
export const rightsStatements = (mapping: SchemaMapping, dialect: Dialect): readonly Statement[] => {
  if (dialect.name === 'sqlite') return [];
  const [version = '', ...others] = syncTables(dialect);
  return [
    needed('Role of the service', `IF ${isRole} IS NULL\n  CREATE ROLE [${serviceRole}]`),
    ...erpGrants(mapping, dialect).map(granted),
    granted({ rights: 'SELECT', on: `[dbo].[${version}]` }),
    ...others.map((name) => granted({ rights: 'SELECT, INSERT, UPDATE, DELETE', on: `[dbo].[${name}]` })),
    granted({ rights: 'UPDATE', on: journalSequence }),
    ...uniqBy(
      recordsOf(mapping).flatMap((record) => watching(dialect, record)),
      (statement) => statement.sql.toLowerCase(),
    ),
    ...loginSteps,
  ];
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

/** Statements that take role and user away. Some servers do not drop a role that still has rights. */
export const dropRights = (mapping: SchemaMapping, dialect: Dialect): readonly Statement[] => [
  optional(
    'Rights of the role on the tables of the ERP',
    [`IF ${isRole} IS NOT NULL`, 'BEGIN', ...erpGrants(mapping, dialect).map((one) => `  ${revokeText(one)};`), 'END'].join('\n'),
  ),
  optional('Role of the service, with its members', dropRole),
  optional(
    `User of the service; the login ${serviceUser} stays, because other databases may use it`,
    `DROP USER IF EXISTS [${serviceUser}]`,
  ),
];
