import { vcardOf } from '../../contacts/vcard';
import { attachmentsOf } from '../../storage/attachments';
import { text } from '../../storage/properties';
import { t } from '../../xml/element';
import { showBody } from '../body';
import type { Compute, Computed } from './compute';

/** Parts of CompleteName and the properties they are taken from. */
const completeName: readonly (readonly [string, string])[] = [
  ['FirstName', 'GivenName'],
  ['MiddleName', 'MiddleName'],
  ['LastName', 'Surname'],
  ['Suffix', 'Generation'],
  ['Initials', 'Initials'],
  ['FullName', 'DisplayName'],
  ['Nickname', 'Nickname'],
  ['YomiFirstName', 'PhoneticFirstName'],
  ['YomiLastName', 'PhoneticLastName'],
];

const store: Compute = () => 'Store';

/** Properties of contacts (MS-OXWSCONT). */
export const contactComputed: Computed = {
  CompleteName: ({ properties }) => {
    const parts = completeName.flatMap(([part, name]) => {
      const value = text(properties, name);
      return value === undefined ? [] : [t(part, value)];
    });
    return parts.length === 0 ? undefined : t('CompleteName', parts);
  },
  EmailAddresses: ({ properties }) => {
    const dictionary = properties['EmailAddresses'];
    const entries = dictionary?.children.map((entry) => ({
      ...entry,
      attributes: { Name: entry.text, RoutingType: 'SMTP', ...entry.attributes },
    }));
    return entries && t('EmailAddresses', entries);
  },
  ContactSource: store,
  HasPicture: (item, { database }) =>
    attachmentsOf(database, { item: item.id, parent: item.attachment }).some(({ isContactPhoto }) => isContactPhoto),
  MimeContent: ({ properties }) => {
    const body = properties['Body'] ? showBody(properties['Body'], 'Text').text : '';
    return t('MimeContent', Buffer.from(vcardOf(properties, body)).toString('base64'), { CharacterSet: 'UTF-8' });
  },
};

/** Properties of distribution lists (MS-OXWSDLIST). */
export const distributionListComputed: Computed = {
  FileAs: ({ properties }) => text(properties, 'FileAs') ?? text(properties, 'DisplayName'),
  ContactSource: store,
};
