import { EwsError } from '../errors';
import { child, childText, t, type XmlElement } from '../xml/element';

/** Sets that have a name in EWS, by it. */
const distinguishedSets: Readonly<Record<string, string>> = {
  Address: '00062004-0000-0000-c000-000000000046',
  Appointment: '00062002-0000-0000-c000-000000000046',
  CalendarAssistant: '11000e07-b51b-40d6-af21-caa85edab1d0',
  Common: '00062008-0000-0000-c000-000000000046',
  InternetHeaders: '00020386-0000-0000-c000-000000000046',
  Meeting: '6ed8da90-450b-101b-98da-00aa003f1305',
  PublicStrings: '00020329-0000-0000-c000-000000000046',
  Sharing: '00062040-0000-0000-c000-000000000046',
  Task: '00062003-0000-0000-c000-000000000046',
  UnifiedMessaging: '4442858e-a9e3-4e80-b900-317a210cc15b',
};

const tagNumber = (text: string): number => (text.toLowerCase().startsWith('0x') ? parseInt(text.slice(2), 16) : Number(text));

/**
 * What an ExtendedFieldURI names, as one text: the same property has the same key however it is written
 * (tag in hex or decimal, set by name or id). An impossible combination of attributes is an `ErrorInvalidExtendedProperty`.
 */
export function fieldKey(uri: XmlElement): string {
  const {
    DistinguishedPropertySetId: named,
    PropertySetId: id,
    PropertyTag: tag,
    PropertyName: name,
    PropertyId: number,
    PropertyType: type,
  } = uri.attributes;
  const set = named === undefined ? id?.toLowerCase() : distinguishedSets[named];
  const isTag = tag !== undefined && named === undefined && id === undefined && name === undefined && number === undefined;
  const isNamed =
    tag === undefined &&
    set !== undefined &&
    (named === undefined) !== (id === undefined) &&
    (name === undefined) !== (number === undefined);
  if (!isTag && !isNamed) throw new EwsError('ErrorInvalidExtendedProperty');
  if (isTag) return `${tagNumber(tag)}:${type ?? ''}`;
  return name === undefined ? `${set ?? ''}#${number ?? ''}:${type ?? ''}` : `${set ?? ''}/${name.toLowerCase()}:${type ?? ''}`;
}

/** The key of a stored ExtendedProperty. */
export function extendedKey(property: XmlElement): string {
  const uri = child(property, 'ExtendedFieldURI');
  return uri ? fieldKey(uri) : '';
}

/** The value of a stored ExtendedProperty; several values are joined by line feeds. */
export const extendedValue = (property: XmlElement): string =>
  childText(property, 'Value') ??
  child(property, 'Values')
    ?.children.map((value) => value.text)
    .join('\n') ??
  '';

const isArray = (uri: XmlElement): boolean => uri.attributes['PropertyType']?.endsWith('Array') === true;

/** Checks that a property's value suits its type: array types have Values, others one Value. */
export function checkExtended(property: XmlElement): void {
  const uri = child(property, 'ExtendedFieldURI');
  if (!uri) throw new EwsError('ErrorInvalidExtendedProperty');
  fieldKey(uri);
  if (isArray(uri) !== (child(property, 'Values') !== undefined)) throw new EwsError('ErrorInvalidExtendedPropertyValue');
  const value = childText(property, 'Value') ?? '';
  const type = uri.attributes['PropertyType'] ?? '';
  const isNumber = ['Integer', 'Short', 'Long', 'Float', 'Double', 'Currency'].includes(type);
  if (isNumber && !Number.isFinite(Number(value || 'x'))) throw new EwsError('ErrorInvalidExtendedPropertyValue');
}

/** The properties with one put in place of the one of the same key. */
export const withExtended = (properties: readonly XmlElement[], added: XmlElement): readonly XmlElement[] => [
  ...properties.filter((property) => extendedKey(property) !== extendedKey(added)),
  added,
];

/** The property a path asks for, written under the path as it was asked. */
export function findExtended(properties: readonly XmlElement[], uri: XmlElement): XmlElement | undefined {
  const key = fieldKey(uri);
  const found = properties.find((property) => extendedKey(property) === key);
  return found && t('ExtendedProperty', [t('ExtendedFieldURI', '', uri.attributes), ...found.children.slice(1)]);
}
