import { completeMailbox, readRecipient, type Recipient } from '../mail/recipients';
import type { Database } from '../storage/database';
import type { Properties } from '../storage/properties';
import { child, childText, t, type XmlElement } from '../xml/element';

/** The lists of a meeting's attendees. */
export const attendeeLists = ['RequiredAttendees', 'OptionalAttendees', 'Resources'] as const;

const addressOf = (attendee: XmlElement): string => readRecipient(child(attendee, 'Mailbox'))?.address.toLowerCase() ?? '';

/** True where an appointment has attendees, or is someone else's meeting. */
export const isMeeting = (properties: Properties): boolean =>
  properties['Organizer'] !== undefined || attendeeLists.some((list) => properties[list] !== undefined);

/** True where the owner of an appointment is its organiser: it is not the copy of an attendee. */
export const isOrganised = (properties: Properties): boolean => properties['Organizer'] === undefined;

/** All attendees of a meeting, each once. */
export function attendeesOf(properties: Properties): readonly Recipient[] {
  const entries = attendeeLists.flatMap((list) => properties[list]?.children ?? []);
  const found = new Map<string, Recipient>();
  for (const entry of entries) found.set(addressOf(entry), readRecipient(child(entry, 'Mailbox')) ?? { name: '', address: '' });
  return [...found.values()];
}

const mapAttendees = (properties: Properties, map: (attendee: XmlElement) => XmlElement): Properties => {
  const mapped = attendeeLists.flatMap((list) => {
    const entries = properties[list]?.children;
    return entries ? [[list, t(list, entries.map(map))] as const] : [];
  });
  return { ...properties, ...Object.fromEntries(mapped) };
};

/** Attendees with the names of the directory; whoever has not answered is `Unknown`. */
export const withAttendees = (database: Database, properties: Properties): Properties =>
  mapAttendees(properties, (attendee) => {
    const mailbox = child(attendee, 'Mailbox');
    const others = attendee.children.filter(({ name }) => name !== 'Mailbox' && name !== 'ResponseType');
    return t('Attendee', [
      mailbox && completeMailbox(database, mailbox),
      t('ResponseType', childText(attendee, 'ResponseType') ?? 'Unknown'),
      ...others,
    ]);
  });

/** Attendees as others see them: nobody's answer. */
export const withoutResponses = (properties: Properties): Properties =>
  mapAttendees(properties, (attendee) => t('Attendee', [child(attendee, 'Mailbox'), t('ResponseType', 'Unknown')]));

/** The answers that were known before, for attendees whom an update wrote without one. */
export const withEarlierResponses = (properties: Properties, before: Properties): Properties => {
  const known = new Map(
    attendeeLists.flatMap((list) => (before[list]?.children ?? []).map((attendee) => [addressOf(attendee), attendee] as const)),
  );
  return mapAttendees(properties, (attendee) => {
    const earlier = known.get(addressOf(attendee));
    return childText(attendee, 'ResponseType') === 'Unknown' && earlier
      ? t('Attendee', [child(attendee, 'Mailbox'), ...earlier.children.slice(1)])
      : attendee;
  });
};

/** An attendee's answer noted; someone who was not invited becomes an optional attendee. */
export function withResponse(
  properties: Properties,
  responder: XmlElement,
  response: string,
  time: string,
  proposed: readonly XmlElement[],
): Properties {
  const address = readRecipient(responder)?.address.toLowerCase() ?? '';
  const noted = (mailbox: XmlElement | undefined): XmlElement =>
    t('Attendee', [mailbox, t('ResponseType', response), t('LastResponseTime', time), ...proposed]);
  const isInvited = attendeeLists.some((list) => properties[list]?.children.some((attendee) => addressOf(attendee) === address));
  if (isInvited)
    return mapAttendees(properties, (attendee) => (addressOf(attendee) === address ? noted(child(attendee, 'Mailbox')) : attendee));
  return {
    ...properties,
    OptionalAttendees: t('OptionalAttendees', [...(properties['OptionalAttendees']?.children ?? []), noted(responder)]),
  };
}
