/** Stored procedures that write instead of plain statements. */
import { sql, type Transaction } from 'kysely';
import type { Engine, Row } from '../engine';
import { columnOf } from '../schema/key';
import type { Procedure } from '../schema/mapping';
import type { Tables } from '../tables';
import type { CompiledKind } from './compile';
import { aliasOf } from './fields';
import { keyIsOneOf } from './keys';
import { writtenValue, type Writing } from './written-values';

/** Columns whose values a procedure takes. */
export const columnsOf = (procedure: Procedure): readonly string[] =>
  Object.values(procedure.parameters).flatMap((source) => ('column' in source ? [source.column] : []));

/** Calls a procedure with the values of `row`; answers the key parts that it returns, by column. */
export const callWith = async (trx: Transaction<Tables>, procedure: Procedure, row: Row, writing: Writing): Promise<Row> => {
  const returns = Object.entries(procedure.returns);
  const answer = await writing.engine.callProcedure(trx, {
    name: procedure.name,
    parameters: Object.fromEntries(
      Object.entries(procedure.parameters).map(([parameter, source]) => [
        parameter,
        'column' in source ? (row[source.column] ?? null) : writtenValue(source.value, writing),
      ]),
    ),
    outputs: returns.flatMap(([, source]) => ('output' in source ? [source.output] : [])),
    results: returns.flatMap(([, source]) => ('result' in source ? [source.result] : [])),
  });
  return Object.fromEntries(
    returns.map(([column, source]) => [column, answer['output' in source ? source.output : source.result] ?? null]),
  );
};

/** Columns of a record as they are: a procedure takes them all, and what did not change must stay as the ERP spells it. */
export const rawColumns = async (
  engine: Engine,
  trx: Transaction<Tables>,
  kind: CompiledKind,
  id: string,
  columns: readonly string[],
): Promise<Row> => {
  if (columns.length === 0) return {};
  const { table } = kind.mapping;
  const selected = columns.map((column, index) => `${columnOf(engine.dialect, null, column)} AS ${aliasOf(index)}`).join(', ');
  const { rows } = await sql<Row>`SELECT ${sql.raw(selected)} FROM ${sql.raw(engine.dialect.quoteTable(table))}
    WHERE ${keyIsOneOf(engine, { table, row: null, columns: kind.keyColumns }, [id])}`.execute(trx);
  return Object.fromEntries(columns.map((column, index) => [column, rows[0]?.[aliasOf(index)] ?? null]));
};
