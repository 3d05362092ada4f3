/** What the shared queries need of a database engine. Each adapter makes one. */
import type { Kysely, Transaction } from 'kysely';
import type { Direction, Kind } from '../model/kind';
import type { TableName } from './schema/mapping';
import type { Dialect } from './schema/quote';
import type { Tables } from './tables';

/**
 * A value of the ERP's tables, the same from every engine: dates and times as text (`2026-03-28T09:00:00`, with `Z` where the column knows
 * its offset, `09:00:00` for a time of day), flags and whole numbers as numbers, numbers beyond 2^53 and keys such as GUIDs as text.
 */
export type Value = string | number | Uint8Array | null;

/** Columns of one row by name. */
export type Row = Readonly<Record<string, Value>>;

/** Reading and writing with the engine's way of waiting for locks and telling errors; all reject with a SyncError. */
export interface Engine {
  readonly dialect: Dialect;
  /** The tenant's IANA zone. */
  readonly timeZone: string;
  readonly now: () => Date;
  /** The type to which a text is cast before it is compared with a column, so that the server uses the column's index; null: none needed. */
  readonly columnType: (table: TableName, column: string) => string | null;
  readonly read: <T>(query: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  /** Runs in one transaction; may run again from its start when the database was locked or the connection was lost before the commit. */
  readonly write: <T>(work: (trx: Transaction<Tables>) => Promise<T>) => Promise<T>;
  /** Runs `work` so that its writes queue nothing for this employee. */
  readonly writingFor: <T>(trx: Transaction<Tables>, employeeId: string, work: () => Promise<T>) => Promise<T>;
  /** Inserts rows of like columns in as few round trips as possible; answers the value of the `identity` column of each, or nulls. */
  readonly insertRows: (
    trx: Transaction<Tables>,
    table: TableName,
    rows: readonly Row[],
    identity: string | null,
  ) => Promise<readonly (string | null)[]>;
  /** Calls a stored procedure; answers the wanted outputs and columns of the first result's first row by name (decision 0009). */
  readonly callProcedure: (trx: Transaction<Tables>, call: ProcedureCall) => Promise<Row>;
  /** Leases waiting rows within a transaction; ids in order of the items' oldest rows. */
  readonly lease: (trx: Transaction<Tables>, request: LeaseRequest) => Promise<readonly number[]>;
}

/** An engine over an open database: for opening, for checks, and for the command line. */
export interface OpenEngine {
  readonly engine: Engine;
  readonly close: () => Promise<void>;
}

/** A call of a stored procedure; parameters without `@`. */
export interface ProcedureCall {
  readonly name: TableName;
  readonly parameters: Row;
  readonly outputs: readonly string[];
  readonly results: readonly string[];
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
