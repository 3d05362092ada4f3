/**
 * MIME content of requests, read before they are carried out (reading is asynchronous, carrying out is not): an item's MimeContent is
 * replaced by the properties it stands for, as if the client had written those. What cannot be read stays, and is refused later.
 */
import PostalMime from 'postal-mime';
import { readICalendar } from '../calendar/icalendar/read';
import { mimeAttachments } from '../items/apply';
import { taggedProperty } from '../items/extended';
import { isMessage } from '../items/kinds';
import { isValidSimple } from '../schema/simple';
import { child, t, type XmlElement } from '../xml/element';

type Email = Awaited<ReturnType<typeof PostalMime.parse>>;
type Addresses = Email['to'];

const mailboxes = (addresses: Addresses): readonly XmlElement[] =>
  (addresses ?? [])
    .flatMap((entry) => entry.group ?? [entry])
    .flatMap(({ name, address }) => (address === '' ? [] : [t('Mailbox', [t('Name', name || address), t('EmailAddress', address)])]));

const list = (name: string, addresses: Addresses): XmlElement | undefined => {
  const entries = mailboxes(addresses);
  return entries.length === 0 ? undefined : t(name, entries);
};

const single = (name: string, address: Email['from']): XmlElement | undefined => {
  const [entry] = mailboxes(address ? [address] : []);
  return entry && t(name, [entry]);
};

const written = (name: string, value: string | boolean | undefined): XmlElement | undefined =>
  value === undefined ? undefined : t(name, value);

const header = (email: Email, name: string): string | undefined => email.headers.find(({ key }) => key === name)?.value;

const oneOf = (value: string | undefined, meanings: Readonly<Record<string, string>>): string | undefined =>
  new Map(Object.entries(meanings)).get(value?.trim().toLowerCase() ?? '');

const importanceOf = (email: Email): string | undefined =>
  oneOf(header(email, 'importance'), { low: 'Low', normal: 'Normal', high: 'High' }) ??
  oneOf(header(email, 'x-priority')?.slice(0, 1), { 1: 'High', 2: 'High', 4: 'Low', 5: 'Low' });

const sensitivityOf = (email: Email): string | undefined =>
  oneOf(header(email, 'sensitivity'), { personal: 'Personal', private: 'Private', 'company-confidential': 'Confidential' });

const tagged = (tag: string, type: string, value: string | undefined): XmlElement | undefined =>
  value === undefined || value === '' ? undefined : taggedProperty(tag, type, value);

const utc = (date: string | undefined): string | undefined =>
  date === undefined || Number.isNaN(Date.parse(date)) ? undefined : new Date(date).toISOString().replace(/\.\d+Z$/, 'Z');

const bytesOf = (content: ArrayBuffer | Uint8Array | string): Buffer =>
  typeof content === 'string'
    ? Buffer.from(content)
    : content instanceof Uint8Array
      ? Buffer.from(content)
      : Buffer.from(new Uint8Array(content));

/** A message within so many others stays a file: reading each costs as much as all it holds. */
const deepestMessage = 20;

const attachmentElement = async (attachment: Email['attachments'][number], depth: number): Promise<XmlElement> => {
  const bytes = bytesOf(attachment.content);
  const described = [
    t('Name', attachment.filename ?? (attachment.mimeType === 'message/rfc822' ? '' : 'attachment')),
    t('ContentType', attachment.mimeType),
    attachment.contentId === undefined ? undefined : t('ContentId', attachment.contentId.replace(/^<|>$/g, '')),
    t('IsInline', attachment.related === true || attachment.disposition === 'inline'),
  ];
  if (attachment.mimeType === 'message/rfc822' && depth < deepestMessage)
    return t('ItemAttachment', [...described.slice(1), t('Message', await propertiesOf(bytes, depth + 1))]);
  return t('FileAttachment', [...described, t('Content', bytes.toString('base64'))]);
};

const bodyOf = (email: Email): XmlElement | undefined => {
  if (email.html !== undefined) return t('Body', email.html, { BodyType: 'HTML' });
  return email.text === undefined ? undefined : t('Body', email.text, { BodyType: 'Text' });
};

const headerLines = (email: Email): string => [...email.headerLines].map(({ line }) => line).join('\r\n');

/** The properties that a MIME message holds, as elements of a Message; `depth` counts the messages it lies in. */
async function propertiesOf(mime: Buffer, depth = 0): Promise<readonly XmlElement[]> {
  const email = await PostalMime.parse(mime, { forceRfc822Attachments: true });
  const attachments = await Promise.all(email.attachments.map((attachment) => attachmentElement(attachment, depth)));
  const found = [
    written('Subject', email.subject),
    written('Sensitivity', sensitivityOf(email)),
    bodyOf(email),
    attachments.length === 0 ? undefined : t('Attachments', attachments),
    written('Importance', importanceOf(email)),
    written('InReplyTo', email.inReplyTo),
    // Who sends is who writes where the message does not tell them apart (MS-OXCMAIL).
    single('Sender', email.sender ?? email.from),
    list('ToRecipients', email.to),
    list('CcRecipients', email.cc),
    list('BccRecipients', email.bcc),
    written('IsReadReceiptRequested', header(email, 'disposition-notification-to') === undefined ? undefined : true),
    written('IsDeliveryReceiptRequested', header(email, 'return-receipt-to') === undefined ? undefined : true),
    single('From', email.from),
    written('InternetMessageId', email.messageId),
    written('References', email.references),
    list('ReplyTo', email.replyTo),
    tagged('0x0039', 'SystemTime', utc(email.date)),
    tagged('0x0070', 'String', header(email, 'thread-topic')),
    tagged('0x0071', 'Binary', conversationIndex(header(email, 'thread-index'))),
    tagged('0x007D', 'String', headerLines(email)),
  ];
  return found.filter((element) => element !== undefined);
}

const conversationIndex = (value: string | undefined): string | undefined =>
  value !== undefined && isValidSimple(value, 'xs:base64Binary') ? value : undefined;

/** The properties of a MimeContent element; undefined where it is not base64, or not a message (of appointments: iCalendar). */
async function readMime(mime: XmlElement, element: string): Promise<readonly XmlElement[] | undefined> {
  if (!isValidSimple(mime.text, 'xs:base64Binary')) return undefined;
  const content = Buffer.from(mime.text, 'base64');
  try {
    return element === 'CalendarItem' ? readICalendar(content.toString('utf8')) : await propertiesOf(content);
  } catch {
    return undefined;
  }
}

const withMimeProperties = async (item: XmlElement): Promise<XmlElement> => {
  const mime = child(item, 'MimeContent');
  const isRead = isMessage(item.name) || item.name === 'CalendarItem';
  const found = mime && isRead ? await readMime(mime, item.name) : undefined;
  if (!found) return item;
  const given = item.children.filter((property) => property !== mime);
  const isGiven = (property: XmlElement): boolean =>
    property.name !== 'ExtendedProperty' && given.some(({ name }) => name === property.name);
  return { ...item, children: [...found.filter((property) => !isGiven(property)), ...given] };
};

const fieldOf = (property: XmlElement): XmlElement =>
  property.name === 'ExtendedProperty'
    ? (child(property, 'ExtendedFieldURI') ?? property)
    : t('FieldURI', '', { FieldURI: property.name === 'Attachments' ? mimeAttachments : `item:${property.name}` });

/** A SetItemField of the MIME content as one for each property in it. */
const withMimeUpdates = async (update: XmlElement): Promise<readonly XmlElement[]> => {
  const item = update.children.find(({ name }) => isMessage(name));
  const mime = child(item, 'MimeContent');
  const found = item && mime ? await readMime(mime, item.name) : undefined;
  if (!item || !found) return [update];
  return found.map((property) => t('SetItemField', [fieldOf(property), t(item.name, [property])]));
};

const mapChildren = async (element: XmlElement, map: (inner: XmlElement) => Promise<readonly XmlElement[]>): Promise<XmlElement> => ({
  ...element,
  children: (await Promise.all(element.children.map(map))).flat(),
});

const only = (name: string, map: (element: XmlElement) => Promise<XmlElement>) => async (element: XmlElement) => [
  element.name === name ? await map(element) : element,
];

/** A CreateItem or UpdateItem request with the properties in the place of the MIME content; any other request as it is. */
export async function withMimeRead(request: XmlElement): Promise<XmlElement> {
  if (request.name === 'CreateItem')
    return mapChildren(
      request,
      only('Items', (items) => mapChildren(items, async (item) => [await withMimeProperties(item)])),
    );
  if (request.name !== 'UpdateItem') return request;
  const updated = (updates: XmlElement): Promise<XmlElement> => mapChildren(updates, withMimeUpdates);
  const changed = (changes: XmlElement): Promise<XmlElement> =>
    mapChildren(
      changes,
      only('ItemChange', (change) => mapChildren(change, only('Updates', updated))),
    );
  return mapChildren(request, only('ItemChanges', changed));
}
