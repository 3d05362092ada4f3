import { EwsError } from '../errors';
import type { WritingSession } from '../items/complete';
import { deleteItem, moveItem, touchItem } from '../items/write';
import { mailboxOf } from '../session';
import type { Folder } from '../storage/folders';
import type { Item } from '../storage/items';
import { findMailbox, isLocalDomain, type Mailbox } from '../storage/mailboxes';
import { withTexts, type Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { t } from '../xml/element';
import { bounce } from './bounce';
import { deliver, type Outgoing } from './deliver';
import { envelopeRecipients, localMailbox, readSingle, type Recipient } from './recipients';

/** Whose mail it is: the mailbox that acts. Whoever writes another's address into From is refused with `ErrorSendAsDenied`. */
const senderOf = (session: WritingSession, item: Item): Mailbox => {
  const own = session.mailbox ?? mailboxOf(session, item);
  const from = readSingle(item.properties, 'From');
  if (from && from.address.toLowerCase() !== own.address.toLowerCase()) throw new EwsError('ErrorSendAsDenied');
  return own;
};

/** A message's properties at the moment it is sent. */
export const sentProperties = (sender: Mailbox, properties: Properties, now: string): Properties => ({
  ...withTexts(properties, { IsDraft: false, IsRead: true, DateTimeSent: now, DateTimeReceived: now }),
  From: t('From', [localMailbox(sender)]),
  Sender: t('Sender', [localMailbox(sender)]),
});

/** Brings a message to its recipients: into the mailboxes here; back to the sender where one should be here; elsewhere it just leaves. */
export function transport(session: WritingSession, sender: Mailbox, outgoing: Outgoing, recipients: readonly Recipient[]): void {
  for (const recipient of recipients) {
    const mailbox = findMailbox(session.database, recipient.address);
    if (mailbox) deliver(session, outgoing, mailbox);
    else if (isLocalDomain(session.database, recipient.address)) bounce(session, sender, outgoing, recipient);
  }
}

/** Sends a stored message; a copy remains in a folder where one is named, else the message is gone. */
export function sendItem(session: WritingSession, item: Item, saveTo: Folder | undefined): void {
  const sender = senderOf(session, item);
  const recipients = envelopeRecipients(item.properties);
  const sent = { ...item, properties: sentProperties(sender, item.properties, formatUtc(session.now())) };
  transport(session, sender, sent, recipients);
  if (saveTo === undefined) deleteItem(session, item, 'HardDelete');
  else if (saveTo.id === item.folder) touchItem(session, sent);
  else moveItem(session, sent, saveTo);
}
