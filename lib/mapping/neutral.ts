/** What a field holds in a new item when the rules do not let it flow. */
import type { ErpRecord, ExchangeItem } from '../model/item';

const shared = { subject: '', body: '', bodyHtml: null, sensitivity: 'normal', categories: [] } as const;
const task = { startDate: null, dueDate: null, status: 'notStarted', percentComplete: 0, reminderAt: null } as const;
const appointment = { location: '', reminderMinutes: null, freeBusy: 'busy' } as const;

/** Neutral ERP record. An appointment cannot be without time, so it keeps its own. */
export const neutralErp = (record: ErpRecord): ErpRecord => {
  const erp = { ...shared, priority: 3, activityTypeId: null };
  return record.kind === 'task' ? { kind: 'task', ...erp, ...task } : { ...record, ...erp, ...appointment, exceptions: [], equipment: [] };
};

/** Neutral Exchange item. An appointment cannot be without time, so it keeps its own. */
export const neutralExchange = (item: ExchangeItem): ExchangeItem => {
  const exchange = { ...shared, importance: 'normal' } as const;
  return item.kind === 'task' ? { kind: 'task', ...exchange, ...task } : { ...item, ...exchange, ...appointment, exceptions: [] };
};
