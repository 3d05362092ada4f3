import { EwsError } from '../../errors';
import { isValidSimple } from '../../schema/simple';
import { child, childText, t, type XmlElement } from '../../xml/element';

/** The lexical types of a dictionary's keys and values; texts and their lists are anything. */
const types: Readonly<Record<string, string>> = {
  DateTime: 'xs:dateTime',
  Boolean: 'xs:boolean',
  Byte: 'xs:unsignedByte',
  Integer32: 'xs:int',
  UnsignedInteger32: 'xs:unsignedInt',
  Integer64: 'xs:long',
  UnsignedInteger64: 'xs:nonNegativeInteger',
  ByteArray: 'xs:base64Binary',
};

const texts = (object: XmlElement | undefined): readonly string[] =>
  (object?.children ?? []).filter(({ name }) => name === 'Value').map(({ text }) => text);

/** Booleans are given back as words; clients also write 1, and those of .NET True. */
const normalValue = (type: string, value: string): string => {
  if (type !== 'Boolean') return value;
  if (value === '0' || value === '1') return String(value === '1');
  return value.toLowerCase();
};

const normalObject = (object: XmlElement): XmlElement => {
  const type = childText(object, 'Type') ?? '';
  const values = texts(object).map((value) => normalValue(type, value));
  if (!values.every((value) => isValidSimple(value, types[type] ?? 'xs:string')) || (values.length > 1 && type !== 'StringArray'))
    throw new EwsError('ErrorInvalidValueForProperty', { text: `'${values.join(' ')}' is not a value of the type ${type}.` });
  return t(object.name, [t('Type', type), ...values.map((value) => t('Value', value))]);
};

/** A Dictionary as it is kept; refuses values that do not suit their types, and a key that is there twice (MS-OXWSUSRCFG). */
export function checkedDictionary(dictionary: XmlElement): XmlElement {
  const entries = dictionary.children.map((entry) => ({ ...entry, children: entry.children.map(normalObject) }));
  const keys = new Set<string>();
  for (const entry of entries) {
    const key = texts(child(entry, 'DictionaryKey')).join('\n');
    if (keys.has(key)) throw new EwsError('ErrorInvalidValueForProperty', { text: `The dictionary has the key '${key}' twice.` });
    keys.add(key);
  }
  return { ...dictionary, children: entries };
}
