import { EwsError } from '../errors';
import type { XmlElement } from '../xml/element';

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
  'item:InternetMessageHeader': 'InternetMessageHeaders',
};

const indexed = (uri: string, key: string): Path => {
  const dictionary = Object.entries(dictionaries).find(([start]) => uri === start || uri.startsWith(`${start}:`));
  if (!dictionary) throw new EwsError('ErrorInvalidPropertyRequest');
  const [start, name] = dictionary;
  const part = uri.slice(start.length + 1);
  return { kind: 'indexed', name, key, part: part === '' ? undefined : part };
};

/** Names that differ between field URI and element. */
const renamed: Readonly<Record<string, string>> = { 'contacts:EmailAddresses': 'EmailAddresses' };

/** Reads a FieldURI, IndexedFieldURI or ExtendedFieldURI. */
export function readPath(element: XmlElement): Path {
  const uri = element.attributes['FieldURI'] ?? '';
  if (element.name === 'ExtendedFieldURI') return { kind: 'extended', uri: element };
  if (element.name === 'IndexedFieldURI') return indexed(uri, element.attributes['FieldIndex'] ?? '');
  const [prefix = '', ...rest] = uri.split(':');
  return { kind: 'property', name: renamed[uri] ?? rest.join(':'), prefix };
}

/** True for the three elements that name a property. */
export const isPath = (element: XmlElement): boolean => ['FieldURI', 'IndexedFieldURI', 'ExtendedFieldURI'].includes(element.name);
