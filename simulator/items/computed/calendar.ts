import { iCalendarOf } from '../../calendar/icalendar/write';
import { lastOccurrenceItem, nextOccurrence, occurrenceItem } from '../../calendar/occurrences';
import { occurrenceOn, zoneOf } from '../../calendar/series';
import { itemIdOf, type Session } from '../../session';
import { deletedDays, exceptionsOf } from '../../storage/exceptions';
import { isTrue, text } from '../../storage/properties';
import { formatUtc, showTime } from '../../time';
import { t, type XmlElement } from '../../xml/element';
import { calendarTimes } from './calendar-times';
import type { Compute, Computed, ShownItem } from './compute';
import { neighbourProperties } from './neighbours';
import { recurrenceShown } from './recurrence';

/** An occurrence as its series lists it. */
const occurrenceInfo = (name: string, occurrence: ShownItem | undefined, session: Session): XmlElement | undefined => {
  if (!occurrence?.occurrence) return undefined;
  return t(name, [
    itemIdOf(session, occurrence, occurrence.occurrence.day),
    t('Start', showTime(text(occurrence.properties, 'Start') ?? '', session.zone)),
    t('End', showTime(text(occurrence.properties, 'End') ?? '', session.zone)),
    t('OriginalStart', showTime(formatUtc(new Date(occurrence.occurrence.original)), session.zone)),
  ]);
};

const modifiedOccurrences: Compute = (item, session) => {
  const shown = exceptionsOf(session.database, item.id).flatMap(({ day }) => {
    const occurrence = occurrenceItem(session.database, item, day);
    return (occurrence === 'deleted' ? undefined : occurrenceInfo('Occurrence', occurrence, session)) ?? [];
  });
  return shown.length === 0 ? undefined : t('ModifiedOccurrences', shown);
};

const deletedOccurrences: Compute = (item, session) => {
  const shown = deletedDays(session.database, item.id).flatMap((day) => {
    const occurrence = occurrenceOn(item.properties, day);
    return occurrence ? t('DeletedOccurrence', [t('Start', showTime(formatUtc(new Date(occurrence.starts)), session.zone))]) : [];
  });
  return shown.length === 0 ? undefined : t('DeletedOccurrences', shown);
};

const calendarItemType = (item: ShownItem): string => {
  if (item.occurrence) return item.occurrence.isException ? 'Exception' : 'Occurrence';
  return item.properties['Recurrence'] ? 'RecurringMaster' : 'Single';
};

const originalStart = (item: ShownItem): string | undefined => item.occurrence && formatUtc(new Date(item.occurrence.original));

/** Properties of appointments (MS-OXWSMTGS). */
export const calendarComputed: Computed = {
  MimeContent: (item, session) => t('MimeContent', Buffer.from(iCalendarOf(item, session)).toString('base64'), { CharacterSet: 'UTF-8' }),
  ...calendarTimes,
  ...neighbourProperties,
  CalendarItemType: calendarItemType,
  // Of a series only its occurrences are "recurring" to Exchange, the organiser's own master is not (learn.microsoft.com: IsRecurring).
  IsRecurring: (item) => item.occurrence !== undefined,
  IsResponseRequested: (item) => text(item.properties, 'IsResponseRequested') ?? true,
  DateTimeStamp: (item) => item.created,
  RecurrenceId: originalStart,
  OriginalStart: originalStart,
  Recurrence: (item) => recurrenceShown(item, zoneOf(item.properties)),
  FirstOccurrence: (item, session) => occurrenceInfo('FirstOccurrence', nextOccurrence(session.database, item), session),
  LastOccurrence: (item, session) => occurrenceInfo('LastOccurrence', lastOccurrenceItem(session.database, item), session),
  ModifiedOccurrences: modifiedOccurrences,
  DeletedOccurrences: deletedOccurrences,
  AllowNewTimeProposal: (item) => text(item.properties, 'AllowNewTimeProposal') ?? true,
  IsOnlineMeeting: (item) => isTrue(item.properties, 'IsOnlineMeeting'),
  ConferenceType: (item) => text(item.properties, 'ConferenceType') ?? 0,
};
