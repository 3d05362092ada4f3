import { EwsError } from '../../errors';
import { isValidSimple } from '../../schema/simple';
import { child, childText, type XmlElement } from '../../xml/element';

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

const checkObject = (object: XmlElement | undefined): void => {
  const type = childText(object, 'Type') ?? '';
  const values = texts(object);
  // .NET writes True and False.
  const isValid = (value: string): boolean => isValidSimple(type === 'Boolean' ? value.toLowerCase() : value, types[type] ?? 'xs:string');
  if (!values.every(isValid) || (values.length > 1 && type !== 'StringArray'))
    throw new EwsError('ErrorInvalidValueForProperty', { text: `'${values.join(' ')}' is not a value of the type ${type}.` });
};

/** Refuses a Dictionary whose values do not suit their types, or that has a key twice (MS-OXWSUSRCFG). */
export function checkDictionary(dictionary: XmlElement): void {
  const keys = new Set<string>();
  for (const entry of dictionary.children) {
    checkObject(child(entry, 'DictionaryKey'));
    checkObject(child(entry, 'DictionaryValue'));
    const key = texts(child(entry, 'DictionaryKey')).join('\n');
    if (keys.has(key)) throw new EwsError('ErrorInvalidValueForProperty', { text: `The dictionary has the key '${key}' twice.` });
    keys.add(key);
  }
}
