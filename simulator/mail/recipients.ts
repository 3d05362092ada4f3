import { EwsError } from '../errors';
import type { Database } from '../storage/database';
import { findMailbox, type Mailbox } from '../storage/mailboxes';
import type { Properties } from '../storage/properties';
import { child, childText, t, type XmlElement } from '../xml/element';

/** One sender or recipient. */
export interface Recipient {
  readonly name: string;
  readonly address: string;
}

const lists = ['ToRecipients', 'CcRecipients', 'BccRecipients', 'ReplyTo'];
const singles = ['From', 'Sender'];

const isAddress = (text: string): boolean => /^[^\s@<>]+@[^\s@<>]+$/.test(text);

/** A Mailbox element as Exchange shows it, with the kind of the address. */
export const mailboxElement = (recipient: Recipient, type: 'Mailbox' | 'OneOff'): XmlElement =>
  t('Mailbox', [t('Name', recipient.name), t('EmailAddress', recipient.address), t('RoutingType', 'SMTP'), t('MailboxType', type)]);

/** The Mailbox element of someone with a mailbox here. */
export const localMailbox = (mailbox: Pick<Mailbox, 'name' | 'address'>): XmlElement => mailboxElement(mailbox, 'Mailbox');

/** Reads a Mailbox element; undefined where it has no address. */
export function readRecipient(element: XmlElement | undefined): Recipient | undefined {
  const address = childText(element, 'EmailAddress')?.trim();
  return address === undefined || address === '' ? undefined : { address, name: childText(element, 'Name') ?? address };
}

/** The recipients of one list, those without an address left out. */
export const readRecipients = (properties: Properties, list: string): readonly Recipient[] =>
  (properties[list]?.children ?? []).flatMap((element) => readRecipient(element) ?? []);

/** Who a single-recipient property (From, Sender, …) names. */
export const readSingle = (properties: Properties, name: string): Recipient | undefined =>
  readRecipient(child(properties[name], 'Mailbox'));

/** Fills a Mailbox element as the server does when it is saved: names of the directory, SMTP, and whether it is someone here. */
export function completeMailbox(database: Database, element: XmlElement): XmlElement {
  const given = readRecipient(element) ?? { address: childText(element, 'Name')?.trim() ?? '', name: '' };
  const routing = childText(element, 'RoutingType') ?? 'SMTP';
  if (child(element, 'ItemId') || routing.toUpperCase() !== 'SMTP' || !isAddress(given.address)) return element;
  const mailbox = findMailbox(database, given.address);
  return mailbox ? localMailbox(mailbox) : mailboxElement({ ...given, name: given.name || given.address }, 'OneOff');
}

/** Completes all senders and recipients of a message. */
export function withRecipients(database: Database, properties: Properties): Properties {
  const completed = [...lists, ...singles].flatMap((name) => {
    const property = properties[name];
    const mailboxes = property?.children.map((element) => completeMailbox(database, element));
    return mailboxes ? [[name, t(name, mailboxes)] as const] : [];
  });
  return { ...properties, ...Object.fromEntries(completed) };
}

/** Refuses recipients of whom one has no valid address. */
export function checkRecipients(recipients: readonly (Recipient | undefined)[]): void {
  if (!recipients.every((recipient) => recipient && isAddress(recipient.address))) throw new EwsError('ErrorInvalidRecipients');
}

/** Everyone a message goes to, each once; `ErrorInvalidRecipients` where there is nobody, or someone without a valid address. */
export function envelopeRecipients(properties: Properties): readonly Recipient[] {
  const elements = ['ToRecipients', 'CcRecipients', 'BccRecipients'].flatMap((list) => properties[list]?.children ?? []);
  const recipients = elements.map(readRecipient);
  checkRecipients(recipients);
  const found = new Map(recipients.flatMap((recipient) => (recipient ? [[recipient.address.toLowerCase(), recipient] as const] : [])));
  if (found.size === 0) throw new EwsError('ErrorInvalidRecipients');
  return [...found.values()];
}
