import { randomUUID } from 'node:crypto';
import { EwsError } from '../errors';
import { isTrue, text, withTexts, type Properties } from '../storage/properties';
import { withConversation } from './conversation';
import { withRecipients } from './recipients';
import type { WritingSession } from '../session';

/** What cannot be changed any more once a message has been sent. */
const fixedWhenSent = [
  ...['From', 'Sender', 'ToRecipients', 'CcRecipients', 'BccRecipients', 'ReplyTo', 'InternetMessageId'],
  ...['IsReadReceiptRequested', 'IsDeliveryReceiptRequested', 'IsResponseRequested'],
];

/** A message id of this server for a mailbox's domain. */
export const newMessageId = (address: string): string =>
  `<${randomUUID().replaceAll('-', '').toUpperCase()}@${address.split('@')[1] ?? 'localhost'}>`;

/** Completes a new or changed message; `set` names what the request wrote. */
export function completeMessage(session: WritingSession, properties: Properties, set: ReadonlySet<string>): Properties {
  // Flags of a new message may say that it has been sent.
  const wasSent = text(properties, 'IsDraft') === 'false' && !set.has('IsDraft');
  if (wasSent && fixedWhenSent.some((name) => set.has(name))) throw new EwsError('ErrorInvalidPropertyUpdateSentMessage');
  const named = withTexts(withRecipients(session.database, properties), {
    IsDraft: text(properties, 'IsDraft') ?? true,
    IsRead: properties['IsRead'] ? isTrue(properties, 'IsRead') : true,
    InternetMessageId: text(properties, 'InternetMessageId') ?? newMessageId(session.mailbox?.address ?? ''),
  });
  return withConversation(session.database, session.mailbox?.id ?? 0, named, session.now());
}
