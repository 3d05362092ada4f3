import { conversationKey } from '../../mail/conversation';
import { mimeContent } from '../../mail/mime-out';
import { messageResponses } from '../../mail/response-objects';
import { encodeConversationId } from '../../storage/ids';
import { isTrue } from '../../storage/properties';
import { t } from '../../xml/element';
import type { Computed } from './compute';

/** Properties of messages (MS-OXWSMSG). */
export const messageComputed: Computed = {
  MimeContent: (item, session) => t('MimeContent', mimeContent(item, session), { CharacterSet: 'UTF-8' }),
  IsRead: (item) => isTrue(item.properties, 'IsRead'),
  IsReadReceiptRequested: (item) => isTrue(item.properties, 'IsReadReceiptRequested'),
  IsDeliveryReceiptRequested: (item) => isTrue(item.properties, 'IsDeliveryReceiptRequested'),
  IsResponseRequested: (item) => isTrue(item.properties, 'IsResponseRequested'),
  IsFromMe: (item) => isTrue(item.properties, 'IsFromMe'),
  IsResend: (item) => isTrue(item.properties, 'IsResend'),
  ConversationId: (item, session) => {
    const key = conversationKey(item.properties);
    return key === undefined ? undefined : t('ConversationId', '', { Id: encodeConversationId(session.database, item.mailbox, key) });
  },
  ResponseObjects: messageResponses,
};
