/**
 * The reference ERP schema for SQLite: what the demo and the tests use as "the ERP". Another program needs to fill in
 * no more than employee, subject, start and end of an appointment.
 */
import { quoteText } from './quote';

/** UTC instant of now with milliseconds, as `Date.toISOString` writes it. */
export const utcNow = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

const oneOf = (column: string, values: readonly string[]): string => `CHECK (${column} IN (${values.map(quoteText).join(', ')}))`;

const sensitivity = `sensitivity TEXT NOT NULL DEFAULT 'normal' ${oneOf('sensitivity', ['normal', 'personal', 'private', 'confidential'])}`;
const freeBusy = `free_busy TEXT NOT NULL DEFAULT 'busy' ${oneOf('free_busy', ['free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere'])}`;
const status = `status TEXT NOT NULL DEFAULT 'notStarted' ${oneOf('status', ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'])}`;
const priority = 'priority INTEGER NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5)';
const activityType = 'activity_type_id INTEGER NULL REFERENCES activity_type (id) ON DELETE SET NULL';
const categories = "categories TEXT NOT NULL DEFAULT ''";
const stamps = `created_at TEXT NULL DEFAULT (${utcNow}),
  created_by TEXT NULL,
  updated_at TEXT NULL DEFAULT (${utcNow}),
  updated_by TEXT NULL`;

const readable = (column: string): string =>
  `${column} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND julianday(${column}) IS NOT NULL`;
/** A value that cannot be read as a time is refused when it is written, not when it is synchronised. */
const isTime = (column: string): string => `CHECK (${readable(column)})`;
/** The same for a column that may be empty. */
const isTimeOrEmpty = (column: string): string => `CHECK (${column} IS NULL OR ${column} = '' OR ${readable(column)})`;

const tables = [
  `CREATE TABLE IF NOT EXISTS employee (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NULL,
  active INTEGER NOT NULL DEFAULT 1
)`,
  `CREATE TABLE IF NOT EXISTS activity_type (
  id INTEGER PRIMARY KEY,
  no TEXT NOT NULL,
  description TEXT NOT NULL,
  colour TEXT NULL
)`,
  `CREATE TABLE IF NOT EXISTS equipment (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
)`,
  `CREATE TABLE IF NOT EXISTS appointment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  employee_id INTEGER NOT NULL REFERENCES employee (id),
  subject TEXT NOT NULL,
  body TEXT NULL DEFAULT '',
  location TEXT NULL DEFAULT '',
  start_at TEXT NOT NULL ${isTime('start_at')},
  end_at TEXT NOT NULL ${isTime('end_at')},
  all_day INTEGER NOT NULL DEFAULT 0,
  time_zone TEXT NULL,
  reminder_minutes INTEGER NULL CHECK (reminder_minutes >= 0),
  ${freeBusy},
  ${sensitivity},
  ${priority},
  ${activityType},
  ${categories},
  recurrence_rule TEXT NULL,
  ${stamps}
)`,
  `CREATE TABLE IF NOT EXISTS appointment_participant (
  appointment_id INTEGER NOT NULL REFERENCES appointment (id) ON DELETE CASCADE,
  employee_id INTEGER NOT NULL REFERENCES employee (id),
  PRIMARY KEY (appointment_id, employee_id)
)`,
  `CREATE TABLE IF NOT EXISTS appointment_equipment (
  appointment_id INTEGER NOT NULL REFERENCES appointment (id) ON DELETE CASCADE,
  equipment_id INTEGER NOT NULL REFERENCES equipment (id),
  PRIMARY KEY (appointment_id, equipment_id)
)`,
  `CREATE TABLE IF NOT EXISTS task (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  employee_id INTEGER NOT NULL REFERENCES employee (id),
  subject TEXT NOT NULL,
  body TEXT NULL DEFAULT '',
  start_date TEXT NULL ${isTimeOrEmpty('start_date')},
  due_date TEXT NULL ${isTimeOrEmpty('due_date')},
  ${status},
  percent_complete INTEGER NOT NULL DEFAULT 0 CHECK (percent_complete BETWEEN 0 AND 100),
  completed_at TEXT NULL,
  reminder_at TEXT NULL ${isTimeOrEmpty('reminder_at')},
  ${sensitivity},
  ${priority},
  ${activityType},
  ${categories},
  ${stamps}
)`,
  `CREATE TABLE IF NOT EXISTS contact (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  company TEXT NULL,
  email TEXT NULL,
  phone TEXT NULL,
  notes TEXT NULL,
  ${stamps}
)`,
];

const indexes = [
  'CREATE INDEX IF NOT EXISTS appointment_by_employee ON appointment (employee_id, start_at)',
  'CREATE INDEX IF NOT EXISTS appointment_participant_by_employee ON appointment_participant (employee_id)',
  'CREATE INDEX IF NOT EXISTS task_by_employee ON task (employee_id)',
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
const touch = (
  table: string,
  columns: string,
): string => `CREATE TRIGGER IF NOT EXISTS ${table}_touch AFTER UPDATE OF ${columns} ON ${table}
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
  UPDATE ${table} SET updated_at = ${utcNow} WHERE id = NEW.id;
END`;

/** Statements that create the reference ERP schema; they may run again. */
export const referenceSchema: readonly string[] = [
  ...tables,
  ...indexes,
  touch('appointment', contentOfAppointment),
  touch('task', contentOfTask),
];

/** Tables and columns that the adapter reads and writes; opening checks that they exist. */
export const neededTables: readonly string[] = ['employee', 'activity_type', 'appointment', 'appointment_participant', 'task'];
