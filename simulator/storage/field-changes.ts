import type { Database } from './database';

/** Remembers that a change (its number) touched these properties of an item; extended ones by their key. */
export function recordFieldChanges(database: Database, item: number, names: Iterable<string>, sequence: number): void {
  const insert = database.statement('INSERT INTO field_change VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence');
  for (const name of names) insert.run(item, name, sequence);
}

/** The properties of an item that were touched after a change; undefined where the last change of the item was of another kind. */
export function fieldsChangedSince(
  database: Database,
  item: { readonly id: number; readonly sequence: number },
  sequence: number,
): ReadonlySet<string> | undefined {
  const rows = database.statement('SELECT name, sequence FROM field_change WHERE item = ? AND sequence > ?').all(item.id, sequence);
  const isComplete = rows.some((row) => row['sequence'] === item.sequence);
  return isComplete ? new Set(rows.map((row) => String(row['name']))) : undefined;
}
