import { t } from '../../xml/element';
import type { Mirror } from './mirror';

const header = '040000008200e00074c5b7101a82e008';

const foreignMark = Buffer.from('vCal-Uid\u0001\0\0\0', 'latin1');

const dateAt = 16;
const sizeAt = 36;
const dataAt = 40;

/** A UID that is itself a global object id, as Outlook makes them; any other is wrapped into one (MS-OXCICAL 2.1.3.1.1.20.26). */
const bytesOf = (uid: string): Buffer => {
  if (uid.toLowerCase().startsWith(header) && uid.length >= 2 * dataAt && /^(?:[0-9a-f]{2})+$/i.test(uid)) return Buffer.from(uid, 'hex');
  const data = Buffer.concat([foreignMark, Buffer.from(`${uid}\0`, 'utf8')]);
  const start = Buffer.alloc(dataAt);
  start.write(header, 'hex');
  start.writeUInt32LE(data.length, sizeAt);
  return Buffer.concat([start, data]);
};

/** The bytes that name a meeting in every mailbox; with the day (`yyyy-MM-dd`) by which one occurrence is known, those of the occurrence. */
export function globalObjectId(uid: string, occurrence?: string): Buffer {
  const bytes = bytesOf(uid);
  bytes.fill(0, dateAt, dateAt + 4);
  if (!occurrence) return bytes;
  const [year = 0, month = 0, day = 0] = occurrence.split('-').map(Number);
  bytes.writeUInt16BE(year, dateAt);
  bytes.writeUInt8(month, dateAt + 2);
  bytes.writeUInt8(day, dateAt + 3);
  return bytes;
}

/** The UID of such bytes. */
function uidOf(bytes: Buffer): string {
  const data = bytes.subarray(dataAt);
  if (data.subarray(0, foreignMark.length).equals(foreignMark))
    return data.subarray(foreignMark.length).toString('utf8').replace(/\0$/, '');
  const clean = Buffer.from(bytes);
  if (clean.length >= dataAt) clean.fill(0, dateAt, dateAt + 4);
  return clean.toString('hex').toUpperCase();
}

/** GlobalObjectId and CleanGlobalObjectId as other names of UID. */
export const uidMirror: Mirror = {
  property: 'UID',
  read: ({ text }) => [globalObjectId(text).toString('base64')],
  write: ([value]) => (value === undefined ? undefined : t('UID', uidOf(Buffer.from(value, 'base64')))),
};
