/** Kysely's SQL Server dialect over the package `mssql`, with values as the engine tells them. */
import {
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type sql from 'mssql';
import { faultOf } from './faults';
import { bind, fromServer, type Mssql } from './values';

/** What the dialect needs. */
export interface MssqlDriverOptions {
  readonly mssql: Mssql;
  readonly pool: sql.ConnectionPool;
  /** Sees every statement before it runs, `begin`, `commit` and `rollback` among them; what it throws takes the statement's place (tests). */
  readonly beforeStatement: ((sql: string) => void) | null;
  /** The error to throw when nobody knows whether COMMIT was carried out. */
  readonly commitUnknown: (thrown: unknown) => Error;
}

/** A server may be set to count nothing (`user options`), and then every change would look as if it had met no row. */
const counted = ({ sql: text, query }: CompiledQuery): string =>
  query.kind === 'UpdateQueryNode' || query.kind === 'DeleteQueryNode' ? `SET NOCOUNT OFF; ${text}` : text;

const run = async <R>(mssql: Mssql, request: sql.Request, query: CompiledQuery): Promise<QueryResult<R>> => {
  for (const [index, value] of query.parameters.entries()) bind(mssql, request, String(index + 1), value);
  const result = await request.query(counted(query));
  // The rows of every result in their order: statements of ours answer with one result, batches and procedures with several.
  const rows: R[] = [];
  Object.values(result.recordsets).forEach((recordset: sql.IRecordSet<R & object>) => {
    const columns = Object.values(recordset.columns);
    for (const row of recordset) {
      const values = columns.map(({ name, type }) => [name, fromServer(mssql, Reflect.get(row, name), type)] as const);
      rows.push(Object.assign(row, Object.fromEntries(values)));
    }
  });
  // Triggers of the ERP count before the statement itself does.
  const affected = result.rowsAffected.at(-1);
  return { rows, ...(affected === undefined ? {} : { numAffectedRows: BigInt(affected) }) };
};

/** Whether COMMIT surely did nothing: the server said so, or it was never sent. */
const surelyNotCommitted = (thrown: unknown): boolean => {
  const fault = faultOf(thrown);
  return fault === null || fault.numbers.length > 0 || ['EABORT', 'ENOTBEGUN', 'EINVALIDSTATE'].includes(fault.codes[0] ?? '');
};

const createDriver = ({ mssql, pool, beforeStatement, commitUnknown }: MssqlDriverOptions): Driver => {
  const transactions = new WeakMap<DatabaseConnection, sql.Transaction>();
  const transactionOf = (connection: DatabaseConnection): sql.Transaction => {
    const transaction = transactions.get(connection);
    if (transaction === undefined) throw new Error('no transaction was begun');
    return transaction;
  };
  const createConnection = (): DatabaseConnection => {
    const connection: DatabaseConnection = {
      executeQuery: (query) => {
        beforeStatement?.(query.sql);
        return run(mssql, (transactions.get(connection) ?? pool).request(), query);
      },
      streamQuery: () => {
        throw new Error('results are not streamed');
      },
    };
    return connection;
  };
  return {
    init: () => Promise.resolve(),
    // Outside of a transaction every statement takes a connection of the pool for itself.
    acquireConnection: () => Promise.resolve(createConnection()),
    beginTransaction: async (connection) => {
      beforeStatement?.('begin');
      transactions.set(connection, await pool.transaction().begin());
    },
    commitTransaction: async (connection) => {
      beforeStatement?.('commit');
      try {
        await transactionOf(connection).commit();
      } catch (thrown) {
        throw surelyNotCommitted(thrown) ? thrown : commitUnknown(thrown);
      }
    },
    rollbackTransaction: async (connection) => {
      try {
        try {
          beforeStatement?.('rollback');
        } finally {
          await transactionOf(connection).rollback();
        }
      } catch {
        // The server has rolled back already, or does so when the lost connection ends; the error that led here tells the cause.
      }
    },
    releaseConnection: () => Promise.resolve(),
    destroy: async () => {
      await pool.close();
    },
  };
};

/** The dialect over an open pool. */
export const mssqlPoolDialect = (options: MssqlDriverOptions): Dialect => ({
  createAdapter: () => new MssqlAdapter(),
  createDriver: () => createDriver(options),
  createIntrospector: (db) => new MssqlIntrospector(db),
  createQueryCompiler: () => new MssqlQueryCompiler(),
});
