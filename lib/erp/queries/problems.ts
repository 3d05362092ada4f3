/** Problems with a mailbox or connection, kept as open `connect` rows. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Problem } from '../store';
import type { Tables } from '../tables';

/** Shows a problem; true when it was not shown yet. */
export const noteProblem = async (trx: Transaction<Tables>, problem: Problem, now: Date): Promise<boolean> => {
  const known = await trx
    .updateTable('sync_journal')
    .set({ note: problem.text })
    .where('operation', '=', sql.lit('connect'))
    .where('state', '=', sql.lit('open'))
    .where('connection', '=', problem.connection)
    .where('exchange_id', 'is', null)
    .where('employee_id', '=', problem.employeeId)
    .where('kind', '=', problem.kind)
    .where('note_code', '=', problem.code)
    .executeTakeFirst();
  if (known.numUpdatedRows > 0n) return false;
  await trx
    .insertInto('sync_journal')
    .values({
      direction: 'inbound',
      kind: problem.kind,
      operation: 'connect',
      employee_id: problem.employeeId,
      connection: problem.connection,
      note: problem.text,
      note_code: problem.code,
      created_at: now.toISOString(),
    })
    .execute();
  return true;
};

/** Keys of the open problems of a connection's employee. */
export const openProblems = async (db: Kysely<Tables>, connection: string, employeeId: string): Promise<readonly number[]> => {
  const rows = await db
    .selectFrom('sync_journal')
    .select('id')
    .where('operation', '=', sql.lit('connect'))
    .where('state', '=', sql.lit('open'))
    .where('connection', '=', connection)
    // Rows of items have one: an index finds the few others by that.
    .where('exchange_id', 'is', null)
    .where('employee_id', '=', employeeId)
    .execute();
  return rows.map((row) => row.id);
};

/** Ends problems; the cause stays readable in the note. */
export const endProblems = async (trx: Transaction<Tables>, ids: readonly number[], now: Date): Promise<number> => {
  const result = await trx
    .updateTable('sync_journal')
    .set({ state: 'done', finished_at: now.toISOString() })
    .where('id', 'in', ids)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};
