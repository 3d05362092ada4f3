/** Reading the ERP's own tables. */
import type { Kysely } from 'kysely';
import { SyncError } from '../../model/error';
import type { Employee } from '../../model/employee';
import type { ErpEntry } from '../../model/item';
import type { Kind } from '../../model/kind';
import { addDays } from '../local-time';
import { appointmentFromRow, taskFromRow } from '../conversion';
import type { ActivityType, TellUnreadable } from '../store';
import type { Tables } from '../tables';

const appointmentFields = [
  'id',
  'employee_id',
  'subject',
  'body',
  'location',
  'start_at',
  'end_at',
  'all_day',
  'time_zone',
  'reminder_minutes',
  'free_busy',
  'sensitivity',
  'priority',
  'activity_type_id',
  'categories',
  'recurrence_rule',
  'updated_at',
] as const;
const taskFields = [
  'id',
  'employee_id',
  'subject',
  'body',
  'start_date',
  'due_date',
  'status',
  'percent_complete',
  'reminder_at',
  'sensitivity',
  'priority',
  'activity_type_id',
  'categories',
  'updated_at',
] as const;

/** All employees. */
export const employees = async (db: Kysely<Tables>): Promise<readonly Employee[]> => {
  const rows = await db.selectFrom('employee').select(['id', 'name', 'email', 'active']).orderBy('id').execute();
  return rows.map((row) => ({ id: String(row.id), name: row.name, email: row.email, active: row.active !== 0 }));
};

/** All activity types. */
export const activityTypes = async (db: Kysely<Tables>): Promise<readonly ActivityType[]> => {
  const rows = await db.selectFrom('activity_type').select(['id', 'no', 'description']).orderBy('id').execute();
  return rows.map((row) => ({ id: String(row.id), no: String(row.no), description: row.description }));
};

const participantsOf = async (db: Kysely<Tables>, ids: readonly (string | number)[]): Promise<ReadonlyMap<string, readonly string[]>> => {
  const rows = await db
    .selectFrom('appointment_participant')
    .select(['appointment_id', 'employee_id'])
    .where('appointment_id', 'in', ids)
    .orderBy('employee_id')
    .execute();
  const byRecord = new Map<string, string[]>();
  for (const row of rows) {
    const list = byRecord.get(String(row.appointment_id));
    if (list === undefined) byRecord.set(String(row.appointment_id), [String(row.employee_id)]);
    else list.push(String(row.employee_id));
  }
  return byRecord;
};

/** The rows that can be read; without anyone to tell, one that cannot throws. */
const readable = <R extends { readonly id: string | number }>(
  rows: readonly R[],
  read: (row: R) => ErpEntry,
  tellUnreadable: TellUnreadable | undefined,
): readonly ErpEntry[] =>
  rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (thrown) {
      if (tellUnreadable === undefined || !(thrown instanceof SyncError)) throw thrown;
      tellUnreadable(String(row.id), thrown);
      return [];
    }
  });

const readAppointments = async (
  db: Kysely<Tables>,
  ids: readonly (string | number)[],
  timeZone: string,
  tellUnreadable?: TellUnreadable,
): Promise<readonly ErpEntry[]> => {
  const rows = await db.selectFrom('appointment').select(appointmentFields).where('id', 'in', ids).orderBy('id').execute();
  const participants = await participantsOf(db, ids);
  const read = (row: (typeof rows)[number]): ErpEntry => ({
    id: String(row.id),
    kind: 'appointment',
    employeeIds: [...new Set([String(row.employee_id), ...(participants.get(String(row.id)) ?? [])])],
    modifiedAt: row.updated_at,
    inFilter: true,
    record: appointmentFromRow(row, timeZone),
  });
  return readable(rows, read, tellUnreadable);
};

const readTasks = async (
  db: Kysely<Tables>,
  ids: readonly (string | number)[],
  timeZone: string,
  tellUnreadable?: TellUnreadable,
): Promise<readonly ErpEntry[]> => {
  const rows = await db.selectFrom('task').select(taskFields).where('id', 'in', ids).orderBy('id').execute();
  const read = (row: (typeof rows)[number]): ErpEntry => ({
    id: String(row.id),
    kind: 'task',
    employeeIds: [String(row.employee_id)],
    modifiedAt: row.updated_at,
    inFilter: true,
    record: taskFromRow(row, timeZone),
  });
  return readable(rows, read, tellUnreadable);
};

/** Records by key; what does not exist is left out, and what cannot be read when somebody hears of it. */
export const readRecords = (
  db: Kysely<Tables>,
  kind: Kind,
  ids: readonly (string | number)[],
  timeZone: string,
  tellUnreadable?: TellUnreadable,
): Promise<readonly ErpEntry[]> =>
  kind === 'appointment' ? readAppointments(db, ids, timeZone, tellUnreadable) : readTasks(db, ids, timeZone, tellUnreadable);

/** Keys of the employee's records that may touch the window, by day; a page, in order of the key. */
export const windowKeys = async (
  db: Kysely<Tables>,
  kind: Kind,
  employeeId: string,
  window: { readonly from: string; readonly to: string },
  after: number | string,
  limit: number,
): Promise<readonly (string | number)[]> => {
  if (kind === 'task') {
    const rows = await db
      .selectFrom('task')
      .select('id')
      .where('employee_id', '=', employeeId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }
  // Times come in several spellings that agree in the first ten characters; the exact comparison is made on the records. A day is added
  // on each side for values with an offset and for all-day ends that count the last day itself.
  const rows = await db
    .selectFrom('appointment')
    .select('id')
    .where((where) =>
      where.or([
        where('employee_id', '=', employeeId),
        where('id', 'in', (sub) =>
          sub.selectFrom('appointment_participant').select('appointment_id').where('employee_id', '=', employeeId),
        ),
      ]),
    )
    .where((where) =>
      where.or([
        where.and([
          where('start_at', '<', addDays(window.to.slice(0, 10), 2)),
          where('end_at', '>=', addDays(window.from.slice(0, 10), -1)),
        ]),
        where.and([where('recurrence_rule', 'is not', null), where('recurrence_rule', '<>', '')]),
        where.and([
          where('all_day', '<>', 0),
          where('start_at', '>=', addDays(window.from.slice(0, 10), -1)),
          where('start_at', '<', addDays(window.to.slice(0, 10), 2)),
        ]),
      ]),
    )
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
};

const midnight = (time: string): string => (time.length === 10 ? `${time}T00:00:00` : time);

/** Whether a record may touch the window: every series and task does, a single appointment when it overlaps it. */
export const touchesWindow = (entry: ErpEntry, from: string, to: string): boolean => {
  const record = entry.record;
  if (record.kind === 'task' || record.recurrenceRule !== null) return true;
  const [start, end] = [midnight(record.start), midnight(record.end)];
  return start < midnight(to) && (end > midnight(from) || start >= midnight(from));
};
