/**
 * The list of categories of a mailbox: XML in Outlook's format ([MS-OXOCFG] 2.2.5.2.2), to which categories are added as text, so that
 * everything else in it stays to the letter.
 */
import { randomUUID } from 'node:crypto';
import { SyncError } from '../../model/error';
import { categoryColours } from '../../model/category-colour';
import type { MailboxCategory } from '../../model/category-colour';
import { compose, element } from './xml/compose';
import { readXml } from './xml/read';

/** A list that was read. */
export interface CategoryList {
  readonly text: string;
  /** Names in lower case: Outlook tells categories apart without it. */
  readonly names: ReadonlySet<string>;
}

const never = '1601-01-01T00:00:00.000';
const noColour = -1;

/** What an empty list looks like. */
export const emptyCategoryList: CategoryList = {
  text: `<?xml version="1.0"?>\r\n<categories default="" lastSavedSession="0" lastSavedTime="${never}" xmlns="CategoryList.xsd"></categories>`,
  names: new Set(),
};

const unreadable = (cause?: unknown): SyncError =>
  new SyncError(
    'category-list-unreadable',
    'item',
    'The list of categories of the mailbox cannot be read, so no colours are added. Open the categories in Outlook and save them again.',
    {},
    { cause },
  );

/** A name as Outlook compares it. */
export const categoryKey = (name: string): string => name.trim().toLowerCase();

/**
 * The list out of a settings object.
 * @param base64 its XML part; null for none, which is an empty list
 * @throws SyncError `category-list-unreadable` (scope `item`)
 */
export const readCategoryList = (base64: string | null): CategoryList => {
  if (base64 === null || base64.trim() === '') return emptyCategoryList;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
    const root = readXml(text.replace(/^\ufeff/, ''));
    if (root.name !== 'categories') throw unreadable();
    return { text, names: new Set(root.children.map(({ attributes }) => categoryKey(attributes['name'] ?? ''))) };
  } catch (cause) {
    throw unreadable(cause);
  }
};

/** The list as the XML part of a settings object. */
export const categoryListData = ({ text }: CategoryList): string => Buffer.from(text, 'utf8').toString('base64');

const times = ['Notes', 'Journal', 'Contacts', 'Tasks', 'Calendar', 'Mail', ''].map((kind) => [`lastTimeUsed${kind}`, never] as const);

const categoryText = (prefix: string, { name, colour }: MailboxCategory): string =>
  compose(
    element(`${prefix}category`, {
      name,
      color: String(colour === null ? noColour : categoryColours.indexOf(colour)),
      keyboardShortcut: '0',
      usageCount: '0',
      ...Object.fromEntries(times),
      lastSessionUsed: '0',
      guid: `{${randomUUID().toUpperCase()}}`,
      renameOnFirstUse: '0',
    }),
  ).composed;

/**
 * The list with more categories at its end.
 * @throws SyncError `category-list-unreadable` (scope `item`) when its end is not found
 */
export const withCategories = (list: CategoryList, added: readonly MailboxCategory[]): CategoryList => {
  const closed = list.text.replace(/<((?:[\w.-]+:)?categories)\b([^>]*)\/>/, '<$1$2></$1>');
  const end = /<\/((?:[\w.-]+:)?)categories\s*>(?!.*<\/)/s.exec(closed);
  if (end === null) throw unreadable();
  const categories = added.map((category) => categoryText(end[1] ?? '', category)).join('');
  return {
    text: closed.slice(0, end.index) + categories + closed.slice(end.index),
    names: new Set([...list.names, ...added.map(({ name }) => categoryKey(name))]),
  };
};
