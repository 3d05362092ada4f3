/** Queries on `sync_journal`: what is shown of it, and what a person does with a row. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { EndState, JournalEntry, JournalState } from '../../model/journal';
import type { Direction } from '../../model/kind';
import { entryFromRow, journalColumns } from '../rows';
import type { JournalFilter } from '../store';
import type { Tables } from '../tables';
import { finishedCode } from './held';
import { noLease, openAgain } from './journal';

/** States in which a row has ended. */
const endStates: readonly JournalState[] = ['done', 'skipped', 'conflict', 'failed'];

/** How many rows of a direction, and of a connection where one is given, an instance has leased. */
export const leasedCount = async (
  db: Kysely<Tables>,
  instance: string,
  direction: Direction,
  connection: string | null,
): Promise<number> => {
  const row = await db
    .selectFrom('sync_journal')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', '=', sql.lit('leased'))
    .where('lease_owner', '=', instance)
    .where('direction', '=', direction)
    .$if(connection !== null, (query) => query.where('connection', '=', connection))
    .executeTakeFirst();
  return row?.count ?? 0;
};

/** Instances that hold leases. */
export const leaseOwners = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const rows = await db.selectFrom('sync_journal').select('lease_owner').distinct().where('state', '=', sql.lit('leased')).execute();
  return rows.flatMap((row) => row.lease_owner ?? []);
};

/** Those of the Exchange ids that have an open or leased inbound row. */
export const unfinishedExchangeIds = async (
  db: Kysely<Tables>,
  connection: string,
  exchangeIds: readonly string[],
): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('sync_journal')
    .select('exchange_id')
    .distinct()
    .where('direction', '=', sql.lit('inbound'))
    .where((where) => where.or([where('state', '=', sql.lit('open')), where('state', '=', sql.lit('leased'))]))
    .where('connection', '=', connection)
    .where('exchange_id', 'in', exchangeIds)
    .execute();
  return rows.flatMap((row) => row.exchange_id ?? []);
};

/** Rows that tell of deletions of these items, oldest first. */
const deletionsOf = (db: Kysely<Tables>, connection: string, exchangeIds: readonly string[]) =>
  db
    .selectFrom('sync_journal')
    .select(['exchange_id', 'note_code'])
    .where('direction', '=', sql.lit('inbound'))
    .where('operation', '=', sql.lit('delete'))
    .where('connection', '=', connection)
    .where('exchange_id', 'in', exchangeIds)
    .orderBy('id')
    .execute();

/** Those of the items whose deletion was told, whatever became of it. */
export const toldDeletions = async (db: Kysely<Tables>, connection: string, exchangeIds: readonly string[]): Promise<readonly string[]> => {
  const told = new Set((await deletionsOf(db, connection, exchangeIds)).map((row) => row.exchange_id));
  return exchangeIds.filter((id) => told.has(id));
};

/** Those of the items whose newest told deletion was superseded: the row that took its place has to see to it. */
export const unheededDeletions = async (
  db: Kysely<Tables>,
  connection: string,
  exchangeIds: readonly string[],
): Promise<readonly string[]> => {
  const newest = new Map((await deletionsOf(db, connection, exchangeIds)).map((row) => [row.exchange_id, row.note_code]));
  return exchangeIds.filter((id) => newest.get(id) === 'superseded');
};

/** Rows by filter, newest first. */
export const list = async (db: Kysely<Tables>, filter: JournalFilter): Promise<readonly JournalEntry[]> => {
  const { states, employeeId, kind, direction, noteCode, before } = filter;
  if (states?.length === 0) return [];
  const rows = await db
    .selectFrom('sync_journal')
    .select(journalColumns)
    .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
    .$if(employeeId !== undefined, (query) => query.where('employee_id', '=', employeeId ?? ''))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'task'))
    .$if(direction !== undefined, (query) => query.where('direction', '=', direction ?? 'inbound'))
    .$if(noteCode !== undefined, (query) => query.where('note_code', '=', noteCode ?? ''))
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
    .orderBy('id', 'desc')
    .limit(Math.min(1000, Math.max(1, Math.trunc(filter.limit ?? 100))))
    .execute();
  return rows.map(entryFromRow);
};

/** One row with its details. */
export const entry = async (
  db: Kysely<Tables>,
  id: number,
): Promise<{ readonly entry: JournalEntry; readonly details: unknown } | null> => {
  const row = await db.selectFrom('sync_journal').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const details: unknown = row.details === null ? null : JSON.parse(row.details);
  return { entry: entryFromRow(row), details };
};

/** Rows per direction and state without `connect` rows, which are no work. */
export const counts = async (
  db: Kysely<Tables>,
): Promise<readonly { readonly direction: Direction; readonly state: JournalState; readonly count: number }[]> => {
  const all = await db
    .selectFrom('sync_journal')
    .select((select) => ['direction', 'state', select.fn.countAll<number>().as('count')])
    .groupBy(['state', 'direction'])
    .execute();
  const problems = await db
    .selectFrom('sync_journal')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('operation', '=', sql.lit('connect'))
    .where('state', '=', sql.lit('open'))
    .executeTakeFirst();
  return all
    .map((row) => {
      const isOpenInbound = row.direction === 'inbound' && row.state === 'open';
      return { direction: row.direction, state: row.state, count: row.count - (isOpenInbound ? (problems?.count ?? 0) : 0) };
    })
    .filter((row) => row.count > 0);
};

/** When the oldest waiting row of a direction was written. */
export const oldestOpen = async (db: Kysely<Tables>, direction: Direction): Promise<string | null> => {
  const row = await db
    .selectFrom('sync_journal')
    .select('created_at')
    .where('state', '=', 'open')
    .where('direction', '=', direction)
    .where('operation', '<>', 'connect')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.created_at ?? null;
};

/** Opens an ended row again. */
export const reopen = async (trx: Transaction<Tables>, id: number): Promise<boolean> => {
  const result = await trx
    .updateTable('sync_journal')
    .set({ ...openAgain, details: null })
    .where('id', '=', id)
    .where('operation', '<>', 'connect')
    .where('state', 'in', endStates)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Ends a row by a person's decision; what a conflict keeps in `details` stays. */
export const finish = async (trx: Transaction<Tables>, id: number, state: EndState, note: string, now: Date): Promise<boolean> => {
  const result = await trx
    .updateTable('sync_journal')
    .set({ state, note, note_code: finishedCode, finished_at: now.toISOString(), ...noLease })
    .where('id', '=', id)
    .where('state', 'in', ['open', 'leased', 'conflict'])
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Makes waiting rows due at once. */
export const hurry = async (trx: Transaction<Tables>, employeeId: string | null): Promise<number> => {
  const result = await trx
    .updateTable('sync_journal')
    .set({ not_before: '' })
    .where('state', '=', 'open')
    .where('not_before', '>', '')
    .$if(employeeId !== null, (query) => query.where('employee_id', '=', employeeId ?? ''))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};
