import { elementTypes } from '../schema/order';
import { t, type XmlElement } from '../xml/element';

/** One entry of a dictionary property, e.g. of EmailAddresses, or with `part` one piece of it, e.g. the City of a postal address. */
export interface EntryPath {
  readonly name: string;
  readonly key: string;
  readonly part?: string | undefined;
}

/** The key of an entry; message headers call theirs HeaderName. */
export const entryKey = ({ attributes }: XmlElement): string | undefined => attributes['Key'] ?? attributes['HeaderName'];

/** The entry of a dictionary with that key. */
export const entryOf = (dictionary: XmlElement | undefined, key: string): XmlElement | undefined =>
  dictionary?.children.find((entry) => entryKey(entry) === key);

/** The text an entry path finds. */
export function entryText(dictionary: XmlElement | undefined, { key, part }: EntryPath): string | undefined {
  const entry = entryOf(dictionary, key);
  return part === undefined ? entry?.text : entry?.children.find(({ name }) => name === part)?.text;
}

/** Pieces of a postal address, the only entries that have any, in the order of the schema. */
const inOrder = (pieces: readonly XmlElement[]): readonly XmlElement[] => {
  const names = [...elementTypes('t:PhysicalAddressDictionaryEntryType').keys()];
  return [...pieces].sort((one, two) => names.indexOf(one.name) - names.indexOf(two.name));
};

/** The dictionary with one entry (or one part of it) replaced, or removed where none is given; undefined where nothing is left. */
export function withEntry(dictionary: XmlElement | undefined, path: EntryPath, given: XmlElement | undefined): XmlElement | undefined {
  const { name, key, part } = path;
  const others = (dictionary?.children ?? []).filter((entry) => entryKey(entry) !== key);
  if (part === undefined) return others.length === 0 && !given ? undefined : t(name, given ? [...others, given] : others);
  const pieces = [
    ...(entryOf(dictionary, key)?.children ?? []).filter((piece) => piece.name !== part),
    ...(given?.children ?? []).filter((piece) => piece.name === part),
  ];
  const kept = pieces.length > 0 ? [...others, t('Entry', inOrder(pieces), { Key: key })] : others;
  return kept.length === 0 ? undefined : t(name, kept);
}
