/** Messages as MIME (RFC 5322, 2045). nodemailer writes the header lines; the parts are put together here, for its own way is asynchronous. */
import { randomUUID } from 'node:crypto';
import MimeNode from 'nodemailer/lib/mime-node';
import { encode, wrap } from 'nodemailer/lib/qp';
import { iCalendarOf } from '../calendar/icalendar/write';
import { methodOf } from '../calendar/icalendar/method';
import { placeOf } from '../items/attachment-shown';
import { showBody } from '../items/body';
import type { ShownItem } from '../items/computed/compute';
import type { Session } from '../session';
import { attachmentContent, attachmentsOf, type Attachment } from '../storage/attachments';
import { isTrue, text, type Properties } from '../storage/properties';
import type { XmlElement } from '../xml/element';
import { readRecipient, readRecipients, readSingle, type Recipient } from './recipients';

const newLine = '\r\n';

/** A part: its headers and what stands below them. */
interface Part {
  readonly node: MimeNode;
  readonly content: string;
}

const write = ({ node, content }: Part): string => `${node.buildHeaders()}${newLine}${newLine}${content}`;

const base64Lines = (content: Buffer): string => content.toString('base64').replace(/(.{76})(?=.)/g, `$1${newLine}`);

const textPart = (type: string, content: string): Part => {
  const node = new MimeNode(`${type}; charset=utf-8`);
  node.setHeader('Content-Transfer-Encoding', 'quoted-printable');
  return { node, content: wrap(encode(Buffer.from(content))) };
};

const multipart = (type: string, parts: readonly Part[]): Part => {
  const boundary = `_000_${randomUUID()}_`;
  const node = new MimeNode(`multipart/${type}; boundary="${boundary}"`);
  const written = parts.map((part) => `--${boundary}${newLine}${write(withoutRootHeaders(part))}${newLine}`);
  return { node, content: `${written.join('')}--${boundary}--${newLine}` };
};

/** A part below another has no Date, Message-ID and version of its own. */
const withoutRootHeaders = (part: Part): Part => {
  part.node.rootNode = new MimeNode();
  return part;
};

/** One or several parts, as a multipart only where there are several. */
const combined = (type: string, parts: readonly Part[]): Part => {
  const [only] = parts;
  return only && parts.length === 1 ? only : multipart(type, parts);
};

const attachmentPart = (session: Session, outer: ShownItem, attachment: Attachment): Part => {
  if (attachment.attached) {
    const node = new MimeNode('message/rfc822');
    node.setHeader('Content-Transfer-Encoding', '8bit');
    const { id, modified, attached } = attachment;
    return { node, content: mimeText(session, { ...outer, ...attached, attachment: id, created: modified, modified }) };
  }
  const node = new MimeNode(attachment.contentType ?? 'application/octet-stream', { filename: attachment.name });
  node.setHeader('Content-Disposition', attachment.isInline ? 'inline' : 'attachment');
  if (attachment.contentId !== undefined) node.setHeader('Content-ID', `<${attachment.contentId}>`);
  node.setHeader('Content-Transfer-Encoding', 'base64');
  return { node, content: base64Lines(attachmentContent(session.database, attachment.id)) };
};

const textParts = (body: XmlElement | undefined): readonly Part[] => {
  if (!body || body.attributes['BodyType'] !== 'HTML') return [textPart('text/plain', body?.text ?? '')];
  return [textPart('text/plain', showBody(body, 'Text').text), textPart('text/html', body.text)];
};

/** What a message about a meeting says to calendars ([MS-OXCICAL]). */
const calendarParts = (item: ShownItem, session: Session): readonly Part[] => {
  const method = methodOf(item.element);
  const isTimed = item.properties['Start'] !== undefined && item.properties['End'] !== undefined;
  if (method === undefined || !isTimed) return [];
  const node = new MimeNode(`text/calendar; charset=utf-8; method=${method}`);
  node.setHeader('Content-Transfer-Encoding', 'base64');
  return [{ node, content: base64Lines(Buffer.from(iCalendarOf(item, session))) }];
};

const bodyPart = (item: ShownItem, session: Session): Part =>
  combined('alternative', [...textParts(item.properties['Body']), ...calendarParts(item, session)]);

const addresses = (recipients: readonly (Recipient | undefined)[]): string =>
  recipients
    .flatMap((recipient) => (recipient ? [recipient.name === recipient.address ? recipient.address : quoted(recipient)] : []))
    .join(', ');

const quoted = ({ name, address }: Recipient): string => `"${name.replace(/["\\\r\n]/g, ' ')}" <${address}>`;

const rfcDate = (utc: string): string => new Date(utc).toUTCString().replace('GMT', '+0000');

/** Header fields of a message by name, in the order they are written; empty ones are left out. */
const ownHeaders = (properties: Properties, sent: string): readonly (readonly [string, string])[] => {
  const importance = (text(properties, 'Importance') ?? 'Normal').toLowerCase();
  const sensitivity = { Personal: 'personal', Private: 'private', Confidential: 'company-confidential' }[
    text(properties, 'Sensitivity') ?? ''
  ];
  const from = readSingle(properties, 'From');
  const sender = readSingle(properties, 'Sender');
  return [
    ['From', addresses([from])],
    ['Sender', sender?.address === from?.address ? '' : addresses([sender])],
    ['To', addresses(readRecipients(properties, 'ToRecipients'))],
    ['Cc', addresses(readRecipients(properties, 'CcRecipients'))],
    ['Bcc', addresses(readRecipients(properties, 'BccRecipients'))],
    ['Reply-To', addresses((properties['ReplyTo']?.children ?? []).map(readRecipient))],
    ['Subject', text(properties, 'Subject') ?? ''],
    ['Thread-Topic', text(properties, 'ConversationTopic') ?? ''],
    ['Thread-Index', text(properties, 'ConversationIndex') ?? ''],
    ['Date', rfcDate(sent)],
    ['Message-ID', text(properties, 'InternetMessageId') ?? ''],
    ['References', text(properties, 'References') ?? ''],
    ['In-Reply-To', text(properties, 'InReplyTo') ?? ''],
    ['Importance', importance === 'normal' ? '' : importance],
    ['Sensitivity', sensitivity ?? ''],
    ['Disposition-Notification-To', isTrue(properties, 'IsReadReceiptRequested') ? addresses([from]) : ''],
    ['Return-Receipt-To', isTrue(properties, 'IsDeliveryReceiptRequested') ? addresses([from]) : ''],
  ];
};

const written: ReadonlySet<string> = new Set([
  ...['from', 'sender', 'to', 'cc', 'bcc', 'reply-to', 'subject', 'thread-topic', 'thread-index', 'date', 'message-id', 'references'],
  ...['in-reply-to', 'importance', 'sensitivity', 'disposition-notification-to', 'return-receipt-to', 'mime-version', 'x-priority'],
]);

const isKept = (name: string): boolean => !written.has(name.toLowerCase()) && !name.toLowerCase().startsWith('content-');

const setHeaders = (node: MimeNode, properties: Properties, sent: string): void => {
  for (const header of properties['InternetMessageHeaders']?.children ?? []) {
    const name = header.attributes['HeaderName'] ?? '';
    if (isKept(name)) node.addHeader(name, header.text);
  }
  for (const [name, value] of ownHeaders(properties, sent)) if (value !== '') node.setHeader(name, value);
};

const mimeText = (session: Session, item: ShownItem): string => {
  const attachments = attachmentsOf(session.database, placeOf(item));
  const parts = (isInline: boolean): readonly Part[] =>
    attachments.filter((attachment) => attachment.isInline === isInline).map((attachment) => attachmentPart(session, item, attachment));
  const root = combined('mixed', [combined('related', [bodyPart(item, session), ...parts(true)]), ...parts(false)]);
  root.node.keepBcc = true;
  setHeaders(root.node, item.properties, text(item.properties, 'DateTimeSent') ?? item.created);
  return write(root);
};

/** The MIME text of a message with its attachments, in base64. */
export const mimeContent = (item: ShownItem, session: Session): string => Buffer.from(mimeText(session, item)).toString('base64');

/** The header lines with which a message arrives, for `InternetMessageHeaders`; recipients of blind copies are not among them. */
export function headerLines(properties: Properties, sent: string): string {
  const node = new MimeNode(
    properties['Body']?.attributes['BodyType'] === 'HTML' ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
  );
  setHeaders(node, properties, sent);
  return node.buildHeaders();
}
