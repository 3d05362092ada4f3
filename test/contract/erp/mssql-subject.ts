/**
 * The SQL Server adapter as a subject of the contract, on the server that `MSSQL_URL` names. One database serves a whole run: rows are
 * deleted between tests, counters go on.
 */
import isEqual from 'lodash/isEqual';
import sql from 'mssql';
import { openErpDatabase } from '../../../lib/erp/open';
import type { SchemaMapping } from '../../../lib/erp/schema/mapping';
import { mssqlDialect } from '../../../lib/erp/schema/quote';
import { referenceSchema } from '../../../lib/erp/schema/reference';
import { referenceMapping } from '../../../lib/erp/schema/reference-mapping';
import { syncTableStatements } from '../../../lib/erp/schema/sync-tables';
import { createTriggers, dropTriggers, outboxTriggers } from '../../../lib/erp/schema/triggers';
import type { ErpDatabase } from '../../../lib/erp/store';
import { createMssqlDatabase, type OwnDatabase } from '../../support/mssql-server';
import type { ErpProgram, ErpSubject, OpenSubject, Statements, Value } from './subject';

/** Texts and names in quotes, which may contain a question mark, or a question mark. */
const placeholder = /'(?:[^']|'')*'|"[^"]*"|\[[^\]]*\]|\?/g;

const named = (statement: string): string => {
  let count = 0;
  return statement.replaceAll(placeholder, (found) => (found === '?' ? `@p${++count}` : found));
};

const query = async (request: sql.Request, statement: string, values: readonly Value[]) => {
  for (const [index, value] of values.entries()) {
    if (value === null) request.input(`p${index + 1}`, sql.NVarChar, null);
    else request.input(`p${index + 1}`, value);
  }
  const { recordsets } = await request.query<Readonly<Record<string, unknown>>>(named(statement));
  // A statement that answers no rows has no recordset at all.
  return Array.from(recordsets, (rows: sql.IRecordSet<Readonly<Record<string, unknown>>>) => [...rows]).flat();
};

const statementsOf = (newRequest: () => sql.Request): Statements => ({
  run: async (statement, ...values) => {
    await query(newRequest(), statement, values);
  },
  all: (statement, ...values) => query(newRequest(), statement, values),
});

/** The ERP as a program of its own, over a pool of its own. */
export const programOver = (pool: sql.ConnectionPool): ErpProgram => ({
  ...statementsOf(() => pool.request()),
  transaction: async (work) => {
    const transaction = pool.transaction();
    await transaction.begin();
    try {
      const result = await work(statementsOf(() => transaction.request()));
      await transaction.commit();
      return result;
    } catch (thrown) {
      await transaction.rollback();
      throw thrown;
    }
  },
  now: async () => {
    const { recordset } = await pool.request().query<{ readonly now: Date }>('SELECT SYSUTCDATETIME() AS now');
    return recordset[0]?.now ?? new Date(0);
  },
});

/** A subject whose database is known. */
export interface MssqlSubject extends ErpSubject {
  readonly own: OwnDatabase;
  /** Statements of an administrator, each a batch of its own. */
  readonly batch: (...statements: readonly string[]) => Promise<void>;
}

type BeforeStatement = (sql: string) => void;

/** An open adapter, and who listens to it at the moment. */
interface Adapter {
  readonly database: ErpDatabase;
  readonly listen: (listener: BeforeStatement | null) => void;
}

interface Shared {
  readonly own: OwnDatabase;
  /** The ERP's connections. */
  readonly pool: sql.ConnectionPool;
  /** Open through all tests, as they are in a service: a new connection may cost as much as a test. The first is every subject's own. */
  readonly adapters: Adapter[];
  /** Triggers that are installed. */
  triggers: readonly string[];
}

/** The clock of every adapter. */
let clock = 0;

const openAdapter = async ({ connection }: OwnDatabase, mapping?: SchemaMapping): Promise<Adapter> => {
  let current: BeforeStatement | null = null;
  const beforeStatement: BeforeStatement = (statement) => current?.(statement);
  const options = { timeZone: 'Europe/Vienna', tenant: 'test', now: () => new Date(clock), beforeStatement };
  const database = await openErpDatabase({ connection, ...options, ...(mapping === undefined ? {} : { mapping }) });
  return {
    database,
    listen: (listener) => {
      current = listener;
    },
  };
};

const install = async (pool: sql.ConnectionPool): Promise<void> => {
  const sync = syncTableStatements(mssqlDialect).map((one) => one.sql);
  for (const statement of [...referenceSchema(mssqlDialect), ...sync]) await pool.batch(statement);
};

/** Triggers are installed when a mapping wants others than the last. */
const useTriggers = async (opened: Pick<Shared, 'pool' | 'triggers'>, mapping: SchemaMapping): Promise<void> => {
  const wanted = createTriggers(outboxTriggers(mapping, mssqlDialect)).map((one) => one.sql);
  if (isEqual(opened.triggers, wanted)) return;
  for (const statement of [...dropTriggers(mssqlDialect).map((one) => one.sql), ...wanted]) await opened.pool.batch(statement);
  opened.triggers = wanted;
};

let shared: Promise<Shared> | null = null;
const openShared = async (): Promise<Shared> => {
  const own = await createMssqlDatabase();
  try {
    const pool = await new sql.ConnectionPool({ ...own.config, pool: { max: 5 } }).connect();
    await install(pool);
    const installed = { pool, triggers: [] };
    await useTriggers(installed, referenceMapping);
    return { ...installed, own, adapters: [await openAdapter(own)] };
  } catch (thrown) {
    await own.drop();
    throw thrown;
  }
};

/** Drops the database of the run; to be called when all tests of a file are through, also after failures. */
export const dropMssqlSubjects = async (): Promise<void> => {
  const opened = await shared?.catch(() => null);
  shared = null;
  if (opened === null || opened === undefined) return;
  for (const { database } of opened.adapters) await database.close();
  await opened.pool.close();
  await opened.own.drop();
};

/** Tables of records in the order in which they can be emptied; what they queue goes last. */
const recordTables = [
  'appointment_participant',
  'appointment_equipment',
  'appointment',
  'task',
  'contact',
  'equipment',
  'activity_type',
  'employee',
];

const empty = async (pool: sql.ConnectionPool): Promise<void> => {
  const { recordset } = await pool
    .request()
    .query<{ readonly name: string }>("SELECT TABLE_NAME AS name FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME LIKE 'sync[_]%'");
  const syncTables = recordset.map(({ name }) => name).filter((name) => !/^sync_schema_/i.test(name));
  const employees = "(1, N'Anna', N'anna@x.test'), (2, N'John', N'john@x.test'), (3, N'Jürgen', NULL)";
  await pool.batch(
    [
      ...[...recordTables, ...syncTables].map((table) => `DELETE FROM dbo.${table}`),
      `INSERT INTO dbo.employee (id, name, email) VALUES ${employees}`,
      "INSERT INTO dbo.activity_type (id, no, description) VALUES (1, N'5', N'Task')",
    ].join(';\n'),
  );
};

/** Empties the database and opens it; the adapter's clock starts at the real time and then stands still. */
export const openMssqlSubject = async ({ mapping }: Parameters<OpenSubject>[0] = {}): Promise<MssqlSubject> => {
  shared ??= openShared();
  const ready = await shared;
  const { own, pool } = ready;
  await empty(pool);
  await useTriggers(ready, mapping ?? referenceMapping);
  clock = Date.now();
  // Adapters of the reference mapping serve the next test, too. One that died at a statement was rolled back, and is as good as a new one.
  const adapters = mapping === undefined ? ready.adapters : [];
  const idle = [...adapters];
  const take = async (listener: BeforeStatement | null): Promise<Adapter> => {
    const adapter = idle.shift() ?? (await openAdapter(own, mapping));
    if (!adapters.includes(adapter)) adapters.push(adapter);
    adapter.listen(listener);
    return adapter;
  };
  const { database } = await take(null);
  return {
    database,
    own,
    connection: own.connection,
    openSecond: async ({ beforeStatement = null } = {}) => {
      const adapter = await take(beforeStatement);
      const close = () => {
        adapter.listen(null);
        return Promise.resolve();
      };
      return { ...adapter.database, close };
    },
    erp: programOver(pool),
    batch: async (...statements) => {
      for (const statement of statements) await pool.batch(statement);
    },
    now: () => new Date(clock),
    pass: (ms) => {
      clock += ms;
    },
    close: async () => {
      for (const adapter of adapters) adapter.listen(null);
      if (mapping !== undefined) for (const adapter of adapters) await adapter.database.close();
    },
  };
};
