/** Queries on `sync_journal`: the life of a leased row. */
import { sql, type Kysely, type Transaction } from 'kysely';
import groupBy from 'lodash/groupBy';
import type { JournalEntry, JournalOutcome } from '../../model/journal';
import type { Direction, Kind } from '../../model/kind';
import type { Engine } from '../engine';
import { entryFromRow, journalColumns, linkFromRow, rowFromNewEntry } from '../rows';
import type { ClaimedEntry, KeptDetails, NewEntry } from '../store';
import type { Tables } from '../tables';

/** Columns of a row that nobody has leased. */
export const noLease = { lease_owner: null, lease_until: null };

/** Columns of an ended row that is opened again. */
export const openAgain = { state: 'open', attempt: 0, not_before: '', note: null, note_code: null, finished_at: null, ...noLease } as const;

const ended = (outcome: JournalOutcome, now: Date) => ({
  state: outcome.state,
  note: outcome.note,
  note_code: outcome.noteCode,
  // What was kept before the write stays.
  ...(outcome.details === undefined || outcome.details === null ? {} : { details: JSON.stringify(outcome.details) }),
  finished_at: now.toISOString(),
  not_before: outcome.comesAgainAt ?? '',
  ...noLease,
});

/** Queues rows; answers their ids. */
export const queueRows = async (engine: Engine, trx: Transaction<Tables>, entries: readonly NewEntry[]): Promise<readonly number[]> => {
  if (entries.length === 0) return [];
  const now = engine.now().toISOString();
  const ids = await engine.insertRows(
    trx,
    'sync_journal',
    entries.map((entry) => rowFromNewEntry(entry, now)),
    'id',
  );
  return ids.map(Number);
};

/** A leased row and how it ends. `erpId`: key that the row did not know yet. */
export interface RowEnd {
  readonly journalId: number;
  readonly instance: string;
  readonly outcome: JournalOutcome;
  readonly erpId?: string;
}

/** See `SyncStore.keepDetails`. */
export const keepDetails = async (trx: Transaction<Tables>, { journalId, details }: KeptDetails): Promise<void> => {
  const row = await trx.selectFrom('sync_journal').select('details').where('id', '=', journalId).executeTakeFirst();
  const earlier: unknown = row?.details == null ? null : JSON.parse(row.details);
  const text = JSON.stringify(earlier === null ? details : { ...details, earlier });
  await trx.updateTable('sync_journal').set({ details: text }).where('id', '=', journalId).execute();
};

const erpIdOfRow = (rows: readonly RowEnd[]) =>
  sql<string | null>`CASE id ${sql.join(
    rows.flatMap(({ journalId, erpId }) => (erpId === undefined ? [] : [sql`WHEN ${journalId} THEN ${erpId}`])),
    sql` `,
  )} ELSE erp_id END`;

/** Ends rows of one instance with one outcome. */
const endAlike = async (trx: Transaction<Tables>, rows: readonly RowEnd[], { instance, outcome }: RowEnd, now: Date): Promise<boolean> => {
  const ids = rows.map((row) => row.journalId);
  const keys = rows.some((row) => row.erpId !== undefined) ? { erp_id: erpIdOfRow(rows) } : {};
  const result = await trx
    .updateTable('sync_journal')
    .set({ ...ended(outcome, now), ...keys })
    .where('id', 'in', ids)
    .where('state', '=', 'leased')
    .where('lease_owner', '=', instance)
    .executeTakeFirst();
  return result.numUpdatedRows === BigInt(rows.length);
};

/** Rows that look at the items of these again. */
const queueLooks = async (engine: Engine, trx: Transaction<Tables>, ids: readonly number[]): Promise<void> => {
  const rows = await trx.selectFrom('sync_journal').select(journalColumns).where('id', 'in', ids).orderBy('id').execute();
  await queueRows(
    engine,
    trx,
    rows.map(entryFromRow).map(({ direction, kind, employeeId, connection, erpId, exchangeId }) => ({
      direction,
      kind,
      operation: 'update',
      employeeId,
      connection,
      ...(direction === 'inbound' ? { erpId: null, exchangeId } : { erpId, exchangeId: null }),
    })),
  );
};

/**
 * Ends rows, those that end alike in one statement; false when the instance has not leased one of them: then the caller takes everything
 * back.
 */
export const endLeased = async (engine: Engine, trx: Transaction<Tables>, rows: readonly RowEnd[]): Promise<boolean> => {
  const now = engine.now();
  for (const group of Object.values(groupBy(rows, ({ instance, outcome }) => JSON.stringify([instance, outcome])))) {
    const [first] = group;
    if (first !== undefined && !(await endAlike(trx, group, first, now))) return false;
  }
  const again = rows.flatMap(({ journalId, outcome }) => (outcome.looksAgain === true ? [journalId] : []));
  if (again.length > 0) await queueLooks(engine, trx, again);
  return true;
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

/** Rows that were left out until a day that has begun. The index names state and code, so the query spells them out. */
export const dueAgain = async (
  db: Kysely<Tables>,
  direction: Direction,
  kind: Kind,
  now: Date,
  limit: number,
): Promise<readonly number[]> => {
  const rows = await db
    .selectFrom('sync_journal')
    .select('id')
    .where('state', '=', sql.lit('skipped'))
    .where('note_code', '=', sql.lit('outside-window'))
    .where('direction', '=', direction)
    .where('kind', '=', kind)
    .where('not_before', '>', sql.lit(''))
    .where('not_before', '<=', now.toISOString())
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
};

/** Opens such rows, unless somebody did so meanwhile; the number of rows. */
export const reopenDue = async (trx: Transaction<Tables>, ids: readonly number[]): Promise<number> => {
  const result = await trx
    .updateTable('sync_journal')
    .set(openAgain)
    .where('id', 'in', ids)
    .where('state', '=', sql.lit('skipped'))
    .where('note_code', '=', sql.lit('outside-window'))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

/** Opens every row that this instance has leased. */
export const releaseOwn = async (trx: Transaction<Tables>, instance: string): Promise<number> => {
  const result = await trx
    .updateTable('sync_journal')
    // A restart is no failure of the row.
    .set((row) => ({ state: 'open', attempt: row('attempt', '-', 1), ...noLease }))
    .where('state', '=', sql.lit('leased'))
    .where('lease_owner', '=', instance)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};
