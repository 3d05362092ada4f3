/** Fills a new ERP database with the sample firm. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { sqliteDialect } from '../lib/erp/schema/quote';
import { referenceSchema } from '../lib/erp/schema/reference';
import { sampleActivityTypes, sampleAppointments, sampleEmployees, sampleEquipment, sampleTasks } from './sample/firm';
import type { SampleAppointment, SampleTask } from './sample/firm';

/** The mailboxes that the Exchange simulator has to hold; the first is the office. All have the password `demo`. */
export const sampleMailboxes: readonly { readonly address: string; readonly name: string; readonly password: string }[] =
  sampleEmployees.map(({ email, name }) => ({ address: email, name, password: 'demo' }));

type Row = Readonly<Record<string, SQLInputValue>>;

const insert = (database: DatabaseSync, table: string, row: Row): number => {
  const names = Object.keys(row);
  const statement = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  return Number(database.prepare(statement).run(...Object.values(row)).lastInsertRowid);
};

const dayMs = 86_400_000;

/** Dates by number of days from Monday of the week of `now`. */
const calendar = (now: Date): ((day: number) => string) => {
  const midnight = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  const monday = midnight - ((now.getDay() + 6) % 7) * dayMs;
  return (day) => new Date(monday + day * dayMs).toISOString().slice(0, 10);
};

const dayOfMonth = (now: Date, day: number): string =>
  new Date(Date.UTC(now.getFullYear(), now.getMonth(), day)).toISOString().slice(0, 10);

const appointmentRow = (appointment: SampleAppointment, date: (day: number) => string, now: Date): Row => {
  const { employee, subject, from, to, days = 1 } = appointment;
  const first = appointment.monthDay === undefined ? date(appointment.day) : dayOfMonth(now, appointment.monthDay);
  return {
    employee_id: employee,
    subject,
    start_at: `${first} ${from ?? '00:00'}:00`,
    end_at: to === undefined ? `${date(appointment.day + days)} 00:00:00` : `${first} ${to}:00`,
    all_day: from === undefined ? 1 : 0,
    body: appointment.body ?? '',
    location: appointment.location ?? '',
    reminder_minutes: appointment.reminder ?? null,
    free_busy: appointment.freeBusy ?? 'busy',
    sensitivity: appointment.sensitivity ?? 'normal',
    priority: appointment.priority ?? 3,
    activity_type_id: appointment.type ?? null,
    categories: appointment.categories ?? '',
    recurrence_rule: appointment.rule ?? null,
    created_by: 'erp',
    updated_by: 'erp',
  };
};

const taskRow = (task: SampleTask, date: (day: number) => string): Row => ({
  employee_id: task.employee,
  subject: task.subject,
  body: task.body ?? '',
  start_date: task.start === undefined ? null : date(task.start),
  due_date: task.due === undefined ? null : date(task.due),
  status: task.status ?? 'notStarted',
  percent_complete: task.percent ?? 0,
  completed_at: task.status === 'completed' ? `${date(task.due ?? 0)} 12:00:00` : null,
  sensitivity: task.sensitivity ?? 'normal',
  priority: task.priority ?? 3,
  activity_type_id: task.type ?? null,
  categories: task.categories ?? '',
  created_by: 'erp',
  updated_by: 'erp',
});

const fill = (database: DatabaseSync, now: Date): void => {
  const date = calendar(now);
  for (const employee of sampleEmployees) insert(database, 'employee', { ...employee });
  for (const type of sampleActivityTypes) insert(database, 'activity_type', { ...type });
  for (const equipment of sampleEquipment) insert(database, 'equipment', { ...equipment });
  for (const appointment of sampleAppointments) {
    const id = insert(database, 'appointment', appointmentRow(appointment, date, now));
    for (const employee of appointment.participants ?? []) {
      insert(database, 'appointment_participant', { appointment_id: id, employee_id: employee });
    }
    for (const equipment of appointment.equipment ?? []) {
      insert(database, 'appointment_equipment', { appointment_id: id, equipment_id: equipment });
    }
  }
  for (const task of sampleTasks) insert(database, 'task', taskRow(task, date));
};

const hasEmployees = (database: DatabaseSync): boolean => database.prepare('SELECT 1 FROM employee LIMIT 1').get() !== undefined;

/**
 * Creates the file with the reference schema and the sample firm around the week of `now`; a database that already has
 * employees is left as it is.
 */
export const installSampleFirm = async (file: string, now: Date): Promise<void> => {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    for (const statement of referenceSchema(sqliteDialect)) database.exec(statement);
    if (!hasEmployees(database)) fill(database, now);
    database.exec('COMMIT');
  } finally {
    // An open transaction ends with the connection: a firm is installed whole or not at all.
    database.close();
  }
};
