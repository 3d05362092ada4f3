import { isEqual } from 'lodash';
import { nextOccurrence, previousOccurrence } from '../calendar/occurrences';
import { dayAt, lastOccurrence, periodOf, sameSchedule, zoneOf } from '../calendar/series';
import { EwsError } from '../errors';
import type { Session, WritingSession } from '../session';
import { removeOccurrenceAttachments } from '../storage/attachments';
import type { Database } from '../storage/database';
import { changeOf, deletedDays, dropExceptions, exceptionsOf, saveDeletion, saveException, type Exception } from '../storage/exceptions';
import { itemById, type Item, type Period } from '../storage/items';
import type { Properties } from '../storage/properties';
import type { XmlElement } from '../xml/element';
import { applyUpdates, type Changing } from './apply';
import { completeItem } from './complete';
import type { OccurrenceOf, ShownItem } from './computed';
import { extendedKey } from './extended';

const seriesOf = (session: Session, item: Item): Item => {
  const series = itemById(session.database, item.id);
  if (!series) throw new EwsError('ErrorItemNotFound');
  return series;
};

const ofSeries: ReadonlySet<string> = new Set(['Recurrence', 'UID']);

const updated = (item: ShownItem, updates: readonly XmlElement[]): Changing => {
  const changing = applyUpdates(item, updates);
  if ([...changing.set].some((name) => ofSeries.has(name))) throw new EwsError('ErrorInvalidPropertySet');
  return changing;
};

/** An occurrence stays between its neighbours, on a day of its own. */
const checkNeighbours = (database: Database, series: Item, day: number, { starts, ends }: Period): void => {
  const zone = zoneOf(series.properties);
  const previous = previousOccurrence(database, series, day);
  const next = nextOccurrence(database, series, day + 1);
  const before = previous && periodOf(previous.properties);
  const after = next && periodOf(next.properties);
  const isTooEarly = before && (before.ends > starts || dayAt(before.starts, zone) >= dayAt(starts, zone));
  const isTooLate = after && (after.starts < ends || dayAt(after.starts, zone) <= dayAt(starts, zone));
  if (isTooEarly === true || isTooLate === true) throw new EwsError('ErrorOccurrenceCrossingBoundary');
};

/** What an occurrence now has that is not the series': what it had of its own, and what was set. */
const exceptionOf = (series: Item, day: number, earlier: Exception | undefined, changing: Changing): Exception => {
  const { properties, set } = changing;
  const own = new Set([...Object.keys(earlier?.properties ?? {}), ...set, 'IsAllDayEvent']);
  const times = new Set(['Start', 'End']);
  const ownKeys = new Set((earlier?.extended ?? []).map(extendedKey));
  const keys = new Set(changing.extended.map(extendedKey));
  const gone = [...set, ...(earlier?.removed ?? [])].filter((name) => name in series.properties && !(name in properties));
  return {
    day,
    ...periodOf(properties),
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => own.has(name) && !times.has(name))),
    extended: changing.extended.filter(
      (property) => ownKeys.has(extendedKey(property)) || !series.extended.some((other) => isEqual(other, property)),
    ),
    removed: [...new Set([...gone, ...series.extended.map(extendedKey).filter((key) => !keys.has(key))])],
  };
};

/** Gives one occurrence values of its own, which it keeps when the series changes others. The caller marks the series as changed. */
export function updateOccurrence(session: WritingSession, item: ShownItem, occurrence: OccurrenceOf, updates: readonly XmlElement[]): Item {
  const { database } = session;
  const series = seriesOf(session, item);
  const changing = updated(item, updates);
  const properties = completeItem(session, item.element, changing);
  const period = periodOf(properties);
  if (!isEqual(period, periodOf(item.properties))) checkNeighbours(database, series, occurrence.day, period);
  const earlier = changeOf(database, series.id, occurrence.day);
  saveException(
    database,
    series.id,
    exceptionOf(series, occurrence.day, earlier === 'deleted' ? undefined : earlier, { ...changing, properties }),
  );
  return series;
}

/** Takes one occurrence out of its series; undefined for the last one, with which the series itself would go. */
export function deleteOccurrence(session: Session, item: ShownItem, { day }: OccurrenceOf): Item | undefined {
  const { database } = session;
  const series = seriesOf(session, item);
  if (!previousOccurrence(database, series, day) && !nextOccurrence(database, series, day + 1)) return undefined;
  removeOccurrenceAttachments(database, series.id, day);
  saveDeletion(database, series.id, day);
  return series;
}

/**
 * Exceptions and deletions stay as long as the series plans the same occurrences. A changed pattern or time drops them all, an earlier
 * end those behind it.
 */
export function reviseExceptions(database: Database, before: Item, after: Properties): void {
  if (before.element !== 'CalendarItem' || !before.properties['Recurrence']) return;
  if (!sameSchedule(before.properties, after)) {
    removeOccurrenceAttachments(database, before.id);
    dropExceptions(database, before.id);
    return;
  }
  const last = lastOccurrence(after);
  if (!last) return;
  const days = [...exceptionsOf(database, before.id).map(({ day }) => day), ...deletedDays(database, before.id)];
  const behind = days.filter((day) => day > last.day);
  for (const day of behind) removeOccurrenceAttachments(database, before.id, day);
  dropExceptions(database, before.id, behind);
}
