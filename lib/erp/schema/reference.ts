/**
 * The reference ERP schema: what the demo and the tests use as "the ERP", in both engines with the same tables, columns, defaults and
 * checks. Another program needs to fill in no more than employee, subject, start and end of an appointment.
 */
import { isoNow } from './clock';
import { mssqlDialect, sqliteDialect, type Dialect } from './quote';

/** What a column's value is, in the words of each engine. */
const columnTypes = {
  sqlite: {
    key: 'INTEGER PRIMARY KEY',
    identity: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    number: 'INTEGER',
    flag: 'INTEGER',
    code: 'TEXT',
    line: 'TEXT',
    text: 'TEXT',
    time: 'TEXT',
    date: 'TEXT',
    stamp: 'TEXT',
  },
  mssql: {
    key: 'int NOT NULL PRIMARY KEY',
    identity: 'int IDENTITY(1,1) NOT NULL PRIMARY KEY',
    number: 'int',
    flag: 'bit',
    code: 'nvarchar(30)',
    line: 'nvarchar(255)',
    text: 'nvarchar(max)',
    time: 'datetime2(0)',
    date: 'date',
    stamp: 'datetime2(3)',
  },
} as const;

const readable = (column: string): string =>
  `${column} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND julianday(${column}) IS NOT NULL`;

/** The columns that several tables share, and the pieces of which the tables are made. */
const piecesOf = (dialect: Dialect) => {
  const types = columnTypes[dialect.name];
  const isSqlite = dialect.name === 'sqlite';
  const oneOf = (column: string, values: readonly string[]): string =>
    `CHECK (${column} IN (${values.map(dialect.quoteValue).join(', ')}))`;
  const code = (column: string, byDefault: string, values: readonly string[]): string =>
    `${column} ${types.code} NOT NULL DEFAULT ${dialect.quoteValue(byDefault)} ${oneOf(column, values)}`;
  const now = isSqlite ? isoNow.sqlite : 'SYSUTCDATETIME()';
  return {
    types,
    empty: dialect.quoteValue(''),
    /** SQLite holds any text: a value that cannot be read as a time is refused when it is written, not when it is synchronised. */
    isTime: (column: string): string => (isSqlite ? ` CHECK (${readable(column)})` : ''),
    /** The same for a column that may be empty. */
    isTimeOrEmpty: (column: string): string => (isSqlite ? ` CHECK (${column} IS NULL OR ${column} = '' OR ${readable(column)})` : ''),
    freeBusy: code('free_busy', 'busy', ['free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere']),
    status: code('status', 'notStarted', ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred']),
    shared: [
      code('sensitivity', 'normal', ['normal', 'personal', 'private', 'confidential']),
      `priority ${types.number} NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5)`,
      `activity_type_id ${types.number} NULL REFERENCES activity_type (id) ON DELETE SET NULL`,
      `categories ${types.line} NOT NULL DEFAULT ${dialect.quoteValue('')}`,
    ],
    stamps: [
      `created_at ${types.stamp} NULL DEFAULT (${now})`,
      `created_by ${types.line} NULL`,
      `updated_at ${types.stamp} NULL DEFAULT (${now})`,
      `updated_by ${types.line} NULL`,
    ],
  };
};

/** Tables and their columns, in the order of their making. */
const tablesOf = (dialect: Dialect): readonly (readonly [name: string, columns: readonly string[]])[] => {
  const { types, empty, isTime, isTimeOrEmpty, freeBusy, status, shared, stamps } = piecesOf(dialect);
  const { key, identity, number, flag, line, text, time, date } = types;
  return [
    ['employee', [`id ${key}`, `name ${line} NOT NULL`, `email ${line} NULL`, `active ${flag} NOT NULL DEFAULT 1`]],
    ['activity_type', [`id ${key}`, `no ${line} NOT NULL`, `description ${line} NOT NULL`, `colour ${line} NULL`]],
    ['equipment', [`id ${key}`, `name ${line} NOT NULL`]],
    [
      'appointment',
      [
        `id ${identity}`,
        `employee_id ${number} NOT NULL REFERENCES employee (id)`,
        `subject ${line} NOT NULL`,
        `body ${text} NULL DEFAULT ${empty}`,
        `location ${line} NULL DEFAULT ${empty}`,
        `start_at ${time} NOT NULL${isTime('start_at')}`,
        `end_at ${time} NOT NULL${isTime('end_at')}`,
        `all_day ${flag} NOT NULL DEFAULT 0`,
        `time_zone ${line} NULL`,
        `reminder_minutes ${number} NULL CHECK (reminder_minutes >= 0)`,
        freeBusy,
        ...shared,
        `recurrence_rule ${text} NULL`,
        ...stamps,
      ],
    ],
    [
      'appointment_participant',
      [
        `appointment_id ${number} NOT NULL REFERENCES appointment (id) ON DELETE CASCADE`,
        `employee_id ${number} NOT NULL REFERENCES employee (id)`,
        'PRIMARY KEY (appointment_id, employee_id)',
      ],
    ],
    [
      'appointment_exception',
      [
        `appointment_id ${number} NOT NULL REFERENCES appointment (id) ON DELETE CASCADE`,
        `original_start ${time} NOT NULL${isTime('original_start')}`,
        `deleted ${flag} NOT NULL DEFAULT 0`,
        `subject ${line} NULL`,
        `body ${text} NULL`,
        `location ${line} NULL`,
        `start_at ${time} NULL${isTimeOrEmpty('start_at')}`,
        `end_at ${time} NULL${isTimeOrEmpty('end_at')}`,
        `all_day ${flag} NULL`,
        `reminder_minutes ${number} NULL CHECK (reminder_minutes >= -1)`,
        `free_busy ${types.code} NULL`,
        `priority ${number} NULL CHECK (priority BETWEEN 1 AND 5)`,
        // No foreign key: SQL Server allows one way only by which a deletion gets here.
        `activity_type_id ${number} NULL`,
        `categories ${line} NULL`,
        'PRIMARY KEY (appointment_id, original_start)',
      ],
    ],
    [
      'appointment_equipment',
      [
        `appointment_id ${number} NOT NULL REFERENCES appointment (id) ON DELETE CASCADE`,
        `equipment_id ${number} NOT NULL REFERENCES equipment (id)`,
        'PRIMARY KEY (appointment_id, equipment_id)',
      ],
    ],
    [
      'task',
      [
        `id ${identity}`,
        `employee_id ${number} NOT NULL REFERENCES employee (id)`,
        `subject ${line} NOT NULL`,
        `body ${text} NULL DEFAULT ${empty}`,
        `start_date ${date} NULL${isTimeOrEmpty('start_date')}`,
        `due_date ${date} NULL${isTimeOrEmpty('due_date')}`,
        status,
        `percent_complete ${number} NOT NULL DEFAULT 0 CHECK (percent_complete BETWEEN 0 AND 100)`,
        `completed_at ${time} NULL`,
        `reminder_at ${time} NULL${isTimeOrEmpty('reminder_at')}`,
        ...shared,
        ...stamps,
      ],
    ],
    [
      'contact',
      [
        `id ${identity}`,
        `name ${line} NOT NULL`,
        `company ${line} NULL`,
        `email ${line} NULL`,
        `phone ${line} NULL`,
        `notes ${text} NULL`,
        ...stamps,
      ],
    ],
  ];
};

const indexes: readonly { readonly name: string; readonly on: string }[] = [
  { name: 'appointment_by_employee', on: 'appointment (employee_id, start_at)' },
  { name: 'appointment_participant_by_employee', on: 'appointment_participant (employee_id)' },
  { name: 'task_by_employee', on: 'task (employee_id)' },
];

const contentOfAppointment =
  'employee_id, subject, body, location, start_at, end_at, all_day, time_zone, reminder_minutes, free_busy, sensitivity, priority, ' +
  'activity_type_id, categories, recurrence_rule';
const contentOfTask =
  'employee_id, subject, body, start_date, due_date, status, percent_complete, completed_at, reminder_at, sensitivity, priority, ' +
  'activity_type_id, categories';

/**
 * Keeps the change stamp for programs that do not. `updated_at` is not among the watched columns, so the trigger's own
 * update starts no trigger, whatever `recursive_triggers` says.
 */
const touchInSqlite = (
  table: string,
  columns: string,
): string => `CREATE TRIGGER IF NOT EXISTS ${table}_touch AFTER UPDATE OF ${columns} ON ${table}
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
  UPDATE ${table} SET updated_at = ${isoNow.sqlite} WHERE id = NEW.id;
END`;

/** The trigger's own update names the stamp, so it ends there, whatever RECURSIVE_TRIGGERS says. */
const touchInMssql = (table: string): readonly string[] => [
  `DROP TRIGGER IF EXISTS dbo.${table}_touch`,
  `CREATE TRIGGER dbo.${table}_touch ON dbo.${table} AFTER UPDATE
AS
BEGIN
  SET NOCOUNT ON;
  IF UPDATE(updated_at) OR NOT EXISTS (SELECT 1 FROM inserted) RETURN;
  UPDATE dbo.${table} SET updated_at = SYSUTCDATETIME() WHERE id IN (SELECT i.id FROM inserted i);
END`,
];

/** An exception is a part of its series, which the other programs ask for its stamp. */
const touchBySqliteException = (['INSERT', 'UPDATE', 'DELETE'] as const).map((event) => {
  const row = event === 'DELETE' ? 'OLD' : 'NEW';
  return `CREATE TRIGGER IF NOT EXISTS appointment_exception_touch_${event.toLowerCase()} AFTER ${event} ON appointment_exception
BEGIN
  UPDATE appointment SET updated_at = ${isoNow.sqlite} WHERE id = ${row}.appointment_id;
END`;
});

const touchByMssqlException: readonly string[] = [
  'DROP TRIGGER IF EXISTS dbo.appointment_exception_touch',
  `CREATE TRIGGER dbo.appointment_exception_touch ON dbo.appointment_exception AFTER INSERT, UPDATE, DELETE
AS
BEGIN
  SET NOCOUNT ON;
  UPDATE dbo.appointment SET updated_at = SYSUTCDATETIME()
  WHERE id IN (SELECT i.appointment_id FROM inserted i UNION SELECT d.appointment_id FROM deleted d);
END`,
];

const inSqlite: readonly string[] = [
  ...tablesOf(sqliteDialect).map(([name, columns]) => `CREATE TABLE IF NOT EXISTS ${name} (\n  ${columns.join(',\n  ')}\n)`),
  ...indexes.map(({ name, on }) => `CREATE INDEX IF NOT EXISTS ${name} ON ${on}`),
  touchInSqlite('appointment', contentOfAppointment),
  touchInSqlite('task', contentOfTask),
  ...touchBySqliteException,
];

const inMssql: readonly string[] = [
  ...tablesOf(mssqlDialect).map(
    ([name, columns]) => `IF OBJECT_ID(N'dbo.${name}', N'U') IS NULL\nCREATE TABLE dbo.${name} (\n  ${columns.join(',\n  ')}\n)`,
  ),
  ...indexes.map(
    ({ name, on }) => `DROP INDEX IF EXISTS ${name} ON dbo.${on.slice(0, on.indexOf(' '))};\nCREATE INDEX ${name} ON dbo.${on}`,
  ),
  ...touchInMssql('appointment'),
  ...touchInMssql('task'),
  ...touchByMssqlException,
];

/** Statements that create the reference ERP schema; they may run again. On SQL Server each is a batch of its own. */
export const referenceSchema = (dialect: Dialect): readonly string[] => (dialect.name === 'sqlite' ? inSqlite : inMssql);
