import { EwsError } from '../errors';
import { t, type XmlElement } from '../xml/element';
import { itemKind, propertyTypes } from './kinds';

/** A property as requests name it, resolved: a whole property, one entry of a dictionary, or an extended property. */
export type Path =
  | { readonly kind: 'property'; readonly name: string; readonly prefix: string }
  | { readonly kind: 'indexed'; readonly name: string; readonly key: string; readonly part: string | undefined }
  | { readonly kind: 'extended'; readonly uri: XmlElement };

/** Dictionaries by the first part of an indexed field URI. */
const dictionaries: Readonly<Record<string, string>> = {
  'contacts:EmailAddress': 'EmailAddresses',
  'contacts:PhoneNumber': 'PhoneNumbers',
  'contacts:PhysicalAddress': 'PhysicalAddresses',
  'contacts:ImAddress': 'ImAddresses',
  'distributionlist:Members:Member': 'Members',
  'item:InternetMessageHeader': 'InternetMessageHeaders',
};

const indexed = (uri: string, key: string): Path => {
  const dictionary = Object.entries(dictionaries).find(([start]) => uri === start || uri.startsWith(`${start}:`));
  if (!dictionary) throw new EwsError('ErrorInvalidPropertyRequest');
  const [start, name] = dictionary;
  const part = uri.slice(start.length + 1);
  return { kind: 'indexed', name, key, part: part === '' ? undefined : part };
};

/** Reads a FieldURI, IndexedFieldURI or ExtendedFieldURI. */
export function readPath(element: XmlElement): Path {
  const uri = element.attributes['FieldURI'] ?? '';
  if (element.name === 'ExtendedFieldURI') return { kind: 'extended', uri: element };
  if (element.name === 'IndexedFieldURI') return indexed(uri, element.attributes['FieldIndex'] ?? '');
  const [prefix = '', ...rest] = uri.split(':');
  return { kind: 'property', name: rest.join(':'), prefix };
}

/** The FieldURI element of a property of a kind of item. */
export const pathTo = (element: string, name: string): XmlElement =>
  t('FieldURI', '', { FieldURI: `${propertyTypes('Item').has(name) ? 'item' : itemKind(element).prefix}:${name}` });

/** True for the three elements that name a property. */
export const isPath = (element: XmlElement): boolean => ['FieldURI', 'IndexedFieldURI', 'ExtendedFieldURI'].includes(element.name);
