/** `node:sqlite` behind the small interface that Kysely's SQLite dialect asks for. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { CompiledQuery, SqliteDialect, type Dialect, type Driver, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { SyncError } from '../../model/error';

/** Statements kept prepared; a program has a few hundred texts, lists of different lengths included. */
const keptStatements = 300;

/** Statements that answer with rows. */
const answersRows = /^\s*(select|pragma|explain)\b|\breturning\b/i;

const isBindable = (value: unknown): value is SQLInputValue =>
  value === null || ['string', 'number', 'bigint'].includes(typeof value) || value instanceof Uint8Array;

const bindable = (value: unknown): SQLInputValue => {
  if (isBindable(value)) return value;
  throw new SyncError('erp-refused', 'item', `A value of type ${typeof value} cannot be stored in the ERP. Correct it in the flow.`);
};

const thinStatement = (statement: StatementSync, sql: string): SqliteStatement => ({
  reader: answersRows.test(sql),
  all: (parameters) => statement.all(...parameters.map(bindable)),
  run: (parameters) => statement.run(...parameters.map(bindable)),
  iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
});

/** `beforeStatement` sees every statement before it runs; what it throws takes the statement's place (tests). */
export const thinDatabase = (database: DatabaseSync, beforeStatement: ((sql: string) => void) | null): SqliteDatabase => {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => {
      kept.clear();
      database.close();
    },
    prepare: (sql) => {
      beforeStatement?.(sql);
      const known = kept.get(sql);
      const statement = known ?? thinStatement(database.prepare(sql), sql);
      // Used last, forgotten last.
      kept.delete(sql);
      kept.set(sql, statement);
      for (const oldest of kept.keys()) {
        if (kept.size <= keptStatements) break;
        kept.delete(oldest);
      }
      return statement;
    },
  };
};

/** A driver whose transactions take the write lock at once: a lock asked for in the middle cannot be waited for. */
const immediateDriver = (driver: Driver): Driver => ({
  init: () => driver.init(),
  acquireConnection: () => driver.acquireConnection(),
  beginTransaction: async (connection) => {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  },
  commitTransaction: (connection) => driver.commitTransaction(connection),
  rollbackTransaction: async (connection) => {
    try {
      await driver.rollbackTransaction(connection);
    } catch {
      // A full disk or an I/O error has rolled back already; the error that led here tells the cause.
    }
  },
  releaseConnection: (connection) => driver.releaseConnection(connection),
  destroy: () => driver.destroy(),
});

/** Kysely's SQLite dialect over `node:sqlite`. */
export const nodeSqliteDialect = (database: SqliteDatabase): Dialect => {
  const inner = new SqliteDialect({ database });
  return {
    createAdapter: () => inner.createAdapter(),
    createDriver: () => immediateDriver(inner.createDriver()),
    createIntrospector: (db) => inner.createIntrospector(db),
    createQueryCompiler: () => inner.createQueryCompiler(),
  };
};
