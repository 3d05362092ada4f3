/** The engine over one SQLite file. */
import { CompiledQuery, sql, type Kysely, type Transaction } from 'kysely';
import memoize from 'lodash/memoize';
import { SyncError } from '../../model/error';
import type { Engine } from '../engine';
import { quoteName } from '../schema/quote';
import type { Key, Tables } from '../tables';
import { toErpError } from './errors';
import { leaseItems } from './lease';
import { retryWhileLocked } from './lock-retry';

/** What the engine has to know of an open file. */
export interface SqliteEngineOptions {
  readonly db: Kysely<Tables>;
  readonly file: string;
  readonly timeZone: string;
  readonly lockTimeoutMs: number;
  readonly now: () => Date;
}

/** A savepoint: taken back alone. */
const part = async <T>(trx: Transaction<Tables>, file: string, work: () => Promise<T>): Promise<T> => {
  await sql`SAVEPOINT sync_part`.execute(trx);
  try {
    const result = await work();
    await sql`RELEASE sync_part`.execute(trx);
    return result;
  } catch (thrown) {
    await takeBack(trx, file, thrown);
    throw toErpError(thrown, file);
  }
};

/** A part that cannot be taken back takes the whole transaction with it: a full disk or an I/O error may have ended it already. */
const takeBack = async (trx: Transaction<Tables>, file: string, because: unknown): Promise<void> => {
  try {
    await sql`ROLLBACK TO sync_part`.execute(trx);
    await sql`RELEASE sync_part`.execute(trx);
  } catch {
    const error = toErpError(because, file);
    if (error instanceof SyncError && error.scope === 'connection') throw error;
    const text = `The ERP database ${file} could not take back a change: ${error.message}`;
    throw new SyncError('erp-unreachable', 'connection', text, { file }, { cause: because });
  }
};

/** No other program's trigger can run while the row is there, see decision 0002. */
const writingFor = async <T>(trx: Transaction<Tables>, employeeId: string, work: () => Promise<T>): Promise<T> => {
  await trx.insertInto('sync_writing').values({ employee_id: employeeId }).execute();
  const result = await work();
  await trx.deleteFrom('sync_writing').execute();
  return result;
};

/** Remembered, because a query builder takes longer to word an insert than SQLite to carry it out. */
const insertText = memoize(
  (table: string, columns: readonly string[]): string =>
    `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`,
  (table: string, columns: readonly string[]) => [table, ...columns].join(' '),
);

/** Inserts one row; answers its key. */
const insertOne = async <Id>(trx: Transaction<Tables>, table: keyof Tables, row: object): Promise<Id> => {
  const fields = Object.entries(row).filter(([, value]) => value !== undefined);
  const text = insertText(
    table,
    fields.map(([column]) => column),
  );
  const values = fields.map(([, value]: readonly [string, unknown]) => value);
  const query: CompiledQuery<{ readonly id: Id }> = CompiledQuery.raw(text, values);
  const { rows } = await trx.executeQuery(query);
  const [first] = rows;
  if (first === undefined) throw new SyncError('erp-refused', 'item', `The table ${table} took no row.`);
  return first.id;
};

/** An engine over an open database. */
export const createSqliteEngine = ({ db, file, timeZone, lockTimeoutMs, now }: SqliteEngineOptions): Engine => {
  const guarded = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await retryWhileLocked(lockTimeoutMs, task);
    } catch (thrown) {
      throw toErpError(thrown, file);
    }
  };
  return {
    timeZone,
    now,
    read: (query) => guarded(() => query(db)),
    write: (work) => guarded(() => db.transaction().execute(work)),
    part: (trx, work) => part(trx, file, work),
    writingFor,
    insert: {
      appointment: async (trx, row) => String(await insertOne<Key>(trx, 'appointment', row)),
      task: async (trx, row) => String(await insertOne<Key>(trx, 'task', row)),
      journal: (trx, row) => insertOne<number>(trx, 'sync_journal', row),
    },
    lease: leaseItems,
  };
};
