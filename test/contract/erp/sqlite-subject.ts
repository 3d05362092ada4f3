/** The SQLite adapter as a subject of the contract, on a file in a temporary folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteDatabase, type SqliteOptions } from '../../../lib/erp/sqlite/open';
import type { ErpDatabase } from '../../../lib/erp/store';
import type { ErpProgram, ErpSubject } from './subject';

/** A subject whose file is known. */
export interface SqliteSubject extends ErpSubject {
  readonly file: string;
  readonly open: (options?: Partial<SqliteOptions>) => Promise<ErpDatabase>;
}

/** The ERP as a program of its own. */
export const programOver = (database: DatabaseSync): ErpProgram => {
  const statements: Omit<ErpProgram, 'transaction'> = {
    run: (sql, ...values) => Promise.resolve().then(() => void database.prepare(sql).run(...values)),
    all: (sql, ...values) => Promise.resolve().then(() => database.prepare(sql).all(...values)),
    now: () => Promise.resolve(new Date()),
  };
  const transaction: ErpProgram['transaction'] = async (work) => {
    database.exec('BEGIN');
    try {
      const result = await work(statements);
      database.exec('COMMIT');
      return result;
    } catch (thrown) {
      database.exec('ROLLBACK');
      throw thrown;
    }
  };
  return { ...statements, transaction };
};

/** Opens a fresh database with employees 1 to 3 and activity type 1; the adapter's clock starts at the real time and then stands still. */
export const openSqliteSubject = async (options: Partial<SqliteOptions> = {}): Promise<SqliteSubject> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'erp-'));
  const file = path.join(folder, 'erp.sqlite');
  let now = Date.now();
  const standard = { file, timeZone: 'Europe/Vienna', tenant: 'test', now: () => new Date(now), createReferenceSchema: true };
  const opened: ErpDatabase[] = [];
  const open = async (more: Partial<SqliteOptions> = {}): Promise<ErpDatabase> => {
    const database = await openSqliteDatabase({ ...standard, ...options, ...more });
    opened.push(database);
    return database;
  };
  const database = await open();
  const erp = new DatabaseSync(file);
  erp.exec(`INSERT INTO employee (id, name, email) VALUES (1, 'Anna', 'anna@x.test'), (2, 'John', 'john@x.test'), (3, 'Jürgen', NULL);
    INSERT INTO activity_type (id, no, description) VALUES (1, '5', 'Task')`);
  return {
    database,
    file,
    connection: { driver: 'sqlite', file },
    open,
    openSecond: open,
    erp: programOver(erp),
    now: () => new Date(now),
    pass: (ms) => {
      now += ms;
    },
    close: async () => {
      erp.close();
      for (const one of opened) await one.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
