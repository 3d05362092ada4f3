/** Writing the ERP's own tables. */
import type { Transaction } from 'kysely';
import { SyncError } from '../../model/error';
import type { ErpAppointment, ErpEntry, ErpTask } from '../../model/item';
import { appointmentColumns, changedAppointmentColumns, changedTaskColumns, taskColumns } from '../conversion';
import type { Engine, Row } from '../engine';
import { toLocalTime } from '../local-time';
import type { Tables } from '../tables';

/** Author of everything that this program writes (requirement D13). */
export const syncUser = 'exchange-sync';

const stamp = (engine: Engine) => ({ updated_at: engine.now().toISOString(), updated_by: syncUser });

const insertOne = async (engine: Engine, trx: Transaction<Tables>, table: string, row: Row): Promise<string> => {
  const [key] = await engine.insertRows(trx, table, [row], 'id');
  if (typeof key === 'string') return key;
  throw new SyncError('erp-refused', 'item', `The table ${table} took no row.`);
};

/** Inserts an appointment; answers its key. */
export const insertAppointment = (
  engine: Engine,
  trx: Transaction<Tables>,
  employeeId: string,
  record: ErpAppointment,
): Promise<string> => {
  const updated = stamp(engine);
  const row = { employee_id: employeeId, ...appointmentColumns(record), ...updated, created_at: updated.updated_at, created_by: syncUser };
  return insertOne(engine, trx, 'appointment', row);
};

/** Inserts a task; answers its key. */
export const insertTask = (engine: Engine, trx: Transaction<Tables>, employeeId: string, record: ErpTask): Promise<string> => {
  const updated = stamp(engine);
  const columns = taskColumns(record);
  return insertOne(engine, trx, 'task', {
    employee_id: employeeId,
    ...columns,
    completed_at: columns.status === 'completed' ? toLocalTime(engine.now(), engine.timeZone).replace('T', ' ') : null,
    ...updated,
    created_at: updated.updated_at,
    created_by: syncUser,
  });
};

/** Writes the columns in which an appointment differs. */
export const updateAppointment = async (
  engine: Engine,
  trx: Transaction<Tables>,
  erpId: string,
  before: ErpAppointment,
  after: ErpAppointment,
): Promise<void> => {
  const columns = changedAppointmentColumns(before, after);
  if (Object.keys(columns).length === 0) return;
  await trx
    .updateTable('appointment')
    .set({ ...columns, ...stamp(engine) })
    .where('id', '=', erpId)
    .execute();
};

/** Writes the columns in which a task differs. */
export const updateTask = async (
  engine: Engine,
  trx: Transaction<Tables>,
  erpId: string,
  before: ErpTask,
  after: ErpTask,
): Promise<void> => {
  const columns = changedTaskColumns(before, after, toLocalTime(engine.now(), engine.timeZone));
  if (Object.keys(columns).length === 0) return;
  await trx
    .updateTable('task')
    .set({ ...columns, ...stamp(engine) })
    .where('id', '=', erpId)
    .execute();
};

/**
 * Deletes a record for one of its employees. Who only takes part leaves it; the record itself stays for the others.
 * Equipment goes with the record by its foreign key.
 */
export const deleteRecord = async (trx: Transaction<Tables>, entry: ErpEntry, employeeId: string): Promise<void> => {
  if (entry.kind === 'task') {
    await trx.deleteFrom('task').where('id', '=', entry.id).execute();
  } else if (entry.employeeIds[0] === employeeId) {
    await trx.deleteFrom('appointment').where('id', '=', entry.id).execute();
  } else {
    await trx.deleteFrom('appointment_participant').where('appointment_id', '=', entry.id).where('employee_id', '=', employeeId).execute();
  }
};
