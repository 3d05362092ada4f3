import { EwsError } from '../errors';
import { isValidSimple } from '../schema/simple';
import { child, childText, isTrueText, t, type XmlElement } from '../xml/element';

/** Sets that have a name in EWS, by it. */
export const distinguishedSets: Readonly<Record<string, string>> = {
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

/** The first tag of named properties, which differ from mailbox to mailbox and so cannot be used by tag. */
const firstNamedTag = 0x8000;

/** Types that exist in MAPI, but not for values EWS could write. */
const unsupportedTypes: ReadonlySet<string> = new Set(['Error', 'Null', 'Object', 'ObjectArray']);

const tagNumber = (text: string): number => (text.toLowerCase().startsWith('0x') ? parseInt(text.slice(2), 16) : Number(text));

/** The key of a property by its tag. */
export const tagKey = (tag: number, type: string): string => `${tag}:${type}`;

/** The key of a property by its set (GUID) and, there, `#id` or `/name`. */
export const namedKey = (set: string, local: string, type: string): string => `${set}${local.toLowerCase()}:${type}`;

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
    PropertyType: type = '',
  } = uri.attributes;
  const set = named === undefined ? id?.toLowerCase() : distinguishedSets[named];
  const isTag = tag !== undefined && named === undefined && id === undefined && name === undefined && number === undefined;
  const isNamed =
    tag === undefined &&
    set !== undefined &&
    (named === undefined) !== (id === undefined) &&
    (name === undefined) !== (number === undefined);
  if (!isTag && !isNamed) throw new EwsError('ErrorInvalidExtendedProperty');
  if (unsupportedTypes.has(type)) throw new EwsError('ErrorUnsupportedMapiPropertyType');
  if (!isTag) return namedKey(set ?? '', name === undefined ? `#${Number(number)}` : `/${name}`, type);
  if (tagNumber(tag) >= firstNamedTag) throw new EwsError('ErrorNoPropertyTagForCustomProperties');
  return tagKey(tagNumber(tag), type);
}

/** The key of a stored ExtendedProperty. */
export function extendedKey(property: XmlElement): string {
  const uri = child(property, 'ExtendedFieldURI');
  return uri ? fieldKey(uri) : '';
}

/** The values of an ExtendedProperty: one, or those of an array. */
export const extendedValues = (property: XmlElement): readonly string[] =>
  child(property, 'Values')?.children.map((value) => value.text) ?? [childText(property, 'Value') ?? ''];

const isArray = (uri: XmlElement): boolean => uri.attributes['PropertyType']?.endsWith('Array') === true;

/** An ExtendedProperty of values. */
export const extendedProperty = (uri: XmlElement, values: readonly string[]): XmlElement =>
  t('ExtendedProperty', [
    t('ExtendedFieldURI', '', uri.attributes),
    isArray(uri)
      ? t(
          'Values',
          values.map((value) => t('Value', value)),
        )
      : t('Value', values[0] ?? ''),
  ]);

/** An ExtendedProperty of a tag (`0x0071`) as a request would write it. */
export const taggedProperty = (tag: string, type: string, value: string): XmlElement =>
  extendedProperty(t('ExtendedFieldURI', '', { PropertyTag: tag, PropertyType: type }), [value]);

const simpleTypes: Readonly<Record<string, string>> = {
  ApplicationTime: 'xs:double',
  Boolean: 'xs:boolean',
  Currency: 'xs:long',
  Double: 'xs:double',
  Float: 'xs:float',
  Integer: 'xs:int',
  Long: 'xs:long',
  Short: 'xs:short',
  SystemTime: 'xs:dateTime',
};

const isBase64 = (value: string): boolean => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);

const guid = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** Undefined for times that are none, e.g. half past 24. */
const utc = (value: string): string | undefined => {
  const hasOffset = /(?:Z|[+-]\d{2}:\d{2})$/.test(value);
  const moment = new Date(hasOffset ? value : `${value}Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString().replace(/\.000Z$/, 'Z');
};

/** A value as Exchange gives it back; undefined where it is not one of the type. */
const normalValue = (type: string, raw: string): string | undefined => {
  if (type === 'String') return raw;
  const value = raw.trim();
  if (type === 'Binary') {
    const bare = value.replace(/\s+/g, '');
    return isBase64(bare) ? bare : undefined;
  }
  if (type === 'CLSID') return guid.exec(value)?.[1]?.toLowerCase();
  const given = type === 'Boolean' ? value.toLowerCase() : value;
  const simple = simpleTypes[type];
  if (simple === undefined || !isValidSimple(given, simple)) return undefined;
  if (type === 'Boolean') return String(isTrueText(given));
  if (type === 'SystemTime') return utc(given);
  return simple === 'xs:double' || simple === 'xs:float' ? String(Number(given)) : String(BigInt(given));
};

/** An ExtendedProperty of a request as it is kept: array types have Values, others one Value, of their type. */
export function checkedExtended(property: XmlElement): XmlElement {
  const uri = child(property, 'ExtendedFieldURI');
  if (!uri) throw new EwsError('ErrorInvalidExtendedProperty');
  fieldKey(uri);
  if (isArray(uri) !== (child(property, 'Values') !== undefined)) throw new EwsError('ErrorInvalidExtendedPropertyValue');
  const type = (uri.attributes['PropertyType'] ?? '').replace(/Array$/, '');
  const values = extendedValues(property).map((value) => {
    const normal = normalValue(type, value);
    if (normal === undefined) throw new EwsError('ErrorInvalidExtendedPropertyValue');
    return normal;
  });
  return extendedProperty(uri, values);
}

/** The properties with one put in place of the one of the same key. */
export const withExtended = (properties: readonly XmlElement[], added: XmlElement): readonly XmlElement[] => [
  ...properties.filter((property) => extendedKey(property) !== extendedKey(added)),
  added,
];

/** The stored property of a key. */
export const storedExtended = (properties: readonly XmlElement[], key: string): XmlElement | undefined =>
  properties.find((property) => extendedKey(property) === key);
