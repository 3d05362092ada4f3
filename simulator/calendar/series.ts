import { DateTime } from 'luxon';
import type { Item, Period } from '../storage/items';
import { text, withTexts, type Properties } from '../storage/properties';
import { formatUtc, ianaZone } from '../time';
import { expand, recurrenceParts } from './recurrence';

/** One occurrence of a series: start and end in UTC (ms). */
export interface Occurrence {
  readonly starts: number;
  readonly ends: number;
}

const farFuture = Date.UTC(4500, 0, 1);

/** The IANA zone in which an appointment is planned. */
export const zoneOf = (properties: Properties): string => ianaZone(properties['StartTimeZone']?.attributes['Id'] ?? 'UTC');

/** Start and end of an appointment (of a series: of its first occurrence) in ms. */
export const periodOf = (properties: Properties): Occurrence => ({
  starts: Date.parse(text(properties, 'Start') ?? ''),
  ends: Date.parse(text(properties, 'End') ?? ''),
});

/** The end of an occurrence: whole days stay whole where the clocks change, other durations are kept to the minute. */
const endOf = (start: DateTime, properties: Properties): number => {
  const zone = zoneOf(properties);
  const { starts, ends } = periodOf(properties);
  if (text(properties, 'IsAllDayEvent') !== 'true') return start.toMillis() + ends - starts;
  const days = Math.round(DateTime.fromMillis(ends, { zone }).diff(DateTime.fromMillis(starts, { zone }), 'days').days);
  return start.plus({ days }).toMillis();
};

/** The occurrences of a series in order; an appointment without a recurrence is its own only one. */
export function* occurrences(properties: Properties): Generator<Occurrence> {
  const recurrence = properties['Recurrence'];
  const zone = zoneOf(properties);
  if (!recurrence) {
    yield periodOf(properties);
    return;
  }
  const timeOfDay = DateTime.fromMillis(periodOf(properties).starts, { zone }).toFormat('HH:mm:ss');
  for (const start of expand(recurrence, timeOfDay, zone)) yield { starts: start.toMillis(), ends: endOf(start, properties) };
}

/** The occurrences that overlap a period (ms), as Exchange's CalendarView counts: an end on its start is outside. */
export function occurrencesIn(properties: Properties, from: number, to: number): readonly Occurrence[] {
  const found: Occurrence[] = [];
  for (const occurrence of occurrences(properties)) {
    if (occurrence.starts >= to) break;
    if (occurrence.ends > from || (occurrence.starts === occurrence.ends && occurrence.starts >= from)) found.push(occurrence);
  }
  return found;
}

/** First and last occurrence; an endless series has no last one. */
export function bounds(properties: Properties): { readonly first?: Occurrence; readonly last?: Occurrence } {
  const recurrence = properties['Recurrence'];
  const isEndless = recurrence !== undefined && recurrenceParts(recurrence).range.name === 'NoEndRecurrence';
  let first: Occurrence | undefined;
  let last: Occurrence | undefined;
  for (const occurrence of occurrences(properties)) {
    first ??= occurrence;
    last = occurrence;
    if (isEndless) return { first };
  }
  return { ...(first ? { first } : {}), ...(last ? { last } : {}) };
}

/** The time an appointment covers, with all its occurrences. */
export function coveredPeriod(properties: Properties): Period {
  const { first, last } = bounds(properties);
  return { starts: first?.starts ?? periodOf(properties).starts, ends: last?.ends ?? farFuture };
}

/** One occurrence of a series as an item of its own. */
export const asOccurrence = (item: Item, occurrence: Occurrence): Item => {
  const kept = Object.fromEntries(Object.entries(item.properties).filter(([name]) => name !== 'Recurrence'));
  const times = { Start: formatUtc(new Date(occurrence.starts)), End: formatUtc(new Date(occurrence.ends)) };
  return { ...item, properties: withTexts(kept, times) };
};
