/** What becomes of the links of a folder whose items have new ids, or whose mailbox is another one. */
import type { Transaction } from 'kysely';
import chunk from 'lodash/chunk';
import isEqual from 'lodash/isEqual';
import { SyncError } from '../../model/error';
import type { Link } from '../../model/link';
import type { Engine } from '../engine';
import type { CompiledKind } from '../records/compile';
import { readRecords } from '../records/read';
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

/** What the ERP changed while the old id was gone had no target there: it is looked at once more. */
const queueChangesOfErp = async (
  engine: Engine,
  trx: Transaction<Tables>,
  compiled: CompiledKind,
  links: readonly Link[],
): Promise<void> => {
  const readings = await readRecords(
    engine,
    trx,
    compiled,
    links.map(({ erpId }) => erpId),
  );
  const found = new Map(readings.map(({ id, result }) => [id, result]));
  const isAsBefore = ({ erpId, erpBase }: Link): boolean => {
    const result = found.get(erpId);
    return result?.ok === true && isEqual(result.value.record, erpBase);
  };
  const changed = links.filter((link) => !isAsBefore(link));
  const again = { direction: 'outbound', operation: 'update', connection: null, exchangeId: null } as const;
  await queueRows(
    engine,
    trx,
    changed.map(({ kind, employeeId, erpId }) => ({ ...again, kind, employeeId, erpId })),
  );
};

/** Moves links to the items under their new ids; `overtaken`: those that moved on, or whose deletion is on its way. */
export const relinkItems = async (
  engine: Engine,
  trx: Transaction<Tables>,
  compiled: CompiledKind,
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
    const links = new Map((await linksByExchangeId(trx, connection, oldIds)).map((link) => [link.id, link]));
    const free = part.filter(
      ({ linkId, version, exchangeId, oldExchangeId }) =>
        links.get(linkId)?.version === version && !taken.has(exchangeId) && !deleted.has(oldExchangeId),
    );
    await moveParked(engine, trx, new Map(free.map(({ linkId, exchangeId }) => [linkId, exchangeId])));
    for (const relink of free) await moveLink(trx, relink);
    await queueChangesOfErp(
      engine,
      trx,
      compiled,
      free.flatMap(({ linkId }) => links.get(linkId) ?? []),
    );
    moved.push(...free);
  }
  const done = new Set(moved);
  return { moved, overtaken: relinked.filter((relink) => !done.has(relink)) };
};

const linkChanged = (): SyncError => new SyncError('link-changed', 'retry', 'The link is no longer what the reader knew.');

/** Bases and decision stay: nothing was synchronised. */
const moveLink = async (trx: Transaction<Tables>, { linkId, version, exchangeId, changeKey }: Relinked): Promise<void> => {
  const result = await trx
    .updateTable('sync_link')
    .set({ exchange_id: exchangeId, change_key: changeKey, version: version + 1, listed: 1 })
    .where('id', '=', linkId)
    .where('version', '=', version)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw linkChanged();
};

/** Moves, keeps and removes the links of a folder. */
export const relist = async (engine: Engine, trx: Transaction<Tables>, compiled: CompiledKind, relisting: Relisting): Promise<void> => {
  const { connection, employeeId, kind, relinked, missing, left, keepState } = relisting;
  await relinkItems(engine, trx, compiled, connection, relinked);
  for (const ids of chunk(missing, perStatement)) await markListed(trx, connection, ids);
  for (const part of chunk(left, perStatement)) {
    const ids = part.map(({ id }) => id);
    await endParkedOfRemoved(engine, trx, ids);
    const links = part.map(({ id, version }) => ({ linkId: id, version }));
    if (!(await removeLinks(trx, links))) throw linkChanged();
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
