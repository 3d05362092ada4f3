/** Queries on `sync_employee`: what is synchronised for an employee, where it is not everything. */
import chunk from 'lodash/chunk';
import type { Kysely, Transaction } from 'kysely';
import isEqual from 'lodash/isEqual';
import { readEmployeeOptions } from '../../model/employee-options';
import { removalHeld } from '../../model/held';
import type { Kind } from '../../model/kind';
import type { EmployeeCount, JudgedBy, OptionEffect, OptionEffects, StoredOptions } from '../store';
import type { Tables } from '../tables';
import { openAgain } from './journal';

/** What is no JSON is handed on as the text it is: reading it names the employee. */
const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
};

const storedOptions = (db: Kysely<Tables>) => db.selectFrom('sync_employee').select(['employee_id', 'kind', 'options']);

const storedOptionsFromRow = (row: { readonly employee_id: string; readonly kind: Kind; readonly options: string }): StoredOptions => ({
  employeeId: row.employee_id,
  kind: row.kind,
  options: parsed(row.options),
});

/** All stored options. */
export const employeeOptions = async (db: Kysely<Tables>): Promise<readonly StoredOptions[]> =>
  (await storedOptions(db).orderBy('employee_id').execute()).map(storedOptionsFromRow);

const isStill = (stored: readonly StoredOptions[], { employeeId, kind, options }: JudgedBy): boolean => {
  const own = stored.find((row) => row.employeeId === employeeId && row.kind === kind);
  try {
    return isEqual(readEmployeeOptions(own === undefined ? {} : { [kind]: own.options }, employeeId)[kind], options);
  } catch {
    // What cannot be read any more is told by whoever judges the row next.
    return false;
  }
};

/** Whether employees still have the options by which rows were judged. */
export const optionsStand = async (trx: Transaction<Tables>, judged: readonly JudgedBy[]): Promise<boolean> => {
  if (judged.length === 0) return true;
  const employees = [...new Set(judged.map(({ employeeId }) => employeeId))];
  const stored = await storedOptions(trx).where('employee_id', 'in', employees).execute();
  const options = stored.map(storedOptionsFromRow);
  return judged.every((one) => isStill(options, one));
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

/** Rows per statement; an engine limits the number of parameters. */
const rowsPerInsert = 100;

const reopenEnded = async (trx: Transaction<Tables>, employeeId: string, { kind, direction, reopen }: OptionEffect): Promise<number> => {
  if (reopen.length === 0) return 0;
  const result = await trx
    .updateTable('sync_journal')
    .set(openAgain)
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .where('direction', '=', direction)
    .where('state', 'in', ['skipped', 'done'])
    .where('note_code', 'in', reopen)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

const settleAsked = async (trx: Transaction<Tables>, employeeId: string, { kind, direction, settle }: OptionEffect): Promise<number> => {
  if (!settle) return 0;
  const result = await trx
    .updateTable('sync_journal')
    .set(openAgain)
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .where('direction', '=', direction)
    .where('state', '=', 'conflict')
    .where('note_code', '=', removalHeld)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

const ask = async (trx: Transaction<Tables>, { kind, direction, ask: asked }: OptionEffect, now: string): Promise<number> => {
  if (asked === null) return 0;
  const rows = asked.links.map((link) => ({
    direction,
    kind,
    operation: 'update' as const,
    employee_id: link.employeeId,
    connection: direction === 'inbound' ? link.connection : null,
    erp_id: direction === 'inbound' ? null : link.erpId,
    exchange_id: direction === 'inbound' ? link.exchangeId : null,
    state: 'conflict' as const,
    note: asked.note,
    note_code: removalHeld,
    created_at: now,
    finished_at: now,
  }));
  for (const part of chunk(rows, rowsPerInsert)) await trx.insertInto('sync_journal').values(part).execute();
  return rows.length;
};

/** What a change of options does to the employee's rows. */
export const carryOutEffects = async (
  trx: Transaction<Tables>,
  employeeId: string,
  effects: readonly OptionEffect[],
  at: Date,
): Promise<OptionEffects> => {
  const now = at.toISOString();
  const counts = { reopened: 0, settled: 0, asked: 0 };
  for (const effect of effects) {
    counts.reopened += await reopenEnded(trx, employeeId, effect);
    counts.settled += await settleAsked(trx, employeeId, effect);
    counts.asked += await ask(trx, effect, now);
  }
  return counts;
};

/** Open, leased and parked rows by employee, kind and code. */
export const employeeCounts = async (db: Kysely<Tables>): Promise<readonly EmployeeCount[]> => {
  const rows = await db
    .selectFrom('sync_journal')
    .select((select) => ['employee_id', 'kind', 'state', 'note_code', select.fn.countAll<number>().as('count')])
    .where('state', 'in', ['open', 'leased', 'conflict'])
    .where('operation', '<>', 'connect')
    .groupBy(['employee_id', 'kind', 'state', 'note_code'])
    .execute();
  return rows.map((row) => ({
    employeeId: row.employee_id,
    kind: row.kind,
    state: row.state,
    noteCode: row.note_code,
    count: row.count,
  }));
};
