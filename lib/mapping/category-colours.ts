/** Colours of activity types in the mailbox's list of categories (requirement D7). */
import type { ActivityType } from '../model/activity-type';
import { type CategoryColour, categoryColours, type MailboxCategory } from '../model/category-colour';
import type { ExchangeItem } from '../model/item';
import { categoryOf } from './categories';

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '')
    .replace('grey', 'gray');

/** Outlook's colour by its name or number; null where Outlook has none of that name. */
export const colourOf = (text: string): CategoryColour | null => {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : -1;
  return categoryColours.find((name, place) => place === number || plain(name) === plain(text)) ?? null;
};

const namesIn = (item: ExchangeItem): ReadonlySet<string> => {
  const exceptions = item.kind === 'task' ? [] : item.exceptions.flatMap((one) => (one.deleted ? [] : (one.changes.categories ?? [])));
  return new Set([...item.categories, ...exceptions]);
};

/** Categories of an item that stand for activity types with a colour. `pattern`: null where no category stands for one. */
export const colouredCategories = (
  item: ExchangeItem,
  pattern: string | null,
  types: readonly ActivityType[],
): readonly MailboxCategory[] => {
  if (pattern === null) return [];
  const names = namesIn(item);
  return types.flatMap((type) => {
    const colour = type.colour === null ? null : colourOf(type.colour);
    const name = categoryOf(pattern, type);
    return colour !== null && names.has(name) ? [{ name, colour }] : [];
  });
};
