import { EwsError } from '../errors';
import { deleteItem } from '../items/delete';
import { moveItem } from '../items/move';
import { reviseItem } from '../items/write';
import { processMeetingMessage } from '../meetings/assistant';
import { mailboxOf, type WritingSession } from '../session';
import { delegateOf } from '../storage/delegates';
import type { Folder } from '../storage/folders';
import type { Item } from '../storage/items';
import { findMailbox, isLocalDomain, type Mailbox } from '../storage/mailboxes';
import { withTexts, type Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { t } from '../xml/element';
import { bounce } from './bounce';
import { deliver, type Outgoing } from './deliver';
import { envelopeRecipients, localMailbox, readSingle, type Recipient } from './recipients';

/** Who sends a message, and for whom. */
interface Senders {
  readonly sender: Mailbox;
  readonly from: Mailbox;
}

/** Whose mail it is: that of the mailbox that acts, or of one whose delegate it is. Any other From is refused with `ErrorSendAsDenied`. */
const sendersOf = (session: WritingSession, item: Item): Senders => {
  const sender = session.mailbox ?? mailboxOf(session, item);
  const named = readSingle(item.properties, 'From');
  if (!named) return { sender, from: sender };
  const from = findMailbox(session.database, named.address);
  const isAllowed = from && (from.id === sender.id || delegateOf(session.database, from.id, sender.id));
  if (!isAllowed) throw new EwsError('ErrorSendAsDenied');
  return { sender, from };
};

/** A message's properties at the moment it is sent. */
export const sentProperties = ({ sender, from }: Senders, properties: Properties, now: string): Properties => ({
  ...withTexts(properties, { IsDraft: false, IsRead: true, DateTimeSent: now, DateTimeReceived: now }),
  From: t('From', [localMailbox(from)]),
  Sender: t('Sender', [localMailbox(sender)]),
});

/** Brings a message to its recipients: into the mailboxes here; back to the sender where one should be here; elsewhere it just leaves. */
export function transport(session: WritingSession, sender: Mailbox, outgoing: Outgoing, recipients: readonly Recipient[]): void {
  for (const recipient of recipients) {
    const mailbox = findMailbox(session.database, recipient.address);
    // What happens in a mailbox on arrival happens in its owner's name.
    const arrived = mailbox && deliver({ ...session, mailbox }, outgoing, mailbox);
    if (arrived) processMeetingMessage({ ...session, mailbox }, arrived);
    else if (!mailbox && isLocalDomain(session.database, recipient.address)) bounce(session, sender, outgoing, recipient);
  }
}

/** Sends a stored message; a copy remains in a folder where one is named, else the message is gone. */
export function sendItem(session: WritingSession, item: Item, saveTo: Folder | undefined): void {
  const senders = sendersOf(session, item);
  const recipients = envelopeRecipients(item.properties);
  const sent = { ...item, properties: sentProperties(senders, item.properties, formatUtc(session.now())) };
  transport(session, senders.sender, sent, recipients);
  if (saveTo === undefined) deleteItem(session, item, 'HardDelete');
  else if (saveTo.id === item.folder) reviseItem(session, sent);
  else moveItem(session, sent, saveTo);
}
