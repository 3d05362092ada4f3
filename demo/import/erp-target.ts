/** Imports into the ERP's SQLite file with plain INSERTs, as the ERP itself would: its triggers fire, nothing here knows the sync. */
import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { createMapping } from '../../lib/mapping/mapping';
import type { ActivityType } from '../../lib/model/activity-type';
import type { ErpException, ErpOccurrenceFields, ErpRecord, ExchangeItem } from '../../lib/model/item';
import { ImportImpossible, type ImportTarget } from './target';

/** Rows in one transaction: long enough to be quick, short enough to let others write. */
const rowsPerTransaction = 50;

type Row = Readonly<Record<string, SQLInputValue>>;

const rowOf = (record: ErpRecord, employeeId: SQLInputValue): Row => {
  const shared = {
    employee_id: employeeId,
    subject: record.subject,
    body: record.body,
    sensitivity: record.sensitivity,
    priority: record.priority,
    activity_type_id: record.activityTypeId,
    categories: record.categories.join('; '),
  };
  if (record.kind === 'appointment')
    return {
      ...shared,
      location: record.location,
      start_at: record.start,
      end_at: record.end,
      all_day: record.allDay ? 1 : 0,
      time_zone: record.timeZone,
      reminder_minutes: record.reminderMinutes,
      free_busy: record.freeBusy,
      recurrence_rule: record.recurrenceRule,
    };
  return {
    ...shared,
    start_date: record.startDate,
    due_date: record.dueDate,
    status: record.status,
    percent_complete: record.percentComplete,
    reminder_at: record.reminderAt,
  };
};

/** A row of the series' exceptions: NULL for what the occurrence has in common with its series. */
const exceptionRow = (appointmentId: SQLInputValue, exception: ErpException): Row => {
  const changes: Partial<ErpOccurrenceFields> = exception.deleted ? {} : exception.changes;
  const { allDay, reminderMinutes, categories } = changes;
  return {
    appointment_id: appointmentId,
    original_start: exception.originalStart,
    deleted: exception.deleted ? 1 : 0,
    subject: changes.subject ?? null,
    body: changes.body ?? null,
    location: changes.location ?? null,
    start_at: changes.start ?? null,
    end_at: changes.end ?? null,
    all_day: allDay === undefined ? null : Number(allDay),
    reminder_minutes: reminderMinutes === null ? -1 : (reminderMinutes ?? null),
    free_busy: changes.freeBusy ?? null,
    priority: changes.priority ?? null,
    activity_type_id: changes.activityTypeId ?? null,
    categories: categories?.join('; ') ?? null,
  };
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const chunks = <T>(values: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, at) => values.slice(at * size, (at + 1) * size));

const open = (file: string): DatabaseSync => {
  if (!existsSync(file))
    throw new ImportImpossible(`There is no ERP database ${file}: run npm start once, or set ERP_DATABASE or DEMO_DIR.`);
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON');
  return database;
};

const employeeIdOf = (database: DatabaseSync, email: string): SQLInputValue => {
  const id = database.prepare('SELECT id FROM employee WHERE lower(email) = lower(?)').get(email)?.['id'];
  if (id === undefined) throw new ImportImpossible(`The ERP has no employee with the e-mail address ${email}.`);
  return id;
};

const activityTypesOf = (database: DatabaseSync): readonly ActivityType[] =>
  database
    .prepare('SELECT id, no, description FROM activity_type ORDER BY id')
    .all()
    .map(({ id, no, description }) => ({ id: String(id), no: String(no), description: String(description), colour: null }));

/** `file`: the ERP's SQLite file; `timeZone`: IANA zone of its local times. Throws ImportImpossible for an unknown file or employee. */
export const openErpTarget = (email: string, file: string, timeZone: string): ImportTarget => {
  const database = open(file);
  const mapping = createMapping();
  const employeeId = employeeIdOf(database, email);
  const context = { timeZone, activityTypes: activityTypesOf(database) };

  const insertRow = (table: string, row: Row): SQLInputValue => {
    const columns = Object.keys(row);
    const values = columns.map(() => '?').join(', ');
    return database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values})`).run(...Object.values(row)).lastInsertRowid;
  };

  /** A series comes with all its exceptions or not at all. */
  const insert = (item: ExchangeItem): string | null => {
    database.exec('SAVEPOINT item');
    try {
      const record = mapping.toErp(item, context);
      const id = insertRow(item.kind, rowOf(record, employeeId));
      const exceptions = record.kind === 'task' ? [] : record.exceptions;
      for (const exception of exceptions) insertRow('appointment_exception', exceptionRow(id, exception));
      database.exec('RELEASE item');
      return null;
    } catch (error) {
      database.exec('ROLLBACK TO item; RELEASE item');
      return messageOf(error);
    }
  };

  return {
    write: (items) => {
      const results = chunks(items, rowsPerTransaction).flatMap((chunk) => {
        database.exec('BEGIN IMMEDIATE');
        const reasons = chunk.map(insert);
        database.exec('COMMIT');
        return reasons;
      });
      return Promise.resolve(results);
    },
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
};
