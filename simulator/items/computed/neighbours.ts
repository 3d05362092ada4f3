import { occurrenceItems } from '../../calendar/occurrences';
import { periodOf } from '../../calendar/series';
import { itemIdOf, type Session } from '../../session';
import { distinguishedFolder, folderById } from '../../storage/folders';
import { itemsInPeriod, type Period } from '../../storage/items';
import { text } from '../../storage/properties';
import { showTime } from '../../time';
import { t, type XmlElement } from '../../xml/element';
import type { Compute, ShownItem } from './compute';

const second = 1000;

/** The folder an appointment is compared in: its own, or the default calendar where it lies outside of calendars. */
const calendarOf = (session: Session, item: ShownItem): number | undefined =>
  folderById(session.database, item.folder)?.element === 'CalendarFolder'
    ? item.folder
    : distinguishedFolder(session.database, item.mailbox, 'calendar')?.id;

const around = (item: ShownItem, session: Session): readonly ShownItem[] => {
  const folder = calendarOf(session, item);
  const { starts, ends } = periodOf(item.properties);
  if (folder === undefined) return [];
  const [from, to] = [starts - second, ends + second];
  return itemsInPeriod(session.database, folder, from, to)
    .filter(({ id }) => id !== item.id)
    .flatMap((other) => (other.properties['Recurrence'] ? occurrenceItems(session.database, other, from, to) : [other]));
};

type Relation = (own: Period, other: Period) => boolean;

const conflicts: Relation = (own, other) => other.starts < own.ends && other.ends > own.starts;
const adjoins: Relation = (own, other) => other.ends === own.starts || other.starts === own.ends;

const related = (item: ShownItem, session: Session, relation: Relation): readonly ShownItem[] => {
  const own = periodOf(item.properties);
  return around(item, session).filter((other) => relation(own, periodOf(other.properties)));
};

const shown = (item: ShownItem, session: Session): XmlElement => {
  const time = (name: string): XmlElement => t(name, showTime(text(item.properties, name) ?? '', session.zone));
  return t('CalendarItem', [
    itemIdOf(session, item, item.occurrence?.day),
    item.properties['Subject'],
    time('Start'),
    time('End'),
    item.properties['LegacyFreeBusyStatus'],
    item.properties['Location'],
  ]);
};

/** How many appointments stand in a relation to one; of a series, to its first occurrence. */
const count =
  (relation: Relation): Compute =>
  (item, session) =>
    related(item, session, relation).length;

const list =
  (name: string, relation: Relation): Compute =>
  (item, session) => {
    const found = related(item, session, relation);
    return found.length === 0
      ? undefined
      : t(
          name,
          found.map((other) => shown(other, session)),
        );
  };

/** What lies at the same time as an appointment, and right before or after it. */
export const neighbourProperties: Readonly<Record<string, Compute>> = {
  ConflictingMeetingCount: count(conflicts),
  AdjacentMeetingCount: count(adjoins),
  ConflictingMeetings: list('ConflictingMeetings', conflicts),
  AdjacentMeetings: list('AdjacentMeetings', adjoins),
};
