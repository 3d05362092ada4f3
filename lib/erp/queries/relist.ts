/** What becomes of the links of a folder whose items have new ids, or whose mailbox is another one. */
import type { Transaction } from 'kysely';
import chunk from 'lodash/chunk';
import { SyncError } from '../../model/error';
import type { Engine } from '../engine';
import type { Relinked, Relisting } from '../store';
import type { Tables } from '../tables';
import { nameMailbox, resetFolderState } from './folder-state';
import { queueRows } from './journal';
import { linksByExchangeId, markListed, removeLinks } from './links';
import { endParkedOfRemoved, moveParked } from './parked';

/** Links per statement; an engine limits the number of parameters. */
const perStatement = 100;

/** Items of which a deletion is on its way to the ERP. */
const beingDeleted = async (
  trx: Transaction<Tables>,
  connection: string,
  exchangeIds: readonly string[],
): Promise<ReadonlySet<string | null>> => {
  const rows = await trx
    .selectFrom('sync_journal')
    .select('exchange_id')
    .where('direction', '=', 'inbound')
    .where('state', '=', 'leased')
    .where('operation', '=', 'delete')
    .where('connection', '=', connection)
    .where('exchange_id', 'in', exchangeIds)
    .execute();
  return new Set(rows.map((row) => row.exchange_id));
};

/** Moves links to the items under their new ids; `overtaken`: those that moved on, or whose deletion is on its way. */
export const relinkItems = async (
  engine: Engine,
  trx: Transaction<Tables>,
  connection: string,
  relinked: readonly Relinked[],
): Promise<{ readonly moved: readonly Relinked[]; readonly overtaken: readonly Relinked[] }> => {
  const moved: Relinked[] = [];
  for (const part of chunk(relinked, perStatement)) {
    const deleted = await beingDeleted(
      trx,
      connection,
      part.map(({ oldExchangeId }) => oldExchangeId),
    );
    const newIds = part.map(({ exchangeId }) => exchangeId);
    const oldIds = part.map(({ oldExchangeId }) => oldExchangeId);
    const taken = new Set((await linksByExchangeId(trx, connection, newIds)).map(({ exchangeId }) => exchangeId));
    const versions = new Map((await linksByExchangeId(trx, connection, oldIds)).map(({ id, version }) => [id, version]));
    const free = part.filter(
      ({ linkId, version, exchangeId, oldExchangeId }) =>
        versions.get(linkId) === version && !taken.has(exchangeId) && !deleted.has(oldExchangeId),
    );
    await moveParked(engine, trx, new Map(free.map(({ linkId, exchangeId }) => [linkId, exchangeId])));
    for (const relink of free) await moveLink(trx, relink);
    moved.push(...free);
  }
  const done = new Set(moved);
  return { moved, overtaken: relinked.filter((relink) => !done.has(relink)) };
};

/** Bases and decision stay: nothing was synchronised. */
const moveLink = async (trx: Transaction<Tables>, { linkId, version, exchangeId, changeKey }: Relinked): Promise<void> => {
  const result = await trx
    .updateTable('sync_link')
    .set({ exchange_id: exchangeId, change_key: changeKey, version: version + 1, listed: 1 })
    .where('id', '=', linkId)
    .where('version', '=', version)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw new SyncError('link-changed', 'retry', 'The link is no longer what the reader knew.');
};

/** Moves, keeps and removes the links of a folder. */
export const relist = async (engine: Engine, trx: Transaction<Tables>, relisting: Relisting): Promise<void> => {
  const { connection, employeeId, kind, relinked, missing, left, keepState } = relisting;
  await relinkItems(engine, trx, connection, relinked);
  for (const ids of chunk(missing, perStatement)) await markListed(trx, connection, ids);
  for (const part of chunk(left, perStatement)) {
    const ids = part.map(({ id }) => id);
    await endParkedOfRemoved(engine, trx, ids);
    await removeLinks(trx, ids);
    const anew = { direction: 'outbound', kind, operation: 'create', employeeId, connection: null, exchangeId: null } as const;
    await queueRows(
      engine,
      trx,
      part.map(({ erpId }) => ({ ...anew, erpId })),
    );
  }
  if (keepState) await nameMailbox(trx, relisting);
  else await resetFolderState(trx, connection, employeeId, kind);
};
