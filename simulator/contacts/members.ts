import { EwsError } from '../errors';
import { findMailbox } from '../storage/mailboxes';
import type { Database } from '../storage/database';
import type { Properties } from '../storage/properties';
import { child, childText, t, type XmlElement } from '../xml/element';

/** Marks one-off entry ids (MS-OXCDATA 2.2.5.1). */
const oneOffProvider = '812b1fa4bea310199d6e00dd010f5402';

/** Version 0; Unicode, without rich text. */
const oneOffFlags = '00000190';

/** The key of a member: its one-off entry id, or what names the contact or list it is. */
const keyOf = (name: string, routingType: string, address: string, itemId: string | undefined): string => {
  if (itemId !== undefined) return Buffer.from(`item:${itemId}`).toString('base64');
  const texts = [name, routingType, address].map((part) => Buffer.from(`${part}\0`, 'utf16le'));
  return Buffer.concat([Buffer.alloc(4), Buffer.from(oneOffProvider + oneOffFlags, 'hex'), ...texts]).toString('base64');
};

const memberOf = (database: Database, given: XmlElement): XmlElement => {
  const mailbox = child(given, 'Mailbox');
  const address = childText(mailbox, 'EmailAddress')?.trim() ?? '';
  const item = child(mailbox, 'ItemId');
  if (address === '' && !item) throw new EwsError('ErrorInvalidMailbox');
  const known = address === '' ? undefined : findMailbox(database, address);
  const name = childText(mailbox, 'Name') ?? known?.name ?? address;
  const routingType = childText(mailbox, 'RoutingType') ?? 'SMTP';
  const kind = childText(mailbox, 'MailboxType') ?? (item ? 'Contact' : known ? 'Mailbox' : 'OneOff');
  const parts = [
    t('Name', name),
    address === '' ? undefined : t('EmailAddress', address),
    t('RoutingType', routingType),
    t('MailboxType', kind),
    item,
  ];
  const key = given.attributes['Key'] ?? keyOf(name, routingType, address.toLowerCase(), item?.attributes['Id']);
  return t('Member', [t('Mailbox', parts), t('Status', 'Normal')], { Key: key });
};

/** The members of a distribution list as they are kept: complete, with keys, each once. */
export function withMembers(properties: Properties, database: Database): Properties {
  const members = properties['Members'];
  if (!members) return properties;
  const byKey = new Map(members.children.map((given) => memberOf(database, given)).map((member) => [member.attributes['Key'], member]));
  return { ...properties, Members: t('Members', [...byKey.values()]) };
}
