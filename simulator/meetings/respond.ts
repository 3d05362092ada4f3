import { EwsError } from '../errors';
import type { ShownItem } from '../items/computed';
import { deleteItem } from '../items/delete';
import { moveItem } from '../items/move';
import { reviseItem } from '../items/write';
import { newMessageId } from '../mail/complete';
import { withConversation } from '../mail/conversation';
import { mailboxOf, type WritingSession } from '../session';
import { distinguishedFolder } from '../storage/folders';
import { itemById, type Item } from '../storage/items';
import { isTrue, text, withTexts, type Properties } from '../storage/properties';
import { formatUtc, toUtc } from '../time';
import { child, childText, t, type XmlElement } from '../xml/element';
import { appointmentOf } from './assistant';
import { isOrganised } from './attendees';
import { reviseOccurrence } from './occurrence';
import { pick, sequenceOf } from './meeting';
import { organiserOf } from './organise';

/** One of the three answers to an invitation. */
export interface Response {
  readonly type: 'Accept' | 'Tentative' | 'Decline';
  readonly itemClass: string;
  readonly prefix: string;
  /** End of the codes of its errors. */
  readonly error: 'Accept' | 'Tentative' | 'Decline';
  readonly invalidItem: string;
}

/** Answers to invitations by the element of CreateItem. */
export const responses: Readonly<Record<string, Response>> = {
  AcceptItem: {
    type: 'Accept',
    itemClass: 'IPM.Schedule.Meeting.Resp.Pos',
    prefix: 'Accepted',
    error: 'Accept',
    invalidItem: 'ErrorInvalidItemForOperationAcceptItem',
  },
  TentativelyAcceptItem: {
    type: 'Tentative',
    itemClass: 'IPM.Schedule.Meeting.Resp.Tent',
    prefix: 'Tentative',
    error: 'Tentative',
    invalidItem: 'ErrorInvalidItemForOperationTentative',
  },
  DeclineItem: {
    type: 'Decline',
    itemClass: 'IPM.Schedule.Meeting.Resp.Neg',
    prefix: 'Declined',
    error: 'Decline',
    invalidItem: 'ErrorInvalidItemForOperationDeclineItem',
  },
};

/** The appointment to answer, from it or the invitation to it; what cannot be answered is refused as documented. */
export function appointmentToAnswer(session: WritingSession, reference: ShownItem, response: Response): ShownItem {
  if (reference.element !== 'CalendarItem' && reference.element !== 'MeetingRequest') throw new EwsError(response.invalidItem);
  const appointment = reference.element === 'CalendarItem' ? reference : appointmentOf(session, reference);
  if (!appointment) throw new EwsError('ErrorItemNotFound');
  if (isOrganised(appointment.properties)) throw new EwsError(`ErrorCalendarIsOrganizerFor${response.error}`);
  if (isTrue(appointment.properties, 'IsCancelled')) throw new EwsError(`ErrorCalendarIsCancelledFor${response.error}`);
  if (sequenceOf(reference.properties) < sequenceOf(appointment.properties)) throw new EwsError('ErrorCalendarMeetingRequestIsOutOfDate');
  return appointment;
}

const told = ['UID', 'Start', 'End', 'Location', 'Recurrence', 'StartTimeZone', 'EndTimeZone', 'AppointmentSequenceNumber'];

/** The message that tells the organiser; what the response object says itself goes with it. */
export function responseMessage(session: WritingSession, appointment: ShownItem, response: Response, element: XmlElement): Properties {
  const organiser = organiserOf(session, appointment.properties);
  const body = child(element, 'Body');
  const proposed = ['ProposedStart', 'ProposedEnd'].map((name) => [name, childText(element, name)] as const);
  const properties = withTexts(pick(appointment.properties, told), {
    RecurrenceId: appointment.occurrence && formatUtc(new Date(appointment.occurrence.original)),
    ItemClass: response.itemClass,
    Subject: `${response.prefix}: ${text(appointment.properties, 'Subject') ?? ''}`,
    ResponseType: response.type,
    InternetMessageId: newMessageId(mailboxOf(session, appointment).address),
    IsDraft: true,
    IsRead: true,
    ...Object.fromEntries(proposed.map(([name, time]) => [name, time === undefined ? undefined : toUtc(time, session.zone)])),
  });
  const addressed = {
    ...properties,
    Body: body ?? t('Body', '', { BodyType: 'Text' }),
    ...(organiser ? { ToRecipients: t('ToRecipients', [organiser]) } : {}),
  };
  return withConversation(session.database, appointment.mailbox, addressed, session.now());
}

const discarded = (session: WritingSession, item: Item): Item => {
  const folder = distinguishedFolder(session.database, item.mailbox, 'deleteditems');
  return folder && folder.id !== item.folder ? moveItem(session, item, folder) : item;
};

/** Notes one's own answer in the calendar; a declined meeting goes to Deleted Items, a declined occurrence is taken out. */
export function answer(session: WritingSession, appointment: ShownItem, response: Response): Item {
  const status = response.type === 'Accept' ? (text(appointment.properties, 'IntendedFreeBusyStatus') ?? 'Busy') : 'Tentative';
  const values = {
    MyResponseType: response.type,
    AppointmentReplyTime: formatUtc(session.now()),
    LegacyFreeBusyStatus: status,
  };
  if (appointment.occurrence) {
    if (response.type === 'Decline') deleteItem(session, appointment, 'MoveToDeletedItems');
    else reviseOccurrence(session, appointment, appointment.occurrence.day, values);
    return itemById(session.database, appointment.id) ?? appointment;
  }
  const answered = reviseItem(session, { ...appointment, properties: withTexts(appointment.properties, values) });
  return response.type === 'Decline' ? discarded(session, answered) : answered;
}

/** An answered invitation is done with: it goes to Deleted Items. */
export const putAway = (session: WritingSession, message: Item): Item =>
  discarded(session, itemById(session.database, message.id) ?? message);

/** RemoveItem: takes a cancelled meeting out of the calendar, and its cancellation out of the Inbox. */
export function removeCancelled(session: WritingSession, message: Item, appointment: Item | undefined): void {
  if (message.element !== 'MeetingCancellation') throw new EwsError('ErrorInvalidItemForOperationRemoveItem');
  if (appointment && isOrganised(appointment.properties)) throw new EwsError('ErrorCalendarIsOrganizerForRemove');
  if (appointment) deleteItem(session, appointment, 'MoveToDeletedItems');
  deleteItem(session, message, 'MoveToDeletedItems');
}
