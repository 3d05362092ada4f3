/** ERP rows to records and back: pure. */
import type { Selectable } from 'kysely';
import type { ErpAppointment, ErpRecord, ErpTask } from '../model/item';
import { normalizeProgress } from '../model/task-progress';
import { addDays, readDate, readLocalTime, writeLocalTime } from './local-time';
import type { AppointmentTable, Key, TaskTable } from './tables';

/** Columns that a record is read from. */
export type AppointmentRow = Omit<Selectable<AppointmentTable>, 'created_at' | 'created_by' | 'updated_by'>;
/** Columns that a record is read from. */
export type TaskRow = Omit<Selectable<TaskTable>, 'created_at' | 'created_by' | 'updated_by' | 'completed_at'>;

const toLines = (text: string | null): string => (text ?? '').replaceAll(/\r\n?/g, '\n');
const emptyToNull = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text.trim());
const keyText = (key: Key | null): string | null => (key === null ? null : String(key));

const readCategories = (text: string | null): readonly string[] =>
  (text ?? '')
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const writeCategories = (names: readonly string[]): string => names.map((name) => name.replaceAll(';', ',').trim()).join('; ');

/** An end before the start, or within a day, is what programs write that count the last day itself. */
const allDayPeriod = (start: string, end: string): { readonly start: string; readonly end: string } => {
  const first = start.slice(0, 10);
  const after = end.endsWith('T00:00:00') ? end.slice(0, 10) : addDays(end.slice(0, 10), 1);
  return { start: first, end: after > first ? after : addDays(first, 1) };
};

/** An appointment; `timeZone`: the tenant's, for values that carry an offset. */
export const appointmentFromRow = (row: AppointmentRow, timeZone: string): ErpAppointment => {
  const start = readLocalTime(row.start_at, 'start_at', timeZone);
  const end = readLocalTime(row.end_at, 'end_at', timeZone);
  const allDay = (row.all_day ?? 0) !== 0;
  return {
    kind: 'appointment',
    subject: row.subject,
    body: toLines(row.body),
    location: row.location ?? '',
    allDay,
    ...(allDay ? allDayPeriod(start, end) : { start, end }),
    timeZone: emptyToNull(row.time_zone),
    reminderMinutes: row.reminder_minutes,
    freeBusy: row.free_busy ?? 'busy',
    sensitivity: row.sensitivity ?? 'normal',
    priority: row.priority ?? 3,
    activityTypeId: keyText(row.activity_type_id),
    categories: readCategories(row.categories),
    recurrenceRule: emptyToNull(row.recurrence_rule)?.replace(/^RRULE:/i, '') ?? null,
  };
};

/** A task; status and percentage are brought into agreement. */
export const taskFromRow = (row: TaskRow, timeZone: string): ErpTask => {
  const date = (text: string | null, column: string) => (emptyToNull(text) === null ? null : readDate(text ?? '', column, timeZone));
  return {
    kind: 'task',
    subject: row.subject,
    body: toLines(row.body),
    startDate: date(row.start_date, 'start_date'),
    dueDate: date(row.due_date, 'due_date'),
    ...normalizeProgress(row.status ?? 'notStarted', row.percent_complete ?? 0),
    reminderAt: emptyToNull(row.reminder_at) === null ? null : readLocalTime(row.reminder_at ?? '', 'reminder_at', timeZone),
    sensitivity: row.sensitivity ?? 'normal',
    priority: row.priority ?? 3,
    activityTypeId: keyText(row.activity_type_id),
    categories: readCategories(row.categories),
  };
};

/** All content columns of an appointment. */
export const appointmentColumns = (record: ErpAppointment) => ({
  subject: record.subject,
  body: toLines(record.body),
  location: record.location,
  start_at: writeLocalTime(record.start),
  end_at: writeLocalTime(record.end),
  all_day: record.allDay ? 1 : 0,
  time_zone: record.timeZone,
  reminder_minutes: record.reminderMinutes,
  free_busy: record.freeBusy,
  sensitivity: record.sensitivity,
  priority: record.priority,
  activity_type_id: record.activityTypeId,
  categories: writeCategories(record.categories),
  recurrence_rule: record.recurrenceRule,
});

/** All content columns of a task but `completed_at`, which depends on what was there before. */
export const taskColumns = (record: ErpTask) => {
  const progress = normalizeProgress(record.status, record.percentComplete);
  return {
    subject: record.subject,
    body: toLines(record.body),
    start_date: record.startDate,
    due_date: record.dueDate,
    status: progress.status,
    percent_complete: progress.percentComplete,
    reminder_at: record.reminderAt === null ? null : writeLocalTime(record.reminderAt),
    sensitivity: record.sensitivity,
    priority: record.priority,
    activity_type_id: record.activityTypeId,
    categories: writeCategories(record.categories),
  };
};

/** Columns of a kind's record. */
type Columns = Readonly<Record<string, string | number | null>>;

const differing = <C extends Columns>(before: C, after: C): Partial<C> => {
  const result: Partial<C> = {};
  for (const name in after) if (before[name] !== after[name]) result[name] = after[name];
  return result;
};

/** Columns that have to be written to turn `before` into `after`; what the ERP spells in its own way and nobody changed stays untouched. */
export const changedAppointmentColumns = (before: ErpAppointment, after: ErpAppointment) =>
  differing(appointmentColumns(before), appointmentColumns(after));
/** See changedAppointmentColumns; `completed_at` follows the completion. `localNow`: local time of the tenant. */
export const changedTaskColumns = (before: ErpTask, after: ErpTask, localNow: string) => {
  const columns = differing(taskColumns(before), taskColumns(after));
  if (before.status !== 'completed' && after.status === 'completed') return { ...columns, completed_at: writeLocalTime(localNow) };
  if (before.status === 'completed' && after.status !== 'completed') return { ...columns, completed_at: null };
  return columns;
};

/** Whether a stored JSON value is a record; only this program writes the column. */
export const isErpRecord = (value: unknown): value is ErpRecord =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'appointment' || value.kind === 'task');
