/** Plain statements that write rows. */
import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import type { Engine, Row } from '../engine';
import type { TableName } from '../schema/mapping';
import type { Tables } from '../tables';
import type { Condition } from './keys';

/** Where a statement goes. */
interface Target {
  readonly engine: Engine;
  readonly trx: Transaction<Tables>;
}

const assignments = (engine: Engine, row: Row): Condition =>
  sql.join(Object.entries(row).map(([column, value]) => sql`${sql.raw(engine.dialect.quoteName(column))} = ${value}`));

/** Changes columns of rows. */
export const updateRows = async ({ engine, trx }: Target, table: TableName, row: Row, where: Condition): Promise<void> => {
  await sql`UPDATE ${sql.raw(engine.dialect.quoteTable(table))} SET ${assignments(engine, row)} WHERE ${where}`.execute(trx);
};

/** Deletes rows. */
export const deleteRows = async ({ engine, trx }: Target, table: TableName, where: Condition): Promise<void> => {
  await sql`DELETE FROM ${sql.raw(engine.dialect.quoteTable(table))} WHERE ${where}`.execute(trx);
};
