/**
 * The sync tables: the same names and meaning in both engines.
 *
 * A SQLite file is brought from any earlier version to this one by `sqliteUpgrades`; a fresh database gets all tables at once. SQL Server
 * begins with version 3; later versions add to it in the same list. Its tables are in `dbo`, because triggers that the ERP's users fire reach tables of the triggers' owner without
 * rights of their own.
 */
import { isoNow } from './clock';
import { keyLength } from './key';
import { mssqlDialect, sqliteDialect, type Dialect } from './quote';
import { needed, type Statement } from './statement';

/** A row that waits for its turn; spelled the same in index and query, or SQLite does not use the index. */
export const waitingWork = "state = 'open' AND operation <> 'connect'";

/** The version that this program knows. */
export const syncSchemaVersion = 4;

/** How texts compare on SQL Server: Exchange ids differ by case alone, and a collation of its own never conflicts with the ERP's. */
export const binary = 'COLLATE Latin1_General_100_BIN2';

/** Longest name, employee's key among them, as the sync tables keep it. */
export const nameLength = 200;

/** Sizes of SQL Server are such that no index key is longer than the 1700 bytes that it allows. */
const columnTypes = {
  sqlite: { number: 'INTEGER', id: 'INTEGER', code: 'TEXT', name: 'TEXT', key: 'TEXT', time: 'TEXT', text: 'TEXT' },
  mssql: {
    number: 'int',
    id: 'bigint',
    code: `nvarchar(20) ${binary}`,
    name: `nvarchar(${nameLength}) ${binary}`,
    key: `nvarchar(${keyLength}) ${binary}`,
    time: `nvarchar(30) ${binary}`,
    text: `nvarchar(max) ${binary}`,
  },
} as const;

interface Column {
  readonly name: string;
  readonly type: keyof (typeof columnTypes)['sqlite'];
  readonly nullable?: true;
  /** The database's clock, or a constant. */
  readonly byDefault?: { readonly now: true } | { readonly value: string | number };
  readonly oneOf?: readonly string[];
}

interface SyncTable {
  readonly name: string;
  readonly purpose: string;
  /** Where `id` comes from; null: there is none. A sequence leaves alone what an ERP's own insert reads from `@@IDENTITY`. */
  readonly id: 'identity' | 'sequence' | null;
  readonly columns: readonly Column[];
  readonly primaryKey?: readonly string[];
  /** Column groups that no two rows share; a row with NULL is in no group. */
  readonly unique?: readonly (readonly string[])[];
}

interface Index {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly include?: readonly string[];
  readonly unique?: true;
  readonly where?: string;
}

const direction: Column = { name: 'direction', type: 'code', oneOf: ['inbound', 'outbound'] };
const kind: Column = { name: 'kind', type: 'code' };
const connection: Column = { name: 'connection', type: 'name' };
const employee: Column = { name: 'employee_id', type: 'name' };

const tables: readonly SyncTable[] = [
  {
    name: 'sync_journal',
    purpose: 'What has to be synchronised, and what became of it',
    id: 'sequence',
    columns: [
      direction,
      kind,
      { name: 'operation', type: 'code', oneOf: ['create', 'update', 'delete', 'connect'] },
      employee,
      { ...connection, nullable: true },
      { name: 'erp_id', type: 'key', nullable: true },
      { name: 'exchange_id', type: 'key', nullable: true },
      {
        name: 'state',
        type: 'code',
        byDefault: { value: 'open' },
        oneOf: ['open', 'leased', 'done', 'skipped', 'conflict', 'failed'],
      },
      { name: 'attempt', type: 'number', byDefault: { value: 0 } },
      { name: 'note', type: 'text', nullable: true },
      { name: 'note_code', type: 'name', nullable: true },
      { name: 'details', type: 'text', nullable: true },
      { name: 'lease_owner', type: 'name', nullable: true },
      { name: 'lease_until', type: 'time', nullable: true },
      { name: 'not_before', type: 'time', byDefault: { value: '' } },
      { name: 'created_at', type: 'time', byDefault: { now: true } },
      { name: 'finished_at', type: 'time', nullable: true },
    ],
  },
  {
    name: 'sync_link',
    purpose: 'Which record is which Exchange item, with both as they were last synchronised',
    id: 'identity',
    columns: [
      { name: 'version', type: 'number', byDefault: { value: 1 } },
      { name: 'state', type: 'code', oneOf: ['pending', 'active'] },
      kind,
      employee,
      connection,
      { name: 'sync_id', type: 'name' },
      { name: 'erp_id', type: 'key' },
      { name: 'exchange_id', type: 'key', nullable: true },
      { name: 'change_key', type: 'key', nullable: true },
      { name: 'erp_base', type: 'text' },
      { name: 'exchange_base', type: 'text' },
      { name: 'listed', type: 'number', byDefault: { value: 0 } },
      { name: 'gone_at', type: 'time', nullable: true },
      { name: 'decision', type: 'text', nullable: true },
      { name: 'meeting_role', type: 'code', nullable: true },
    ],
    unique: [['sync_id'], ['connection', 'exchange_id'], ['employee_id', 'kind', 'erp_id']],
  },
  {
    name: 'sync_folder_state',
    purpose: 'How far the changes of each mailbox folder have been read',
    id: null,
    columns: [
      connection,
      employee,
      kind,
      { name: 'sync_state', type: 'text' },
      { name: 'updated_at', type: 'time' },
      { name: 'mailbox', type: 'key', nullable: true },
    ],
    primaryKey: ['connection', 'employee_id', 'kind'],
  },
  {
    name: 'sync_series',
    purpose: 'Rules of series of which the ERP holds rows of occurrences only',
    id: null,
    columns: [
      kind,
      { name: 'erp_id', type: 'key' },
      { name: 'recurrence_rule', type: 'text' },
      { name: 'time_zone', type: 'name', nullable: true },
      { name: 'expanded_until', type: 'time', nullable: true },
    ],
    primaryKey: ['kind', 'erp_id'],
  },
  {
    name: 'sync_occurrence',
    purpose: 'Which row is which occurrence of such a series, and what has no row; the series itself under an empty start',
    id: null,
    columns: [
      kind,
      { name: 'erp_id', type: 'key' },
      { name: 'original_start', type: 'time' },
      { name: 'row_key', type: 'key', nullable: true },
      { name: 'content', type: 'text', nullable: true },
      { name: 'gone_at', type: 'time', nullable: true },
    ],
    primaryKey: ['kind', 'erp_id', 'original_start'],
  },
  {
    name: 'sync_change_mark',
    purpose: 'How far the changes of an ERP without triggers were collected',
    id: null,
    columns: [
      kind,
      { name: 'version', type: 'number' },
      { name: 'source', type: 'text' },
      { name: 'mark', type: 'text' },
      { name: 'collected_at', type: 'time' },
      { name: 'compared_at', type: 'time' },
    ],
    primaryKey: ['kind'],
  },
  {
    name: 'sync_change_seen',
    purpose: 'What records looked like that the next look will list again',
    id: null,
    columns: [kind, { name: 'erp_id', type: 'key' }, { name: 'digest', type: 'name' }],
    primaryKey: ['kind', 'erp_id'],
  },
  {
    name: 'sync_employee',
    purpose: 'What is synchronised for an employee, where it is not everything',
    id: null,
    columns: [employee, kind, { name: 'options', type: 'text' }, { name: 'updated_at', type: 'time' }],
    primaryKey: ['employee_id', 'kind'],
  },
  {
    name: 'sync_run',
    purpose: 'First synchronisations and what became of them',
    id: 'identity',
    columns: [
      connection,
      employee,
      kind,
      { name: 'state', type: 'code', oneOf: ['waiting', 'running', 'done', 'stopped'] },
      { name: 'settings', type: 'text' },
      { name: 'counts', type: 'text' },
      { name: 'outcome', type: 'text', nullable: true },
      { name: 'first_entry', type: 'id', nullable: true },
      { name: 'last_entry', type: 'id', nullable: true },
      { name: 'created_at', type: 'time' },
      { name: 'started_at', type: 'time', nullable: true },
      { name: 'listed_at', type: 'time', nullable: true },
      { name: 'finished_at', type: 'time', nullable: true },
      { name: 'reported_at', type: 'time', nullable: true },
    ],
  },
];

/** SQLite has no session context: who writes on whose behalf stands in a table (decision 0002). */
const writing: SyncTable = {
  name: 'sync_writing',
  purpose: 'On whose behalf the current transaction writes',
  id: null,
  columns: [employee],
};

/** Names of the sync tables, in the order of their making. */
export const syncTables = (dialect: Dialect): readonly string[] => [
  'sync_schema_version',
  ...tables.map((table) => table.name),
  ...(dialect.name === 'sqlite' ? [writing.name] : []),
];

/** The sequence of the journal's ids on SQL Server. */
export const journalSequence = '[dbo].[sync_journal_id]';

/** What is open or leased is a small part of the table: claiming costs the batch, however long the history is. */
const sqliteIndexes: readonly Index[] = [
  {
    name: 'sync_journal_outbound_waiting',
    table: 'sync_journal',
    columns: ['kind', 'not_before', 'id'],
    where: `direction = 'outbound' AND ${waitingWork}`,
  },
  {
    name: 'sync_journal_inbound_waiting',
    table: 'sync_journal',
    columns: ['connection', 'kind', 'not_before', 'id'],
    where: `direction = 'inbound' AND ${waitingWork}`,
  },
  {
    name: 'sync_journal_outbound_item',
    table: 'sync_journal',
    columns: ['employee_id', 'kind', 'erp_id'],
    where: "direction = 'outbound' AND (state = 'open' OR state = 'leased')",
  },
  {
    name: 'sync_journal_inbound_item',
    table: 'sync_journal',
    columns: ['connection', 'exchange_id'],
    where: "direction = 'inbound' AND (state = 'open' OR state = 'leased')",
  },
  {
    name: 'sync_journal_outbound_parked',
    table: 'sync_journal',
    columns: ['employee_id', 'kind', 'erp_id'],
    where: "direction = 'outbound' AND state = 'conflict'",
  },
  {
    name: 'sync_journal_inbound_parked',
    table: 'sync_journal',
    columns: ['connection', 'exchange_id'],
    where: "direction = 'inbound' AND state = 'conflict'",
  },
  {
    name: 'sync_journal_coming',
    table: 'sync_journal',
    columns: ['direction', 'kind', 'not_before'],
    where: "state = 'skipped' AND note_code = 'outside-window'",
  },
  { name: 'sync_journal_leased', table: 'sync_journal', columns: ['lease_until'], where: "state = 'leased'" },
  { name: 'sync_journal_state', table: 'sync_journal', columns: ['state', 'direction'] },
  {
    name: 'sync_journal_problem',
    table: 'sync_journal',
    columns: ['connection', 'employee_id', 'kind', 'note_code'],
    unique: true,
    where: "operation = 'connect' AND state = 'open'",
  },
  { name: 'sync_link_record', table: 'sync_link', columns: ['kind', 'erp_id'] },
  {
    name: 'sync_link_unlisted',
    table: 'sync_link',
    columns: ['connection', 'employee_id', 'kind'],
    where: "listed = 0 AND state = 'active'",
  },
  { name: 'sync_occurrence_row', table: 'sync_occurrence', columns: ['kind', 'row_key'] },
];

/**
 * No filtered index on the journal: connections with old SET options, as many an ERP has them, could not write to it any more (error
 * 1934). So the state leads, and what is open or leased still lies together.
 */
const mssqlIndexes: readonly Index[] = [
  {
    name: 'sync_journal_waiting',
    table: 'sync_journal',
    columns: ['state', 'direction', 'kind', 'not_before', 'id'],
    include: ['connection', 'operation'],
  },
  { name: 'sync_journal_outbound_item', table: 'sync_journal', columns: ['employee_id', 'kind', 'erp_id', 'state', 'direction'] },
  { name: 'sync_journal_inbound_item', table: 'sync_journal', columns: ['connection', 'exchange_id', 'state', 'direction'] },
  { name: 'sync_link_record', table: 'sync_link', columns: ['kind', 'erp_id'] },
  {
    name: 'sync_link_unlisted',
    table: 'sync_link',
    columns: ['connection', 'employee_id', 'kind'],
    where: "listed = 0 AND state = N'active'",
  },
  { name: 'sync_occurrence_row', table: 'sync_occurrence', columns: ['kind', 'row_key'] },
  ...tables.flatMap((table) =>
    (table.unique ?? []).map((columns): Index => {
      const nullable = columns.filter((name) => table.columns.some((column) => column.name === name && column.nullable === true));
      const index = { name: `${table.name}_${columns.join('_')}`, table: table.name, columns, unique: true } as const;
      // SQL Server lets one row only have a NULL.
      return nullable.length === 0 ? index : { ...index, where: nullable.map((name) => `${name} IS NOT NULL`).join(' AND ') };
    }),
  ),
];

const columnText = (dialect: Dialect, table: SyncTable, column: Column): string => {
  const { name, byDefault, oneOf } = column;
  // Named, so that scripts of two databases can be compared.
  const constraint = (suffix: string): string => (dialect.name === 'mssql' ? ` CONSTRAINT ${table.name}_${name}_${suffix}` : '');
  const value = byDefault !== undefined && ('now' in byDefault ? isoNow[dialect.name] : dialect.quoteValue(byDefault.value));
  return [
    `${name} ${columnTypes[dialect.name][column.type]} ${column.nullable === true ? 'NULL' : 'NOT NULL'}`,
    value === false ? '' : `${constraint('default')} DEFAULT (${value})`,
    oneOf === undefined ? '' : `${constraint('check')} CHECK (${name} IN (${oneOf.map(dialect.quoteValue).join(', ')}))`,
  ].join('');
};

const idText = (dialect: Dialect, { name, id }: SyncTable): readonly string[] => {
  if (id === null) return [];
  if (dialect.name === 'sqlite') return ['id INTEGER PRIMARY KEY AUTOINCREMENT'];
  const key = `NOT NULL CONSTRAINT ${name}_key PRIMARY KEY`;
  if (id === 'identity') return [`id bigint IDENTITY(1,1) ${key}`];
  return [`id bigint ${key} CONSTRAINT ${name}_id_default DEFAULT (NEXT VALUE FOR ${journalSequence})`];
};

const tableText = (dialect: Dialect, table: SyncTable): string => {
  const { primaryKey = [], unique = [] } = table;
  const lines = [
    ...idText(dialect, table),
    ...table.columns.map((column) => columnText(dialect, table, column)),
    ...(primaryKey.length === 0 ? [] : [`CONSTRAINT ${table.name}_key PRIMARY KEY (${primaryKey.join(', ')})`]),
    ...(dialect.name === 'sqlite' ? unique.map((columns) => `UNIQUE (${columns.join(', ')})`) : []),
  ];
  return `(\n  ${lines.join(',\n  ')}\n)`;
};

const indexText = ({ name, table, columns, include, unique, where }: Index, on: (table: string) => string, guard = ''): string =>
  `CREATE ${unique === true ? 'UNIQUE ' : ''}INDEX ${guard}${name} ON ${on(table)} (${columns.join(', ')})` +
  (include === undefined ? '' : ` INCLUDE (${include.join(', ')})`) +
  (where === undefined ? '' : ` WHERE ${where}`);

/** Only when nothing older is there: what the statements above leave alone then, an upgrade has to change. */
const noteVersion = (dialect: Dialect, table: string): Statement =>
  needed(
    'Note the version',
    `INSERT INTO ${table} (version, installed_at)\nSELECT ${syncSchemaVersion}, ${isoNow[dialect.name]} WHERE NOT EXISTS (SELECT 1 FROM ${table})`,
  );

/** All sync tables of SQLite; may run again. */
const sqliteTables: readonly Statement[] = [
  needed(
    'Version of the sync tables',
    'CREATE TABLE IF NOT EXISTS sync_schema_version (version INTEGER NOT NULL PRIMARY KEY, installed_at TEXT NOT NULL)',
  ),
  ...[...tables, writing].map((table) =>
    needed(table.purpose, `CREATE TABLE IF NOT EXISTS ${table.name} ${tableText(sqliteDialect, table)}`),
  ),
  ...sqliteIndexes.map((index) =>
    needed(
      `Index of ${index.table}`,
      indexText(index, (table) => table, 'IF NOT EXISTS '),
    ),
  ),
  noteVersion(sqliteDialect, 'sync_schema_version'),
];

const inDbo = (name: string): string => `[dbo].[${name}]`;
const isMissing = (name: string, type: 'U' | 'SO'): string => `IF OBJECT_ID(N'${inDbo(name)}', N'${type}') IS NULL`;
const isOlder = `IF NOT EXISTS (SELECT 1 FROM ${inDbo('sync_schema_version')} WHERE version >= ${syncSchemaVersion})`;

/** All sync tables of SQL Server; may run again. Later versions are appended here, each behind its own question for the version. */
const mssqlTables: readonly Statement[] = [
  needed(
    'Version of the sync tables',
    `${isMissing('sync_schema_version', 'U')}\nCREATE TABLE ${inDbo('sync_schema_version')} (\n` +
      `  version int NOT NULL CONSTRAINT sync_schema_version_key PRIMARY KEY,\n  installed_at nvarchar(30) ${binary} NOT NULL\n)`,
  ),
  needed(
    'Ids of the journal',
    `${isMissing('sync_journal_id', 'SO')}\nCREATE SEQUENCE ${journalSequence} AS bigint START WITH 1 INCREMENT BY 1`,
  ),
  ...tables.map((table) =>
    needed(table.purpose, `${isMissing(table.name, 'U')}\nCREATE TABLE ${inDbo(table.name)} ${tableText(mssqlDialect, table)}`),
  ),
  needed(
    'Decisions of persons about links',
    `IF COL_LENGTH(N'${inDbo('sync_link')}', N'decision') IS NULL\nALTER TABLE ${inDbo('sync_link')} ADD decision ${columnTypes.mssql.text} NULL`,
  ),
  needed(
    'Whose meetings links belong to',
    `IF COL_LENGTH(N'${inDbo('sync_link')}', N'meeting_role') IS NULL\nALTER TABLE ${inDbo('sync_link')} ADD meeting_role ${columnTypes.mssql.code} NULL`,
  ),
  needed(
    'Mailboxes of sync states',
    `IF COL_LENGTH(N'${inDbo('sync_folder_state')}', N'mailbox') IS NULL\nALTER TABLE ${inDbo('sync_folder_state')} ADD mailbox ${columnTypes.mssql.key} NULL`,
  ),
  ...mssqlIndexes.map((index) =>
    needed(
      `Index of ${index.table}`,
      `${isOlder}\nBEGIN\n  DROP INDEX IF EXISTS ${index.name} ON ${inDbo(index.table)};\n  ${indexText(index, inDbo)};\nEND`,
    ),
  ),
  noteVersion(mssqlDialect, inDbo('sync_schema_version')),
];

/** Statements that make all sync tables in a database that has none; those of SQL Server bring earlier versions up, too. */
export const syncTableStatements = (dialect: Dialect): readonly Statement[] => (dialect.name === 'sqlite' ? sqliteTables : mssqlTables);
