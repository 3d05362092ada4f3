/** What Exchange's calendar assistant does with meeting messages as they arrive, before anybody reads them. */
import { occurrenceItem } from '../calendar/occurrences';
import { dayAt, zoneOf } from '../calendar/series';
import { storeItem } from '../items/store';
import { reviseItem } from '../items/write';
import type { Session } from '../session';
import { copyAttachments } from '../storage/attachments';
import { copyExceptions, dropExceptions } from '../storage/exceptions';
import { distinguishedFolder } from '../storage/folders';
import type { Item } from '../storage/items';
import { text, withTexts, type Properties } from '../storage/properties';
import { child, t } from '../xml/element';
import { isOrganised, withResponse } from './attendees';
import { reviseOccurrence } from './occurrence';
import { isRescheduled, meetingIn, meetingProperties, pick, sequenceOf } from './meeting';

const unanswered = { MyResponseType: 'NoResponseReceived', LegacyFreeBusyStatus: 'Tentative', AppointmentReplyTime: undefined };

const received = { AppointmentState: 3, MeetingRequestWasSent: true, IsCancelled: undefined };

/** A new appointment for an invitation, tentative until it is answered. */
function invite(session: Session, message: Item): Item | undefined {
  const calendar = distinguishedFolder(session.database, message.mailbox, 'calendar');
  if (!calendar) return undefined;
  const properties = withTexts(pick(message.properties, meetingProperties), {
    ...unanswered,
    ...received,
    ReminderIsSet: true,
    ReminderMinutesBeforeStart: 15,
  });
  const item = storeItem(session, { mailbox: message.mailbox, folder: calendar.id, element: 'CalendarItem', properties, extended: [] });
  copyAttachments(session.database, { item: message.id }, { item: item.id });
  copyExceptions(session.database, message.id, item.id);
  return item;
}

const oneOccurrence = (
  session: Session,
  series: Item,
  message: Item,
  values: Readonly<Record<string, string | number | boolean>>,
): void => {
  const original = Date.parse(text(message.properties, 'RecurrenceId') ?? '');
  const day = dayAt(original, zoneOf(series.properties));
  if (!occurrenceItem(session.database, series, day)) return;
  const more = pick(message.properties, ['Subject', 'Body', 'Location', 'IsAllDayEvent']);
  reviseOccurrence(session, { id: series.id, properties: message.properties }, day, values, more);
};

/** A later version of a meeting in place of the earlier; the answer stands unless the time changed. */
const update = (session: Session, before: Item, message: Item): void => {
  const isMoved = isRescheduled(before.properties, message.properties);
  const own = Object.fromEntries(
    Object.entries(before.properties).filter(([name]) => !(meetingProperties as readonly string[]).includes(name)),
  );
  const properties = withTexts({ ...own, ...pick(message.properties, meetingProperties) }, { ...received, ...(isMoved ? unanswered : {}) });
  dropExceptions(session.database, before.id);
  copyExceptions(session.database, message.id, before.id);
  reviseItem(session, { ...before, properties });
};

const requestType = (existing: Item | undefined, message: Item): string => {
  if (!existing) return 'NewMeetingRequest';
  if (sequenceOf(existing.properties) > sequenceOf(message.properties)) return 'Outdated';
  const hasAnswered = ['Accept', 'Tentative'].includes(text(existing.properties, 'MyResponseType') ?? '');
  return hasAnswered && !isRescheduled(existing.properties, message.properties) ? 'InformationalUpdate' : 'FullUpdate';
};

const requested = (session: Session, message: Item): void => {
  const existing = meetingIn(session, message.mailbox, message.properties);
  const isOccurrence = message.properties['RecurrenceId'] !== undefined;
  const type = isOccurrence && existing ? 'FullUpdate' : requestType(existing, message);
  reviseItem(session, { ...message, properties: withTexts(message.properties, { MeetingRequestType: type }) });
  if (!existing) invite(session, message);
  else if (isOrganised(existing.properties) || type === 'Outdated') return;
  else if (isOccurrence && existing.properties['Recurrence']) oneOccurrence(session, existing, message, {});
  else update(session, existing, message);
};

const cancelled = { IsCancelled: true, AppointmentState: 7, LegacyFreeBusyStatus: 'Free' };

/** A cancelled meeting stays in the calendar, marked and free, until its attendee removes it. */
const cancel = (session: Session, message: Item): void => {
  const existing = meetingIn(session, message.mailbox, message.properties);
  if (!existing || isOrganised(existing.properties)) return;
  const values = { ...cancelled, Subject: text(message.properties, 'Subject') ?? '' };
  if (message.properties['RecurrenceId'] && existing.properties['Recurrence']) oneOccurrence(session, existing, message, values);
  else
    reviseItem(session, {
      ...existing,
      properties: withTexts(existing.properties, { ...values, AppointmentSequenceNumber: sequenceOf(message.properties) }),
    });
};

/** An answer is noted with the organiser's meeting, where it is not about an earlier version of it. */
const answered = (session: Session, message: Item): void => {
  const meeting = meetingIn(session, message.mailbox, message.properties);
  const responder = child(message.properties['From'], 'Mailbox');
  if (!meeting || !responder || !isOrganised(meeting.properties)) return;
  if (sequenceOf(message.properties) < sequenceOf(meeting.properties)) return;
  const time = text(message.properties, 'DateTimeReceived') ?? message.created;
  const proposed = ['ProposedStart', 'ProposedEnd'].flatMap((name) => {
    const moment = text(message.properties, name);
    return moment === undefined ? [] : [t(name, moment)];
  });
  const properties = withResponse(meeting.properties, responder, text(message.properties, 'ResponseType') ?? 'Unknown', time, proposed);
  reviseItem(session, { ...meeting, properties });
};

const byElement: Readonly<Record<string, (session: Session, message: Item) => void>> = {
  MeetingRequest: requested,
  MeetingCancellation: cancel,
  MeetingResponse: answered,
};

/** Enters a meeting message that has arrived into the calendar of its mailbox; other messages mean nothing to it. */
export const processMeetingMessage = (session: Session, message: Item): void => byElement[message.element]?.(session, message);

/** The appointment that an invitation is about: the one in the calendar, or a new one where its attendee has thrown it away. */
export const appointmentOf = (session: Session, message: Item): Item | undefined =>
  meetingIn(session, message.mailbox, message.properties) ?? invite(session, message);

/** The properties of a meeting as its organiser keeps it once it is cancelled. */
export const cancelledByOrganiser = (properties: Properties): Properties =>
  withTexts(properties, { IsCancelled: true, AppointmentState: 5, LegacyFreeBusyStatus: 'Free' });
