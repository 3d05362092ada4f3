/** Queries around the sync state of a folder. */
import chunk from 'lodash/chunk';
import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Kind } from '../../model/kind';
import type { Engine } from '../engine';
import type { CompiledKind } from '../records/compile';
import { keysOfEmployee } from '../records/window';
import type { InboundPage } from '../store';
import type { JournalTable, Tables } from '../tables';
import { markListed } from './links';

/** Rows per statement; an engine limits the number of parameters. */
const rowsPerInsert = 100;

/** Stored sync state of a folder. */
export const folderState = async (db: Kysely<Tables>, connection: string, employeeId: string, kind: Kind): Promise<string | null> => {
  const row = await db
    .selectFrom('sync_folder_state')
    .select('sync_state')
    .where('connection', '=', connection)
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row?.sync_state ?? null;
};

/** Forgets the sync state of a folder. */
export const resetFolderState = async (trx: Transaction<Tables>, connection: string, employeeId: string, kind: Kind): Promise<void> => {
  await trx
    .deleteFrom('sync_folder_state')
    .where('connection', '=', connection)
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .execute();
};

const storeFolderState = async (trx: Transaction<Tables>, page: InboundPage, now: string): Promise<void> => {
  const state = { sync_state: page.syncState, updated_at: now };
  const updated = await trx
    .updateTable('sync_folder_state')
    .set(state)
    .where('connection', '=', page.connection)
    .where('employee_id', '=', page.employeeId)
    .where('kind', '=', page.kind)
    .executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return;
  await trx
    .insertInto('sync_folder_state')
    .values({ connection: page.connection, employee_id: page.employeeId, kind: page.kind, ...state })
    .execute();
};

/** Keys of the employee's records in the filter that have neither a link nor a row that would make one. */
const unlinkedRecords = async (
  engine: Engine,
  trx: Transaction<Tables>,
  compiled: CompiledKind,
  employeeId: string,
): Promise<readonly string[]> => {
  const { kind } = compiled;
  const own = await keysOfEmployee(engine, trx, compiled, employeeId);
  const linked = await trx
    .selectFrom('sync_link')
    .select('erp_id')
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .execute();
  const queued = await trx
    .selectFrom('sync_journal')
    .select('erp_id')
    .where('direction', '=', 'outbound')
    .where('state', 'in', ['open', 'leased'])
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .execute();
  const known = new Set([...linked, ...queued].map((row) => row.erp_id));
  return own.filter((id) => !known.has(id));
};

/** Queues the changes of a page and stores the state that goes with them. */
export const appendInbound = async (engine: Engine, trx: Transaction<Tables>, compiled: CompiledKind, page: InboundPage): Promise<void> => {
  const created = engine.now().toISOString();
  const shared = { kind: page.kind, employee_id: page.employeeId, created_at: created };
  const inbound = page.changes.map((change): Insertable<JournalTable> => ({
    ...shared,
    direction: 'inbound',
    operation: change.operation,
    connection: page.connection,
    exchange_id: change.exchangeId,
  }));
  const records = page.first ? await unlinkedRecords(engine, trx, compiled, page.employeeId) : [];
  const outbound = records.map((id): Insertable<JournalTable> => ({ ...shared, direction: 'outbound', operation: 'create', erp_id: id }));
  // Rows of one statement share their columns, so the two directions go apart.
  for (const rows of [inbound, outbound]) {
    for (let first = 0; first < rows.length; first += rowsPerInsert) {
      await trx
        .insertInto('sync_journal')
        .values(rows.slice(first, first + rowsPerInsert))
        .execute();
    }
  }
  for (const ids of chunk(page.listed ?? [], rowsPerInsert)) await markListed(trx, page.connection, ids);
  await storeFolderState(trx, page, created);
};
