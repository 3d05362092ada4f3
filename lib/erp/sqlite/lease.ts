/**
 * Claiming in SQLite. The transaction holds the only write lock, so what is read here is true until the commit: the
 * file is the coordinator of all instances. Every query runs on a partial index of what is open or leased.
 */
import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Direction, Kind } from '../../model/kind';
import type { LeaseRequest } from '../engine';
import { waitingWork } from '../schema/sync-tables';
import type { Tables } from '../tables';

/** A waiting row, with the oldest and the newest open row of its item. */
interface Candidate {
  readonly id: number;
  readonly oldest: number;
  readonly newest: number;
}

/** Rows `other` of the item of row `j`. */
const sameItem = (direction: Direction, other: string): RawBuilder<unknown> =>
  direction === 'outbound'
    ? sql.raw(
        `${other}.direction = 'outbound' AND ${other}.employee_id = j.employee_id AND ${other}.kind = j.kind AND ${other}.erp_id = j.erp_id`,
      )
    : sql.raw(`${other}.direction = 'inbound' AND ${other}.connection = j.connection AND ${other}.exchange_id = j.exchange_id`);

/** A leased row of the opposite direction, joined to row `j` through the item's link. */
const leasedAcross = (direction: Direction): RawBuilder<unknown> =>
  direction === 'outbound'
    ? sql.raw(`SELECT 1 FROM sync_link l JOIN sync_journal x ON x.direction = 'inbound' AND x.state = 'leased'
        AND x.connection = l.connection AND x.exchange_id = l.exchange_id
      WHERE l.employee_id = j.employee_id AND l.kind = j.kind AND l.erp_id = j.erp_id`)
    : sql.raw(`SELECT 1 FROM sync_link l JOIN sync_journal x ON x.direction = 'outbound' AND x.state = 'leased'
        AND x.employee_id = l.employee_id AND x.kind = l.kind AND x.erp_id = l.erp_id
      WHERE l.connection = j.connection AND l.exchange_id = j.exchange_id`);

/** A stretch of the index in which the waiting rows lie in order: of one kind, never tried or waiting for their time. */
export interface Stretch {
  readonly part: 'fresh' | 'retried';
  readonly kind: Kind;
}

/** What narrows the rows down. The index is named: the planner, knowing no numbers, would as soon look at everything that is open. */
const searched = (
  request: LeaseRequest,
  { part, kind }: Stretch,
): { readonly index: RawBuilder<unknown>; readonly where: RawBuilder<unknown> } => {
  const { direction, connection, now, journalIds } = request;
  const due = part === 'fresh' ? sql`j.not_before = ''` : sql`j.not_before > '' AND j.not_before <= ${now}`;
  const where = sql`j.kind = ${kind} AND ${due}`;
  if (journalIds !== undefined) return { index: sql``, where: sql`${where} AND j.id IN (${sql.join(journalIds)})` };
  if (direction === 'outbound') return { index: sql`INDEXED BY sync_journal_outbound_waiting`, where };
  if (connection === null) return { index: sql``, where };
  return { index: sql`INDEXED BY sync_journal_inbound_waiting`, where: sql`j.connection = ${connection} AND ${where}` };
};

/** Oldest waiting rows of a stretch whose item is free. An item whose newest row waits for its time waits with it. */
export const candidateQuery = (request: LeaseRequest, stretch: Stretch, limit: number): RawBuilder<Candidate> => {
  const { direction, now } = request;
  const { index, where } = searched(request, stretch);
  const openOfItem = sql`FROM sync_journal o WHERE ${sameItem(direction, 'o')} AND o.state = 'open'`;
  return sql<Candidate>`
    SELECT j.id, coalesce((SELECT min(o.id) ${openOfItem}), j.id) AS oldest, coalesce((SELECT max(o.id) ${openOfItem}), j.id) AS newest
    FROM sync_journal j ${index}
    WHERE j.direction = ${sql.lit(direction)} AND ${sql.raw(waitingWork.replaceAll(/\b(state|operation)\b/g, 'j.$1'))} AND ${where}
      AND NOT EXISTS (SELECT 1 FROM sync_journal b WHERE ${sameItem(direction, 'b')} AND b.state = 'leased')
      AND NOT EXISTS (SELECT 1 FROM sync_journal n WHERE ${sameItem(direction, 'n')} AND n.state = 'open' AND n.id > j.id AND n.not_before > ${now})
      AND NOT EXISTS (${leasedAcross(direction)})
    ORDER BY j.not_before, j.id LIMIT ${limit}`;
};

/** Ends the open rows of the item of row `newest` that are older. */
const supersede = async (trx: Transaction<Tables>, { direction, now }: LeaseRequest, newest: number): Promise<void> => {
  const note = `A newer change of the same item was taken instead (${newest}).`;
  await sql`UPDATE sync_journal SET state = 'skipped', note_code = 'superseded', finished_at = ${now}, note = ${note}
    WHERE id IN (SELECT o.id FROM sync_journal j JOIN sync_journal o ON ${sameItem(direction, 'o')} AND o.state = 'open' AND o.id < j.id
      WHERE j.id = ${newest})`.execute(trx);
};

/** Leases the newest row of every item and ends the older ones; answers the leased rows' ids. */
const leaseNewest = async (trx: Transaction<Tables>, request: LeaseRequest, rows: readonly Candidate[]): Promise<readonly number[]> => {
  const ids = [...new Set(rows.map((row) => row.newest))];
  const several = new Set(rows.flatMap((row) => (row.oldest < row.newest ? [row.newest] : [])));
  for (const newest of several) await supersede(trx, request, newest);
  await sql`UPDATE sync_journal SET state = 'leased', attempt = attempt + 1, lease_owner = ${request.owner}, lease_until = ${request.until}
    WHERE id IN (${sql.join(ids)})`.execute(trx);
  return ids;
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

/** Leases up to `limit` items; ids in order of the items' oldest rows. */
export const leaseItems = async (trx: Transaction<Tables>, request: LeaseRequest): Promise<readonly number[]> => {
  const leased: number[] = [];
  while (leased.length < request.limit) {
    // Rows of items that were leased in the last round are no candidates any more, so every round gets further.
    const rows = await candidates(trx, request, request.limit - leased.length);
    if (rows.length === 0) break;
    leased.push(...(await leaseNewest(trx, request, rows)));
  }
  return leased;
};
