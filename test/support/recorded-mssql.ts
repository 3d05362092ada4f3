/**
 * The SQL Server adapter over a server that is only thought of: every statement is written down, and answered with what leads on to the
 * next one. What comes out is everything that the adapter would send.
 */
import {
  Kysely,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
} from 'kysely';
import { erpDatabase } from '../../lib/erp/database';
import type { Engine, Row } from '../../lib/erp/engine';
import { createMssqlEngine } from '../../lib/erp/mssql/engine';
import { limitAsTop } from '../../lib/erp/mssql/top-plugin';
import { readColumnTypes } from '../../lib/erp/mssql/column-types';
import { compileKinds } from '../../lib/erp/records/compile';
import type { SchemaMapping } from '../../lib/erp/schema/mapping';
import type { ErpDatabase } from '../../lib/erp/store';
import type { Tables } from '../../lib/erp/tables';
import { kinds, type Kind } from '../../lib/model/kind';
import type { ErpRecord } from '../../lib/model/item';

/** What the server is thought to hold. */
export interface ThoughtOf {
  readonly mapping: SchemaMapping;
  /** Every record that is asked for, by kind. */
  readonly records: Readonly<Record<Kind, ErpRecord>>;
  /** How many rows every statement changes. */
  readonly affected: bigint;
  /** Rows for statements that match, before anything else. */
  readonly answers: readonly (readonly [RegExp, readonly Row[]])[];
}

/** A recorded adapter. */
export interface Recorded {
  readonly database: Omit<ErpDatabase, 'close'>;
  /** All texts so far, each once. */
  readonly statements: ReadonlySet<string>;
}

/** Columns `[column] AS cN` of a query on records, filled with what the record's columns would hold. */
const recordRow = (statement: string, columns: Row): Row => {
  const named = [...statement.matchAll(/r\.\[([^\]]+)\](?:[^,]*?) AS (c\d+)/g)];
  return {
    record_key: '1',
    in_charge: '1',
    stamp: null,
    in_filter: 1,
    ...Object.fromEntries(named.map(([, column = '', alias = '']) => [alias, columns[column] ?? null])),
  };
};

/** Rows of whatever type the query says it answers with. */
const rowsFrom: <R>(json: string) => R[] = JSON.parse;

/** An adapter that sends nothing. */
export const recordMssql = async ({ mapping, records, affected, answers }: ThoughtOf): Promise<Recorded> => {
  const statements = new Set<string>();
  let ofRecords: ((statement: string) => readonly Row[]) | null = null;
  const answer = (query: CompiledQuery): readonly Row[] => {
    const { sql } = query;
    const known = answers.find(([pattern]) => pattern.test(sql));
    if (known !== undefined) return known[1];
    if (/ AS record_key, .*AS in_charge/s.test(sql)) return ofRecords?.(sql) ?? [];
    return [];
  };
  const connection: DatabaseConnection = {
    executeQuery: <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      statements.add(query.sql);
      return Promise.resolve({ rows: rowsFrom(JSON.stringify(answer(query))), numAffectedRows: affected });
    },
    streamQuery: () => {
      throw new Error('results are not streamed');
    },
  };
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new MssqlAdapter(),
      createIntrospector: (one) => new MssqlIntrospector(one),
      createQueryCompiler: () => new MssqlQueryCompiler(),
      createDriver: () => ({
        init: () => Promise.resolve(),
        acquireConnection: () => Promise.resolve(connection),
        beginTransaction: () => Promise.resolve(),
        commitTransaction: () => Promise.resolve(),
        rollbackTransaction: () => Promise.resolve(),
        releaseConnection: () => Promise.resolve(),
        destroy: () => Promise.resolve(),
      }),
    },
    plugins: [limitAsTop()],
  });
  const place = { server: 'nowhere', database: 'erp', user: 'sync' };
  const bareEngine = createMssqlEngine({ db, place, timeZone: 'Europe/Vienna', now: () => new Date('2026-03-28T08:00:00Z') });
  const engine: Engine = { ...bareEngine, columnType: await readColumnTypes(bareEngine, mapping) };
  const compiled = compileKinds(mapping, engine);
  ofRecords = (statement) => {
    const kind = kinds.find((one) => compiled[one] !== null && statement.includes(` FROM ${compiled[one].source}`.trimStart()));
    const own = kind === undefined ? null : compiled[kind];
    return own === null || kind === undefined ? [] : [recordRow(statement, own.write(records[kind]))];
  };
  return { database: erpDatabase(engine, mapping), statements };
};
