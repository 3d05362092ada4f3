/** The engine over one SQL Server database. */
import { CompiledQuery, sql, type Kysely, type Transaction } from 'kysely';
import chunk from 'lodash/chunk';
import type { Engine, ProcedureCall, Row, Value } from '../engine';
import type { TableName } from '../schema/mapping';
import { mssqlDialect, parameterName } from '../schema/quote';
import type { Tables } from '../tables';
import { toErpError } from './errors';
import { leaseItems } from './lease';
import type { MssqlPlace } from './options';
import { createLoginPause } from './pool';
import { retryPassing } from './retry';

/** What the engine has to know of an open pool. */
export interface MssqlEngineOptions {
  readonly db: Kysely<Tables>;
  readonly place: MssqlPlace;
  readonly timeZone: string;
  readonly now: () => Date;
}

/** Name of the session context that the triggers look at. */
export const writingKey = 'exchange_erp_employee';

const sayWritingFor = (trx: Transaction<Tables>, employeeId: string | null) =>
  sql`EXEC sp_set_session_context @key = ${sql.lit(writingKey)}, @value = ${employeeId}`.execute(trx);

/** The session outlives the transaction, so it is told in any case; one that cannot be told any more leaves the pool (see `pool.ts`). */
const writingFor: Engine['writingFor'] = async (trx, employeeId, work) => {
  await sayWritingFor(trx, employeeId);
  let result: Awaited<ReturnType<typeof work>>;
  try {
    result = await work();
  } catch (thrown) {
    // What the work failed of is the cause; after a time-out, for example, the session cannot be told any more.
    await sayWritingFor(trx, null).catch(() => undefined);
    throw thrown;
  }
  await sayWritingFor(trx, null);
  return result;
};

/** Names of our own columns in results, apart from what triggers and procedures may answer. */
const keyColumn = 'exchange_erp_key';
const outputColumn = (index: number): string => `exchange_erp_output_${index}`;

/** The server takes 2100 parameters. */
const parametersPerBatch = 2000;
const rowsPerBatch = 100;

/** One INSERT per row, so that keys come in the order of the rows; OUTPUT knows keys of every origin: identity, sequence, default. */
const insertBatch = (table: TableName, rows: readonly Row[], identity: string | null): CompiledQuery<Row> => {
  const { quoteName, quoteTable } = mssqlDialect;
  const parameters: Value[] = [];
  const output = identity === null ? '' : ` OUTPUT inserted.${quoteName(identity)} INTO @keys (k)`;
  const inserts = rows.map((row) => {
    const values = Object.values(row).map((value) => `@${parameters.push(value)}`);
    return `INSERT INTO ${quoteTable(table)} (${Object.keys(row).map(quoteName).join(', ')})${output} VALUES (${values.join(', ')});`;
  });
  if (identity === null) return CompiledQuery.raw(inserts.join('\n'), parameters);
  const lines = [
    'DECLARE @keys TABLE (n int IDENTITY(1, 1) NOT NULL, k nvarchar(450) NULL);',
    ...inserts,
    `SELECT k AS ${quoteName(keyColumn)} FROM @keys ORDER BY n;`,
  ];
  return CompiledQuery.raw(lines.join('\n'), parameters);
};

const named = (row: Row, name: string): Value | undefined =>
  Object.entries(row).find(([column]) => column.toLowerCase() === name.toLowerCase())?.[1];

const insertRows: Engine['insertRows'] = async (trx, table, rows, identity) => {
  const [first] = rows;
  if (first === undefined) return [];
  const size = Math.max(1, Math.min(rowsPerBatch, Math.floor(parametersPerBatch / Math.max(1, Object.keys(first).length))));
  const keys: (string | null)[] = [];
  for (const part of chunk(rows, size)) {
    const answer = await trx.executeQuery(insertBatch(table, part, identity));
    const told = answer.rows.flatMap((row) => named(row, keyColumn) ?? []);
    keys.push(...part.map((_, index) => (told[index] === undefined ? null : String(told[index]))));
  }
  return keys;
};

/** Outputs are texts, which every type of a parameter is turned into and back; then the procedure's own results, then the outputs. */
const procedureBatch = ({ name, parameters, outputs }: ProcedureCall): CompiledQuery<Row> => {
  const { quoteName, quoteTable } = mssqlDialect;
  const values: Value[] = [];
  const isOutput = (parameter: string) => outputs.some((output) => output.toLowerCase() === parameter.toLowerCase());
  const inputs = Object.entries(parameters).filter(([parameter]) => !isOutput(parameter));
  const handed = [
    ...inputs.map(([parameter, value]) => `@${parameterName(parameter)} = @${values.push(value)}`),
    ...outputs.map((output, index) => `@${parameterName(output)} = @o${index} OUTPUT`),
  ];
  const declared = outputs.map((output, index) => {
    const given = named(parameters, output);
    return `DECLARE @o${index} nvarchar(4000)${given === undefined ? '' : ` = @${values.push(given)}`};`;
  });
  const told = outputs.map((_, index) => `CAST(@o${index} AS nvarchar(4000)) AS ${quoteName(outputColumn(index))}`);
  const lines = [...declared, `EXEC ${quoteTable(name)} ${handed.join(', ')};`, ...(told.length > 0 ? [`SELECT ${told.join(', ')};`] : [])];
  return CompiledQuery.raw(lines.join('\n'), values);
};

const callProcedure: Engine['callProcedure'] = async (trx, call) => {
  const { rows } = await trx.executeQuery(procedureBatch(call));
  const first = rows[0] ?? {};
  const last = rows.at(-1) ?? {};
  return Object.fromEntries([
    ...call.results.map((column) => [column, named(first, column) ?? null] as const),
    ...call.outputs.map((output, index) => [output, named(last, outputColumn(index)) ?? null] as const),
  ]);
};

/** An engine over an open database. */
export const createMssqlEngine = ({ db, place, timeZone, now }: MssqlEngineOptions): Engine => {
  const unlessRefused = createLoginPause(() => performance.now());
  const guarded = <T>(task: () => Promise<T>): Promise<T> =>
    unlessRefused(async () => {
      try {
        return await retryPassing(task);
      } catch (thrown) {
        throw toErpError(thrown, place);
      }
    });
  return {
    dialect: mssqlDialect,
    timeZone,
    now,
    // Known when the mapping's tables were looked at, see `column-types.ts`.
    columnType: () => null,
    read: (query) => guarded(() => query(db)),
    write: (work) => guarded(() => db.transaction().execute(work)),
    writingFor,
    insertRows,
    callProcedure,
    lease: leaseItems,
  };
};
