/** Runs the statements of a script: those that must succeed in one transaction, the optional ones apart. */
import { sql } from 'kysely';
import { toSyncError } from '../../model/error';
import type { Engine } from '../engine';
import type { Statement } from './statement';

/** An optional step that the database refused. */
export interface Refusal extends Statement {
  /** What the database said. */
  readonly reason: string;
}

/**
 * Runs needed statements all or none, then optional ones, of which refused ones are answered. `begin`, `end`: statements around the
 * needed ones, in the same session.
 */
export const runStatements = async (
  engine: Engine,
  statements: readonly Statement[],
  { begin = [], end = [] }: { readonly begin?: readonly string[]; readonly end?: readonly string[] } = {},
): Promise<readonly Refusal[]> => {
  await engine.write(async (trx) => {
    for (const statement of begin) await sql.raw(statement).execute(trx);
    try {
      for (const statement of statements) if (!statement.optional) await sql.raw(statement.sql).execute(trx);
    } finally {
      for (const statement of end) await sql.raw(statement).execute(trx);
    }
  });
  const refusals: Refusal[] = [];
  for (const statement of statements.filter((one) => one.optional)) {
    try {
      // Outside of a transaction: ALTER DATABASE is not allowed in one.
      await engine.read((db) => sql.raw(statement.sql).execute(db));
    } catch (thrown) {
      refusals.push({ ...statement, reason: toSyncError(thrown).message });
    }
  }
  return refusals;
};
