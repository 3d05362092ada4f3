/**
 * Whose meeting an appointment is. AppointmentState ([MS-OXOCAL] 2.2.1.10) says it in bits; the other properties stand in for it where a
 * client left it out.
 */
import type { Meeting } from '../../../model/item';
import { child, textOf } from '../xml/find';
import type { XmlElement } from '../xml/read';

const [isMeetingBit, isReceivedBit, isCancelledBit] = [0x1, 0x2, 0x4];

const isTrue = (item: XmlElement, name: string): boolean => textOf(item, name)?.trim() === 'true';

const attendeesOf = (item: XmlElement): readonly XmlElement[] =>
  ['RequiredAttendees', 'OptionalAttendees', 'Resources'].flatMap((list) => child(item, list)?.children ?? []);

const addressOf = (holder: XmlElement | null): string => {
  const address = textOf(child(holder, 'Mailbox'), 'EmailAddress')?.trim() ?? '';
  // Without an SMTP address Exchange names the mailbox by its place in the directory.
  return address.includes('@') ? address : '';
};

/** Answers that only somebody who was invited has. */
const attendeeAnswers: ReadonlySet<string> = new Set(['Accept', 'Tentative', 'Decline', 'NoResponseReceived']);

/** The meeting that a calendar item is; null for an appointment without others. */
export const readMeeting = (item: XmlElement): Meeting | null => {
  const state = Number(textOf(item, 'AppointmentState') ?? 0);
  const organizer = addressOf(child(item, 'Organizer'));
  const others = attendeesOf(item).filter((attendee) => organizer === '' || addressOf(attendee).toLowerCase() !== organizer.toLowerCase());
  const isReceived = (state & isReceivedBit) !== 0 || attendeeAnswers.has(textOf(item, 'MyResponseType')?.trim() ?? '');
  if (!isReceived && (state & isMeetingBit) === 0 && !isTrue(item, 'IsMeeting') && others.length === 0) return null;
  return {
    role: isReceived ? 'attendee' : 'organizer',
    organizer,
    attendees: others.length,
    cancelled: (state & isCancelledBit) !== 0 || isTrue(item, 'IsCancelled'),
  };
};
