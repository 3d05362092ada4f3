/** Queries on `sync_journal`: the life of a row. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { EndState, JournalEntry, JournalOutcome, JournalState } from '../../model/journal';
import type { Direction } from '../../model/kind';
import { entryFromRow, journalColumns, linkFromRow } from '../rows';
import type { ClaimedEntry, JournalFilter } from '../store';
import type { Tables } from '../tables';

/** States in which a row has ended. */
const endStates: readonly JournalState[] = ['done', 'skipped', 'conflict', 'failed'];

const noLease = { lease_owner: null, lease_until: null };

const ended = (outcome: JournalOutcome, now: Date) => ({
  state: outcome.state,
  note: outcome.note,
  note_code: outcome.noteCode,
  details: outcome.details === undefined || outcome.details === null ? null : JSON.stringify(outcome.details),
  finished_at: now.toISOString(),
  ...noLease,
});

/** Ends a row that this instance has leased; false when it has not. `erpId`: key that the row did not know yet. */
export const endLeased = async (
  trx: Transaction<Tables>,
  journalId: number,
  instance: string,
  outcome: JournalOutcome,
  now: Date,
  erpId?: string,
): Promise<boolean> => {
  const result = await trx
    .updateTable('sync_journal')
    .set({ ...ended(outcome, now), ...(erpId === undefined ? {} : { erp_id: erpId }) })
    .where('id', '=', journalId)
    .where('state', '=', 'leased')
    .where('lease_owner', '=', instance)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Rows with their links, in the order of `ids`. */
export const claimedEntries = async (
  db: Kysely<Tables>,
  direction: Direction,
  ids: readonly number[],
): Promise<readonly ClaimedEntry[]> => {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('sync_journal').select(journalColumns).where('id', 'in', ids).execute();
  const links = await db
    .selectFrom('sync_journal')
    .innerJoin('sync_link', (join) =>
      direction === 'outbound'
        ? join
            .onRef('sync_link.employee_id', '=', 'sync_journal.employee_id')
            .onRef('sync_link.kind', '=', 'sync_journal.kind')
            .onRef('sync_link.erp_id', '=', 'sync_journal.erp_id')
        : join
            .onRef('sync_link.connection', '=', 'sync_journal.connection')
            .onRef('sync_link.exchange_id', '=', 'sync_journal.exchange_id'),
    )
    .selectAll('sync_link')
    .select('sync_journal.id as journal_id')
    .where('sync_journal.id', 'in', ids)
    .execute();
  const entries = new Map(rows.map((row) => [row.id, entryFromRow(row)]));
  const linkOf = new Map(links.map((row) => [row.journal_id, linkFromRow(row)]));
  return ids.flatMap((id) => {
    const entry = entries.get(id);
    return entry === undefined ? [] : [{ entry, link: linkOf.get(id) ?? null }];
  });
};

/** Prolongs leases. */
export const renew = async (trx: Transaction<Tables>, ids: readonly number[], instance: string, until: string): Promise<void> => {
  await trx
    .updateTable('sync_journal')
    .set({ lease_until: until })
    .where('id', 'in', ids)
    .where('state', '=', 'leased')
    .where('lease_owner', '=', instance)
    .execute();
};

/** Opens leased rows of this instance again. */
export const release = async (
  trx: Transaction<Tables>,
  ids: readonly number[],
  instance: string,
  how: { readonly notBefore: string; readonly counts: boolean; readonly note: string; readonly noteCode: string },
): Promise<void> => {
  await trx
    .updateTable('sync_journal')
    .set({ state: 'open', not_before: how.notBefore, note: how.note, note_code: how.noteCode, ...noLease })
    .$if(!how.counts, (query) => query.set((set) => ({ attempt: set('attempt', '-', 1) })))
    .where('id', 'in', ids)
    .where('state', '=', 'leased')
    .where('lease_owner', '=', instance)
    .execute();
};

/** Opens or fails rows whose lease ended; answers those that failed. */
export const expireLeases = async (trx: Transaction<Tables>, maxAttempts: number, now: Date): Promise<readonly JournalEntry[]> => {
  const rows = await trx
    .selectFrom('sync_journal')
    .select(['id', 'attempt'])
    .where('state', '=', sql.lit('leased'))
    .where('lease_until', '<=', now.toISOString())
    .orderBy('lease_until')
    .limit(500)
    .execute();
  const [exhausted, others] = [rows.filter((row) => row.attempt >= maxAttempts), rows.filter((row) => row.attempt < maxAttempts)];
  if (others.length > 0) {
    const note = 'No answer came back before the lease ended; the item is tried again.';
    await trx
      .updateTable('sync_journal')
      .set({ state: 'open', note, note_code: 'lease-expired', ...noLease })
      .where(
        'id',
        'in',
        others.map((row) => row.id),
      )
      .execute();
  }
  if (exhausted.length === 0) return [];
  const ids = exhausted.map((row) => row.id);
  const note = `No answer came back in ${maxAttempts} attempts. Look for a node that drops the message.`;
  await trx
    .updateTable('sync_journal')
    .set(ended({ state: 'failed', note, noteCode: 'lease-expired' }, now))
    .where('id', 'in', ids)
    .execute();
  return (await trx.selectFrom('sync_journal').select(journalColumns).where('id', 'in', ids).orderBy('id').execute()).map(entryFromRow);
};

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

/** Opens every row that this instance has leased. */
export const releaseOwn = async (trx: Transaction<Tables>, instance: string): Promise<number> => {
  const result = await trx
    .updateTable('sync_journal')
    .set({ state: 'open', ...noLease })
    .where('state', '=', sql.lit('leased'))
    .where('lease_owner', '=', instance)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

/** Rows by filter, newest first. */
export const list = async (db: Kysely<Tables>, filter: JournalFilter): Promise<readonly JournalEntry[]> => {
  const { states, employeeId, kind, direction, before } = filter;
  if (states?.length === 0) return [];
  const rows = await db
    .selectFrom('sync_journal')
    .select(journalColumns)
    .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
    .$if(employeeId !== undefined, (query) => query.where('employee_id', '=', employeeId ?? ''))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'task'))
    .$if(direction !== undefined, (query) => query.where('direction', '=', direction ?? 'inbound'))
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
    .set({ state: 'open', attempt: 0, not_before: '', note: null, note_code: null, details: null, finished_at: null, ...noLease })
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
    .set({ state, note, note_code: 'by-person', finished_at: now.toISOString(), ...noLease })
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
