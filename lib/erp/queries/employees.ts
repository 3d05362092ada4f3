/** Queries on `sync_employee`: what is synchronised for an employee, where it is not everything. */
import type { Kysely, Transaction } from 'kysely';
import type { Kind } from '../../model/kind';
import type { StoredOptions } from '../store';
import type { Tables } from '../tables';

/** What is no JSON is handed on as the text it is: reading it names the employee. */
const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
};

/** All stored options. */
export const employeeOptions = async (db: Kysely<Tables>): Promise<readonly StoredOptions[]> => {
  const rows = await db.selectFrom('sync_employee').select(['employee_id', 'kind', 'options']).orderBy('employee_id').execute();
  return rows.map((row) => ({ employeeId: row.employee_id, kind: row.kind, options: parsed(row.options) }));
};

/** Stores an employee's options of a kind; null: the defaults, for which there is no row. */
export const saveOptions = async (
  trx: Transaction<Tables>,
  employeeId: string,
  kind: Kind,
  options: object | null,
  now: Date,
): Promise<void> => {
  if (options === null) {
    await trx.deleteFrom('sync_employee').where('employee_id', '=', employeeId).where('kind', '=', kind).execute();
    return;
  }
  const stored = { options: JSON.stringify(options), updated_at: now.toISOString() };
  const updated = await trx
    .updateTable('sync_employee')
    .set(stored)
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return;
  await trx
    .insertInto('sync_employee')
    .values({ employee_id: employeeId, kind, ...stored })
    .execute();
};
