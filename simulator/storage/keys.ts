import type { Database } from './database';

/** Columns by which items are searched and sorted without being read; times are ms, texts are in collation order. */
export const keyColumns = [
  ...(['received', 'sent', 'created', 'modified', 'starts', 'ends', 'due'] as const),
  ...(['subject', 'class', 'message_id', 'file_as', 'display_name', 'email', 'object_id', 'is_read', 'importance', 'sensitivity'] as const),
] as const;

/** One of the columns. */
export type KeyColumn = (typeof keyColumns)[number];

/** Columns whose index holds only the items that have them. */
export const sparseColumns: ReadonlySet<KeyColumn> = new Set([
  'starts',
  'due',
  'file_as',
  'display_name',
  'email',
  'message_id',
  'object_id',
]);

/** What an item is found by. */
export interface SearchKeys {
  /** Associated items lie beside the ordinary ones of their folder and are not seen with them. */
  readonly isAssociated: boolean;
  readonly columns: Readonly<Partial<Record<KeyColumn, string | number>>>;
  /** Extended properties by their name; one of several values appears several times. */
  readonly extended: readonly { readonly name: string; readonly value: string | number }[];
}

/** Where a folder's ordinary or associated items are kept. */
export const placeOf = (folder: number, isAssociated: boolean): number => (isAssociated ? -folder : folder);

const names = keyColumns.join(', ');
const marks = keyColumns.map(() => '?').join(', ');
const assignments = keyColumns.map((name) => `${name} = ?`).join(', ');

const valuesIn = (keys: SearchKeys): readonly (string | number | null)[] => keyColumns.map((name) => keys.columns[name] ?? null);

const addExtended = (database: Database, item: number, folder: number, keys: SearchKeys): void => {
  const insert = database.statement('INSERT INTO extended VALUES (?, ?, ?, ?)');
  for (const { name, value } of keys.extended) insert.run(folder, name, value, item);
};

/** Files a new item under its keys. */
export function addKeys(database: Database, item: number, folder: number, keys: SearchKeys): void {
  database
    .statement(`INSERT INTO item_key (item, place, ${names}) VALUES (?, ?, ${marks})`)
    .run(item, placeOf(folder, keys.isAssociated), ...valuesIn(keys));
  addExtended(database, item, folder, keys);
}

/** Files a changed item under its new keys; what is associated stays so. */
export function changeKeys(database: Database, item: number, folder: number, keys: SearchKeys): void {
  database.statement(`UPDATE item_key SET ${assignments} WHERE item = ?`).run(...valuesIn(keys), item);
  database.statement('DELETE FROM extended WHERE item = ?').run(item);
  addExtended(database, item, folder, keys);
}

/** Forgets a removed item. */
export function removeKeys(database: Database, item: number): void {
  database.statement('DELETE FROM item_key WHERE item = ?').run(item);
  database.statement('DELETE FROM extended WHERE item = ?').run(item);
}

/** How many items are in a place; counted as they come and go. */
export const itemCount = (database: Database, place: number): number =>
  Number(database.statement('SELECT items FROM item_count WHERE place = ?').get(place)?.['items'] ?? 0);

/** One column of a sort order. */
export interface KeyOrder {
  readonly column: KeyColumn;
  readonly isDescending: boolean;
}

/** A condition on the columns; `narrow` tells that few items will meet it, by their number (`item`) or by a column's index. */
export interface KeyCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly narrow: 'item' | 'column' | undefined;
}

/** Which items of a place are wanted, in which order. */
export interface KeySelection {
  readonly place: number;
  readonly where: KeyCondition | undefined;
  readonly order: readonly KeyOrder[];
  /** A column that no item of the place leaves empty. */
  readonly filled: KeyColumn | undefined;
}

// A plus sign keeps SQLite from choosing an index by that term: it has no statistics to tell what is narrow.
const whereOf = ({ where, filled }: KeySelection): string =>
  [
    where?.narrow === 'item' ? '+place = ?' : 'place = ?',
    ...(filled === undefined ? [] : [`${filled} IS NOT NULL`]),
    ...(where ? [`(${where.sql})`] : []),
  ].join(' AND ');

/** How many items of a place have a column filled. */
export const filledCount = (database: Database, place: number, column: KeyColumn): number =>
  Number(database.statement(`SELECT count(*) AS n FROM item_key WHERE place = ? AND ${column} IS NOT NULL`).get(place)?.['n']);

/** How many items a selection has. */
export const countKeys = (database: Database, selection: KeySelection): number =>
  Number(
    database
      .statement(`SELECT count(*) AS n FROM item_key WHERE ${whereOf(selection)}`)
      .get(selection.place, ...(selection.where?.values ?? []))?.['n'],
  );

/** Numbers of items in the order of a selection, from an index up to (without) another. What is filed alike comes in the order it came in. */
export function selectKeys(database: Database, selection: KeySelection, from = 0, to = Number.MAX_SAFE_INTEGER): readonly number[] {
  const sign = selection.where?.narrow === undefined ? '' : '+';
  const fields = selection.order.map(({ column, isDescending }) => `${sign}${column} ${isDescending ? 'DESC' : 'ASC'}`);
  const last = selection.order.at(-1)?.isDescending === true ? 'item DESC' : 'item';
  return database
    .statement(`SELECT item FROM item_key WHERE ${whereOf(selection)} ORDER BY ${[...fields, last].join(', ')} LIMIT ? OFFSET ?`)
    .all(selection.place, ...(selection.where?.values ?? []), Math.max(to - from, 0), from)
    .map((row) => Number(row['item']));
}
