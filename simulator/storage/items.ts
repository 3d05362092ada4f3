import type { XmlElement } from '../xml/element';
import type { Database } from './database';
import { bury, markChange } from './changes';
import { addKeys, changeKeys, removeKeys, type SearchKeys } from './keys';
import { deserialise, isTrue, serialise, type Properties } from './properties';
import { isUnread } from './unread';
import type { Row } from './row';

/** An item as it is stored: its EWS element (`CalendarItem`, `Task`, …), where it lies, and its properties. Times are ISO text in UTC. */
export interface Item {
  readonly id: number;
  readonly mailbox: number;
  readonly folder: number;
  readonly element: string;
  readonly createdSequence: number;
  readonly sequence: number;
  readonly created: string;
  readonly modified: string;
  /** Number of the mailbox whose owner created it; absent where that is the mailbox it lies in. */
  readonly creator?: number;
  readonly properties: Properties;
  readonly extended: readonly XmlElement[];
}

/** An item before it is stored. */
export type Draft = Pick<Item, 'mailbox' | 'folder' | 'element' | 'creator' | 'properties' | 'extended'>;

/** The time an item covers, in ms: of a series from the first start to the last end. Absent for items without a time. */
export interface Period {
  readonly starts: number;
  readonly ends: number;
}

const toItem = (row: Row): Item => ({
  id: Number(row['id']),
  mailbox: Number(row['mailbox']),
  folder: Number(row['folder']),
  element: String(row['element']),
  createdSequence: Number(row['created_sequence']),
  sequence: Number(row['sequence']),
  created: String(row['created']),
  modified: String(row['modified']),
  ...(typeof row['creator'] === 'number' ? { creator: row['creator'] } : {}),
  ...deserialise(String(row['properties'])),
});

/** Tells by which keys an item is found. */
export type KeysOf = (item: Item) => SearchKeys;

/** Stores a new item; `created` is kept where an item is moved. */
export function insertItem(database: Database, draft: Draft, now: string, keysOf: KeysOf, period?: Period, created = now): Item {
  const sequence = database.nextSequence();
  const item = { ...draft, id: 0, createdSequence: sequence, sequence, created, modified: now };
  const { lastInsertRowid } = database
    .statement(
      `INSERT INTO item (mailbox, folder, element, created_sequence, sequence, created, modified, starts, ends, creator, properties, unread,
       associated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      draft.mailbox,
      draft.folder,
      draft.element,
      sequence,
      sequence,
      created,
      now,
      period?.starts ?? null,
      period?.ends ?? null,
      draft.creator ?? null,
      serialise(draft.properties, draft.extended),
      Number(isUnread(draft)),
      Number(isTrue(draft.properties, 'IsAssociated')),
    );
  const id = Number(lastInsertRowid);
  addKeys(database, id, draft.folder, keysOf(item));
  return { ...item, id };
}

/** Stores an item's new properties under a new change number. */
export function replaceItem(database: Database, item: Item, now: string, keysOf: KeysOf, period?: Period): Item {
  const changed = { ...item, sequence: database.nextSequence(), modified: now };
  const properties = serialise(item.properties, item.extended);
  markChange(database, item.id, changed.sequence, properties);
  database
    .statement('UPDATE item SET modified = ?, starts = ?, ends = ?, properties = ?, unread = ? WHERE id = ?')
    .run(now, period?.starts ?? null, period?.ends ?? null, properties, Number(isUnread(item)), item.id);
  changeKeys(database, changed.id, changed.folder, keysOf(changed));
  return changed;
}

/** Removes an item and remembers that it was there. */
export function removeItem(database: Database, item: Item): number {
  const sequence = database.nextSequence();
  bury(database, item.id, sequence);
  database.statement('DELETE FROM item WHERE id = ?').run(item.id);
  removeKeys(database, item.id);
  return sequence;
}

/** Files every item anew. */
export function refileItems(database: Database, keysOf: KeysOf): void {
  database.statement('DELETE FROM item_key').run();
  database.statement('DELETE FROM item_count').run();
  database.statement('DELETE FROM extended').run();
  for (const { id } of database.statement('SELECT id FROM item').all()) {
    const item = itemById(database, Number(id));
    if (item) addKeys(database, item.id, item.folder, keysOf(item));
  }
}

/** The item with this number. */
export function itemById(database: Database, id: number): Item | undefined {
  const row = database.statement('SELECT * FROM item WHERE id = ?').get(id);
  return row && toItem(row);
}

/** A folder's items, newest last, from an offset. */
export const itemsOfFolder = (database: Database, folder: number, offset = 0, limit = -1): readonly Item[] =>
  database
    .statement('SELECT * FROM item WHERE folder = ? ORDER BY created_sequence LIMIT ? OFFSET ?')
    .all(folder, limit, offset)
    .map(toItem);

/** What covers more than a week (a series, above all) has an index of its own, so that a period need not be sought in all of the past. */
const week = 7 * 24 * 3_600_000;

/** A folder's items that overlap a period (ms), by their start. */
export const itemsInPeriod = (database: Database, folder: number, from: number, to: number): readonly Item[] =>
  database
    .statement(
      `SELECT * FROM item WHERE folder = ?1 AND ends - starts <= ${week} AND starts >= ?2 - ${week} AND starts < ?3 AND (ends > ?2 OR starts >= ?2)
       UNION ALL SELECT * FROM item WHERE folder = ?1 AND ends - starts > ${week} AND starts < ?3 AND ends > ?2
       ORDER BY starts, id`,
    )
    .all(folder, from, to)
    .map(toItem);
