/**
 * Exchange deletes without asking whether an item is still as expected. An edit that a person made in the moment before is therefore looked
 * for in Deleted Items, and kept in the journal. What is edited there later has nothing to do with the sync.
 */
import { maxBy, pick } from 'lodash';
import { differingFields } from '../mapping/compare';
import type { AnyItem, ExchangeItem, Fields } from '../model/item';
import type { Kind } from '../model/kind';
import type { ExchangeRuntime, TenantRuntime } from './runtime';

/** A deleted item, and as what its deletion was decided. */
export interface Deleted {
  readonly syncId: string;
  readonly expected: AnyItem;
}

/** What a person made of an item before it was deleted. */
export interface LostEdit {
  readonly item: ExchangeItem;
  /** Fields that are not as expected, with what they hold. */
  readonly lost: Fields;
}

/** Edits that the deletions of a mailbox took with them, by sync id. */
export const findLostEdits = async (
  { tenant, exchange }: { readonly tenant: TenantRuntime; readonly exchange: ExchangeRuntime },
  mailbox: string,
  kind: Kind,
  deleted: readonly Deleted[],
): Promise<ReadonlyMap<string, LostEdit>> => {
  if (deleted.length === 0) return new Map();
  const syncIds = deleted.map(({ syncId }) => syncId);
  const found = (await exchange.connection.findBySyncId(mailbox, kind, syncIds)).filter((item) => item.deleted);
  const ids = found.map(({ id }) => id);
  const read = ids.length === 0 ? [] : await exchange.connection.getMany(mailbox, ids);
  const entries = read.flatMap((result) => (result.ok ? [result.value] : []));
  return new Map(
    deleted.flatMap(({ syncId, expected }) => {
      // Of several the newest is the one that was just deleted.
      const entry = maxBy(
        entries.filter((one) => one.syncId === syncId),
        'modifiedAt',
      );
      const edited = entry === undefined ? [] : differingFields(expected, entry.item, tenant.database.store.timeZone);
      return entry === undefined || edited.length === 0 ? [] : [[syncId, { item: entry.item, lost: pick(entry.item, edited) }] as const];
    }),
  );
};
