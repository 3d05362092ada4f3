import type { ShownItem } from '../items/computed';
import { storeItem } from '../items/store';
import { reviseItem } from '../items/write';
import type { Outgoing } from '../mail/deliver';
import { newMessageId } from '../mail/complete';
import { withConversation } from '../mail/conversation';
import { checkRecipients, localMailbox, mailboxElement, readRecipient, type Recipient } from '../mail/recipients';
import { sentProperties, transport } from '../mail/send';
import { mailboxOf, type WritingSession } from '../session';
import { copyAttachments } from '../storage/attachments';
import { copyExceptions } from '../storage/exceptions';
import type { Folder } from '../storage/folders';
import type { Item } from '../storage/items';
import { findMailbox } from '../storage/mailboxes';
import { isTrue, text, withTexts, type Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { child, t, type XmlElement } from '../xml/element';
import { attendeeLists, attendeesOf, isMeeting, isOrganised, withEarlierResponses, withoutResponses } from './attendees';
import { isRescheduled, meetingProperties, pick, sequenceOf } from './meeting';

/** Whom the organiser tells, and where a copy of what he sends is kept. */
export interface Announcement {
  readonly audience: 'none' | 'all' | 'changed';
  readonly saveTo: Folder | undefined;
}

const mailboxesIn = (properties: Properties, list: string): readonly XmlElement[] =>
  (properties[list]?.children ?? []).flatMap((attendee) => child(attendee, 'Mailbox') ?? []);

const recipientsOf = (properties: Properties): Properties => {
  const lists: readonly (readonly [string, string])[] = [
    ['ToRecipients', 'RequiredAttendees'],
    ['CcRecipients', 'OptionalAttendees'],
    ['BccRecipients', 'Resources'],
  ];
  return Object.fromEntries(
    lists.flatMap(([to, from]) => {
      const mailboxes = mailboxesIn(properties, from);
      return mailboxes.length > 0 ? [[to, t(to, mailboxes)] as const] : [];
    }),
  );
};

/** What a message about a meeting says of it, from the organiser's side. */
const messageAbout = (
  session: WritingSession,
  meeting: ShownItem,
  more: Readonly<Record<string, string | number | undefined>>,
): Properties => {
  const organiser = mailboxOf(session, meeting);
  const { properties } = meeting;
  const told = withTexts(
    {
      ...pick(withoutResponses(properties), meetingProperties),
      ...recipientsOf(properties),
      Organizer: t('Organizer', [localMailbox(organiser)]),
    },
    {
      AppointmentSequenceNumber: sequenceOf(properties),
      IntendedFreeBusyStatus: text(properties, 'LegacyFreeBusyStatus') ?? 'Busy',
      InternetMessageId: newMessageId(organiser.address),
      IsResponseRequested: text(properties, 'IsResponseRequested') ?? true,
      RecurrenceId: meeting.occurrence && formatUtc(new Date(meeting.occurrence.original)),
      ...more,
    },
  );
  const sent = sentProperties({ sender: session.mailbox ?? organiser, from: organiser }, told, formatUtc(session.now()));
  return withConversation(session.database, meeting.mailbox, sent, session.now());
};

/** Sends a message about a meeting, with the meeting's attachments, to some of its attendees. */
const tell = (
  session: WritingSession,
  meeting: ShownItem,
  outgoing: Outgoing,
  to: readonly Recipient[],
  saveTo: Folder | undefined,
): void => {
  const organiser = mailboxOf(session, meeting);
  const others = to.filter(({ address }) => address.toLowerCase() !== organiser.address.toLowerCase());
  if (others.length === 0) return;
  transport(session, organiser, outgoing, others);
  if (!saveTo) return;
  const saved = storeItem(session, { ...outgoing, mailbox: saveTo.mailbox, folder: saveTo.id });
  copyAttachments(session.database, { item: meeting.id }, { item: saved.id });
  copyExceptions(session.database, meeting.id, saved.id);
};

const invite = (session: WritingSession, meeting: ShownItem, to: readonly Recipient[], saveTo: Folder | undefined): void => {
  const properties = messageAbout(session, meeting, { LegacyFreeBusyStatus: 'Tentative', MeetingRequestType: 'NewMeetingRequest' });
  tell(session, meeting, { id: meeting.id, element: 'MeetingRequest', properties, extended: [] }, to, saveTo);
};

/** A cancellation as it is sent to attendees; `body` is what the organiser says about it. */
export const cancellationOf = (session: WritingSession, meeting: ShownItem, body?: XmlElement): Properties => {
  const properties = messageAbout(session, meeting, {
    Subject: `Canceled: ${text(meeting.properties, 'Subject') ?? ''}`,
    AppointmentSequenceNumber: sequenceOf(meeting.properties) + 1,
  });
  return body ? { ...properties, Body: t('Body', body.text, body.attributes) } : properties;
};

/** Tells attendees that a meeting, or one occurrence of it, does not take place (or not with them). */
export function sendCancellation(
  session: WritingSession,
  meeting: ShownItem,
  to: readonly Recipient[],
  saveTo: Folder | undefined,
  body?: XmlElement,
): void {
  const outgoing = { id: meeting.id, element: 'MeetingCancellation', properties: cancellationOf(session, meeting, body), extended: [] };
  tell(session, meeting, outgoing, to, saveTo);
}

/** True where cancelling concerns somebody: a meeting of one's own to which attendees were invited. */
export const isAnnounced = ({ properties }: Item): boolean =>
  isOrganised(properties) && isMeeting(properties) && isTrue(properties, 'MeetingRequestWasSent');

/** Sends the invitations of a new meeting; answers the meeting as it then is. Sends nothing where nobody is to be told. */
export function announce(session: WritingSession, meeting: Item, { audience, saveTo }: Announcement): Item {
  const attendees = attendeesOf(meeting.properties);
  if (audience === 'none' || attendees.length === 0) return meeting;
  checkRecipients(attendees);
  const announced = reviseItem(session, { ...meeting, properties: withTexts(meeting.properties, { MeetingRequestWasSent: true }) });
  invite(session, announced, attendees, saveTo);
  return announced;
}

const missingIn = (attendees: readonly Recipient[], others: readonly Recipient[]): readonly Recipient[] => {
  const known = new Set(others.map(({ address }) => address.toLowerCase()));
  return attendees.filter(({ address }) => !known.has(address.toLowerCase()));
};

const withNewSequence = (meeting: Item, before: Item): Properties => {
  const kept = withEarlierResponses(meeting.properties, before.properties);
  if (!isRescheduled(before.properties, meeting.properties)) return withTexts(kept, { MeetingRequestWasSent: true });
  // Answers to the earlier time mean nothing any more.
  return withTexts(withoutResponses(kept), {
    MeetingRequestWasSent: true,
    AppointmentSequenceNumber: sequenceOf(before.properties) + (isTrue(before.properties, 'MeetingRequestWasSent') ? 1 : 0),
  });
};

/** Tells the attendees what changed: updates to those who stay or come, cancellations to those who were left out. */
export function announceChange(
  session: WritingSession,
  before: ShownItem,
  changed: ShownItem,
  { audience, saveTo }: Announcement,
): ShownItem {
  if (!isOrganised(changed.properties)) return changed;
  const attendees = attendeesOf(changed.properties);
  const earlier = attendeesOf(before.properties);
  if (audience === 'none' || attendees.length + earlier.length === 0) return keepResponses(session, before, changed);
  checkRecipients(attendees);
  const announced = changed.occurrence ? changed : reviseItem(session, { ...changed, properties: withNewSequence(changed, before) });
  const wasSent = isTrue(before.properties, 'MeetingRequestWasSent');
  const invited = audience === 'all' || !wasSent ? attendees : missingIn(attendees, earlier);
  invite(session, announced, invited, saveTo);
  if (wasSent) sendCancellation(session, announced, missingIn(earlier, attendees), saveTo);
  return announced;
}

/** An update that writes the attendees anew does not lose what they answered. */
const keepResponses = (session: WritingSession, before: ShownItem, changed: ShownItem): ShownItem => {
  const isWritten = attendeeLists.some((list) => before.properties[list] !== changed.properties[list]);
  if (!isWritten || changed.occurrence) return changed;
  const properties = withEarlierResponses(changed.properties, before.properties);
  return JSON.stringify(properties) === JSON.stringify(changed.properties) ? changed : reviseItem(session, { ...changed, properties });
};

/** The organiser of a meeting as a recipient of answers. */
export function organiserOf(session: WritingSession, properties: Properties): XmlElement | undefined {
  const organiser = readRecipient(child(properties['Organizer'], 'Mailbox'));
  if (!organiser) return undefined;
  const mailbox = findMailbox(session.database, organiser.address);
  return mailbox ? localMailbox(mailbox) : mailboxElement(organiser, 'OneOff');
}
