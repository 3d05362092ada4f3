import { occurrenceItem } from '../calendar/occurrences';
import { dayAt, zoneOf } from '../calendar/series';
import { EwsError } from '../errors';
import type { WritingSession } from '../session';
import type { Item } from '../storage/items';
import { toUtc } from '../time';
import type { XmlElement } from '../xml/element';
import type { OccurrenceOf, ShownItem } from './computed';
import { deleteOccurrence, updateOccurrence } from './write-occurrence';

/** The occurrence whose planned time an element names; undefined where the series has none on that day, or no more. */
const namedOccurrence = (
  session: WritingSession,
  series: Item,
  { attributes }: XmlElement,
): (ShownItem & { readonly occurrence: OccurrenceOf }) | undefined => {
  const planned = Date.parse(toUtc(attributes['Original'] ?? '', session.zone));
  const item = occurrenceItem(session.database, series, dayAt(planned, zoneOf(series.properties)));
  return item && item !== 'deleted' && item.occurrence ? { ...item, occurrence: item.occurrence } : undefined;
};

/**
 * Deletes and changes occurrences of a new series as its MIME content says (`calendar/icalendar/read-occurrences.ts`), by the rules for
 * single occurrences. What names no occurrence means nothing.
 */
export function importOccurrences(session: WritingSession, series: Item, given: XmlElement): void {
  const named = (kind: string): readonly XmlElement[] => given.children.filter(({ name }) => name === kind);
  // The last first: the occurrence before each is still there, and found at once.
  for (const deleted of [...named('Deleted')].reverse()) {
    const item = namedOccurrence(session, series, deleted);
    if (item && !deleteOccurrence(session, item, item.occurrence)) throw new EwsError('ErrorRecurrenceHasNoOccurrence');
  }
  for (const modified of named('Modified')) {
    const item = namedOccurrence(session, series, modified);
    if (item) updateOccurrence(session, item, item.occurrence, modified.children);
  }
}
