import { findWindows } from 'windows-iana';
import { EwsError } from '../../errors';
import { ianaZone, toUtc } from '../../time';
import { isWindowsZone } from '../../time-zones/definition';
import { t, type XmlElement } from '../../xml/element';
import { ical, type ICAL } from './ical-js';
import { occurrencesElement, type ChangedOccurrence } from './read-occurrences';
import { recurrenceOf } from './rule';

const windowsZoneOf = (property: ICAL.Property | null): string | undefined => {
  const id = property?.getFirstParameter('tzid');
  if (id === undefined || id === '') return undefined;
  return isWindowsZone(id) ? id : findWindows(id)[0];
};

const textOf = (event: ICAL.Component, name: string): string | undefined => {
  const value = event.getFirstPropertyValue(name);
  return typeof value === 'string' ? value : undefined;
};

const timeOf = (event: ICAL.Component, name: string): ICAL.Time | undefined => {
  const value = event.getFirstPropertyValue(name);
  return value instanceof ical.Time ? value : undefined;
};

/** A time as xs:dateTime: UTC where its zone is known, otherwise local to the request. */
const dateTime = (time: ICAL.Time, zone: string | undefined): string => {
  const local = time.isDate ? `${time.toString()}T00:00:00` : time.toString();
  return local.endsWith('Z') || zone === undefined ? local : toUtc(local, ianaZone(zone));
};

const endOf = (event: ICAL.Component, start: ICAL.Time): ICAL.Time => {
  const end = timeOf(event, 'dtend');
  if (end) return end;
  const duration = event.getFirstPropertyValue('duration');
  const later = start.clone();
  if (duration instanceof ical.Duration) later.addDuration(duration);
  else if (start.isDate) later.adjust(1, 0, 0, 0);
  return later;
};

const sensitivities: ReadonlyMap<string, string> = new Map([
  ['PRIVATE', 'Private'],
  ['CONFIDENTIAL', 'Confidential'],
]);
const statuses: ReadonlyMap<string, string> = new Map([
  ['FREE', 'Free'],
  ['TENTATIVE', 'Tentative'],
  ['OOF', 'OOF'],
  ['BUSY', 'Busy'],
  ['WORKINGELSEWHERE', 'WorkingElsewhere'],
]);

const busyStatus = (event: ICAL.Component): string => {
  const transparent = textOf(event, 'transp') === 'TRANSPARENT' ? 'Free' : 'Busy';
  return statuses.get(textOf(event, 'x-microsoft-cdo-busystatus') ?? '') ?? transparent;
};

const reminder = (event: ICAL.Component): readonly XmlElement[] => {
  const trigger = event.getFirstSubcomponent('valarm')?.getFirstPropertyValue('trigger');
  if (!(trigger instanceof ical.Duration)) return [t('ReminderIsSet', false)];
  return [t('ReminderIsSet', true), t('ReminderMinutesBeforeStart', Math.max(0, Math.round(-trigger.toSeconds() / 60)))];
};

const attendeeList = (attendee: ICAL.Property): string => {
  if (['RESOURCE', 'ROOM'].includes(attendee.getFirstParameter('cutype'))) return 'Resources';
  return attendee.getFirstParameter('role') === 'OPT-PARTICIPANT' ? 'OptionalAttendees' : 'RequiredAttendees';
};

const attendeeOf = (attendee: ICAL.Property): XmlElement => {
  const address = String(attendee.getFirstValue()).replace(/^mailto:/i, '');
  return t('Attendee', [t('Mailbox', [t('Name', attendee.getFirstParameter('cn') || address), t('EmailAddress', address)])]);
};

const attendees = (event: ICAL.Component): readonly XmlElement[] => {
  const all = event.getAllProperties('attendee');
  return ['RequiredAttendees', 'OptionalAttendees', 'Resources'].flatMap((list) => {
    const listed = all.filter((attendee) => attendeeList(attendee) === list);
    return listed.length === 0 ? [] : [t(list, listed.map(attendeeOf))];
  });
};

const categories = (event: ICAL.Component): readonly XmlElement[] => {
  const found = event.getAllProperties('categories').flatMap((property) => property.getValues().map(String));
  return found.length === 0
    ? []
    : [
        t(
          'Categories',
          found.map((category) => t('String', category)),
        ),
      ];
};

const texts = (event: ICAL.Component): readonly XmlElement[] => {
  const [description, location] = [textOf(event, 'description'), textOf(event, 'location')];
  return [
    t('Subject', textOf(event, 'summary') ?? ''),
    ...(description === undefined ? [] : [t('Body', description, { BodyType: 'Text' })]),
    ...(location === undefined ? [] : [t('Location', location)]),
  ];
};

const propertiesOf = (event: ICAL.Component): readonly XmlElement[] => {
  const start = timeOf(event, 'dtstart');
  if (!start) throw new EwsError('ErrorMimeContentConversionFailed');
  const zone = windowsZoneOf(event.getFirstProperty('dtstart'));
  const endZone = windowsZoneOf(event.getFirstProperty('dtend')) ?? zone;
  const rule = event.getFirstPropertyValue('rrule');
  const uid = textOf(event, 'uid');
  return [
    ...texts(event),
    t('Sensitivity', sensitivities.get(textOf(event, 'class') ?? '') ?? 'Normal'),
    ...categories(event),
    ...reminder(event),
    ...(uid === undefined ? [] : [t('UID', uid)]),
    t('Start', dateTime(start, zone)),
    t('End', dateTime(endOf(event, start), endZone)),
    t('IsAllDayEvent', start.isDate || textOf(event, 'x-microsoft-cdo-alldayevent') === 'TRUE'),
    t('LegacyFreeBusyStatus', busyStatus(event)),
    ...attendees(event),
    ...(rule instanceof ical.Recur ? [recurrenceOf(rule, start)] : []),
    ...(zone === undefined ? [] : [t('StartTimeZone', '', { Id: zone })]),
    ...(endZone === undefined ? [] : [t('EndTimeZone', '', { Id: endZone })]),
  ];
};

const deletedTimes = (event: ICAL.Component, zone: string | undefined): readonly string[] =>
  event
    .getAllProperties('exdate')
    .flatMap((property) =>
      property
        .getValues()
        .flatMap((value: unknown) => (value instanceof ical.Time ? dateTime(value, windowsZoneOf(property) ?? zone) : [])),
    );

const changedOccurrence = (event: ICAL.Component, zone: string | undefined): readonly ChangedOccurrence[] => {
  const original = timeOf(event, 'recurrence-id');
  if (!original) return [];
  const own = windowsZoneOf(event.getFirstProperty('recurrence-id'));
  return [{ original: dateTime(original, own ?? zone), properties: propertiesOf(event) }];
};

/**
 * The properties of the appointment in an iCalendar text: those of its first VEVENT that is not one occurrence of another; of a series
 * also what it says of single occurrences.
 */
export function readICalendar(text: string): readonly XmlElement[] {
  const parsed: unknown = ical.parse(text);
  if (!Array.isArray(parsed)) throw new EwsError('ErrorMimeContentConversionFailed');
  const events = new ical.Component(parsed).getAllSubcomponents('vevent');
  const event = events.find((candidate) => !candidate.hasProperty('recurrence-id'));
  if (!event) throw new EwsError('ErrorMimeContentConversionFailed');
  const properties = propertiesOf(event);
  if (!event.hasProperty('rrule')) return properties;
  const zone = windowsZoneOf(event.getFirstProperty('dtstart'));
  const changed = events
    .filter((candidate) => textOf(candidate, 'uid') === textOf(event, 'uid'))
    .flatMap((candidate) => changedOccurrence(candidate, zone));
  return [...properties, ...occurrencesElement(properties, deletedTimes(event, zone), changed)];
}
