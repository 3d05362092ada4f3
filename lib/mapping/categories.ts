/** Activity type of the ERP <-> category of Exchange (requirements D7), and the keywords beside it. */
import type { ActivityType } from '../model/activity-type';
import { SyncError } from '../model/error';

/** Categories of an item as the ERP holds them. */
export interface ErpCategories {
  readonly activityTypeId: string | null;
  readonly categories: readonly string[];
}

/** Fails with `mapping-invalid` unless the pattern tells activity types apart. */
export const requireCategoryPattern = (pattern: string): string => {
  const placeholders = pattern.match(/\{[^}]*\}/g) ?? [];
  if (placeholders.length > 0 && placeholders.every((name) => name === '{no}' || name === '{description}')) return pattern;
  throw new SyncError(
    'mapping-invalid',
    'configuration',
    `Mapping, category pattern "${pattern}": use {no} and {description}, for example ES_{no}_{description}.`,
    { place: 'category pattern' },
  );
};

/** Category name of an activity type. Exchange separates categories by comma or semicolon in its clients, so neither stays in. */
export const categoryOf = (pattern: string, type: ActivityType): string =>
  pattern
    .replaceAll(/\{(no|description)\}/g, (_, name) => (name === 'no' ? type.no : type.description))
    .replaceAll(/[,;]/g, ' ')
    .trim();

/** A keyword as the ERP can store it: `;` separates keywords there. */
const keyword = (category: string): string => category.replaceAll(';', ',').trim();

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values.filter((value) => value !== ''))];

/** Without a pattern every category is a keyword. The first category of a known activity type is taken for it, further ones stay keywords. */
export const categoriesToErp = (categories: readonly string[], pattern: string | null, types: readonly ActivityType[]): ErpCategories => {
  const byName = new Map(pattern === null ? [] : types.toReversed().map((type) => [categoryOf(pattern, type), type.id]));
  const found = categories.find((category) => byName.has(category.trim()));
  return {
    activityTypeId: found === undefined ? null : (byName.get(found.trim()) ?? null),
    categories: distinct(categories.filter((category) => category !== found).map(keyword)),
  };
};

/** The activity type's category first, then the keywords. An activity type that the ERP does not list has no category. */
export const categoriesToExchange = (record: ErpCategories, pattern: string | null, types: readonly ActivityType[]): readonly string[] => {
  const type = types.find(({ id }) => id === record.activityTypeId);
  const own = pattern === null || type === undefined ? [] : [categoryOf(pattern, type)];
  return distinct([...own, ...record.categories.map((category) => category.trim())]);
};
