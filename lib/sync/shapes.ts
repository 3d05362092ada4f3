/** Tells the two shapes of an item apart and computes the base snapshots after a write. */
import { SyncError } from '../model/error';
import type { AnyItem, ErpRecord, ExchangeItem, Fields } from '../model/item';
import type { SyncContext } from '../model/message';

/** Whether an item is in the ERP's shape; only ERP records have a priority. */
export const isErpRecord = (item: AnyItem): item is ErpRecord => 'priority' in item;
/** Whether an item is in Exchange's shape. */
export const isExchangeItem = (item: AnyItem): item is ExchangeItem => !('priority' in item);

/** `payload-wrong-shape`: a flow replaced the payload by something that is not an item of the expected side. */
export const wrongShape = (expected: 'source' | 'target'): SyncError =>
  new SyncError(
    'payload-wrong-shape',
    'item',
    `msg.payload is not an item of the ${expected} side. Wire item-map once, before conflict-resolve, and keep the fields of the payload.`,
    { expected },
  );

/** Both base snapshots of a link. */
export interface Bases {
  readonly erpBase: ErpRecord;
  readonly exchangeBase: ExchangeItem;
}

/**
 * Bases after `changes` reached the target: the source's base is the source as it was read; the target's base takes over only what was
 * written, so that the target's own changes, which have not travelled yet, still differ from it. Null without a link or a source.
 */
export const basesAfter = (sync: SyncContext, changes: Fields): Bases | null => {
  const { base, source, direction } = sync;
  if (base === null || source === null) return null;
  if (direction === 'inbound') return isExchangeItem(source) ? { erpBase: { ...base.erp, ...changes }, exchangeBase: source } : null;
  return isErpRecord(source) ? { erpBase: source, exchangeBase: { ...base.exchange, ...changes } } : null;
};
