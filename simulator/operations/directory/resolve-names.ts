import { directoryContact, directoryObjects, mailboxElement, resolves } from '../../directory/entries';
import { EwsError } from '../../errors';
import { readShape, showItem } from '../../items/shape';
import { rightsOf, seenItems } from '../../permissions/access';
import { itemIdOf, resolveFolder, type Session } from '../../session';
import { distinguishedFolder, type Folder } from '../../storage/folders';
import { itemsOfFolder, type Item } from '../../storage/items';
import { text } from '../../storage/properties';
import { child, childText, isTrueText, m, t, type XmlElement } from '../../xml/element';
import { failure, response, success, type Operation } from '../operation';

const mostCandidates = 100;

const inDirectory = (session: Session, request: XmlElement, entry: string): readonly XmlElement[] => {
  const isFull = isTrueText(request.attributes['ReturnFullContactData']);
  return directoryObjects(session.database)
    .filter((object) => resolves(object, entry))
    .map((object) => t('Resolution', [mailboxElement(object), isFull ? directoryContact(object) : undefined]));
};

const contactsFolder = (session: Session, request: XmlElement): Folder => {
  const ids = child(request, 'ParentFolderIds')?.children ?? [];
  if (ids.length > 1) throw new EwsError('ErrorResolveNamesOnlyOneContactsFolderAllowed');
  if (ids.length === 0 && !session.mailbox) throw new EwsError('ErrorNameResolutionNoMailbox');
  const folder = ids[0] ? resolveFolder(session, ids[0]) : distinguishedFolder(session.database, session.mailbox?.id ?? 0, 'contacts');
  if (folder?.element !== 'ContactsFolder') throw new EwsError('ErrorResolveNamesInvalidFolderType');
  if (rightsOf(session, folder).read !== 'FullDetails') throw new EwsError('ErrorAccessDenied');
  return folder;
};

const addresses = (item: Item): readonly string[] =>
  item.properties['EmailAddresses']?.children.flatMap((entry) => (entry.text === '' ? [] : [entry.text])) ?? [];

const contactName = ({ properties }: Item): string =>
  text(properties, 'DisplayName') ?? text(properties, 'FileAs') ?? text(properties, 'Subject') ?? '';

/**
 * The addresses by which a contact is found; a list without addresses counts as one empty. Who is found by the beginning of his names,
 * or of any word of these, is found with all his addresses.
 */
const foundAddresses = (item: Item, sought: string): readonly string[] => {
  const isAddress = sought.startsWith('smtp:');
  const start = isAddress ? sought.slice(5) : sought;
  const names = ['GivenName', 'Surname', 'FileAs', 'Nickname', 'CompanyName'].map((name) => text(item.properties, name) ?? '');
  const words = [...names, contactName(item)].flatMap((name) => [name, ...name.split(/\s+/)]);
  const isNamed = !isAddress && words.some((word) => word.toLowerCase().startsWith(start));
  const all = item.element === 'DistributionList' ? [''] : addresses(item);
  return all.filter((address) => isNamed || (address !== '' && address.toLowerCase().startsWith(start)));
};

const contactResolutions = (session: Session, item: Item, found: readonly string[], shape: string | undefined): readonly XmlElement[] => {
  const contact =
    shape === undefined || item.element !== 'Contact'
      ? undefined
      : showItem(item, readShape(t('ItemShape', [t('BaseShape', shape)]), 'item'), 'item', session);
  const resolution = (mailbox: readonly XmlElement[]): XmlElement =>
    t('Resolution', [t('Mailbox', [t('Name', contactName(item)), ...mailbox, itemIdOf(session, item)]), contact]);
  return found.map((address) =>
    item.element === 'DistributionList'
      ? resolution([t('RoutingType', 'MAPIPDL'), t('MailboxType', 'PrivateDL')])
      : resolution([t('EmailAddress', address), t('RoutingType', 'SMTP'), t('MailboxType', 'Contact')]),
  );
};

const inContacts = (session: Session, request: XmlElement, entry: string): readonly XmlElement[] => {
  const folder = contactsFolder(session, request);
  const given = request.attributes['ContactDataShape'];
  const shape = given ?? (isTrueText(request.attributes['ReturnFullContactData']) ? 'Default' : undefined);
  const sought = entry.trim().toLowerCase();
  return seenItems(session, folder, itemsOfFolder(session.database, folder.id))
    .filter(({ element }) => element === 'Contact' || element === 'DistributionList')
    .flatMap((item) => contactResolutions(session, item, foundAddresses(item, sought), shape));
};

const scopes: Readonly<Record<string, readonly (typeof inContacts)[]>> = {
  ActiveDirectory: [inDirectory],
  ActiveDirectoryContacts: [inDirectory, inContacts],
  Contacts: [inContacts],
  ContactsActiveDirectory: [inContacts, inDirectory],
};

const resolutionSet = (all: readonly XmlElement[]): XmlElement => {
  const shown = all.slice(0, mostCandidates);
  return m('ResolutionSet', shown, { TotalItemsInView: shown.length, IncludesLastItemInRange: shown.length === all.length });
};

const severalResults = (all: readonly XmlElement[]): XmlElement =>
  m(
    'ResolveNamesResponseMessage',
    [
      m('MessageText', 'Multiple results were found.'),
      m('ResponseCode', 'ErrorNameResolutionMultipleResults'),
      m('DescriptiveLinkKey', 0),
      resolutionSet(all),
    ],
    { ResponseClass: 'Warning' },
  );

const resolved = (session: Session, request: XmlElement): XmlElement => {
  const entry = childText(request, 'UnresolvedEntry') ?? '';
  if (/^[\s,-]*$/.test(entry.replace(/^smtp:/i, ''))) throw new EwsError('ErrorInvalidNameForNameResolution');
  const searches = scopes[request.attributes['SearchScope'] ?? 'ActiveDirectoryContacts'] ?? [];
  const all = searches.flatMap((search) => search(session, request, entry));
  if (all.length === 0) throw new EwsError('ErrorNameResolutionNoResults');
  return all.length === 1 ? success('ResolveNames', [resolutionSet(all)]) : severalResults(all);
};

/** ResolveNames: https://learn.microsoft.com/exchange/client-developer/web-service-reference/resolvenames-operation, MS-OXWSRSLNM */
export const resolveNames: Operation = (request, { session }) => {
  try {
    return response('ResolveNames', [resolved(session, request)]);
  } catch (error) {
    if (error instanceof EwsError) return response('ResolveNames', [failure('ResolveNames', error)]);
    throw error;
  }
};
