import { EwsError } from '../errors';
import type { Database } from './database';
import { idGeneration } from './generations';

/**
 * What an opaque id stands for. `occurrence` is the day (since 1970, in the zone of the series) by which one occurrence is known; of an
 * attachment, `number` is the item it is attached to and `attachment` its own.
 */
export interface DecodedId {
  readonly kind: 'item' | 'folder' | 'attachment';
  readonly mailbox: number;
  readonly number: number;
  readonly occurrence?: number;
  readonly attachment?: number;
}

const plainLength = 20;

const kindBytes = { folder: 2, item: 3, attachment: 4 } as const;

/** Marks ids of conversations, which name no item. */
const conversationKind = 5;

const kindOf = (byte: number): DecodedId['kind'] =>
  byte === kindBytes.item ? 'item' : byte === kindBytes.attachment ? 'attachment' : 'folder';

/** Encodes an id as Exchange's look: base64, case-sensitive, meaningless to clients. */
export function encodeId(database: Database, id: DecodedId): string {
  const part = id.attachment ?? id.occurrence;
  const bytes = Buffer.alloc(part === undefined ? plainLength : plainLength + 6);
  bytes.writeUInt8(idGeneration(database, id.mailbox), 0);
  bytes.writeUInt8(kindBytes[id.kind], 1);
  bytes.write(database.key, 2, 8, 'hex');
  bytes.writeUInt32BE(id.mailbox, 10);
  bytes.writeUIntBE(id.number, 14, 6);
  if (part !== undefined) bytes.writeIntBE(part, plainLength, 6);
  return bytes.toString('base64');
}

/** Decodes an id of this store; anything else is an `ErrorInvalidIdMalformed`. What was named before the mailbox got new ids is not found. */
export function decodeId(database: Database, text: string): DecodedId {
  if (text === '') throw new EwsError('ErrorInvalidIdEmpty');
  const bytes = Buffer.from(text, 'base64');
  const isOurs =
    bytes.toString('base64') === text &&
    (bytes.length === plainLength || bytes.length === plainLength + 6) &&
    bytes.toString('hex', 2, 10) === database.key;
  if (!isOurs) throw new EwsError('ErrorInvalidIdMalformed');
  const kind = kindOf(bytes.readUInt8(1));
  if (bytes.readUInt8(0) !== idGeneration(database, bytes.readUInt32BE(10)))
    throw new EwsError(kind === 'folder' ? 'ErrorFolderNotFound' : 'ErrorItemNotFound');
  return {
    kind,
    mailbox: bytes.readUInt32BE(10),
    number: bytes.readUIntBE(14, 6),
    ...(bytes.length > plainLength ? { [kind === 'attachment' ? 'attachment' : 'occurrence']: bytes.readIntBE(plainLength, 6) } : {}),
  };
}

/** The id of a conversation in a mailbox, from what its messages have in common (hex). */
export const encodeConversationId = (database: Database, mailbox: number, conversation: string): string => {
  const place = Buffer.alloc(6);
  place.writeUInt8(idGeneration(database, mailbox), 0);
  place.writeUInt8(conversationKind, 1);
  place.writeUInt32BE(mailbox, 2);
  return Buffer.concat([place, Buffer.from(database.key, 'hex'), Buffer.from(conversation, 'hex')]).toString('base64');
};

/** The change key of a change with this number. */
export function encodeChangeKey(sequence: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt8(0x0f, 0);
  bytes.writeUIntBE(sequence, 10, 6);
  return bytes.toString('base64');
}

/** The change keys of notifications say which kind of object it is, and not which change: this long (bytes). */
const kindOnlyLength = 4;

/** The number of the change that a change key stands for, 0 for one that is never current; `ErrorInvalidChangeKey` for anything else. */
export function decodeChangeKey(text: string): number {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === kindOnlyLength && bytes.toString('base64') === text) return 0;
  if (bytes.length !== 16 || bytes.toString('base64') !== text) throw new EwsError('ErrorInvalidChangeKey');
  return bytes.readUIntBE(10, 6);
}
