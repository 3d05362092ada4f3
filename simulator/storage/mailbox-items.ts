import type { Database } from './database';
import { itemById, type Item } from './items';
import type { KeyColumn } from './keys';

/** Items of a mailbox with a key in a column, in whatever folder they lie, the latest first. */
export const itemsByKey = (database: Database, mailbox: number, column: KeyColumn, key: string | number): readonly Item[] =>
  database
    .statement(
      `SELECT item_key.item FROM folder CROSS JOIN item_key ON item_key.place = folder.id AND item_key.${column} = ?
       WHERE folder.mailbox = ? ORDER BY item_key.item DESC`,
    )
    .all(key, mailbox)
    .flatMap((row) => itemById(database, Number(row['item'])) ?? []);
