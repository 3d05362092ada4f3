/** Which fields are decided as one, and what a field of one side is called on the other. */
import type { AnyItem } from '../model/item';

/** Fields that only make sense together, by the names of both sides: one half from each would be an item that nobody made. */
const groups: readonly (readonly string[])[] = [
  ['allDay', 'start', 'end', 'timeZone', 'recurrence', 'recurrenceRule'],
  ['status', 'percentComplete'],
  ['body', 'bodyHtml'],
  // Exchange holds both in one list.
  ['activityTypeId', 'categories'],
];

/** Fields that say when the occurrences of a series begin, by which its exceptions are known. */
const origins: readonly string[] = ['allDay', 'start', 'timeZone', 'recurrence', 'recurrenceRule'];

const namesInErp: ReadonlyMap<string, readonly string[]> = new Map([
  ['importance', ['priority']],
  ['recurrence', ['recurrenceRule']],
  ['categories', ['activityTypeId', 'categories']],
]);

/** What a field of either side is called in the ERP. */
export const erpNamesOf = (field: string): readonly string[] => namesInErp.get(field) ?? [field];

/** What the fields that are decided together with a field of either side, and it itself, are called in the ERP. */
export const namesTogether = (field: string): readonly string[] =>
  (groups.find((group) => group.includes(field)) ?? [field]).flatMap(erpNamesOf);

const overlaps = (a: readonly string[], b: readonly string[]): boolean => a.some((field) => b.includes(field));

/**
 * The fields of an item in groups that are decided as one. Exceptions are a group of their own, unless one side changed when the
 * occurrences begin and the other side exceptions: then they mean other occurrences, and times and exceptions are one.
 */
export const decidedTogether = (
  item: AnyItem,
  sourceChanges: readonly string[],
  targetChanges: readonly string[],
): readonly (readonly string[])[] => {
  const apart = (a: readonly string[], b: readonly string[]) => overlaps(a, origins) && b.includes('exceptions');
  const withExceptions = apart(sourceChanges, targetChanges) || apart(targetChanges, sourceChanges);
  const joined = groups.map((group) => (withExceptions && group.includes('start') ? [...group, 'exceptions'] : group));
  const fields = Object.keys(item);
  const grouped = joined.map((group) => fields.filter((field) => group.includes(field)));
  const alone = fields.filter((field) => !joined.some((group) => group.includes(field)));
  return [...grouped.filter((group) => group.length > 0), ...alone.map((field) => [field])];
};
