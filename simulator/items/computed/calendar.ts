import { DateTime } from 'luxon';
import { bounds, periodOf, zoneOf, type Occurrence } from '../../calendar/series';
import { itemIdOf, mailboxOf, type Session } from '../../session';
import type { Item } from '../../storage/items';
import { isTrue, text } from '../../storage/properties';
import { formatUtc, showTime } from '../../time';
import { t, type XmlElement } from '../../xml/element';
import type { Computed } from './compute';
import { recurrenceShown } from './recurrence';

const isMeeting = (item: Item): boolean =>
  ['RequiredAttendees', 'OptionalAttendees', 'Resources'].some((name) => item.properties[name] !== undefined);

const duration = (item: Item): string => {
  const { starts, ends } = periodOf(item.properties);
  const { days, hours, minutes } = DateTime.fromMillis(ends)
    .diff(DateTime.fromMillis(starts), ['hours', 'minutes'])
    .shiftTo('days', 'hours', 'minutes');
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}`;
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
};

const occurrenceInfo = (name: string, item: Item, occurrence: Occurrence | undefined, session: Session): XmlElement | undefined => {
  if (!occurrence || !item.properties['Recurrence']) return undefined;
  const start = showTime(formatUtc(new Date(occurrence.starts)), session.zone);
  return t(name, [
    itemIdOf(session, item, occurrence.starts / 1000),
    t('Start', start),
    t('End', showTime(formatUtc(new Date(occurrence.ends)), session.zone)),
    t('OriginalStart', start),
  ]);
};

const owner = (name: string, item: Item, session: Session): XmlElement => {
  const mailbox = mailboxOf(session, item);
  return t(name, [t('Mailbox', [t('Name', mailbox.name), t('EmailAddress', mailbox.address), t('RoutingType', 'SMTP')])]);
};

/** Properties of appointments (MS-OXWSMTGS). */
export const calendarComputed: Computed = {
  CalendarItemType: (item) => (item.occurrence !== undefined ? 'Occurrence' : item.properties['Recurrence'] ? 'RecurringMaster' : 'Single'),
  IsRecurring: (item) => item.occurrence !== undefined || item.properties['Recurrence'] !== undefined,
  IsMeeting: isMeeting,
  IsCancelled: () => false,
  MeetingRequestWasSent: () => false,
  IsResponseRequested: (item) => text(item.properties, 'IsResponseRequested') ?? true,
  MyResponseType: () => 'Organizer',
  Organizer: (item, session) => owner('Organizer', item, session),
  IsOrganizer: () => true,
  ConflictingMeetingCount: () => 0,
  AdjacentMeetingCount: () => 0,
  Duration: duration,
  TimeZone: (item) => item.properties['StartTimeZone']?.attributes['Name'],
  DateTimeStamp: (item) => item.modified,
  AppointmentSequenceNumber: () => 0,
  AppointmentState: (item) => (isMeeting(item) ? 1 : 0),
  RecurrenceId: (item) => (item.occurrence === undefined ? undefined : formatUtc(new Date(item.occurrence))),
  OriginalStart: (item) => (item.occurrence === undefined ? undefined : formatUtc(new Date(item.occurrence))),
  Recurrence: (item) => recurrenceShown(item, zoneOf(item.properties)),
  FirstOccurrence: (item, session) => occurrenceInfo('FirstOccurrence', item, bounds(item.properties).first, session),
  LastOccurrence: (item, session) => occurrenceInfo('LastOccurrence', item, bounds(item.properties).last, session),
  ReminderDueBy: (item) => text(item.properties, 'Start'),
  AllowNewTimeProposal: (item) => text(item.properties, 'AllowNewTimeProposal') ?? true,
  IsOnlineMeeting: (item) => isTrue(item.properties, 'IsOnlineMeeting'),
  ConferenceType: (item) => text(item.properties, 'ConferenceType') ?? 0,
  StartTimeZoneId: (item) => item.properties['StartTimeZone']?.attributes['Id'],
  EndTimeZoneId: (item) => item.properties['EndTimeZone']?.attributes['Id'],
};
