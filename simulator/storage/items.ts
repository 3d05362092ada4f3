import type { XmlElement } from '../xml/element';
import type { Database } from './database';
import { extendedKey, extendedValue } from '../items/extended';
import { deserialise, serialise, type Properties } from './properties';

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
  readonly properties: Properties;
  readonly extended: readonly XmlElement[];
}

/** An item before it is stored. */
export type Draft = Pick<Item, 'mailbox' | 'folder' | 'element' | 'properties' | 'extended'>;

/** The time an item covers, in ms: of a series from the first start to the last end. Absent for items without a time. */
export interface Period {
  readonly starts: number;
  readonly ends: number;
}

/** One entry of a folder's history. */
export interface Change {
  readonly kind: 'Create' | 'Update' | 'Delete';
  readonly sequence: number;
  readonly itemId: number;
}

type Row = Readonly<Record<string, unknown>>;

const toItem = (row: Row): Item => ({
  id: Number(row['id']),
  mailbox: Number(row['mailbox']),
  folder: Number(row['folder']),
  element: String(row['element']),
  createdSequence: Number(row['created_sequence']),
  sequence: Number(row['sequence']),
  created: String(row['created']),
  modified: String(row['modified']),
  ...deserialise(String(row['properties'])),
});

const indexExtended = (database: Database, item: Item): void => {
  database.statement('DELETE FROM extended WHERE item = ?').run(item.id);
  const insert = database.statement('INSERT INTO extended VALUES (?, ?, ?, ?)');
  for (const property of item.extended) insert.run(item.folder, extendedKey(property), extendedValue(property), item.id);
};

/** Stores a new item; `created` is kept where an item is moved. */
export function insertItem(database: Database, draft: Draft, now: string, period?: Period, created = now): Item {
  const sequence = database.nextSequence();
  const { lastInsertRowid } = database
    .statement(
      `INSERT INTO item (mailbox, folder, element, created_sequence, sequence, created, modified, starts, ends, properties)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      serialise(draft.properties, draft.extended),
    );
  const item = { ...draft, id: Number(lastInsertRowid), createdSequence: sequence, sequence, created, modified: now };
  indexExtended(database, item);
  return item;
}

/** Stores an item's new properties under a new change number. */
export function replaceItem(database: Database, item: Item, now: string, period?: Period): Item {
  const changed = { ...item, sequence: database.nextSequence(), modified: now };
  database
    .statement('UPDATE item SET sequence = ?, modified = ?, starts = ?, ends = ?, properties = ? WHERE id = ?')
    .run(changed.sequence, now, period?.starts ?? null, period?.ends ?? null, serialise(item.properties, item.extended), item.id);
  indexExtended(database, changed);
  return changed;
}

/** Removes an item and remembers that it was there. */
export function removeItem(database: Database, item: Item): number {
  const sequence = database.nextSequence();
  database.statement('DELETE FROM item WHERE id = ?').run(item.id);
  database.statement('DELETE FROM extended WHERE item = ?').run(item.id);
  database.statement('INSERT INTO tombstone VALUES (?, ?, ?, ?)').run(item.folder, sequence, item.createdSequence, item.id);
  return sequence;
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

/** A folder's items that overlap a period (ms), by their start. */
export const itemsInPeriod = (database: Database, folder: number, from: number, to: number): readonly Item[] =>
  database
    .statement('SELECT * FROM item WHERE folder = ? AND starts < ? AND (ends > ? OR starts >= ?) ORDER BY starts, id')
    .all(folder, to, from, from)
    .map(toItem);

/** A folder's items whose extended property has exactly this value. */
export const itemsByExtended = (database: Database, folder: number, key: string, value: string): readonly Item[] =>
  database
    .statement(
      'SELECT item.* FROM extended JOIN item ON item.id = extended.item WHERE extended.folder = ? AND extended.name = ? AND extended.value = ? ORDER BY item.sequence',
    )
    .all(folder, key, value)
    .map(toItem);

/**
 * Where a client is in a folder's history. A run reports what happened after `base` up to `target`: first what is new, in the order of its
 * creation, then updates and deletions in theirs; `phase` and `position` say how far it got. Later changes belong to the next run.
 */
export interface Run {
  readonly base: number;
  readonly target: number;
  readonly phase: 'new' | 'changed';
  readonly position: number;
}

const created = (database: Database, folder: number, run: Run, limit: number): readonly Change[] =>
  database
    .statement(
      'SELECT id, created_sequence FROM item WHERE folder = ? AND created_sequence > ? AND created_sequence <= ? ORDER BY created_sequence LIMIT ?',
    )
    .all(folder, run.position, run.target, limit)
    .map((row): Change => ({ kind: 'Create', sequence: Number(row['created_sequence']), itemId: Number(row['id']) }));

const changed = (database: Database, folder: number, run: Run, limit: number): readonly Change[] => {
  const updated = database
    .statement(
      'SELECT id, sequence FROM item WHERE folder = ? AND sequence > ? AND sequence <= ? AND created_sequence <= ? ORDER BY sequence LIMIT ?',
    )
    .all(folder, run.position, run.target, run.base, limit)
    .map((row): Change => ({ kind: 'Update', sequence: Number(row['sequence']), itemId: Number(row['id']) }));
  const gone = database
    .statement(
      'SELECT item, sequence FROM tombstone WHERE folder = ? AND sequence > ? AND sequence <= ? AND created_sequence <= ? ORDER BY sequence LIMIT ?',
    )
    .all(folder, run.position, run.target, run.base, limit)
    .map((row): Change => ({ kind: 'Delete', sequence: Number(row['sequence']), itemId: Number(row['item']) }));
  return [...updated, ...gone].sort((one, two) => one.sequence - two.sequence).slice(0, limit);
};

/** The next changes of a run, as many as the limit allows, and where it then stands; no run is left once all is reported. */
export function nextChanges(
  database: Database,
  folder: number,
  run: Run,
  limit: number,
): { readonly changes: readonly Change[]; readonly run: Run | undefined } {
  const fresh = run.phase === 'new' ? created(database, folder, run, limit) : [];
  if (fresh.length === limit) return { changes: fresh, run: { ...run, position: fresh.at(-1)?.sequence ?? run.position } };
  const second: Run = run.phase === 'new' ? { ...run, phase: 'changed', position: run.base } : run;
  const rest = changed(database, folder, second, limit - fresh.length + 1);
  const shown = rest.slice(0, limit - fresh.length);
  const position = shown.at(-1)?.sequence ?? second.position;
  return { changes: [...fresh, ...shown], run: rest.length > shown.length ? { ...second, position } : undefined };
}
