/** Queries on `sync_folder_state`: how far the changes of a mailbox folder have been read. */
import type { Kysely, Transaction } from 'kysely';
import type { Kind } from '../../model/kind';
import type { FolderMailbox, InboundPage, Relisting } from '../store';
import type { Tables } from '../tables';

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

/** Mailboxes of the folders that have a state. */
export const folderMailboxes = async (db: Kysely<Tables>, connection: string): Promise<readonly FolderMailbox[]> => {
  const rows = await db
    .selectFrom('sync_folder_state')
    .select(['employee_id', 'kind', 'mailbox'])
    .where('connection', '=', connection)
    .execute();
  return rows.map(({ employee_id: employeeId, kind, mailbox }) => ({ employeeId, kind, mailbox }));
};

/** Notes that a folder's state belongs to a mailbox. */
export const nameMailbox = async (trx: Transaction<Tables>, { connection, employeeId, kind, mailbox }: Relisting): Promise<void> => {
  await trx
    .updateTable('sync_folder_state')
    .set({ mailbox })
    .where('connection', '=', connection)
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .execute();
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

/** Stores the state of a page. */
export const storeFolderState = async (trx: Transaction<Tables>, page: InboundPage, now: string): Promise<void> => {
  const state = { sync_state: page.syncState, mailbox: page.mailbox, updated_at: now };
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
