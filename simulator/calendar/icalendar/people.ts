/** Organiser and attendees as lines of a VEVENT. */
import { text, type Properties } from '../../storage/properties';
import { child, childText, type XmlElement } from '../../xml/element';
import type { Line } from './ical-js';
import { methodOf } from './method';

const mailboxLine = (name: string, mailbox: XmlElement | undefined, parameters: Readonly<Record<string, string>>): readonly Line[] => {
  const address = childText(mailbox, 'EmailAddress');
  return address === undefined
    ? []
    : [[name, { ...parameters, cn: childText(mailbox, 'Name') ?? address }, 'cal-address', `mailto:${address}`]];
};

const roles: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['RequiredAttendees', { role: 'REQ-PARTICIPANT' }],
  ['OptionalAttendees', { role: 'OPT-PARTICIPANT' }],
  ['Resources', { role: 'NON-PARTICIPANT', cutype: 'RESOURCE' }],
];

const invited = (properties: Properties): readonly Line[] =>
  roles.flatMap(([list, parameters]) =>
    (properties[list]?.children ?? []).flatMap((attendee) =>
      mailboxLine('attendee', child(attendee, 'Mailbox'), { ...parameters, partstat: 'NEEDS-ACTION', rsvp: 'TRUE' }),
    ),
  );

const answers: Readonly<Record<string, string>> = { Accept: 'ACCEPTED', Tentative: 'TENTATIVE', Decline: 'DECLINED' };

/** The one attendee of a response is who answers; the organiser is whom it goes to. */
const replyLines = (properties: Properties): readonly Line[] => [
  ...mailboxLine('organizer', properties['ToRecipients']?.children[0], {}),
  ...mailboxLine('attendee', child(properties['From'], 'Mailbox'), {
    partstat: answers[text(properties, 'ResponseType') ?? ''] ?? 'NEEDS-ACTION',
  }),
];

/** Who organises a meeting and who is invited to it, or answers; an appointment without attendees has neither. */
export function peopleLines(element: string, properties: Properties): readonly Line[] {
  if (methodOf(element) === 'REPLY') return replyLines(properties);
  const attendees = invited(properties);
  const isAlone = attendees.length === 0 && methodOf(element) === undefined;
  return isAlone ? [] : [...mailboxLine('organizer', child(properties['Organizer'], 'Mailbox'), {}), ...attendees];
}
