/** What the shared queries need of a database engine. Each adapter makes one. */
import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Direction, Kind } from '../model/kind';
import type { AppointmentTable, JournalTable, Tables, TaskTable } from './tables';

/** Reading and writing with the engine's way of waiting for locks and telling errors; both reject with a SyncError. */
export interface Engine {
  /** The tenant's IANA zone. */
  readonly timeZone: string;
  readonly now: () => Date;
  readonly read: <T>(query: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  /** Runs in one transaction; may run again from its start when the database was locked. */
  readonly write: <T>(work: (trx: Transaction<Tables>) => Promise<T>) => Promise<T>;
  /** Runs a part of a transaction that is taken back alone when it throws. Throws SyncErrors. */
  readonly part: <T>(trx: Transaction<Tables>, work: () => Promise<T>) => Promise<T>;
  /** Runs `work` so that its writes queue nothing for this employee. */
  readonly writingFor: <T>(trx: Transaction<Tables>, employeeId: string, work: () => Promise<T>) => Promise<T>;
  /** Inserts that tell the new key. */
  readonly insert: {
    readonly appointment: (trx: Transaction<Tables>, row: Insertable<AppointmentTable>) => Promise<string>;
    readonly task: (trx: Transaction<Tables>, row: Insertable<TaskTable>) => Promise<string>;
    readonly journal: (trx: Transaction<Tables>, row: Insertable<JournalTable>) => Promise<number>;
  };
  /** Leases waiting rows within a transaction; ids in order of the items' oldest rows. */
  readonly lease: (trx: Transaction<Tables>, request: LeaseRequest) => Promise<readonly number[]>;
}

/** What to lease; `journalIds`: only items of these rows. */
export interface LeaseRequest {
  readonly direction: Direction;
  readonly kinds: readonly Kind[];
  readonly connection: string | null;
  readonly owner: string;
  readonly until: string;
  readonly now: string;
  readonly limit: number;
  readonly journalIds?: readonly number[];
}

/** Lets other work of the process run between two batches: `node:sqlite` answers without leaving the event loop. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
