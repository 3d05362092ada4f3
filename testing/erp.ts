/** The embedded ERP of a test: the reference schema in a SQLite file, written and read as an ERP program does that knows nothing of a sync. */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { sqliteDialect } from '../lib/erp/schema/quote';
import { referenceSchema } from '../lib/erp/schema/reference';

interface CommonErpForm {
  readonly subject?: string;
  readonly body?: string;
  /** `normal`, `personal`, `private` or `confidential`. */
  readonly sensitivity?: string;
  /** 1 (highest) to 5. */
  readonly priority?: number;
  readonly categories?: readonly string[];
}

/** An appointment as a person enters it into the ERP; times are local (`2026-12-01T09:00`). */
export interface ErpAppointmentForm extends CommonErpForm {
  readonly kind: 'appointment';
  readonly location?: string;
  readonly start?: string;
  readonly end?: string;
  readonly allDay?: boolean;
  /** Minutes before the start; null for none. */
  readonly reminderMinutes?: number | null;
  /** `free`, `tentative`, `busy`, `outOfOffice` or `workingElsewhere`. */
  readonly freeBusy?: string;
  /** RRULE (RFC 5545) of a series; null for a single appointment. */
  readonly recurrenceRule?: string | null;
}

/** A task as a person enters it into the ERP; days are `yyyy-MM-dd`, null clears. */
export interface ErpTaskForm extends CommonErpForm {
  readonly kind: 'task';
  readonly startDate?: string | null;
  readonly dueDate?: string | null;
  /** `notStarted`, `inProgress`, `completed`, `waitingOnOthers` or `deferred`. */
  readonly status?: string;
  readonly percentComplete?: number;
}

/** What a person may enter into the ERP. */
export type ErpForm = ErpAppointmentForm | ErpTaskForm;

/** A record as it stands in the ERP. */
export type ErpView = ({ readonly id: number } & Required<ErpAppointmentForm>) | ({ readonly id: number } & Required<ErpTaskForm>);

/** The ERP of a test. Employees are named by their e-mail address. */
export interface TestErp {
  /** Path of the database, for `erp-config`. */
  readonly file: string;
  /** For everything else: the ERP's own connection, plain SQL. */
  readonly database: DatabaseSync;
  readonly addEmployee: (address: string, name?: string) => number;
  /** Answers the record's key. */
  readonly create: (employee: string, form: ErpForm) => number;
  /** Changes what the form mentions, and nothing else. */
  readonly update: (id: number, form: ErpForm) => void;
  readonly delete: (id: number, kind: ErpForm['kind']) => void;
  /** An employee's appointments and tasks, in the order of their keys. */
  readonly items: (employee: string) => readonly ErpView[];
  /** Locks the whole database against writing, as a long transaction of another program does, until the answer is called. */
  readonly lock: () => () => void;
  readonly close: () => void;
}

type Row = Readonly<Record<string, SQLOutputValue>>;
type Columns = Readonly<Record<string, SQLInputValue>>;

const columnsOf = (form: ErpForm): Columns => {
  const common = { subject: form.subject, body: form.body, sensitivity: form.sensitivity, priority: form.priority };
  const own =
    form.kind === 'task'
      ? { start_date: form.startDate, due_date: form.dueDate, status: form.status, percent_complete: form.percentComplete }
      : {
          location: form.location,
          start_at: form.start,
          end_at: form.end,
          all_day: form.allDay === undefined ? undefined : Number(form.allDay),
          reminder_minutes: form.reminderMinutes,
          free_busy: form.freeBusy,
          recurrence_rule: form.recurrenceRule,
        };
  const columns: Record<string, SQLInputValue> = {};
  for (const [name, value] of Object.entries({ ...common, ...own, categories: form.categories?.join('; ') }))
    if (value !== undefined) columns[name] = value;
  return columns;
};

const text = (value: SQLOutputValue | undefined): string => (value === null || value === undefined ? '' : String(value));
const textOrNull = (value: SQLOutputValue | undefined): string | null => (value === null || value === undefined ? null : String(value));
const numberOrNull = (value: SQLOutputValue | undefined): number | null => (value === null || value === undefined ? null : Number(value));

const commonView = (row: Row) => ({
  id: Number(row['id']),
  subject: text(row['subject']),
  body: text(row['body']),
  sensitivity: text(row['sensitivity']),
  priority: Number(row['priority']),
  categories: text(row['categories'])
    .split(';')
    .map((category) => category.trim())
    .filter((category) => category !== ''),
});

const appointmentView = (row: Row): ErpView => ({
  ...commonView(row),
  kind: 'appointment',
  location: text(row['location']),
  start: text(row['start_at']),
  end: text(row['end_at']),
  allDay: Number(row['all_day']) === 1,
  reminderMinutes: numberOrNull(row['reminder_minutes']),
  freeBusy: text(row['free_busy']),
  recurrenceRule: textOrNull(row['recurrence_rule']),
});

const taskView = (row: Row): ErpView => ({
  ...commonView(row),
  kind: 'task',
  startDate: textOrNull(row['start_date']),
  dueDate: textOrNull(row['due_date']),
  status: text(row['status']),
  percentComplete: Number(row['percent_complete']),
});

/** Creates the reference ERP in a file, with an employee for each address. */
export function createTestErp(file: string, employees: readonly string[]): TestErp {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON');
  for (const statement of referenceSchema(sqliteDialect)) database.exec(statement);
  const addEmployee = (address: string, name = address.split('@')[0] ?? address): number =>
    Number(database.prepare('INSERT INTO employee (name, email) VALUES (?, ?)').run(name, address).lastInsertRowid);
  employees.forEach((address) => addEmployee(address));
  const employeeId = (address: string): number => {
    const row = database.prepare('SELECT id FROM employee WHERE email = ? COLLATE NOCASE').get(address);
    if (!row) throw new Error(`the ERP has no employee ${address}`);
    return Number(row['id']);
  };
  return {
    file,
    database,
    addEmployee,
    create: (employee, form) => {
      const columns = { employee_id: employeeId(employee), ...columnsOf(form), created_by: 'erp' };
      const names = Object.keys(columns);
      const statement = `INSERT INTO ${form.kind} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      return Number(database.prepare(statement).run(...Object.values(columns)).lastInsertRowid);
    },
    update: (id, form) => {
      const columns = columnsOf(form);
      const assignments = Object.keys(columns).map((name) => `${name} = ?`);
      const { changes } = database
        .prepare(`UPDATE ${form.kind} SET ${assignments.join(', ')} WHERE id = ?`)
        .run(...Object.values(columns), id);
      if (changes === 0) throw new Error(`the ERP has no ${form.kind} ${id}`);
    },
    delete: (id, kind) => {
      if (database.prepare(`DELETE FROM ${kind} WHERE id = ?`).run(id).changes === 0) throw new Error(`the ERP has no ${kind} ${id}`);
    },
    items: (employee) => {
      const id = employeeId(employee);
      const rows = (table: string): readonly Row[] => database.prepare(`SELECT * FROM ${table} WHERE employee_id = ? ORDER BY id`).all(id);
      return [...rows('appointment').map(appointmentView), ...rows('task').map(taskView)];
    },
    lock: () => {
      const other = new DatabaseSync(file);
      other.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
      return () => {
        other.exec('ROLLBACK');
        other.close();
      };
    },
    close: () => {
      database.close();
    },
  };
}
