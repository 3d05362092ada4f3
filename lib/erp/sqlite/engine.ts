/** The engine over one SQLite file. */
import { sql, type Kysely, type Transaction } from 'kysely';
import { SyncError } from '../../model/error';
import type { Engine } from '../engine';
import type { Tables } from '../tables';
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
      appointment: async (trx, row) =>
        String((await trx.insertInto('appointment').values(row).returning('id').executeTakeFirstOrThrow()).id),
      task: async (trx, row) => String((await trx.insertInto('task').values(row).returning('id').executeTakeFirstOrThrow()).id),
      journal: async (trx, row) => (await trx.insertInto('sync_journal').values(row).returning('id').executeTakeFirstOrThrow()).id,
    },
    lease: leaseItems,
  };
};
