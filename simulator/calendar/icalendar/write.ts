/** Appointments and messages about meetings as iCalendar text, as Exchange writes it into MimeContent ([MS-OXCICAL]). */
import { showBody } from '../../items/body';
import type { ShownItem } from '../../items/computed/compute';
import type { Session } from '../../session';
import { deletedDays, exceptionsOf } from '../../storage/exceptions';
import { isTrue, text, type Properties } from '../../storage/properties';
import { formatUtc, ianaZone, showTime } from '../../time';
import { sequenceOf } from '../../meetings/meeting';
import { occurrenceItem } from '../occurrences';
import { lastOccurrence, occurrenceOn, windowsIdOf } from '../series';
import { writeComponent, type Component, type Line } from './ical-js';
import { methodOf } from './method';
import { peopleLines } from './people';
import { ruleOf } from './rule';
import { zoneComponent } from './zone';

const windowsZone = (properties: Properties, name: 'StartTimeZone' | 'EndTimeZone'): string => {
  const stored = properties[name];
  return stored ? windowsIdOf(stored) : 'UTC';
};

/** A moment (UTC text) as a line: a day, a UTC time, or a local time of a zone. */
const timeLine = (name: string, utc: string, zone: string, isDay: boolean): Line => {
  const local = showTime(utc, ianaZone(zone));
  if (isDay) return [name, {}, 'date', local.slice(0, 10)];
  return zone === 'UTC' ? [name, {}, 'date-time', utc] : [name, { tzid: zone }, 'date-time', local.slice(0, 19)];
};

const classes: Readonly<Record<string, string>> = { Personal: 'PRIVATE', Private: 'PRIVATE', Confidential: 'CONFIDENTIAL' };
const priorities: Readonly<Record<string, number>> = { Low: 9, Normal: 5, High: 1 };
const busy: Readonly<Record<string, string>> = { Free: 'FREE', Tentative: 'TENTATIVE', OOF: 'OOF', WorkingElsewhere: 'WORKINGELSEWHERE' };

const textLine = (name: string, value: string | undefined): readonly Line[] =>
  value === undefined || value === '' ? [] : [[name, {}, 'text', value]];

const categoryLine = (properties: Properties): readonly Line[] => {
  const categories = properties['Categories']?.children.map((category) => category.text) ?? [];
  return categories.length === 0 ? [] : [['categories', {}, 'text', ...categories]];
};

/** An item attached to another has the number of that one, and no exceptions of its own. */
const isAttached = ({ attachment }: ShownItem): boolean => attachment !== undefined;

const seriesLines = (item: ShownItem, session: Session, zone: string, isDay: boolean): readonly Line[] => {
  const recurrence = item.properties['Recurrence'];
  if (!recurrence) return [];
  const last = lastOccurrence(item.properties);
  const until = last && timeLine('until', formatUtc(new Date(last.starts)), isDay ? zone : 'UTC', isDay)[3];
  const deleted = (isAttached(item) ? [] : deletedDays(session.database, item.id)).flatMap((day): readonly Line[] => {
    const occurrence = occurrenceOn(item.properties, day);
    return occurrence ? [timeLine('exdate', formatUtc(new Date(occurrence.starts)), zone, isDay)] : [];
  });
  return [['rrule', {}, 'recur', ruleOf(recurrence, typeof until === 'string' ? until : undefined)], ...deleted];
};

const alarm = (properties: Properties): readonly Component[] => {
  if (!isTrue(properties, 'ReminderIsSet')) return [];
  const minutes = text(properties, 'ReminderMinutesBeforeStart') ?? '0';
  return [
    [
      'valarm',
      [
        ['description', {}, 'text', 'REMINDER'],
        ['trigger', { related: 'START' }, 'duration', `-PT${minutes}M`],
        ['action', {}, 'text', 'DISPLAY'],
      ],
      [],
    ],
  ];
};

/** 0 for a single appointment, 1 for a series, 2 for an occurrence, 3 for an exception. */
const instanceType = (item: ShownItem): number => {
  if (item.occurrence) return item.occurrence.isException ? 3 : 2;
  if (item.properties['RecurrenceId']) return 3;
  return item.properties['Recurrence'] ? 1 : 0;
};

/** When the occurrence that an item is, or is about, is planned; absent where it is no single occurrence. */
const recurrenceId = ({ occurrence, properties }: ShownItem): string | undefined =>
  occurrence ? formatUtc(new Date(occurrence.original)) : text(properties, 'RecurrenceId');

/** How the time of an appointment is to be shown; an invitation says how once it is accepted. */
const busyStatusOf = ({ element, properties }: ShownItem): string => {
  if (element === 'MeetingCancellation') return 'Free';
  return (element === 'MeetingRequest' ? text(properties, 'IntendedFreeBusyStatus') : text(properties, 'LegacyFreeBusyStatus')) ?? 'Busy';
};

const statusOf = (element: string, busyStatus: string): string => {
  if (element === 'MeetingCancellation') return 'CANCELLED';
  return busyStatus === 'Tentative' ? 'TENTATIVE' : 'CONFIRMED';
};

const event = (item: ShownItem, session: Session): Component => {
  const { properties } = item;
  const isDay = isTrue(properties, 'IsAllDayEvent');
  const zone = windowsZone(properties, 'StartTimeZone');
  const status = busyStatusOf(item);
  const original = recurrenceId(item);
  const body = properties['Body'] && showBody(properties['Body'], 'Text').text.replaceAll('\r\n', '\n');
  const own = (name: string, value: string): Line => [`x-microsoft-cdo-${name}`, {}, 'unknown', value];
  const lines: readonly Line[] = [
    ...peopleLines(item.element, properties),
    // What an attendee says about his answer is no description of the meeting.
    ...textLine(item.element === 'MeetingResponse' ? 'comment' : 'description', body),
    ...seriesLines(item, session, zone, isDay),
    ...textLine('uid', text(properties, 'UID')),
    ...(original === undefined ? [] : [timeLine('recurrence-id', original, zone, isDay)]),
    ...textLine('summary', text(properties, 'Subject')),
    timeLine('dtstart', text(properties, 'Start') ?? '', zone, isDay),
    timeLine('dtend', text(properties, 'End') ?? '', isDay ? zone : windowsZone(properties, 'EndTimeZone'), isDay),
    ...textLine('class', classes[text(properties, 'Sensitivity') ?? ''] ?? 'PUBLIC'),
    ['priority', {}, 'integer', priorities[text(properties, 'Importance') ?? ''] ?? 5],
    ['dtstamp', {}, 'date-time', item.modified],
    ['transp', {}, 'text', status === 'Free' ? 'TRANSPARENT' : 'OPAQUE'],
    ['status', {}, 'text', statusOf(item.element, status)],
    ['sequence', {}, 'integer', sequenceOf(properties)],
    ...textLine('location', text(properties, 'Location')),
    ...categoryLine(properties),
    own('appt-sequence', String(sequenceOf(properties))),
    ...(item.element === 'MeetingRequest'
      ? [own('busystatus', 'TENTATIVE'), own('intendedstatus', busy[status] ?? 'BUSY')]
      : [own('busystatus', busy[status] ?? 'BUSY')]),
    own('alldayevent', isDay ? 'TRUE' : 'FALSE'),
    own('insttype', String(instanceType(item))),
  ];
  return ['vevent', lines, alarm(properties)];
};

const exceptions = (item: ShownItem, session: Session): readonly ShownItem[] =>
  item.properties['Recurrence'] && !isAttached(item)
    ? exceptionsOf(session.database, item.id).flatMap(({ day }) => {
        const occurrence = occurrenceItem(session.database, item, day);
        return occurrence && occurrence !== 'deleted' ? [occurrence] : [];
      })
    : [];

/** An appointment, or what a message about a meeting says of it (a series with its exceptions), as iCalendar text. */
export function iCalendarOf(item: ShownItem, session: Session): string {
  const events = [item, ...exceptions(item, session)];
  const zones = new Set(
    events.flatMap(({ properties }) => [windowsZone(properties, 'StartTimeZone'), windowsZone(properties, 'EndTimeZone')]),
  );
  return writeComponent([
    'vcalendar',
    [
      ['method', {}, 'text', methodOf(item.element) ?? 'PUBLISH'],
      ['prodid', {}, 'text', 'Microsoft Exchange Server 2010'],
      ['version', {}, 'text', '2.0'],
    ],
    [...[...zones].filter((zone) => zone !== 'UTC').map(zoneComponent), ...events.map((part) => event(part, session))],
  ]);
}
