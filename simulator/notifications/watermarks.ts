import { randomBytes } from 'node:crypto';
import { EwsError } from '../errors';
import type { Database } from '../storage/database';

/** Watermarks as Exchange writes them: version, whose event table, place in it (little endian), an end mark. */
export interface Watermarks {
  readonly encode: (mailbox: number, place: number) => string;
  /** The place in a mailbox's log; `ErrorInvalidWatermark` where it is not one of that log. */
  readonly decode: (mailbox: number, watermark: string) => number;
}

const length = 29;

/** Watermarks of one run of the server: its event logs live no longer. */
export function createWatermarks(database: Database): Watermarks {
  const run = randomBytes(4);
  const tableOf = (mailbox: number): Buffer => {
    const table = Buffer.alloc(16);
    table.write(database.key, 0, 8, 'hex');
    run.copy(table, 8);
    table.writeUInt32BE(mailbox, 12);
    return table;
  };
  return {
    encode: (mailbox, place) => {
      const bytes = Buffer.alloc(length);
      bytes.writeUInt32LE(1, 0);
      tableOf(mailbox).copy(bytes, 4);
      bytes.writeUIntLE(place, 20, 6);
      bytes.writeUInt8(1, length - 1);
      return bytes.toString('base64');
    },
    decode: (mailbox, watermark) => {
      const bytes = Buffer.from(watermark.trim(), 'base64');
      if (bytes.length !== length || !bytes.subarray(4, 20).equals(tableOf(mailbox))) throw new EwsError('ErrorInvalidWatermark');
      return bytes.readUIntLE(20, 6);
    },
  };
}
