import { entryText } from '../items/dictionary';
import { text, type Properties } from '../storage/properties';

const escaped = (value: string): string => value.replace(/[\\,;]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');

const longestLine = 75;

/** A content line, folded to 75 characters. */
const folded = (line: string): string => {
  const [first = '', ...rest] = line.match(new RegExp(`^.{1,${longestLine}}|.{1,${longestLine - 1}}`, 'gsu')) ?? [];
  return [first, ...rest.map((part) => ` ${part}`)].join('\r\n');
};

const phoneTypes: Readonly<Record<string, string>> = {
  AssistantPhone: 'X-ASSISTANT,VOICE',
  BusinessFax: 'WORK,FAX',
  BusinessPhone: 'WORK,VOICE',
  BusinessPhone2: 'WORK,VOICE',
  CarPhone: 'CAR,VOICE',
  HomeFax: 'HOME,FAX',
  HomePhone: 'HOME,VOICE',
  HomePhone2: 'HOME,VOICE',
  Isdn: 'ISDN',
  MobilePhone: 'CELL,VOICE',
  OtherTelephone: 'VOICE',
  Pager: 'PAGER,VOICE',
  PrimaryPhone: 'PREF,VOICE',
};

const addressParts = ['Street', 'City', 'State', 'PostalCode', 'CountryOrRegion'] as const;

/** A contact as a vCard 3.0, the form in which Exchange gives its MIME content. */
export function vcardOf(properties: Properties, body: string): string {
  const of = (name: string): string => text(properties, name) ?? '';
  const entries = (name: string) => (properties[name]?.children ?? []).map((entry) => ({ key: entry.attributes['Key'] ?? '', entry }));
  const structured = (name: string, values: readonly string[]): string =>
    values.some((value) => value !== '') ? `${name}:${values.map(escaped).join(';')}` : '';
  const plain = (name: string, value: string): string => structured(name, [value]);
  const day = (name: string, property: string): string => (of(property) === '' ? '' : `${name};VALUE=DATE:${of(property).slice(0, 10)}`);
  const lines = [
    'BEGIN:VCARD',
    'PROFILE:VCARD',
    'VERSION:3.0',
    'MAILER:Microsoft Exchange',
    'PRODID:Microsoft Exchange',
    `FN:${escaped(of('DisplayName') || of('FileAs'))}`,
    `N:${['Surname', 'GivenName', 'MiddleName', '', 'Generation'].map((name) => escaped(of(name))).join(';')}`,
    plain('NICKNAME', of('Nickname')),
    ...entries('EmailAddresses').map(({ entry }) => plain('EMAIL;TYPE=INTERNET', entry.text)),
    structured('ORG', [of('CompanyName'), of('Department')]),
    plain('TITLE', of('JobTitle')),
    ...entries('PhoneNumbers').map(({ key, entry }) => plain(`TEL;TYPE=${phoneTypes[key] ?? 'VOICE'}`, entry.text)),
    ...entries('PhysicalAddresses').map(({ key }) => {
      const parts = addressParts.map((part) => entryText(properties['PhysicalAddresses'], { name: 'PhysicalAddresses', key, part }) ?? '');
      return structured(`ADR;TYPE=${key === 'Business' ? 'WORK' : key.toUpperCase()}`, ['', '', ...parts]);
    }),
    plain('URL;TYPE=WORK', of('BusinessHomePage')),
    day('BDAY', 'Birthday'),
    plain('NOTE', body),
    'END:VCARD',
  ];
  return `${lines
    .filter((line) => line !== '')
    .map(folded)
    .join('\r\n')}\r\n`;
}
