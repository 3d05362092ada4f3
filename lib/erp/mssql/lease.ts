/**
 * Claiming on SQL Server. One claim at a time per database (an application lock of the transaction), so that two instances never look at
 * the same item together. Claims never wait for the ERP: rows that its open transactions have written are passed over (READPAST). Whether
 * an item is leased is looked up without passing over, or a row that is just being given back would count as none; the states of leased
 * rows are changed by the sync's own short transactions only, and FORCESEEK keeps the look-up off all other rows.
 */
import { sql, type RawBuilder, type Transaction } from 'kysely';
import { SyncError } from '../../model/error';
import type { Direction, Kind } from '../../model/kind';
import type { LeaseRequest } from '../engine';
import type { Tables } from '../tables';

/** A waiting row, with the oldest and the newest open row of its item. */
interface Candidate {
  readonly id: number;
  readonly oldest: number;
  readonly newest: number;
}

/** How long another instance's claim is waited for, ms. */
const lockTimeoutMs = 20_000;

/** READCOMMITTEDLOCK: without it a database that reads row versions (as in Azure) refuses READPAST. */
const passing = sql`WITH (READCOMMITTEDLOCK, READPAST, ROWLOCK)`;
const exactly = sql`WITH (FORCESEEK)`;

/** Rows `other` of the item of row `j`. */
const sameItem = (direction: Direction, other: string): RawBuilder<unknown> =>
  direction === 'outbound'
    ? sql.raw(
        `${other}.direction = N'outbound' AND ${other}.employee_id = j.employee_id AND ${other}.kind = j.kind AND ${other}.erp_id = j.erp_id`,
      )
    : sql.raw(`${other}.direction = N'inbound' AND ${other}.connection = j.connection AND ${other}.exchange_id = j.exchange_id`);

/** A leased row of the opposite direction, joined to row `j` through the item's link. */
const leasedAcross = (direction: Direction): RawBuilder<unknown> =>
  direction === 'outbound'
    ? sql`SELECT 1 FROM sync_link l JOIN sync_journal x ${exactly} ON x.direction = N'inbound' AND x.state = N'leased'
        AND x.connection = l.connection AND x.exchange_id = l.exchange_id
      WHERE l.employee_id = j.employee_id AND l.kind = j.kind AND l.erp_id = j.erp_id`
    : sql`SELECT 1 FROM sync_link l JOIN sync_journal x ${exactly} ON x.direction = N'outbound' AND x.state = N'leased'
        AND x.employee_id = l.employee_id AND x.kind = l.kind AND x.erp_id = l.erp_id
      WHERE l.connection = j.connection AND l.exchange_id = j.exchange_id`;

/** A stretch of the index in which the waiting rows lie in order: of one kind, never tried or waiting for their time. */
interface Stretch {
  readonly part: 'fresh' | 'retried';
  readonly kind: Kind;
}

const narrowed = ({ connection, now, journalIds }: LeaseRequest, { part, kind }: Stretch): RawBuilder<unknown> => {
  const due = part === 'fresh' ? sql`j.not_before = N''` : sql`j.not_before > N'' AND j.not_before <= ${now}`;
  const where = sql`j.kind = ${kind} AND ${due}`;
  if (journalIds !== undefined) return sql`${where} AND j.id IN (${sql.join(journalIds)})`;
  return connection === null ? where : sql`j.connection = ${connection} AND ${where}`;
};

/** Oldest waiting rows of a stretch whose item is free. An item whose newest row waits for its time waits with it. */
const candidateQuery = (request: LeaseRequest, stretch: Stretch, limit: number): RawBuilder<Candidate> => {
  const { direction, now } = request;
  const openOfItem = sql`FROM sync_journal o ${passing} WHERE ${sameItem(direction, 'o')} AND o.state = N'open'`;
  return sql<Candidate>`
    SELECT TOP (${sql.lit(limit)}) j.id, coalesce((SELECT min(o.id) ${openOfItem}), j.id) AS oldest,
      coalesce((SELECT max(o.id) ${openOfItem}), j.id) AS newest
    FROM sync_journal j ${passing}
    WHERE j.direction = ${sql.lit(direction)} AND j.state = N'open' AND j.operation <> N'connect' AND ${narrowed(request, stretch)}
      AND NOT EXISTS (SELECT 1 FROM sync_journal b ${exactly} WHERE ${sameItem(direction, 'b')} AND b.state = N'leased')
      AND NOT EXISTS (SELECT 1 FROM sync_journal n ${passing}
        WHERE ${sameItem(direction, 'n')} AND n.state = N'open' AND n.id > j.id AND n.not_before > ${now})
      AND NOT EXISTS (${leasedAcross(direction)})
    ORDER BY j.not_before, j.id`;
};

/** Ends the open rows of the items of rows `newest` that are older, by their ids: an UPDATE that searched would wait for the ERP. */
const supersede = async (trx: Transaction<Tables>, { direction, now }: LeaseRequest, newest: readonly number[]): Promise<void> => {
  const { rows } = await sql<{ id: number; newest: number }>`
    SELECT o.id, j.id AS newest FROM sync_journal j JOIN sync_journal o ${passing} ON ${sameItem(direction, 'o')} AND o.state = N'open' AND o.id < j.id
    WHERE j.id IN (${sql.join(newest)})`.execute(trx);
  for (const last of newest) {
    const ids = rows.filter((row) => row.newest === last).map((row) => row.id);
    if (ids.length === 0) continue;
    const note = `A newer change of the same item was taken instead (${last}).`;
    await sql`UPDATE sync_journal SET state = N'skipped', note_code = N'superseded', finished_at = ${now}, note = ${note}
      WHERE id IN (${sql.join(ids)}) AND state = N'open'`.execute(trx);
  }
};

/**
 * Leases the newest row of every item and ends the older ones; answers the leased rows' ids. The ids stand twice, because a planner that
 * knows no numbers yet would as soon look through the whole table for the rows to change.
 */
const leaseNewest = async (trx: Transaction<Tables>, request: LeaseRequest, rows: readonly Candidate[]): Promise<readonly number[]> => {
  const ids = [...new Set(rows.map((row) => row.newest))];
  const { rows: leased } = await sql<{ id: number }>`
    DECLARE @leased TABLE (id bigint NOT NULL);
    UPDATE sync_journal SET state = N'leased', attempt = attempt + 1, lease_owner = ${request.owner}, lease_until = ${request.until}
      OUTPUT inserted.id INTO @leased
      WHERE state = N'open' AND id IN (${sql.join(ids)}) AND id IN
        (SELECT w.id FROM sync_journal w WITH (UPDLOCK, READPAST, ROWLOCK) WHERE w.id IN (${sql.join(ids)}) AND w.state = N'open');
    SELECT id FROM @leased`.execute(trx);
  const taken = new Set(leased.map((row) => row.id));
  const several = ids.filter((id) => taken.has(id) && rows.some((row) => row.newest === id && row.oldest < id));
  if (several.length > 0) await supersede(trx, request, several);
  return ids.filter((id) => taken.has(id));
};

const candidates = async (trx: Transaction<Tables>, request: LeaseRequest, limit: number): Promise<readonly Candidate[]> => {
  const found: Candidate[] = [];
  for (const kind of request.kinds) {
    for (const part of ['fresh', 'retried'] as const) {
      found.push(...(await candidateQuery(request, { part, kind }, limit).execute(trx)).rows);
    }
  }
  return found.sort((a, b) => a.id - b.id).slice(0, limit);
};

const waitForTurn = async (trx: Transaction<Tables>): Promise<void> => {
  const { rows } = await sql<{ result: number }>`
    DECLARE @result int, @resource nvarchar(255) = LEFT(N'exchange-erp claim ' + DB_NAME(), 255);
    EXEC @result = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive', @LockOwner = N'Transaction',
      @LockTimeout = ${sql.lit(lockTimeoutMs)};
    SELECT @result AS result`.execute(trx);
  if ((rows[0]?.result ?? -1) >= 0) return;
  const text = 'Another instance of the service has been leasing rows for 20 s. Look for one that hangs; the sync goes on by itself.';
  throw new SyncError('erp-claim-locked', 'connection', text);
};

/** Leases up to `limit` items; ids in order of the items' oldest rows. */
export const leaseItems = async (trx: Transaction<Tables>, request: LeaseRequest): Promise<readonly number[]> => {
  await waitForTurn(trx);
  const leased: number[] = [];
  while (leased.length < request.limit) {
    // Rows of items that were leased in the last round are no candidates any more, so every round gets further.
    const rows = await candidates(trx, request, request.limit - leased.length);
    const ids = rows.length === 0 ? [] : await leaseNewest(trx, request, rows);
    if (ids.length === 0) break;
    leased.push(...ids);
  }
  return leased;
};
