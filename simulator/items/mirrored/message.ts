import { t, type XmlElement } from '../../xml/element';
import { inside, same, yesNo, type Mirror } from './mirror';

/** Header lines of a message, folded ones put together, as `InternetMessageHeaders`. */
export function readHeaders(block: string): XmlElement | undefined {
  const lines = block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = lines.flatMap((line) => {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [t('InternetMessageHeader', value, { HeaderName: name })];
  });
  return headers.length === 0 ? undefined : t('InternetMessageHeaders', headers);
}

/** Tags of messages (MS-OXOMSG, MS-OXCMSG), by tag and type. */
export const messageTags: Readonly<Record<string, Mirror>> = {
  '0x0023 Boolean': yesNo('IsDeliveryReceiptRequested'),
  '0x0029 Boolean': yesNo('IsReadReceiptRequested'),
  '0x0064 String': inside('From', 'Mailbox', 'RoutingType'),
  '0x0070 String': same('ConversationTopic'),
  '0x0071 Binary': same('ConversationIndex'),
  '0x007D String': {
    property: 'InternetMessageHeaders',
    read: ({ children }) => [children.map((header) => `${header.attributes['HeaderName'] ?? ''}: ${header.text}\r\n`).join('')],
    write: ([value]) => readHeaders(value ?? ''),
  },
  '0x0C1E String': inside('Sender', 'Mailbox', 'RoutingType'),
};
