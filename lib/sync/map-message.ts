/** `item-map`: the source's item becomes an item in the target's shape, with the fields that changed. */
import isEmpty from 'lodash/isEmpty';
import { carryExceptions } from '../mapping/exceptions';
import { storedIn, type Mapping, type MappingContext } from '../mapping/mapping';
import type { AnyItem, ErpRecord, ExchangeItem } from '../model/item';
import type { SyncContext, SyncMessage } from '../model/message';
import { isErpRecord, isExchangeItem, wrongShape } from './shapes';

type Base = NonNullable<SyncContext['base']>;
type Kept = NonNullable<SyncContext['kept']>;

/** How many exceptions an item shows that are not just as the series says. */
const exceptionsIn = (item: AnyItem): number =>
  item.kind === 'task' ? 0 : item.exceptions.filter((exception) => exception.deleted || !isEmpty(exception.changes)).length;

/** The message with its mapped item; `arriving`: as the target will hold it. */
const mappedMessage = (
  message: SyncMessage,
  source: AnyItem,
  mapped: AnyItem,
  arriving: AnyItem,
  changedFields: readonly string[],
): SyncMessage => {
  const keptExceptions: Kept = exceptionsIn(source) > exceptionsIn(arriving) ? ['exceptions'] : [];
  const kept: Kept = [...(message.sync.kept ?? []), ...keptExceptions];
  return { ...message, payload: mapped, sync: { ...message.sync, mapped, changedFields, kept } };
};

const anyExceptions = (...items: readonly AnyItem[]): boolean =>
  items.some((item) => item.kind === 'appointment' && item.exceptions.length > 0);

/** The mapped record with the exceptions of the ERP's base, changed as those of Exchange's base were changed. */
const withErpExceptions = (mapped: ErpRecord, base: Base, mapping: Mapping, context: MappingContext): ErpRecord => {
  if (!anyExceptions(mapped, base.erp, base.exchange)) return mapped;
  const before = mapping.toErp(base.exchange, context);
  if (mapped.kind === 'task' || before.kind === 'task' || base.erp.kind === 'task') return mapped;
  return { ...mapped, exceptions: carryExceptions(before.exceptions, mapped.exceptions, base.erp.exceptions) };
};

/** The mapped item with the exceptions of Exchange's base, changed as those of the ERP's base were changed. */
const withExchangeExceptions = (mapped: ExchangeItem, base: Base, mapping: Mapping, context: MappingContext): ExchangeItem => {
  if (!anyExceptions(mapped, base.erp, base.exchange)) return mapped;
  const before = mapping.toExchange(base.erp, context);
  if (mapped.kind === 'task' || before.kind === 'task' || base.exchange.kind === 'task') return mapped;
  return { ...mapped, exceptions: carryExceptions(before.exceptions, mapped.exceptions, base.exchange.exceptions) };
};

const inboundMapped = (message: SyncMessage, item: ExchangeItem, mapping: Mapping, context: MappingContext): SyncMessage => {
  const { base } = message.sync;
  const mapped = mapping.toErp(item, context);
  const arriving = storedIn(context, mapped);
  if (base === null) return mappedMessage(message, item, mapped, arriving, Object.keys(mapped));
  const changedFields = mapping.affectedFields('inbound', base.exchange, item, context);
  return mappedMessage(message, item, withErpExceptions(mapped, base, mapping, context), arriving, changedFields);
};

const outboundMapped = (message: SyncMessage, record: ErpRecord, mapping: Mapping, context: MappingContext): SyncMessage => {
  const { base } = message.sync;
  const mapped = mapping.toExchange(record, context);
  if (base === null) return mappedMessage(message, record, mapped, mapped, Object.keys(mapped));
  const changedFields = mapping.affectedFields('outbound', base.erp, record, context);
  return mappedMessage(message, record, withExchangeExceptions(mapped, base, mapping, context), mapped, changedFields);
};

/**
 * Maps one message. Deletions pass through. Exceptions of a series are those of the target's base, changed as the source's changed. Rejects
 * with SyncError `payload-wrong-shape` when a flow replaced the payload, and what the mapping throws when a value cannot be expressed.
 */
export const mapMessage = async (message: SyncMessage, given: Mapping, tenant: MappingContext): Promise<SyncMessage> => {
  const { payload, sync } = message;
  if (sync.operation === 'delete') return message;
  if (payload === null || payload.kind !== sync.kind) throw wrongShape('source');
  const before = sync.direction === 'inbound' ? sync.base?.exchange : sync.base?.erp;
  const mapping = await given.prepared(before === undefined ? [payload] : [payload, before], tenant);
  const context = { ...tenant, isNew: sync.base === null };
  if (sync.direction === 'inbound') {
    if (!isExchangeItem(payload)) throw wrongShape('source');
    return inboundMapped(message, payload, mapping, context);
  }
  if (!isErpRecord(payload)) throw wrongShape('source');
  const mapped = outboundMapped(message, payload, mapping, context);
  const colours = mapped.payload !== null && isExchangeItem(mapped.payload) ? mapping.colours(mapped.payload, context) : [];
  return colours.length === 0 ? mapped : { ...mapped, sync: { ...mapped.sync, colours } };
};
