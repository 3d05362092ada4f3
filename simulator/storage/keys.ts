import type { Database } from './database';

/** Columns by which items are searched and sorted without being read; times are ms, texts are in collation order. */
export const keyColumns = [
  ...(['received', 'sent', 'created', 'modified', 'starts', 'ends', 'due'] as const),
  ...(['subject', 'class', 'message_id', 'file_as', 'display_name', 'email', 'is_read', 'importance'] as const),
] as const;

/** One of the columns. */
export type KeyColumn = (typeof keyColumns)[number];

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
