import { compareKeys, type Key } from './comparison';
import type { ShownItem } from '../items/computed';
import { columnOf } from '../items/filing';
import { keysOfValues, passes } from './passes';
import type { Condition, Searched, ValuesOf } from './restriction';
import { valuesOf } from '../items/values';
import type { Session } from '../session';
import { itemById } from '../storage/items';
import {
  countKeys,
  filledCount,
  itemCount,
  placeOf,
  selectKeys,
  sparseColumns,
  type KeyColumn,
  type KeyOrder,
  type KeySelection,
} from '../storage/keys';
import { clauseOf } from './sql';

/** One field of a sort order. */
export interface SortField {
  readonly property: Searched;
  readonly isDescending: boolean;
}

/** What is searched for. */
export interface Search {
  readonly folder: number;
  readonly isAssociated: boolean;
  readonly condition: Condition | undefined;
  /** None: the newest first. */
  readonly order: readonly SortField[];
}

/** What was found, in its order: how many, and the numbers of the items from one index up to (without) another. */
export interface Matches {
  readonly total: number;
  readonly between: (from: number, to: number) => readonly number[];
}

/** The values of an item with this number. */
export const valuesIn =
  (item: ShownItem, session: Session): ValuesOf =>
  (path) =>
    valuesOf(item, path, session);

const columnOrder = (order: readonly SortField[]): readonly KeyOrder[] | undefined => {
  const columns = order.map(({ property, isDescending }) => ({ column: columnOf(property.path), isDescending }));
  const isKnown = (field: { readonly column: KeyColumn | undefined; readonly isDescending: boolean }): field is KeyOrder =>
    field.column !== undefined;
  return columns.every(isKnown) ? columns : undefined;
};

const sortKeys = (session: Session, order: readonly SortField[], id: number): readonly (Key | undefined)[] => {
  const item = itemById(session.database, id);
  return order.map(({ property }) => (item ? keysOfValues(property, valuesIn(item, session), session.zone)[0] : undefined));
};

const sorted = (session: Session, order: readonly SortField[], ids: readonly number[]): readonly number[] =>
  ids
    .map((id) => ({ id, keys: sortKeys(session, order, id) }))
    .sort((one, two) => {
      for (const [index, { isDescending }] of order.entries()) {
        const difference = compareKeys(one.keys[index], two.keys[index]);
        if (difference !== 0) return isDescending ? -difference : difference;
      }
      return 0;
    })
    .map(({ id }) => id);

/** Whether a sparse index has all the items of a place, so that their order can be read from it. */
const isFilled = (session: Session, place: number, column: KeyColumn): boolean =>
  sparseColumns.has(column) && filledCount(session.database, place, column) === itemCount(session.database, place);

/** Finds items: by the columns of the store where they can tell, else by looking at every item that they cannot rule out. */
export function findMatches(session: Session, search: Search): Matches {
  const { database, zone } = session;
  const { folder, condition, order } = search;
  const place = placeOf(folder, search.isAssociated);
  const clause = condition && clauseOf(condition, { folder, zone });
  const byColumns = columnOrder(order);
  const [first] = byColumns ?? [];
  const selection: KeySelection = {
    place,
    where: clause,
    order: byColumns && byColumns.length > 0 ? byColumns : [{ column: 'received', isDescending: true }],
    filled: first && isFilled(session, place, first.column) ? first.column : undefined,
  };
  if (byColumns && (!condition || clause?.isExact === true)) {
    const total = condition ? countKeys(database, selection) : itemCount(database, place);
    return { total, between: (from, to) => selectKeys(database, selection, from, to) };
  }
  const candidates = selectKeys(database, selection);
  const found =
    !condition || clause?.isExact === true
      ? candidates
      : candidates.filter((id) => {
          const item = itemById(database, id);
          return item !== undefined && passes(valuesIn(item, session), condition, zone);
        });
  const ids = byColumns ? found : sorted(session, order, found);
  return { total: ids.length, between: (from, to) => ids.slice(from, to) };
}
