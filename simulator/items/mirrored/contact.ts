import { entry, list, same, yesNo, readOnly, type Mirror } from './mirror';

const phones: Readonly<Record<string, string>> = {
  '0x3A02': 'Callback',
  '0x3A08': 'BusinessPhone',
  '0x3A09': 'HomePhone',
  '0x3A1A': 'PrimaryPhone',
  '0x3A1B': 'BusinessPhone2',
  '0x3A1C': 'MobilePhone',
  '0x3A1D': 'RadioPhone',
  '0x3A1E': 'CarPhone',
  '0x3A1F': 'OtherTelephone',
  '0x3A21': 'Pager',
  '0x3A23': 'OtherFax',
  '0x3A24': 'BusinessFax',
  '0x3A25': 'HomeFax',
  '0x3A2C': 'Telex',
  '0x3A2D': 'Isdn',
  '0x3A2E': 'AssistantPhone',
  '0x3A2F': 'HomePhone2',
  '0x3A4B': 'TtyTddPhone',
  '0x3A57': 'CompanyMainPhone',
};

const addressTags: Readonly<Record<string, readonly [string, string]>> = {
  '0x3A59': ['Home', 'City'],
  '0x3A5A': ['Home', 'CountryOrRegion'],
  '0x3A5B': ['Home', 'PostalCode'],
  '0x3A5C': ['Home', 'State'],
  '0x3A5D': ['Home', 'Street'],
  '0x3A5F': ['Other', 'City'],
  '0x3A60': ['Other', 'CountryOrRegion'],
  '0x3A61': ['Other', 'PostalCode'],
  '0x3A62': ['Other', 'State'],
  '0x3A63': ['Other', 'Street'],
};

const names: Readonly<Record<string, string>> = {
  '0x3001': 'DisplayName',
  '0x3A05': 'Generation',
  '0x3A06': 'GivenName',
  '0x3A0A': 'Initials',
  '0x3A11': 'Surname',
  '0x3A16': 'CompanyName',
  '0x3A17': 'JobTitle',
  '0x3A18': 'Department',
  '0x3A19': 'OfficeLocation',
  '0x3A30': 'AssistantName',
  '0x3A44': 'MiddleName',
  '0x3A46': 'Profession',
  '0x3A48': 'SpouseName',
  '0x3A4E': 'Manager',
  '0x3A4F': 'Nickname',
  '0x3A51': 'BusinessHomePage',
};

const strings = (table: Readonly<Record<string, string>>, mirror: (name: string) => Mirror): Record<string, Mirror> =>
  Object.fromEntries(Object.entries(table).map(([tag, name]) => [`${tag} String`, mirror(name)]));

/** Tags of contacts (MS-OXOCNTC), by tag and type. */
export const contactTags: Readonly<Record<string, Mirror>> = {
  ...strings(names, same),
  ...strings(phones, (key) => entry('PhoneNumbers', key)),
  ...Object.fromEntries(Object.entries(addressTags).map(([tag, [key, part]]) => [`${tag} String`, entry('PhysicalAddresses', key, part)])),
  '0x3A41 SystemTime': same('WeddingAnniversary'),
  '0x3A42 SystemTime': same('Birthday'),
  '0x3A58 StringArray': list('Children'),
};

const workAddress: Readonly<Record<string, string>> = {
  '0x8045': 'Street',
  '0x8046': 'City',
  '0x8047': 'State',
  '0x8048': 'PostalCode',
  '0x8049': 'CountryOrRegion',
};

const addressOf = (index: number): Mirror => entry('EmailAddresses', `EmailAddress${index}`);

/** The name or the routing type (attributes of the entry) that belong to an e-mail address. */
const addressAttribute = (index: number, attribute: 'Name' | 'RoutingType', whenAbsent?: string): Mirror => ({
  property: 'EmailAddresses',
  read: ({ children }) => {
    const found = children.find(({ attributes }) => attributes['Key'] === `EmailAddress${index}`);
    const value = found && (found.attributes[attribute] ?? whenAbsent ?? found.text);
    return value === undefined ? [] : [value];
  },
});

const emailIds = [1, 2, 3].flatMap((index) => {
  const id = (offset: number): string => `0x80${(0x70 + index * 0x10 + offset).toString(16).toUpperCase()}`;
  return [
    [`${id(0)} String`, addressAttribute(index, 'Name')],
    [`${id(2)} String`, addressAttribute(index, 'RoutingType', 'SMTP')],
    [`${id(3)} String`, addressOf(index)],
    [`${id(4)} String`, addressAttribute(index, 'Name')],
  ] as const;
});

/** Properties of PSETID_Address (MS-OXOCNTC), by id and type. */
export const addressIds: Readonly<Record<string, Mirror>> = {
  ...strings(workAddress, (part) => entry('PhysicalAddresses', 'Business', part)),
  ...Object.fromEntries(emailIds),
  '0x8005 String': same('FileAs'),
  '0x8015 Boolean': readOnly(yesNo('HasPicture')),
  '0x8062 String': entry('ImAddresses', 'ImAddress1'),
};
