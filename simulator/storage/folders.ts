import type { SQLOutputValue } from 'node:sqlite';
import type { Database } from './database';
import { itemCount, placeOf } from './keys';

/** A folder. `element` is its EWS type (`CalendarFolder`, …), `folderClass` its class (`IPF.Appointment`, …). */
export interface Folder {
  readonly id: number;
  readonly mailbox: number;
  readonly parent: number | undefined;
  readonly distinguished: string | undefined;
  readonly element: string;
  readonly folderClass: string | undefined;
  readonly name: string;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

const textOf = (value: SQLOutputValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

const toFolder = (row: Row): Folder => ({
  id: Number(row['id']),
  mailbox: Number(row['mailbox']),
  parent: row['parent'] === null ? undefined : Number(row['parent']),
  distinguished: textOf(row['distinguished']),
  element: String(row['element']),
  folderClass: textOf(row['class']),
  name: String(row['name']),
});

/** Default folders of a mailbox: distinguished name, parent, type, class, display name. */
const defaults: readonly (readonly [string, string | undefined, string, string | undefined, string])[] = [
  ['root', undefined, 'Folder', undefined, 'Root'],
  ['msgfolderroot', 'root', 'Folder', undefined, 'Top of Information Store'],
  ['searchfolders', 'root', 'Folder', undefined, 'Finder'],
  ['recoverableitemsroot', 'root', 'Folder', undefined, 'Recoverable Items'],
  ['recoverableitemsdeletions', 'recoverableitemsroot', 'Folder', undefined, 'Deletions'],
  ['calendar', 'msgfolderroot', 'CalendarFolder', 'IPF.Appointment', 'Calendar'],
  ['contacts', 'msgfolderroot', 'ContactsFolder', 'IPF.Contact', 'Contacts'],
  ['deleteditems', 'msgfolderroot', 'Folder', 'IPF.Note', 'Deleted Items'],
  ['drafts', 'msgfolderroot', 'Folder', 'IPF.Note', 'Drafts'],
  ['inbox', 'msgfolderroot', 'Folder', 'IPF.Note', 'Inbox'],
  ['journal', 'msgfolderroot', 'Folder', 'IPF.Journal', 'Journal'],
  ['junkemail', 'msgfolderroot', 'Folder', 'IPF.Note', 'Junk Email'],
  ['notes', 'msgfolderroot', 'Folder', 'IPF.StickyNote', 'Notes'],
  ['outbox', 'msgfolderroot', 'Folder', 'IPF.Note', 'Outbox'],
  ['sentitems', 'msgfolderroot', 'Folder', 'IPF.Note', 'Sent Items'],
  ['tasks', 'msgfolderroot', 'TasksFolder', 'IPF.Task', 'Tasks'],
];

/** Creates the folders every mailbox has. */
export function createDefaultFolders(database: Database, mailbox: number): void {
  const ids = new Map<string, number>();
  for (const [distinguished, parent, element, folderClass, name] of defaults) {
    const { lastInsertRowid } = database
      .statement('INSERT INTO folder (mailbox, parent, distinguished, element, class, name) VALUES (?, ?, ?, ?, ?, ?)')
      .run(mailbox, parent === undefined ? null : (ids.get(parent) ?? null), distinguished, element, folderClass ?? null, name);
    ids.set(distinguished, Number(lastInsertRowid));
  }
}

/** The folder with this number. */
export function folderById(database: Database, id: number): Folder | undefined {
  const row = database.statement('SELECT * FROM folder WHERE id = ?').get(id);
  return row && toFolder(row);
}

/** A mailbox's folder by its distinguished name, e.g. `calendar`. */
export function distinguishedFolder(database: Database, mailbox: number, name: string): Folder | undefined {
  const row = database.statement('SELECT * FROM folder WHERE mailbox = ? AND distinguished = ?').get(mailbox, name);
  return row && toFolder(row);
}

/** How many items and subfolders a folder holds. */
export function folderCounts(database: Database, folder: Folder): { readonly items: number; readonly folders: number } {
  const folders = database.statement('SELECT count(*) AS n FROM folder WHERE parent = ?').get(folder.id);
  return { items: itemCount(database, placeOf(folder.id, false)), folders: Number(folders?.['n'] ?? 0) };
}
