/** What an iCalendar text says of single occurrences of its series: EXDATE, and events with a RECURRENCE-ID. */
import { isEqual } from 'lodash';
import { mimeOccurrences } from '../../items/apply';
import { pathTo } from '../../items/path';
import { t, type XmlElement } from '../../xml/element';

/** An occurrence that is not as its series plans it: when it is planned, and its own properties. */
export interface ChangedOccurrence {
  readonly original: string;
  readonly properties: readonly XmlElement[];
}

const ofSeries: ReadonlySet<string> = new Set(['UID', 'Recurrence']);

const removable: ReadonlySet<string> = new Set([
  ...['Body', 'Location', 'Categories', 'RequiredAttendees', 'OptionalAttendees', 'Resources'],
]);

const path = (name: string): XmlElement => pathTo('CalendarItem', name);

/** The updates that make an occurrence of a series what its event says; what it shares with the series stays the series'. */
const updatesOf = (series: readonly XmlElement[], occurrence: readonly XmlElement[]): readonly XmlElement[] => {
  const isShared = (property: XmlElement): boolean => series.some((other) => isEqual(other, property));
  const isTime = ({ name }: XmlElement): boolean => name === 'Start' || name === 'End';
  const changed = occurrence.filter((property) => !ofSeries.has(property.name) && (isTime(property) || !isShared(property)));
  const missing = series.filter(({ name }) => removable.has(name) && !occurrence.some((property) => property.name === name));
  return [
    ...changed.map((property) => t('SetItemField', [path(property.name), t('CalendarItem', [property])])),
    ...missing.map(({ name }) => t('DeleteItemField', [path(name)])),
  ];
};

/** Deleted (by their planned times, in their order) and changed occurrences as one element beside the properties of their series. */
export function occurrencesElement(
  series: readonly XmlElement[],
  deleted: readonly string[],
  changed: readonly ChangedOccurrence[],
): readonly XmlElement[] {
  if (deleted.length + changed.length === 0) return [];
  return [
    t(mimeOccurrences, [
      ...[...new Set(deleted)].sort().map((original) => t('Deleted', '', { Original: original })),
      ...changed.map(({ original, properties }) => t('Modified', updatesOf(series, properties), { Original: original })),
    ]),
  ];
}
