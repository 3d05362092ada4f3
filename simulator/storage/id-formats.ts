import { EwsError } from '../errors';
import type { Database } from './database';
import { entryIdLengths, folderEntryId, itemEntryId, readEntryId } from './entry-id';
import { folderById } from './folders';
import { decodeId, encodeId, type DecodedId } from './ids';
import { itemById } from './items';

/** One of the forms an item's or folder's id has (MS-OXWSCVTID): to an id and back; what is no such id is an error of the protocol. */
export interface IdFormat {
  readonly write: (database: Database, id: DecodedId) => string;
  readonly read: (database: Database, text: string) => DecodedId;
}

const entryIdOf = (database: Database, { kind, mailbox, number, occurrence }: DecodedId): Buffer => {
  if (kind === 'attachment' || occurrence !== undefined) throw new EwsError('ErrorUnsupportedTypeForConversion');
  if (kind === 'folder') {
    if (!folderById(database, number)) throw new EwsError('ErrorFolderNotFound');
    return folderEntryId(database, mailbox, number);
  }
  const item = itemById(database, number);
  if (!item) throw new EwsError('ErrorItemNotFound');
  return itemEntryId(database, item);
};

const fromEntryId = (database: Database, bytes: Buffer): DecodedId => {
  const id = readEntryId(database, bytes);
  if (!id) throw new EwsError('ErrorInvalidIdMalformed');
  return id;
};

const base64 = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new EwsError('ErrorInvalidIdMalformed');
  return bytes;
};

/** A store id: the entry id behind its length, and the kind of thing at the end. */
const storeIdOf = (database: Database, id: DecodedId): Buffer => {
  const entryId = entryIdOf(database, id);
  return Buffer.concat([Buffer.of(entryId.length), entryId, Buffer.of(id.kind === 'folder' ? 1 : 9)]);
};

const fromStoreId = (database: Database, bytes: Buffer): DecodedId => {
  if (bytes[0] !== bytes.length - 2) throw new EwsError('ErrorInvalidIdMalformed');
  return fromEntryId(database, bytes.subarray(1, -1));
};

const legacyMark = 'legacy';

const fromLegacy = (database: Database, text: string): DecodedId => {
  const [mark, id] = Buffer.from(text, 'base64').toString('latin1').split(':');
  if (mark !== legacyMark || id === undefined) throw new EwsError('ErrorInvalidIdMalformedEwsLegacyIdFormat');
  return decodeId(database, id);
};

const isHex = new RegExp(`^([0-9a-f]{2}){${entryIdLengths.folder},${entryIdLengths.item}}$`, 'i');

/** The formats by name. An `OwaId` is a store id as it stands in an address. */
export const idFormats: Readonly<Record<string, IdFormat>> = {
  EwsLegacyId: {
    write: (database, id) => Buffer.from(`${legacyMark}:${encodeId(database, id)}`, 'latin1').toString('base64'),
    read: fromLegacy,
  },
  EwsId: { write: encodeId, read: decodeId },
  EntryId: {
    write: (database, id) => entryIdOf(database, id).toString('base64'),
    read: (database, text) => fromEntryId(database, base64(text)),
  },
  HexEntryId: {
    write: (database, id) => entryIdOf(database, id).toString('hex').toUpperCase(),
    read: (database, text) => {
      if (!isHex.test(text)) throw new EwsError('ErrorInvalidIdMalformed');
      return fromEntryId(database, Buffer.from(text, 'hex'));
    },
  },
  StoreId: {
    write: (database, id) => storeIdOf(database, id).toString('base64'),
    read: (database, text) => fromStoreId(database, base64(text)),
  },
  OwaId: {
    write: (database, id) => encodeURIComponent(storeIdOf(database, id).toString('base64')),
    read: (database, text) => fromStoreId(database, base64(decodeOwa(text))),
  },
};

const decodeOwa = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new EwsError('ErrorInvalidIdMalformed');
  }
};
