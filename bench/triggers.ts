/**
 * What the outbox triggers cost: single ERP statements, each a transaction of its own, on a database with triggers and on one without, in
 * turns. SQLite always; SQL Server when `MSSQL_URL` is set.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import memoize from 'lodash/memoize';
import sql from 'mssql';
import { mssqlDialect, sqliteDialect } from '../lib/erp/schema/quote';
import { referenceSchema } from '../lib/erp/schema/reference';
import { referenceMapping } from '../lib/erp/schema/reference-mapping';
import { installStatements } from '../lib/erp/schema/script';
import { createMssqlDatabase, mssqlUrl } from '../test/support/mssql-server';

/** Medians of one kind of statement, ms. */
export interface TriggerCost {
  readonly statement: string;
  readonly withTriggers: number;
  readonly without: number;
}

/** A value of a statement. */
type Value = string | number;

interface Side {
  /** Runs a statement of `statements` with its values. */
  readonly run: (statement: string, values: readonly Value[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const body = 'Wartung der Anlage, Ersatzteile laut Liste mitnehmen. '.repeat(6);

/** Statements as an ERP writes them: prepared, with parameters. `n` counts from 1 and is the key of the row. */
const statements: readonly { readonly name: string; readonly text: string; readonly values: (n: number) => readonly Value[] }[] = [
  {
    name: 'INSERT',
    text: 'INSERT INTO appointment (employee_id, subject, body, location, start_at, end_at) VALUES (1, ?, ?, ?, ?, ?)',
    values: (n) => [`Termin ${n}`, body, 'Wien', '2026-03-28 09:00:00', '2026-03-28 10:00:00'],
  },
  {
    name: 'UPDATE of a mapped column',
    text: 'UPDATE appointment SET location = ?, updated_at = ? WHERE id = ?',
    values: (n) => ['Linz', '2026-03-28 09:00:00', n],
  },
  { name: 'UPDATE of another column', text: 'UPDATE appointment SET created_by = ? WHERE id = ?', values: (n) => ['Anna', n] },
  { name: 'DELETE', text: 'DELETE FROM appointment WHERE id = ?', values: (n) => [n] },
];

/** The sides take turns, and which begins changes, so that neither gets the better moments of the machine. */
const compare = async (sides: { readonly withTriggers: Side; readonly without: Side }, count: number): Promise<readonly TriggerCost[]> => {
  const costs: TriggerCost[] = [];
  for (const { name, text, values } of statements) {
    const times = { withTriggers: new Array<number>(), without: new Array<number>() };
    for (let n = 1; n <= count; n += 1) {
      for (const side of n % 2 === 0 ? (['withTriggers', 'without'] as const) : (['without', 'withTriggers'] as const)) {
        const from = performance.now();
        await sides[side].run(text, values(n));
        times[side].push(performance.now() - from);
      }
    }
    costs.push({ statement: name, withTriggers: median(times.withTriggers), without: median(times.without) });
  }
  await sides.withTriggers.close();
  await sides.without.close();
  return costs;
};

const employee = "INSERT INTO employee (id, name) VALUES (1, 'Anna')";

const sqliteSide = async (isWatched: boolean): Promise<Side> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-triggers-'));
  const database = new DatabaseSync(path.join(folder, 'erp.sqlite'));
  // As the service opens the file: what is committed survives a power failure.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  const install = isWatched ? installStatements(referenceMapping, sqliteDialect).map((statement) => statement.sql) : [];
  for (const statement of [...referenceSchema(sqliteDialect), employee, ...install]) database.exec(statement);
  const prepared = memoize((statement: string) => database.prepare(statement));
  return {
    run: (statement, values) => {
      prepared(statement).run(...values);
      return Promise.resolve();
    },
    close: async () => {
      database.close();
      await rm(folder, { recursive: true });
    },
  };
};

const mssqlSide = async (isWatched: boolean): Promise<Side> => {
  const own = await createMssqlDatabase();
  const pool = await new sql.ConnectionPool({ ...own.config, pool: { max: 1 } }).connect();
  const install = isWatched ? installStatements(referenceMapping, mssqlDialect).map((statement) => statement.sql) : [];
  for (const statement of [...referenceSchema(mssqlDialect), employee, ...install]) await pool.batch(statement);
  return {
    run: async (statement, values) => {
      const request = pool.request();
      values.forEach((value, index) => request.input(`p${index}`, value));
      let index = 0;
      await request.query(statement.replaceAll('?', () => `@p${index++}`));
    },
    close: async () => {
      await pool.close();
      await own.drop();
    },
  };
};

/** Costs by engine. */
export const triggerCosts = async (): Promise<readonly { readonly engine: string; readonly costs: readonly TriggerCost[] }[]> => [
  { engine: 'SQLite', costs: await compare({ withTriggers: await sqliteSide(true), without: await sqliteSide(false) }, 2000) },
  ...(mssqlUrl === ''
    ? []
    : [{ engine: 'SQL Server', costs: await compare({ withTriggers: await mssqlSide(true), without: await mssqlSide(false) }, 300) }]),
];
