import type { XmlElement } from '../xml/element';
import type { Database } from './database';
import { defaultFolders } from './distinguished';
import { deserialise, serialise, type Properties } from './properties';
import { numberOf, textOf, type Row } from './row';

/**
 * A folder. `element` is its EWS type (`CalendarFolder`, …), `folderClass` its class (`IPF.Appointment`, …); what else was written stands in
 * its properties (`PermissionSet`, `SearchParameters`). Times are ISO text in UTC, empty for folders the mailbox came with.
 */
export interface Folder {
  readonly id: number;
  readonly mailbox: number;
  readonly parent: number | undefined;
  readonly distinguished: string | undefined;
  readonly element: string;
  readonly folderClass: string | undefined;
  readonly name: string;
  readonly createdSequence: number;
  readonly sequence: number;
  readonly created: string;
  readonly modified: string;
  readonly properties: Properties;
  readonly extended: readonly XmlElement[];
}

/** A folder before it is stored. */
export type FolderDraft = Pick<
  Folder,
  'mailbox' | 'parent' | 'distinguished' | 'element' | 'folderClass' | 'name' | 'properties' | 'extended'
>;

const toFolder = (row: Row): Folder => ({
  id: Number(row['id']),
  mailbox: Number(row['mailbox']),
  parent: numberOf(row['parent']),
  distinguished: textOf(row['distinguished']),
  element: String(row['element']),
  folderClass: textOf(row['class']),
  name: String(row['name']),
  createdSequence: Number(row['created_sequence']),
  sequence: Number(row['sequence']),
  created: String(row['created']),
  modified: String(row['modified']),
  ...deserialise(String(row['properties'])),
});

/** Stores a new folder. */
export function insertFolder(database: Database, draft: FolderDraft, now: string): Folder {
  const sequence = database.nextSequence();
  const { lastInsertRowid } = database
    .statement(
      `INSERT INTO folder (mailbox, parent, distinguished, element, class, name, created_sequence, sequence, created, modified, properties)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      draft.mailbox,
      draft.parent ?? null,
      draft.distinguished ?? null,
      draft.element,
      draft.folderClass ?? null,
      draft.name,
      sequence,
      sequence,
      now,
      now,
      serialise(draft.properties, draft.extended),
    );
  return { ...draft, id: Number(lastInsertRowid), createdSequence: sequence, sequence, created: now, modified: now };
}

const remember = (database: Database, folder: Folder, sequence: number): void =>
  void database
    .statement('INSERT INTO folder_past (mailbox, sequence, folder, parent, created_sequence) VALUES (?, ?, ?, ?, ?)')
    .run(folder.mailbox, sequence, folder.id, folder.parent ?? null, folder.createdSequence);

/** Stores what changed of a folder (its parent, too) under a new change number. */
export function replaceFolder(database: Database, folder: Folder, changed: Partial<FolderDraft>, now: string): Folder {
  const next: Folder = { ...folder, ...changed, sequence: database.nextSequence(), modified: now };
  database
    .statement('UPDATE folder SET parent = ?, class = ?, name = ?, sequence = ?, modified = ?, properties = ? WHERE id = ?')
    .run(
      next.parent ?? null,
      next.folderClass ?? null,
      next.name,
      next.sequence,
      now,
      serialise(next.properties, next.extended),
      folder.id,
    );
  if (next.parent !== folder.parent) remember(database, folder, next.sequence);
  return next;
}

/** Removes an empty folder and remembers that it was there; answers the number of that change. */
export function removeFolder(database: Database, folder: Folder): number {
  const sequence = database.nextSequence();
  database.statement('DELETE FROM folder WHERE id = ?').run(folder.id);
  remember(database, folder, sequence);
  return sequence;
}

/** Default folders are as old as the root that is created at `now`. */
const createDistinguished = (database: Database, mailbox: number, name: string, now = ''): Folder | undefined => {
  const wanted = defaultFolders.get(name);
  if (!wanted) return undefined;
  const parent = wanted.parent === undefined ? undefined : distinguishedFolder(database, mailbox, wanted.parent);
  const { element, folderClass } = wanted;
  return insertFolder(
    database,
    { mailbox, parent: parent?.id, distinguished: name, element, folderClass, name: wanted.name, properties: {}, extended: [] },
    parent?.created ?? now,
  );
};

/** Creates the folders every mailbox has. */
export function createDefaultFolders(database: Database, mailbox: number, now: string): void {
  for (const name of defaultFolders.keys()) createDistinguished(database, mailbox, name, now);
}

/** The folder with this number. */
export function folderById(database: Database, id: number): Folder | undefined {
  const row = database.statement('SELECT * FROM folder WHERE id = ?').get(id);
  return row && toFolder(row);
}

/** A mailbox's folder by its distinguished name, e.g. `calendar`; one that the mailbox of an older store lacks is created. */
export function distinguishedFolder(database: Database, mailbox: number, name: string): Folder | undefined {
  const row = database.statement('SELECT * FROM folder WHERE mailbox = ? AND distinguished = ?').get(mailbox, name);
  return row ? toFolder(row) : createDistinguished(database, mailbox, name);
}

/** The folders that lie in a folder, by name. */
export const childFolders = (database: Database, folder: number): readonly Folder[] =>
  database.statement('SELECT * FROM folder WHERE parent = ? ORDER BY name COLLATE NOCASE, id').all(folder).map(toFolder);

/** All folders of a mailbox. */
export const foldersOfMailbox = (database: Database, mailbox: number): readonly Folder[] =>
  database.statement('SELECT * FROM folder WHERE mailbox = ? ORDER BY name COLLATE NOCASE, id').all(mailbox).map(toFolder);

/** The folder of that name (whatever its case) in another. */
export function childNamed(database: Database, parent: number, name: string): Folder | undefined {
  const sought = name.toLowerCase();
  return childFolders(database, parent).find((folder) => folder.name.toLowerCase() === sought);
}

/** Where a folder lay until a change, or (when it is not there any more) until it was removed. */
export interface PastParent {
  readonly folder: number;
  readonly sequence: number;
  readonly parent: number | undefined;
  readonly createdSequence: number;
}

/** Moves and removals of a mailbox's folders after a change, oldest first. */
export const pastParents = (database: Database, mailbox: number, after: number): readonly PastParent[] =>
  database
    .statement('SELECT * FROM folder_past WHERE mailbox = ? AND sequence > ? ORDER BY sequence')
    .all(mailbox, after)
    .map((row) => ({
      folder: Number(row['folder']),
      sequence: Number(row['sequence']),
      parent: numberOf(row['parent']),
      createdSequence: Number(row['created_sequence']),
    }));
