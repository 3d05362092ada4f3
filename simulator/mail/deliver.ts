import { storeItem } from '../items/store';
import { meetingProperties, pick } from '../meetings/meeting';
import { copyAttachments } from '../storage/attachments';
import { copyExceptions } from '../storage/exceptions';
import { distinguishedFolder } from '../storage/folders';
import type { Item } from '../storage/items';
import type { Mailbox } from '../storage/mailboxes';
import { text, withTexts, type Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { child, t, type XmlElement } from '../xml/element';
import { readHeaders } from '../items/mirrored/message';
import { headerLines } from './mime-out';
import { localMailbox } from './recipients';
import type { WritingSession } from '../session';

/** What a message has at its recipient: not its categories, flag and reminder, which are the sender's own, and no blind copies. */
const travelling = [
  ...[
    'ItemClass',
    'Subject',
    'Sensitivity',
    'Body',
    'Importance',
    'InReplyTo',
    'Culture',
    'Sender',
    'From',
    'ToRecipients',
    'CcRecipients',
  ],
  ...['IsReadReceiptRequested', 'IsDeliveryReceiptRequested', 'IsResponseRequested', 'ConversationIndex', 'ConversationTopic'],
  ...['InternetMessageId', 'References', 'ReplyTo', 'DateTimeSent'],
];

/** What messages about meetings say besides. */
const aboutMeetings = [...meetingProperties, 'LegacyFreeBusyStatus', 'ResponseType', 'ProposedStart', 'ProposedEnd', 'RecurrenceId'];

/** What is sent: a stored item, which holds the attachments, with the properties to send. */
export type Outgoing = Pick<Item, 'id' | 'element' | 'properties' | 'extended'>;

const received = (outgoing: Outgoing, mailbox: Mailbox, now: string): Properties => {
  const { properties } = outgoing;
  const travelled = pick(properties, [...travelling, ...(outgoing.element.startsWith('Meeting') ? aboutMeetings : [])]);
  const headers = readHeaders(
    headerLines({ ...travelled, InternetMessageHeaders: properties['InternetMessageHeaders'] ?? t('None') }, now),
  );
  const isFromMe = child(child(properties['From'], 'Mailbox'), 'EmailAddress')?.text.toLowerCase() === mailbox.address.toLowerCase();
  return {
    ...withTexts(travelled, {
      IsDraft: false,
      IsRead: false,
      IsFromMe: isFromMe,
      DateTimeReceived: now,
      DateTimeSent: text(properties, 'DateTimeSent') ?? now,
    }),
    ReceivedBy: t('ReceivedBy', [localMailbox(mailbox)]),
    ReceivedRepresenting: t('ReceivedRepresenting', [localMailbox(mailbox)]),
    ...(headers ? { InternetMessageHeaders: headers } : {}),
  };
};

/** Properties of a set (by name or id) travel with a message inside an organisation; tags belong to the mailbox. */
const travels = (property: XmlElement): boolean => child(property, 'ExtendedFieldURI')?.attributes['PropertyTag'] === undefined;

/** Puts a message into someone's Inbox, as new mail. */
export function deliver(session: WritingSession, outgoing: Outgoing, mailbox: Mailbox): Item | undefined {
  const inbox = distinguishedFolder(session.database, mailbox.id, 'inbox');
  if (!inbox) return undefined;
  const properties = received(outgoing, mailbox, formatUtc(session.now()));
  const draft = {
    mailbox: mailbox.id,
    folder: inbox.id,
    element: outgoing.element,
    properties,
    extended: outgoing.extended.filter(travels),
  };
  const item = storeItem(session, draft, ['CreatedEvent', 'NewMailEvent']);
  copyAttachments(session.database, { item: outgoing.id }, { item: item.id });
  copyExceptions(session.database, outgoing.id, item.id);
  return item;
}
