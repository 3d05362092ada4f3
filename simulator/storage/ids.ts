import { EwsError } from '../errors';
import type { Database } from './database';
import { idGeneration } from './generations';

/** What an opaque id stands for. `occurrence` is the original start (seconds since 1970) of one occurrence of a series. */
export interface DecodedId {
  readonly kind: 'item' | 'folder';
  readonly mailbox: number;
  readonly number: number;
  readonly occurrence?: number;
}

const plainLength = 20;

/** Encodes an id as Exchange's look: base64, case-sensitive, meaningless to clients. */
export function encodeId(database: Database, id: DecodedId): string {
  const bytes = Buffer.alloc(id.occurrence === undefined ? plainLength : plainLength + 6);
  bytes.writeUInt8(idGeneration(database, id.mailbox), 0);
  bytes.writeUInt8(id.kind === 'item' ? 3 : 2, 1);
  bytes.write(database.key, 2, 8, 'hex');
  bytes.writeUInt32BE(id.mailbox, 10);
  bytes.writeUIntBE(id.number, 14, 6);
  if (id.occurrence !== undefined) bytes.writeIntBE(id.occurrence, plainLength, 6);
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
  const isFolder = bytes.readUInt8(1) === 2;
  if (bytes.readUInt8(0) !== idGeneration(database, bytes.readUInt32BE(10)))
    throw new EwsError(isFolder ? 'ErrorFolderNotFound' : 'ErrorItemNotFound');
  return {
    kind: bytes.readUInt8(1) === 3 ? 'item' : 'folder',
    mailbox: bytes.readUInt32BE(10),
    number: bytes.readUIntBE(14, 6),
    ...(bytes.length > plainLength ? { occurrence: bytes.readIntBE(plainLength, 6) } : {}),
  };
}

/** The change key of a change with this number. */
export function encodeChangeKey(sequence: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt8(0x0f, 0);
  bytes.writeUIntBE(sequence, 10, 6);
  return bytes.toString('base64');
}

/** The number of the change that a change key stands for; `ErrorInvalidChangeKey` for anything else. */
export function decodeChangeKey(text: string): number {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) throw new EwsError('ErrorInvalidChangeKey');
  return bytes.readUIntBE(10, 6);
}
