/** What the ERP page reads and writes: plain SQL on the ERP's own tables, as any ERP would. It knows nothing of a sync. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { OccurrencesBetween } from './occurrences';

type Row = Readonly<Record<string, unknown>>;
/** A form as the page sends it. */
export type Form = Readonly<Record<string, unknown>>;

/** The form lacks something or holds something that the ERP does not take; the text is for the person. */
export class FormError extends Error {}

const text = (form: Form, name: string): string => {
  const value = form[name];
  return typeof value === 'string' ? value : '';
};
const textOrNull = (form: Form, name: string): string | null => (text(form, name).trim() === '' ? null : text(form, name).trim());
const numberOrNull = (form: Form, name: string): number | null => {
  const value = form[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};
const numbers = (form: Form, name: string): readonly number[] => {
  const value: unknown = form[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
};
const required = (form: Form, name: string): string => {
  const value = text(form, name).trim();
  if (value === '') throw new FormError(`missing:${name}`);
  return value;
};
const requiredNumber = (form: Form, name: string): number => {
  const value = numberOrNull(form, name);
  if (value === null) throw new FormError(`missing:${name}`);
  return value;
};

const inTransaction = (database: DatabaseSync, work: () => void): void => {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
};

type Columns = Readonly<Record<string, SQLInputValue>>;

const insert = (database: DatabaseSync, table: string, columns: Columns): number => {
  const names = Object.keys(columns);
  const statement = `INSERT INTO ${table} (${names.join(', ')}, created_by) VALUES (${names.map(() => '?').join(', ')}, 'erp')`;
  return Number(database.prepare(statement).run(...Object.values(columns)).lastInsertRowid);
};

const update = (database: DatabaseSync, table: string, id: number, columns: Columns): void => {
  const assignments = Object.keys(columns).map((name) => `${name} = ?`);
  const result = database.prepare(`UPDATE ${table} SET ${assignments.join(', ')} WHERE id = ?`).run(...Object.values(columns), id);
  if (result.changes === 0) throw new FormError('gone');
};

const addDay = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

const period = (form: Form): { readonly start: string; readonly end: string } => {
  const [start, end] = [required(form, 'start'), required(form, 'end')];
  if (end < start) throw new FormError('end-before-start');
  if (form['allDay'] === true) return { start: `${start.slice(0, 10)} 00:00:00`, end: `${addDay(end.slice(0, 10))} 00:00:00` };
  return { start: `${start.slice(0, 16).replace('T', ' ')}:00`, end: `${end.slice(0, 16).replace('T', ' ')}:00` };
};

const replaceAll = (database: DatabaseSync, table: string, column: string, appointment: number, ids: readonly number[]): void => {
  const present = new Set(
    database
      .prepare(`SELECT ${column} AS id FROM ${table} WHERE appointment_id = ?`)
      .all(appointment)
      .map((row) => Number(row['id'])),
  );
  for (const id of present) {
    if (!ids.includes(id)) database.prepare(`DELETE FROM ${table} WHERE appointment_id = ? AND ${column} = ?`).run(appointment, id);
  }
  for (const id of ids) {
    if (!present.has(id)) database.prepare(`INSERT INTO ${table} (appointment_id, ${column}) VALUES (?, ?)`).run(appointment, id);
  }
};

/** Creates or changes an appointment with its participants and equipment. */
export const saveAppointment = (database: DatabaseSync, form: Form): void => {
  const { start, end } = period(form);
  const employee = requiredNumber(form, 'employee');
  const columns: Columns = {
    employee_id: employee,
    subject: required(form, 'subject'),
    body: text(form, 'body'),
    location: text(form, 'location'),
    start_at: start,
    end_at: end,
    all_day: form['allDay'] === true ? 1 : 0,
    reminder_minutes: numberOrNull(form, 'reminder'),
    free_busy: text(form, 'freeBusy') || 'busy',
    sensitivity: text(form, 'sensitivity') || 'normal',
    priority: numberOrNull(form, 'priority') ?? 3,
    activity_type_id: numberOrNull(form, 'type'),
    categories: text(form, 'categories'),
    recurrence_rule: textOrNull(form, 'rule'),
    updated_by: 'erp',
  };
  const id = numberOrNull(form, 'id');
  inTransaction(database, () => {
    if (id !== null) update(database, 'appointment', id, columns);
    const key = id ?? insert(database, 'appointment', columns);
    const participants = numbers(form, 'participants').filter((one) => one !== employee);
    replaceAll(database, 'appointment_participant', 'employee_id', key, participants);
    replaceAll(database, 'appointment_equipment', 'equipment_id', key, numbers(form, 'equipment'));
  });
};

const localNow = (): string => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ');
};

const progress = (form: Form): Columns => {
  const percent = Math.min(100, Math.max(0, numberOrNull(form, 'percent') ?? 0));
  const status = text(form, 'status') || 'notStarted';
  if (status === 'completed' || percent === 100) return { status: 'completed', percent_complete: 100, completed_at: localNow() };
  return { status: status === 'notStarted' && percent > 0 ? 'inProgress' : status, percent_complete: percent, completed_at: null };
};

/** Creates or changes a task. */
export const saveTask = (database: DatabaseSync, form: Form): void => {
  const reminder = textOrNull(form, 'reminderAt');
  const columns: Columns = {
    employee_id: requiredNumber(form, 'employee'),
    subject: required(form, 'subject'),
    body: text(form, 'body'),
    start_date: textOrNull(form, 'startDate'),
    due_date: textOrNull(form, 'dueDate'),
    ...progress(form),
    reminder_at: reminder === null ? null : `${reminder.slice(0, 16).replace('T', ' ')}:00`,
    sensitivity: text(form, 'sensitivity') || 'normal',
    priority: numberOrNull(form, 'priority') ?? 3,
    activity_type_id: numberOrNull(form, 'type'),
    categories: text(form, 'categories'),
    updated_by: 'erp',
  };
  const id = numberOrNull(form, 'id');
  if (id === null) insert(database, 'task', columns);
  else update(database, 'task', id, columns);
};

/** Completes a task, or reopens a completed one. */
export const toggleTask = (database: DatabaseSync, form: Form): void => {
  const columns = progress(form['done'] === true ? { status: 'completed' } : { status: 'notStarted', percent: 0 });
  update(database, 'task', requiredNumber(form, 'id'), { ...columns, updated_by: 'erp' });
};

/** Deletes an appointment or a task. */
export const deleteRow =
  (table: 'appointment' | 'task') =>
  (database: DatabaseSync, form: Form): void => {
    const result = database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(requiredNumber(form, 'id'));
    if (result.changes === 0) throw new FormError('gone');
  };

const all = (database: DatabaseSync, sql: string, ...values: SQLInputValue[]): readonly Row[] => database.prepare(sql).all(...values);

const linked = (database: DatabaseSync, table: string, column: string): ReadonlyMap<unknown, readonly unknown[]> => {
  const byAppointment = new Map<unknown, unknown[]>();
  for (const row of all(database, `SELECT appointment_id, ${column} AS id FROM ${table}`)) {
    byAppointment.set(row['appointment_id'], [...(byAppointment.get(row['appointment_id']) ?? []), row['id']]);
  }
  return byAppointment;
};

/** Everything that the page shows of one employee in the days `from` (inclusive) to `to` (exclusive). */
export const readPage = (database: DatabaseSync, occurrencesBetween: OccurrencesBetween, employee: number, from: string, to: string) => {
  const participants = linked(database, 'appointment_participant', 'employee_id');
  const equipment = linked(database, 'appointment_equipment', 'equipment_id');
  const appointments = all(
    database,
    `SELECT * FROM appointment
     WHERE (employee_id = ?1 OR id IN (SELECT appointment_id FROM appointment_participant WHERE employee_id = ?1))
       AND (start_at < ?3 AND end_at >= ?2 OR COALESCE(recurrence_rule, '') <> '')
     ORDER BY all_day DESC, substr(start_at, 12), id`,
    employee,
    from,
    to,
  );
  return {
    employees: all(
      database,
      `SELECT id, name, email,
         (SELECT count(*) FROM appointment a WHERE a.employee_id = e.id) AS appointments,
         (SELECT count(*) FROM task t WHERE t.employee_id = e.id AND t.status <> 'completed') AS tasks
       FROM employee e WHERE active <> 0 ORDER BY id`,
    ),
    types: all(database, 'SELECT id, no, description, colour FROM activity_type ORDER BY id'),
    equipment: all(database, 'SELECT id, name FROM equipment ORDER BY name'),
    appointments: appointments.flatMap((row) => {
      const days = occurrencesBetween(String(row['start_at']), String(row['end_at']), row['recurrence_rule'], from, to);
      if (days.length === 0) return [];
      return [{ ...row, days, participants: participants.get(row['id']) ?? [], equipment: equipment.get(row['id']) ?? [] }];
    }),
    tasks: all(
      database,
      "SELECT * FROM task WHERE employee_id = ? ORDER BY status = 'completed', due_date IS NULL, due_date, priority, id LIMIT 500",
      employee,
    ),
  };
};
