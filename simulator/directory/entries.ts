/** Who and what the directory knows: mailboxes, distribution groups and lists of rooms. */
import { elementTypes } from '../schema/order';
import type { Database } from '../storage/database';
import { findGroup, listGroups } from '../storage/groups';
import { findMailbox, listMailboxes, type DirectoryEntry } from '../storage/mailboxes';
import { t, type XmlElement } from '../xml/element';

/** One object of the directory. */
export interface DirectoryObject {
  readonly address: string;
  readonly name: string;
  readonly mailboxType: 'Mailbox' | 'PublicDL';
  readonly entry: DirectoryEntry;
}

const aliasOf = ({ address, entry }: DirectoryObject): string => entry.alias ?? address.split('@')[0] ?? address;

const asPerson = (mailbox: Pick<DirectoryObject, 'address' | 'name' | 'entry'>): DirectoryObject => ({
  ...mailbox,
  mailboxType: 'Mailbox',
});
const asGroup = ({ address, name }: Pick<DirectoryObject, 'address' | 'name'>): DirectoryObject => ({
  address,
  name,
  mailboxType: 'PublicDL',
  entry: {},
});

/** All objects by name. */
export const directoryObjects = (database: Database): readonly DirectoryObject[] =>
  [...listMailboxes(database).map(asPerson), ...listGroups(database).map(asGroup)].sort((one, two) => one.name.localeCompare(two.name));

/** The object of an address. */
export function directoryObject(database: Database, address: string): DirectoryObject | undefined {
  const mailbox = findMailbox(database, address);
  if (mailbox) return asPerson(mailbox);
  const group = findGroup(database, address);
  return group && asGroup(group);
}

const startsWith = (value: string | undefined, start: string): boolean => value?.toLowerCase().startsWith(start) === true;

/** True where a name begins with all the words of an entry, in this order or the first two exchanged. */
const namesMatch = ({ name, entry }: DirectoryObject, sought: string): boolean => {
  const [first = '', ...rest] = sought.split(' ');
  const others = rest.join(' ');
  const given = entry.givenName ?? name.split(' ')[0];
  const family = entry.surname ?? name.split(' ').at(-1);
  if (startsWith(name, sought) || startsWith(given, sought) || startsWith(family, sought)) return true;
  return (
    others !== '' && ((startsWith(given, first) && startsWith(family, others)) || (startsWith(family, first) && startsWith(given, others)))
  );
};

/**
 * True where ambiguous name resolution finds the object: by the beginning of its name, given name, family name, alias, office or address
 * (with `smtp:` by the address only).
 */
export function resolves(object: DirectoryObject, entry: string): boolean {
  const sought = entry.trim().toLowerCase().replace(/,\s*/g, ' ').replace(/\s+/g, ' ');
  if (sought.startsWith('smtp:')) return startsWith(object.address, sought.slice(5));
  return (
    namesMatch(object, sought) ||
    startsWith(aliasOf(object), sought) ||
    startsWith(object.entry.office, sought) ||
    startsWith(object.address, sought)
  );
}

/** The Mailbox element (or another of its type) of an object. */
export const mailboxElement = ({ name, address, mailboxType }: DirectoryObject, element = 'Mailbox'): XmlElement =>
  t(element, [t('Name', name), t('EmailAddress', address), t('RoutingType', 'SMTP'), t('MailboxType', mailboxType)]);

/** The Mailbox element of an address that may belong to nobody here. */
export const addressElement = (database: Database, address: string): XmlElement => {
  const object = directoryObject(database, address);
  if (object) return mailboxElement(object);
  return t('Mailbox', [t('Name', address), t('EmailAddress', address), t('RoutingType', 'SMTP'), t('MailboxType', 'OneOff')]);
};

const entries = (values: Readonly<Record<string, string | undefined>>): readonly XmlElement[] =>
  Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [t('Entry', value, { Key: key })]));

/** An object as a contact, its properties in the order of the schema. */
export function directoryContact(object: DirectoryObject): XmlElement {
  const { entry, name } = object;
  const phones = entries({ BusinessPhone: entry.phone, MobilePhone: entry.mobilePhone });
  const values: Readonly<Record<string, string | readonly XmlElement[] | undefined>> = {
    DisplayName: name,
    GivenName: entry.givenName,
    CompanyName: entry.company,
    EmailAddresses: entries({ EmailAddress1: `SMTP:${object.address}` }),
    PhoneNumbers: phones.length === 0 ? undefined : phones,
    ContactSource: 'ActiveDirectory',
    Department: entry.department,
    JobTitle: entry.jobTitle,
    OfficeLocation: entry.office,
    Surname: entry.surname,
    Alias: aliasOf(object),
  };
  const shown = [...elementTypes('t:ContactItemType').keys()].map((property) => {
    const value = values[property];
    return value === undefined ? undefined : t(property, value);
  });
  return t('Contact', shown);
}
