import { insertFile } from '../storage/attachments';
import { storeItem } from '../items/store';
import { distinguishedFolder } from '../storage/folders';
import type { Mailbox } from '../storage/mailboxes';
import { text, withTexts, type Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { t } from '../xml/element';
import { newMessageId } from './complete';
import { withConversation } from './conversation';
import type { Outgoing } from './deliver';
import { headerLines } from './mime-out';
import { localMailbox, mailboxElement, type Recipient } from './recipients';
import type { WritingSession } from '../session';

const postmaster = (mailbox: Mailbox): Recipient => ({
  name: 'Microsoft Outlook',
  address: `MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@${mailbox.address.split('@')[1] ?? ''}`,
});

/** Tells a sender that nobody has the address he wrote to (a non-delivery report, MS-OXOMSG 2.2.3.31). */
export function bounce(session: WritingSession, sender: Mailbox, outgoing: Outgoing, recipient: Recipient): void {
  const inbox = distinguishedFolder(session.database, sender.id, 'inbox');
  if (!inbox) return;
  const now = formatUtc(session.now());
  const subject = text(outgoing.properties, 'Subject') ?? '';
  const from = mailboxElement(postmaster(sender), 'OneOff');
  const told = [
    `Delivery has failed to these recipients or groups:\r\n\r\n${recipient.name} (${recipient.address})`,
    `The email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.`,
    `Diagnostic information for administrators:\r\n\r\n${recipient.address}\r\n550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup`,
  ].join('\r\n\r\n');
  const properties: Properties = {
    ...withTexts(
      {},
      {
        ItemClass: 'REPORT.IPM.Note.NDR',
        Subject: `Undeliverable: ${subject}`,
        InReplyTo: text(outgoing.properties, 'InternetMessageId'),
        InternetMessageId: newMessageId(sender.address),
        IsDraft: false,
        IsRead: false,
        DateTimeSent: now,
        DateTimeReceived: now,
      },
    ),
    Body: t('Body', told, { BodyType: 'Text' }),
    ToRecipients: t('ToRecipients', [localMailbox(sender)]),
    From: t('From', [from]),
    Sender: t('Sender', [from]),
  };
  const threaded = withConversation(session.database, sender.id, properties, session.now());
  const draft = { mailbox: sender.id, folder: inbox.id, element: 'Message', properties: threaded, extended: [] };
  const report = storeItem(session, draft, ['CreatedEvent', 'NewMailEvent']);
  const headers = Buffer.from(headerLines(outgoing.properties, now));
  insertFile(session.database, { item: report.id }, { name: 'Original message.txt', contentType: 'text/rfc822-headers' }, headers, now);
}
