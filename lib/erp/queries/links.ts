/** Queries on `sync_link`. */
import { sql, type Kysely, type Transaction } from 'kysely';
import chunk from 'lodash/chunk';
import groupBy from 'lodash/groupBy';
import uniqBy from 'lodash/uniqBy';
import type { Kind } from '../../model/kind';
import type { Link, LinkDecision, NewLink } from '../../model/link';
import { linkFromRow, rowFromNewLink } from '../rows';
import type { LinkUpdate, PairToLink } from '../store';
import type { Tables } from '../tables';

/** Links of Exchange items of one connection. */
export const linksByExchangeId = async (
  db: Kysely<Tables>,
  connection: string,
  exchangeIds: readonly string[],
): Promise<readonly Link[]> => {
  const rows = await db
    .selectFrom('sync_link')
    .selectAll()
    .where('connection', '=', connection)
    .where('exchange_id', 'in', exchangeIds)
    .execute();
  return rows.map(linkFromRow);
};

/** Exchange ids of finished links that no list of changes has told of. */
export const unlistedItems = async (db: Kysely<Tables>, connection: string, employeeId: string, kind: Kind): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('sync_link')
    .select('exchange_id')
    .where('connection', '=', connection)
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .where('listed', '=', sql.lit(0))
    .where('state', '=', sql.lit('active'))
    .orderBy('id')
    .execute();
  return rows.flatMap(({ exchange_id: id }) => id ?? []);
};

/** Notes that the sync state of their folder covers items. */
export const markListed = async (trx: Transaction<Tables>, connection: string, exchangeIds: readonly string[]): Promise<void> => {
  await trx
    .updateTable('sync_link')
    .set({ listed: 1 })
    .where('connection', '=', connection)
    .where('exchange_id', 'in', exchangeIds)
    .execute();
};

/** Links by sync id. */
export const linksBySyncId = async (db: Kysely<Tables>, syncIds: readonly string[]): Promise<readonly Link[]> => {
  const rows = await db.selectFrom('sync_link').selectAll().where('sync_id', 'in', syncIds).execute();
  return rows.map(linkFromRow);
};

/** A page of an employee's links, by id. */
export const linksOfEmployee = async (
  db: Kysely<Tables>,
  employeeId: string,
  kind: Kind,
  after: number,
  limit: number,
): Promise<readonly Link[]> => {
  const rows = await db
    .selectFrom('sync_link')
    .selectAll()
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(linkFromRow);
};

/** Links of an employee's records. */
const linksOfRecords = async (db: Kysely<Tables>, employeeId: string, kind: Kind, erpIds: readonly string[]): Promise<readonly Link[]> => {
  const rows = await db
    .selectFrom('sync_link')
    .selectAll()
    .where('employee_id', '=', employeeId)
    .where('kind', '=', kind)
    .where('erp_id', 'in', erpIds)
    .execute();
  return rows.map(linkFromRow);
};

const savePendingAlike = async (trx: Transaction<Tables>, pending: readonly NewLink[], first: NewLink): Promise<readonly Link[]> => {
  const links = () =>
    linksOfRecords(
      trx,
      first.employeeId,
      first.kind,
      pending.map((link) => link.erpId),
    );
  const known = await links();
  const knownIds = new Set(known.map((link) => link.erpId));
  const added = uniqBy(
    pending.filter((link) => !knownIds.has(link.erpId)),
    (link) => link.erpId,
  );
  if (added.length === 0) return known;
  await insertLinks(trx, added);
  return links();
};

/** Stores links for records that have none; answers the link of each record, in order. */
export const savePending = async (trx: Transaction<Tables>, pending: readonly NewLink[]): Promise<readonly Link[]> => {
  const stored = new Map<string, Link>();
  const keyOf = (link: NewLink | Link) => JSON.stringify([link.employeeId, link.kind, link.erpId]);
  for (const group of Object.values(groupBy(pending, (link) => JSON.stringify([link.employeeId, link.kind])))) {
    const [first] = group;
    if (first !== undefined) for (const link of await savePendingAlike(trx, group, first)) stored.set(keyOf(link), link);
  }
  return pending.flatMap((link) => stored.get(keyOf(link)) ?? []);
};

/** Whether a link holds the record, the item or the sync id of one of these. */
const takenOf = async (trx: Transaction<Tables>, pairs: readonly PairToLink[], { link: first }: PairToLink) => {
  const taken = await trx
    .selectFrom('sync_link')
    .select(['employee_id', 'kind', 'connection', 'erp_id', 'exchange_id', 'sync_id'])
    .where((where) =>
      where.or([
        where(
          'sync_id',
          'in',
          pairs.map(({ link }) => link.syncId),
        ),
        where.and([
          where('connection', '=', first.connection),
          where(
            'exchange_id',
            'in',
            pairs.map(({ link }) => link.exchangeId),
          ),
        ]),
        where.and([
          where('employee_id', '=', first.employeeId),
          where('kind', '=', first.kind),
          where(
            'erp_id',
            'in',
            pairs.map(({ link }) => link.erpId),
          ),
        ]),
      ]),
    )
    .execute();
  return new Set(taken.flatMap((row) => [`erp ${row.erp_id}`, `exchange ${row.exchange_id}`, `sync ${row.sync_id}`]));
};

/** Pairs per statement; an engine limits the number of parameters. */
const pairsPerStatement = 100;

/** Links the pairs of one folder; `overtaken`: those of which one half is linked already. */
export const linkPairs = async (
  trx: Transaction<Tables>,
  pairs: readonly PairToLink[],
): Promise<{ readonly linked: readonly PairToLink[]; readonly overtaken: readonly PairToLink[] }> => {
  const linked: PairToLink[] = [];
  for (const part of chunk(pairs, pairsPerStatement)) {
    const [first] = part;
    if (first === undefined) continue;
    const taken = await takenOf(trx, part, first);
    const free = part.filter(
      ({ link }) => !taken.has(`erp ${link.erpId}`) && !taken.has(`exchange ${link.exchangeId}`) && !taken.has(`sync ${link.syncId}`),
    );
    if (free.length === 0) continue;
    await insertLinks(
      trx,
      free.map(({ link }) => link),
    );
    linked.push(...free);
  }
  const done = new Set(linked);
  return { linked, overtaken: pairs.filter((pair) => !done.has(pair)) };
};

/** Stores links. */
export const insertLinks = async (trx: Transaction<Tables>, links: readonly NewLink[]): Promise<void> => {
  await trx.insertInto('sync_link').values(links.map(rowFromNewLink)).execute();
};

/** Moves a link on; false when it is gone or no longer of the version that the writer knew. */
export const updateLink = async (trx: Transaction<Tables>, update: LinkUpdate): Promise<boolean> => {
  const result = await trx
    .updateTable('sync_link')
    .set({
      version: update.version + 1,
      state: 'active',
      exchange_id: update.exchangeId,
      // Under another id the item may be gone again before any list tells of it.
      listed: sql<number>`CASE WHEN exchange_id = ${update.exchangeId} THEN listed ELSE 0 END`,
      change_key: update.changeKey,
      erp_base: JSON.stringify(update.erpBase),
      exchange_base: JSON.stringify(update.exchangeBase),
      decision: null,
      ...(update.meetingRole === undefined ? {} : { meeting_role: update.meetingRole }),
    })
    .where('id', '=', update.id)
    .where('version', '=', update.version)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

const exceptionsOfTheErp: LinkDecision = { take: 'fields', fields: { exceptions: 'erp' }, by: 'sync' };

/** See `SyncStore.expectRewrites`; the write that succeeds forgets it like every decision. */
export const expectRewrites = async (trx: Transaction<Tables>, linkIds: readonly number[]): Promise<void> => {
  await trx
    .updateTable('sync_link')
    .set({ decision: JSON.stringify(exceptionsOfTheErp) })
    .where('id', 'in', linkIds)
    .where('decision', 'is', null)
    .execute();
};

/** A link to be forgotten, as long as it is of this version. */
export interface LinkToRemove {
  readonly linkId: number;
  readonly version: number;
}

/** Forgets links; false when one of them is no longer of the version that the writer knew. */
export const removeLinks = async (trx: Transaction<Tables>, links: readonly LinkToRemove[]): Promise<boolean> => {
  if (links.length === 0) return true;
  const result = await trx
    .deleteFrom('sync_link')
    .where((where) => where.or(links.map(({ linkId, version }) => where.and([where('id', '=', linkId), where('version', '=', version)]))))
    .executeTakeFirst();
  return result.numDeletedRows === BigInt(links.length);
};
