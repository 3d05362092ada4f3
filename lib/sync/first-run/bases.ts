/** Base snapshots of a link between two items that were found equal: what they agree in is real, the rest tells who leads. */
import pick from 'lodash/pick';
import type { Mapping, MappingContext } from '../../mapping/mapping';
import { neutralErp, neutralExchange } from '../../mapping/neutral';
import { SyncError } from '../../model/error';
import type { FirstRunMode } from '../../model/first-run';
import type { ErpRecord, ExchangeItem, Fields } from '../../model/item';
import type { Bases } from '../shapes';

/** Bases of a pair, and the directions in which it has something to tell. */
export interface PairBases extends Bases {
  readonly inbound: boolean;
  readonly outbound: boolean;
}

/** Names of the fields in which the two are not each other's image, in both shapes; fields that share one of Exchange's go together. */
const differingFields = (record: ErpRecord, item: ExchangeItem, mapping: Mapping, context: MappingContext) => {
  const rules = mapping.rules.filter(({ kind }) => kind === record.kind);
  const differing = mapping.differences(record, item, context);
  const exchange = new Set(rules.filter(({ erp }) => differing.includes(erp)).map((rule) => rule.exchange));
  return { erp: rules.filter((rule) => exchange.has(rule.exchange)).map(({ erp }) => erp), exchange: [...exchange] };
};

/** Neither side was ever told of the other's: every value that says something is a change, and the usual rules merge the two. */
const merged = (
  record: ErpRecord,
  item: ExchangeItem,
  fields: { readonly erp: readonly string[]; readonly exchange: readonly string[] },
) => {
  const erp: Fields = pick(neutralErp(record), fields.erp);
  const exchange: Fields = pick(neutralExchange(item), fields.exchange);
  return { erpBase: { ...record, ...erp }, exchangeBase: { ...item, ...exchange } };
};

/**
 * Bases of a pair. `merge`: fields that differ are neutral on both sides. `erp`, `exchange`: as if both sides had held what the other side
 * holds, so that the leading side's values are its changes and meet none.
 */
export const pairBases = (
  record: ErpRecord,
  item: ExchangeItem,
  mode: FirstRunMode,
  mapping: Mapping,
  context: MappingContext,
): PairBases => {
  try {
    const fields = differingFields(record, item, mapping, context);
    if (fields.erp.length === 0) return { erpBase: record, exchangeBase: item, inbound: false, outbound: false };
    if (mode === 'erp') {
      const exchanges: Fields = pick(mapping.toErp(item, context), fields.erp);
      return { erpBase: { ...record, ...exchanges }, exchangeBase: item, inbound: false, outbound: true };
    }
    if (mode === 'exchange') {
      const erps: Fields = pick(mapping.toExchange(record, context), fields.exchange);
      return { erpBase: record, exchangeBase: { ...item, ...erps }, inbound: true, outbound: false };
    }
    return { ...merged(record, item, fields), inbound: true, outbound: true };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    // Cannot be mapped as it is: linked all the same, and its rows tell why.
    return { erpBase: neutralErp(record), exchangeBase: neutralExchange(item), inbound: mode !== 'erp', outbound: mode !== 'exchange' };
  }
};
