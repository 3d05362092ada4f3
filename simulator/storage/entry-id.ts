import type { Database } from './database';

/** Lengths of MAPI's entry ids (MS-OXCDATA 2.2.4): of an item, which names its folder and itself, and of a folder. */
export const entryIdLengths = { item: 70, folder: 46 } as const;

const providerAt = 4;
const typeAt = 20;
const folderAt = 22;
const itemAt = 46;

/** A mailbox as 16 bytes. */
const mailboxGuid = (database: Database, mailbox: number): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.write(database.key, 'hex');
  bytes.writeUInt32BE(mailbox, 12);
  return bytes;
};

/** The entry id of a mailbox as a whole. */
export function storeEntryId(database: Database, mailbox: number): Buffer {
  const bytes = Buffer.alloc(providerAt + 16);
  mailboxGuid(database, mailbox).copy(bytes, providerAt);
  return bytes;
}

/** The 22 bytes (replica and counter) that name a thing of a mailbox for ever, as PR_SOURCE_KEY and PR_CHANGE_KEY have them. */
export function globalId(database: Database, mailbox: number, counter: number): Buffer {
  const bytes = Buffer.alloc(22);
  mailboxGuid(database, mailbox).copy(bytes);
  bytes.writeUIntBE(counter, 16, 6);
  return bytes;
}

/** The entry id of a folder. */
export function folderEntryId(database: Database, mailbox: number, folder: number): Buffer {
  const bytes = Buffer.alloc(entryIdLengths.folder);
  mailboxGuid(database, mailbox).copy(bytes, providerAt);
  bytes.writeUInt16LE(1, typeAt);
  globalId(database, mailbox, folder).copy(bytes, folderAt);
  return bytes;
}

/** The entry id of an item, which changes when it is moved. */
export function itemEntryId(database: Database, item: { readonly mailbox: number; readonly folder: number; readonly id: number }): Buffer {
  const bytes = Buffer.alloc(entryIdLengths.item);
  folderEntryId(database, item.mailbox, item.folder).copy(bytes);
  bytes.writeUInt16LE(7, typeAt);
  globalId(database, item.mailbox, item.id).copy(bytes, itemAt);
  return bytes;
}

/** What an entry id of this store names; undefined for any other. */
export function readEntryId(
  database: Database,
  bytes: Buffer,
): { readonly kind: 'item' | 'folder'; readonly mailbox: number; readonly number: number } | undefined {
  const isItem = bytes.length === entryIdLengths.item;
  if (!isItem && bytes.length !== entryIdLengths.folder) return undefined;
  if (bytes.toString('hex', providerAt, providerAt + 8) !== database.key) return undefined;
  const counterAt = (isItem ? itemAt : folderAt) + 16;
  return { kind: isItem ? 'item' : 'folder', mailbox: bytes.readUInt32BE(providerAt + 12), number: bytes.readUIntBE(counterAt, 6) };
}
