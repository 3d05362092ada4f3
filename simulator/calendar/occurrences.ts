import type { ShownItem } from '../items/computed';
import { extendedKey } from '../items/extended';
import type { Database } from '../storage/database';
import { changedDays, changeOf, exceptionPeriod, exceptionsIn, type Exception } from '../storage/exceptions';
import type { Item, Period } from '../storage/items';
import { withTexts, type Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { longestGap } from './patterns';
import { recurrenceParts } from './recurrence';
import { lastOccurrence, occurrenceOn, occurrences, occurrencesIn, plannedPeriod, type Occurrence } from './series';

const without = (properties: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));

/** One occurrence of a series as an item of its own: what the series has, under what the occurrence has itself. */
function asItem(series: Item, occurrence: Occurrence, exception?: Exception): ShownItem {
  const { starts, ends } = exception ?? occurrence;
  const { properties = {}, extended = [], removed = [] } = exception ?? {};
  const own = new Set(extended.map(extendedKey));
  const inherited = series.extended.filter((property) => !own.has(extendedKey(property)) && !removed.includes(extendedKey(property)));
  const times = { Start: formatUtc(new Date(starts)), End: formatUtc(new Date(ends)) };
  return {
    ...series,
    properties: withTexts({ ...without(series.properties, ['Recurrence', ...removed]), ...properties }, times),
    extended: [...inherited, ...extended],
    occurrence: { day: occurrence.day, original: occurrence.starts, isException: exception !== undefined },
  };
}

const changedItem = (database: Database, series: Item, occurrence: Occurrence): ShownItem | 'deleted' => {
  const change = changeOf(database, series.id, occurrence.day);
  return change === 'deleted' ? change : asItem(series, occurrence, change);
};

/** The occurrence of a day; undefined where the series has none. */
export function occurrenceItem(database: Database, series: Item, day: number): ShownItem | 'deleted' | undefined {
  const occurrence = occurrenceOn(series.properties, day);
  return occurrence && changedItem(database, series, occurrence);
}

/** The occurrences of a series that overlap a period (ms): exceptions by the times they have now, without the deleted ones. */
export function occurrenceItems(database: Database, series: Item, from: number, to: number): readonly ShownItem[] {
  const planned = occurrencesIn(series.properties, from, to);
  const [first, last] = [planned[0], planned.at(-1)];
  const changed = first && last ? changedDays(database, series.id, first.day, last.day) : new Set();
  const moved = exceptionsIn(database, series.id, from, to).flatMap((exception): readonly ShownItem[] => {
    const occurrence = occurrenceOn(series.properties, exception.day);
    return occurrence ? [asItem(series, occurrence, exception)] : [];
  });
  return [...planned.filter(({ day }) => !changed.has(day)).map((occurrence) => asItem(series, occurrence)), ...moved];
}

/** The first occurrence from a day on that is not deleted. */
export function nextOccurrence(database: Database, series: Item, from?: number): ShownItem | undefined {
  for (const occurrence of occurrences(series.properties, from)) {
    const item = changedItem(database, series, occurrence);
    if (item !== 'deleted') return item;
  }
  return undefined;
}

/** The last occurrence before a day that is not deleted. */
export function previousOccurrence(database: Database, series: Item, day: number): ShownItem | undefined {
  const recurrence = series.properties['Recurrence'];
  const [first] = occurrences(series.properties);
  if (!recurrence || !first) return undefined;
  for (let reach = longestGap(recurrenceParts(recurrence).pattern); ; reach *= 2) {
    let found: ShownItem | undefined;
    for (const occurrence of occurrences(series.properties, day - reach)) {
      if (occurrence.day >= day) break;
      const item = changedItem(database, series, occurrence);
      if (item !== 'deleted') found = item;
    }
    if (found || day - reach <= first.day) return found;
  }
}

/** The last occurrence that is not deleted; an endless series has none. */
export function lastOccurrenceItem(database: Database, series: Item): ShownItem | undefined {
  const last = lastOccurrence(series.properties);
  return last && previousOccurrence(database, series, last.day + 1);
}

/** The time an appointment covers, with all its occurrences wherever they were moved. */
export function coveredPeriod(database: Database, properties: Properties, item?: number): Period {
  const planned = plannedPeriod(properties);
  const moved = item === undefined ? undefined : exceptionPeriod(database, item);
  return moved ? { starts: Math.min(planned.starts, moved.starts), ends: Math.max(planned.ends, moved.ends) } : planned;
}
