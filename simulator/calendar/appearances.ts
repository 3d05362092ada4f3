import type { ShownItem } from '../items/computed';
import type { Database } from '../storage/database';
import type { Item } from '../storage/items';
import { occurrenceItems } from './occurrences';
import { overlaps, periodOf } from './series';

/** The appointments, and occurrences of series, that overlap a period (ms), by their start. */
export function appearances(database: Database, items: readonly Item[], from: number, to: number): readonly ShownItem[] {
  const all = items.flatMap((item): readonly ShownItem[] => {
    if (item.properties['Recurrence']) return occurrenceItems(database, item, from, to);
    return overlaps(periodOf(item.properties), from, to) ? [item] : [];
  });
  return [...all].sort((one, two) => periodOf(one.properties).starts - periodOf(two.properties).starts);
}
