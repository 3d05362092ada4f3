/** What the ERP contract needs of an adapter under test, and builders for its data. */
import type { ErpConnection } from '../../../lib/erp/open';
import type { SchemaMapping } from '../../../lib/erp/schema/mapping';
import type { ClaimRequest, ErpDatabase, InboundWrite, NewEntry } from '../../../lib/erp/store';
import type { ErpAppointment, ErpTask, ExchangeAppointment } from '../../../lib/model/item';
import type { JournalOutcome } from '../../../lib/model/journal';
import { kinds } from '../../../lib/model/kind';
import type { NewLink } from '../../../lib/model/link';

/** A value of a row. */
export type Value = string | number | null;

/** Statements of the ERP, in words that SQLite and SQL Server share; `?` stands for a value. */
export interface Statements {
  readonly run: (sql: string, ...values: readonly Value[]) => Promise<void>;
  readonly all: (sql: string, ...values: readonly Value[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** The ERP itself: a plain connection that knows nothing of the sync. */
export interface ErpProgram extends Statements {
  /** Commits when `work` is through, and rolls back when it throws. */
  readonly transaction: <T>(work: (open: Statements) => Promise<T>) => Promise<T>;
  /** The database server's own time. */
  readonly now: () => Promise<Date>;
}

/**
 * An adapter over a database with the reference schema, employees 1 to 3 and nothing else in it. Keys need not begin at 1, and may have
 * gaps: what the database gave stays in its counters from one test to the next.
 */
export interface ErpSubject {
  readonly database: ErpDatabase;
  /** How another process opens the database. */
  readonly connection: ErpConnection;
  /** Another instance of the service over the same database; `beforeStatement` sees all that it sends. */
  readonly openSecond: (options?: { readonly beforeStatement?: (sql: string) => void }) => Promise<ErpDatabase>;
  readonly erp: ErpProgram;
  /** The adapter's clock. */
  readonly now: () => Date;
  /** Moves the adapter's clock. */
  readonly pass: (ms: number) => void;
  readonly close: () => Promise<void>;
}

/** Opens a subject; `mapping`: how the reference schema is to be read, default as it is. */
export type OpenSubject = (options?: { readonly mapping?: SchemaMapping }) => Promise<ErpSubject>;

/** A record of the ERP. */
export const appointment = (fields: Partial<ErpAppointment> = {}): ErpAppointment => ({
  kind: 'appointment',
  subject: 'Besuch',
  body: '',
  bodyHtml: null,
  location: '',
  allDay: false,
  start: '2026-03-28T09:00:00',
  end: '2026-03-28T10:00:00',
  timeZone: null,
  reminderMinutes: null,
  freeBusy: 'busy',
  sensitivity: 'normal',
  priority: 3,
  activityTypeId: null,
  categories: [],
  recurrenceRule: null,
  exceptions: [],
  equipment: [],
  ...fields,
});

/** A task of the ERP. */
export const task = (fields: Partial<ErpTask> = {}): ErpTask => ({
  kind: 'task',
  subject: 'Anrufen',
  body: '',
  bodyHtml: null,
  startDate: null,
  dueDate: null,
  status: 'notStarted',
  percentComplete: 0,
  reminderAt: null,
  sensitivity: 'normal',
  priority: 3,
  activityTypeId: null,
  categories: [],
  ...fields,
});

/** The same appointment as Exchange holds it. */
export const exchangeAppointment: ExchangeAppointment = {
  kind: 'appointment',
  subject: 'Besuch',
  body: '',
  bodyHtml: null,
  location: '',
  allDay: false,
  start: '2026-03-28T08:00:00Z',
  end: '2026-03-28T09:00:00Z',
  timeZone: 'Europe/Vienna',
  reminderMinutes: null,
  freeBusy: 'busy',
  sensitivity: 'normal',
  importance: 'normal',
  categories: [],
  recurrence: null,
  exceptions: [],
};

/** An active link of employee 1's appointment `erpId`. */
export const link = (fields: Partial<NewLink> = {}): NewLink => ({
  state: 'active',
  kind: 'appointment',
  employeeId: '1',
  connection: 'main',
  syncId: 's1',
  erpId: '1',
  exchangeId: 'X1',
  changeKey: 'k1',
  erpBase: appointment(),
  exchangeBase: exchangeAppointment,
  ...fields,
});

/** An inbound row to be queued. */
export const inboundEntry = (fields: Partial<NewEntry> = {}): NewEntry => ({
  direction: 'inbound',
  kind: 'appointment',
  operation: 'create',
  employeeId: '1',
  connection: 'main',
  erpId: null,
  exchangeId: 'X1',
  ...fields,
});

/** How a row ends well. */
export const done: JournalOutcome = { state: 'done', note: 'Written.', noteCode: 'written' };

/** Statement that creates an appointment with what a minimal ERP fills in. */
export const newAppointment =
  "INSERT INTO appointment (employee_id, subject, start_at, end_at) VALUES (1, 'Besuch', '2026-03-28 09:00:00', '2026-03-28 10:00:00')";

const newestKey = async (erp: Statements, table: string): Promise<string> => {
  const [row] = await erp.all(`SELECT MAX(id) AS id FROM ${table}`);
  return String(row?.['id']);
};

/** Creates an appointment of employee 1 as a minimal ERP does; answers its key. */
export const addAppointment = async (erp: Statements): Promise<string> => {
  await erp.run(newAppointment);
  return newestKey(erp, 'appointment');
};

/** Creates a task as a minimal ERP does; answers its key. */
export const addTask = async (erp: Statements, employeeId = 1): Promise<string> => {
  await erp.run("INSERT INTO task (employee_id, subject) VALUES (?, 'a')", employeeId);
  return newestKey(erp, 'task');
};

/** Makes an employee take part in an appointment. */
export const addParticipant = (erp: Statements, appointmentId: string, employeeId: number): Promise<void> =>
  erp.run('INSERT INTO appointment_participant (appointment_id, employee_id) VALUES (?, ?)', appointmentId, employeeId);

/** Fills an empty journal with open outbound rows of as many tasks, by doubling what is there. */
export const fillJournal = async (erp: Statements, count: number): Promise<void> => {
  const columns = 'direction, kind, operation, employee_id, erp_id';
  await erp.run(`INSERT INTO sync_journal (${columns}) VALUES ('outbound', 'task', 'update', '1', '0')`);
  for (let filled = 1; filled < count; filled *= 2) {
    await erp.run(
      `INSERT INTO sync_journal (${columns})
      SELECT direction, kind, operation, employee_id, CAST(CAST(erp_id AS INTEGER) + ? AS VARCHAR(20)) FROM sync_journal
      WHERE CAST(erp_id AS INTEGER) < ?`,
      filled,
      count - filled,
    );
  }
};

/** Claims of one instance. */
export const claimOf = (direction: 'inbound' | 'outbound', instance = 'a', limit = 10): ClaimRequest => ({
  direction,
  kinds,
  instance,
  limit,
  leaseMs: 60_000,
  ...(direction === 'inbound' ? { connection: 'main' } : {}),
});

/** An inbound page with one change per id. */
export const page = (exchangeIds: readonly string[], fields: { readonly first?: boolean; readonly syncState?: string } = {}) => ({
  connection: 'main',
  employeeId: '1',
  kind: 'appointment' as const,
  mailbox: 'anna@x.test',
  syncState: fields.syncState ?? 'state-1',
  changes: exchangeIds.map((exchangeId) => ({ operation: 'create' as const, exchangeId, changeKey: 'k' })),
  ...(fields.first === true ? { records: 'unlinked' as const } : {}),
});

/** A leased inbound row. */
export const leaseInbound = async (database: ErpDatabase, fields: Partial<NewEntry> = {}): Promise<number> => {
  const [claimed] = await database.store.appendLeased([inboundEntry(fields)], 'a', 60_000);
  if (claimed === undefined) throw new Error('the row could not be leased');
  return claimed.entry.id;
};

/** A write that creates the record for a leased row. */
export const createWrite = (journalId: number, fields: Partial<InboundWrite> = {}): InboundWrite => {
  const { kind, employeeId, connection, syncId, state, exchangeId, changeKey, erpBase, exchangeBase } = link();
  return {
    journalId,
    instance: 'a',
    outcome: done,
    kind: 'appointment',
    employeeId: '1',
    action: {
      type: 'create',
      record: appointment(),
      link: { kind, employeeId, connection, syncId, state, exchangeId, changeKey, erpBase, exchangeBase },
    },
    ...fields,
  };
};
