import { attendeesOf, isMeeting, isOrganised } from '../../meetings/attendees';
import { meetingIn, sequenceOf } from '../../meetings/meeting';
import { itemIdOf, mailboxOf } from '../../session';
import { localMailbox } from '../../mail/recipients';
import { isTrue, text } from '../../storage/properties';
import { t } from '../../xml/element';
import { calendarComputed } from './calendar';
import type { Computed, ShownItem } from './compute';
import { answers, responseObjects } from '../../mail/response-objects';

const responsesTo = ({ properties }: ShownItem): readonly string[] => {
  if (!isMeeting(properties)) return ['ForwardItem'];
  if (isOrganised(properties)) return [...(isTrue(properties, 'IsCancelled') ? [] : ['CancelCalendarItem']), 'ForwardItem'];
  return isTrue(properties, 'IsCancelled') ? answers : ['AcceptItem', 'TentativelyAcceptItem', 'DeclineItem', ...answers];
};

const state = ({ properties }: ShownItem): string | number => text(properties, 'AppointmentState') ?? (isMeeting(properties) ? 1 : 0);

/** Properties of appointments that depend on whose meeting they are (MS-OXWSMTGS). */
export const meetingComputed: Computed = {
  IsMeeting: ({ properties }) => isMeeting(properties),
  IsCancelled: ({ properties }) => isTrue(properties, 'IsCancelled'),
  MeetingRequestWasSent: ({ properties }) => isTrue(properties, 'MeetingRequestWasSent'),
  MyResponseType: ({ properties }) => text(properties, 'MyResponseType') ?? 'Organizer',
  Organizer: (item, session) => item.properties['Organizer'] ?? t('Organizer', [localMailbox(mailboxOf(session, item))]),
  IsOrganizer: ({ properties }) => isOrganised(properties),
  AppointmentSequenceNumber: ({ properties }) => sequenceOf(properties),
  AppointmentState: state,
  ResponseObjects: (item) => responseObjects(responsesTo(item)),
};

const shared = [
  ...['Duration', 'TimeZone', 'Recurrence', 'ModifiedOccurrences', 'DeletedOccurrences', 'FirstOccurrence', 'LastOccurrence'],
  ...['CalendarItemType', 'StartTimeZone', 'EndTimeZone', 'StartTimeZoneId', 'EndTimeZoneId', 'StartWallClock', 'EndWallClock'],
  ...['ConferenceType', 'AllowNewTimeProposal', 'IsOnlineMeeting'],
];

/** Properties of messages about meetings; what describes the meeting is as with an appointment. */
export const meetingMessageComputed: Computed = {
  ...Object.fromEntries(shared.flatMap((name) => (calendarComputed[name] ? [[name, calendarComputed[name]] as const] : []))),
  AssociatedCalendarItemId: (item, session) => {
    const appointment = meetingIn(session, item.mailbox, item.properties);
    return appointment && itemIdOf(session, appointment, undefined, 'AssociatedCalendarItemId');
  },
  IsDelegated: () => false,
  IsOutOfDate: (item, session) => {
    const appointment = meetingIn(session, item.mailbox, item.properties);
    return appointment !== undefined && sequenceOf(appointment.properties) > sequenceOf(item.properties);
  },
  HasBeenProcessed: (item) => !isTrue(item.properties, 'IsDraft'),
  ResponseType: ({ properties }) => text(properties, 'ResponseType') ?? 'Unknown',
  DateTimeStamp: (item) => text(item.properties, 'DateTimeSent') ?? item.created,
  IsOrganizer: ({ mailbox, properties }, session) =>
    attendeesOf({ RequiredAttendees: t('RequiredAttendees', [t('Attendee', properties['Organizer']?.children ?? [])]) }).some(
      ({ address }) => address.toLowerCase() === mailboxOf(session, { mailbox }).address.toLowerCase(),
    ),
  IsMeeting: () => true,
  IsCancelled: ({ element }) => element === 'MeetingCancellation',
  IsRecurring: ({ properties }) => properties['RecurrenceId'] !== undefined,
  MeetingRequestWasSent: () => true,
  MyResponseType: (item, session) =>
    text(meetingIn(session, item.mailbox, item.properties)?.properties ?? {}, 'MyResponseType') ?? 'NoResponseReceived',
  AppointmentSequenceNumber: ({ properties }) => sequenceOf(properties),
  AppointmentState: () => 3,
};
