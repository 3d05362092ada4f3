/** What the check suggests for a pair (requirements O5). Pure. */
import { differingFields } from '../mapping/compare';
import type { ErpEntry, ExchangeEntry } from '../model/item';
import type { Link } from '../model/link';
import type { ConflictRule } from '../model/employee-options';
import type { Suggestion } from './check-report';

/** Both sides are there and differ. `timeZone`: the tenant's. */
export const suggestForDifferent = (
  erp: ErpEntry,
  exchange: ExchangeEntry,
  link: Link,
  rule: ConflictRule,
  timeZone: string,
): Suggestion => {
  const erpChanged = differingFields(link.erpBase, erp.record, timeZone).length > 0;
  const exchangeChanged = differingFields(link.exchangeBase, exchange.item, timeZone).length > 0;
  if (!erpChanged && !exchangeChanged) return { action: 'none', reason: 'unchanged' };
  if (!exchangeChanged) return { action: 'erp-to-exchange', reason: 'changed-in-erp' };
  if (!erpChanged) return { action: 'exchange-to-erp', reason: 'changed-in-exchange' };
  switch (rule) {
    case 'manual':
      return { action: 'none', reason: 'conflict-manual' };
    case 'erp':
      return { action: 'erp-to-exchange', reason: 'conflict-rule' };
    case 'exchange':
      return { action: 'exchange-to-erp', reason: 'conflict-rule' };
    case 'last': {
      const erpIsLater = erp.modifiedAt !== null && Date.parse(erp.modifiedAt) > Date.parse(exchange.modifiedAt);
      return { action: erpIsLater ? 'erp-to-exchange' : 'exchange-to-erp', reason: 'conflict-rule' };
    }
  }
};

/** The linked Exchange item was deleted, the record is still there. */
export const suggestForDeletedInExchange = (erp: ErpEntry, link: Link, rule: ConflictRule, timeZone: string): Suggestion => {
  if (differingFields(link.erpBase, erp.record, timeZone).length === 0 || rule === 'exchange')
    return { action: 'delete-erp', reason: 'deleted-in-exchange' };
  return { action: rule === 'manual' ? 'none' : 'erp-to-exchange', reason: 'edited-after-deletion' };
};

/** The linked ERP record was deleted, the Exchange item is still there. */
export const suggestForDeletedInErp = (exchange: ExchangeEntry, link: Link, rule: ConflictRule, timeZone: string): Suggestion => {
  if (differingFields(link.exchangeBase, exchange.item, timeZone).length === 0 || rule === 'erp')
    return { action: 'delete-exchange', reason: 'deleted-in-erp' };
  return { action: rule === 'manual' ? 'none' : 'exchange-to-erp', reason: 'edited-after-deletion' };
};
