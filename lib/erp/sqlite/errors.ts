/** What SQLite says, as errors of the port. */
import { SyncError } from '../../model/error';

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const codes = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  schema: 17,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
} as const;

/** SQLite's extended result code; null when the error is not SQLite's. */
const resultCode = (thrown: unknown): number | null =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode : null;

/** `node:sqlite` says it with a code, Kysely with a text. */
const isClosed = (thrown: Error): boolean =>
  ('code' in thrown && thrown.code === 'ERR_INVALID_STATE') || thrown.message === 'driver has already been destroyed';

/** Whether another program holds the lock: the same statement may succeed a little later. */
export const isLocked = (thrown: unknown): boolean => {
  const code = resultCode(thrown);
  return code !== null && ((code & 0xff) === codes.busy || (code & 0xff) === codes.locked);
};

/** Any failure as an error of the port; `file` is named in it. */
export const toErpError = (thrown: unknown, file: string): Error => {
  if (thrown instanceof SyncError || !(thrown instanceof Error)) return thrown instanceof Error ? thrown : new Error(String(thrown));
  const options = { cause: thrown };
  const unreachable = (text: string) => new SyncError('erp-unreachable', 'connection', text, { database: file }, options);
  if (isClosed(thrown)) return unreachable(`The ERP database ${file} was closed.`);
  const code = resultCode(thrown);
  switch (code === null ? null : code & 0xff) {
    case codes.busy:
    case codes.locked:
      return new SyncError(
        'erp-locked',
        'connection',
        `Another program keeps the ERP database ${file} locked. Find the program with a long transaction; the sync goes on by itself.`,
        { database: file },
        options,
      );
    case codes.constraint:
    case codes.mismatch:
    case codes.tooBig:
      return new SyncError(
        'erp-refused',
        'item',
        `The ERP database refused the record: ${thrown.message}`,
        { cause: thrown.message },
        options,
      );
    case codes.readOnly:
      return unreachable(`The ERP database ${file} is read-only. Give the service the right to write to the file and its folder.`);
    case codes.full:
      return unreachable(`There is no space left for the ERP database ${file}.`);
    case codes.ioError:
    case codes.corrupt:
    case codes.cannotOpen:
      return unreachable(`The ERP database ${file} cannot be read: ${thrown.message}. Check path, rights and disk.`);
    case codes.notADatabase:
      return unreachable(`The file ${file} is no SQLite database. Check the path.`);
    case codes.error:
    case codes.schema:
      return /no such (table|column)|has no column/i.test(thrown.message) ? schemaMissing(file, thrown.message, thrown) : thrown;
    default:
      return thrown;
  }
};

/** A table or column that should be there is not. */
export const schemaMissing = (file: string, what: string, cause?: unknown): SyncError =>
  new SyncError(
    'erp-schema-missing',
    'configuration',
    `The ERP database ${file} lacks what the sync needs: ${what}. Check the path, or install the schema.`,
    { database: file, what },
    { cause },
  );
