/** The engine over one SQLite file. */
import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import memoize from 'lodash/memoize';
import type { Engine, Row } from '../engine';
import { quoteName, sqliteDialect } from '../schema/quote';
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

/** No other program's trigger can run while the row is there, see decision 0002. */
const writingFor = async <T>(trx: Transaction<Tables>, employeeId: string, work: () => Promise<T>): Promise<T> => {
  await trx.insertInto('sync_writing').values({ employee_id: employeeId }).execute();
  const result = await work();
  await trx.deleteFrom('sync_writing').execute();
  return result;
};

/** Remembered, because a query builder takes longer to word an insert than SQLite to carry it out. */
const insertText = memoize(
  (table: string, columns: readonly string[], identity: string | null): string =>
    `INSERT INTO ${table} (${columns.map(quoteName).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})` +
    (identity === null ? '' : ` RETURNING CAST(${quoteName(identity)} AS TEXT) AS "key"`),
  (table, columns, identity) => JSON.stringify([table, columns, identity]),
);

const insertOne = async (trx: Transaction<Tables>, table: string, row: Row, identity: string | null): Promise<string | null> => {
  const query: CompiledQuery<{ readonly key: string }> = CompiledQuery.raw(
    insertText(table, Object.keys(row), identity),
    Object.values(row),
  );
  const { rows } = await trx.executeQuery(query);
  return rows[0]?.key ?? null;
};

/** One by one: there is no round trip to be saved. */
const insertRows: Engine['insertRows'] = async (trx, table, rows, identity) => {
  const keys: (string | null)[] = [];
  for (const row of rows) keys.push(await insertOne(trx, sqliteDialect.quoteTable(table), row, identity));
  return keys;
};

/** A procedure is a view with an INSTEAD OF INSERT trigger; what it answers stands in the view afterwards, see decision 0009. */
const callProcedure: Engine['callProcedure'] = async (trx, { name, parameters, outputs, results }) => {
  const view = sqliteDialect.quoteTable(name);
  await insertOne(trx, view, parameters, null);
  const wanted = [...outputs, ...results];
  if (wanted.length === 0) return {};
  const query: CompiledQuery<Row> = CompiledQuery.raw(`SELECT ${wanted.map(quoteName).join(', ')} FROM ${view} LIMIT 1`);
  const { rows } = await trx.executeQuery(query);
  return rows[0] ?? {};
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
    dialect: sqliteDialect,
    timeZone,
    now,
    // Columns bring their affinity with them.
    columnType: () => null,
    read: (query) => guarded(() => query(db)),
    write: (work) => guarded(() => db.transaction().execute(work)),
    writingFor,
    insertRows,
    callProcedure,
    lease: leaseItems,
  };
};
