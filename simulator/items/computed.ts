import { DateTime } from 'luxon';
import { bounds, periodOf, zoneOf, type Occurrence } from '../calendar/series';
import { mapRangeDates } from '../calendar/recurrence';
import { folderIdOf, itemIdOf, mailboxOf, type Session } from '../session';
import type { Item } from '../storage/items';
import { isTrue, text } from '../storage/properties';
import { formatUtc, showDate, showDay, showTime } from '../time';
import { t, type XmlElement } from '../xml/element';
import { itemKind } from './kinds';

/** An item as a response shows it: `occurrence` (ms) where it is one occurrence of a series. */
export interface ShownItem extends Item {
  readonly occurrence?: number;
}

type Compute = (item: ShownItem, session: Session) => XmlElement | string | number | boolean | undefined;

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

const names = (item: Item, property: string): string =>
  item.properties[property]?.children
    .map((entry) => entry.children.find((part) => part.name === 'Mailbox') ?? entry)
    .map((box) => box.children[0]?.text ?? '')
    .join('; ') ?? '';

const recurrenceShown = (item: Item, zone: string): XmlElement | undefined => {
  const recurrence = item.properties['Recurrence'];
  return recurrence && mapRangeDates(recurrence, (day) => showDate(day, zone));
};

const any: Readonly<Record<string, Compute>> = {
  ItemId: (item, session) => itemIdOf(session, item, item.occurrence === undefined ? undefined : item.occurrence / 1000),
  ParentFolderId: (item, session) => folderIdOf(session, { mailbox: item.mailbox, id: item.folder }, 'ParentFolderId'),
  ItemClass: (item) => text(item.properties, 'ItemClass') ?? itemKind(item.element).itemClass,
  Sensitivity: (item) => text(item.properties, 'Sensitivity') ?? 'Normal',
  Importance: (item) => text(item.properties, 'Importance') ?? 'Normal',
  DateTimeReceived: (item) => item.created,
  DateTimeSent: (item) => item.created,
  DateTimeCreated: (item) => item.created,
  LastModifiedTime: (item) => item.modified,
  LastModifiedName: (item, session) => mailboxOf(session, item).name,
  Size: (item) => JSON.stringify(item.properties).length + JSON.stringify(item.extended).length,
  IsSubmitted: () => false,
  IsDraft: () => false,
  IsFromMe: () => false,
  IsResend: () => false,
  IsUnmodified: (item) => item.sequence === item.createdSequence,
  IsAssociated: () => false,
  HasAttachments: () => false,
  Culture: (item) => text(item.properties, 'Culture') ?? 'en-US',
  DisplayTo: (item) => names(item, item.element === 'CalendarItem' ? 'RequiredAttendees' : 'ToRecipients'),
  DisplayCc: (item) => names(item, item.element === 'CalendarItem' ? 'OptionalAttendees' : 'CcRecipients'),
  ReminderIsSet: (item) => isTrue(item.properties, 'ReminderIsSet'),
  ReminderMinutesBeforeStart: (item) => text(item.properties, 'ReminderMinutesBeforeStart') ?? 0,
  EffectiveRights: () =>
    t('EffectiveRights', [
      ...['CreateAssociated', 'CreateContents', 'CreateHierarchy'].map((right) => t(right, false)),
      ...['Delete', 'Modify', 'Read', 'ViewPrivateItems'].map((right) => t(right, true)),
    ]),
};

const calendar: Readonly<Record<string, Compute>> = {
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

const taskDay =
  (name: string): Compute =>
  (item, session) => {
    const day = text(item.properties, name);
    return day === undefined ? undefined : t(name, showDay(day, session.zone));
  };

const task: Readonly<Record<string, Compute>> = {
  StartDate: taskDay('StartDate'),
  DueDate: taskDay('DueDate'),
  CompleteDate: taskDay('CompleteDate'),
  IsComplete: (item) => text(item.properties, 'Status') === 'Completed',
  IsRecurring: (item) => item.properties['Recurrence'] !== undefined,
  Recurrence: (item, session) => recurrenceShown(item, session.zone),
  IsTeamTask: () => false,
  ChangeCount: (item) => Number(item.sequence !== item.createdSequence) + 1,
  DelegationState: () => 'NoMatch',
  IsAssignmentEditable: () => 0,
  Owner: (item, session) => text(item.properties, 'Owner') ?? mailboxOf(session, item).name,
  StatusDescription: (item) => (text(item.properties, 'Status') ?? 'NotStarted').replace(/([a-z])([A-Z])/g, '$1 $2'),
};

const message: Readonly<Record<string, Compute>> = {
  IsRead: (item) => isTrue(item.properties, 'IsRead'),
  IsReadReceiptRequested: (item) => isTrue(item.properties, 'IsReadReceiptRequested'),
  IsDeliveryReceiptRequested: (item) => isTrue(item.properties, 'IsDeliveryReceiptRequested'),
};

const byElement: Readonly<Record<string, Readonly<Record<string, Compute>>>> = {
  CalendarItem: { ...any, ...calendar },
  Task: { ...any, ...task },
  Message: { ...any, ...message },
};

/** How the server fills properties of items of this element. */
const computedFor = (element: string): Readonly<Record<string, Compute>> => byElement[element] ?? any;

/**
 * One property as a response shows it, filled by the server or as it was stored; `type` is its type in the schema.
 * Absent where the item does not have it.
 */
export function shownProperty(item: ShownItem, name: string, type: string, session: Session): XmlElement | undefined {
  const compute = computedFor(item.element)[name];
  const value = compute ? compute(item, session) : item.properties[name];
  if (value === undefined) return undefined;
  const element = typeof value === 'object' ? value : t(name, value);
  const isStoredTime = type === 'xs:dateTime' && element.text.endsWith('Z');
  return isStoredTime ? t(name, showTime(element.text, session.zone)) : element;
}
