/** `item-map`: the source's item becomes an item in the target's shape, with the fields that changed. */
import type { SyncMessage } from '../model/message';
import type { Mapping, MappingContext } from '../mapping/mapping';
import { isErpRecord, isExchangeItem, wrongShape } from './shapes';

/**
 * Maps one message. Deletions pass through. Throws SyncError `payload-wrong-shape` when a flow replaced the payload, and what the mapping
 * throws when a value cannot be expressed.
 */
export const mapMessage = (message: SyncMessage, mapping: Mapping, context: MappingContext): SyncMessage => {
  const { payload, sync } = message;
  if (sync.operation === 'delete') return message;
  if (payload === null || payload.kind !== sync.kind) throw wrongShape('source');
  if (sync.direction === 'inbound') {
    if (!isExchangeItem(payload)) throw wrongShape('source');
    const mapped = mapping.toErp(payload, context);
    const changedFields =
      sync.base === null ? Object.keys(mapped) : mapping.affectedFields('inbound', sync.base.exchange, payload, context);
    return { ...message, payload: mapped, sync: { ...sync, mapped, changedFields } };
  }
  if (!isErpRecord(payload)) throw wrongShape('source');
  const mapped = mapping.toExchange(payload, context);
  const changedFields = sync.base === null ? Object.keys(mapped) : mapping.affectedFields('outbound', sync.base.erp, payload, context);
  return { ...message, payload: mapped, sync: { ...sync, mapped, changedFields } };
};
