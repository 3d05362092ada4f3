/** Reads the requests of `sync-control`, which are whatever a flow sends. */
import { SyncError } from '../../model/error';

/** A request `{ action, … }`. */
export type Request = Readonly<Record<string, unknown>>;

/** `request-invalid`, naming the field. */
export const badRequest = (message: string, field: string): SyncError => new SyncError('request-invalid', 'item', message, { field });

/** Whether a value is a plain object. */
export const isObject = (value: unknown): value is Request => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One of the allowed words. Throws `request-invalid`. */
export const oneOf = <T extends string>(allowed: readonly T[], value: unknown, field: string): T => {
  const found = allowed.find((name) => name === value);
  if (found === undefined) throw badRequest(`${field} must be one of ${allowed.join(', ')}.`, field);
  return found;
};

/** The numbers of the journal rows that a request names as `id` or `ids`. Throws `request-invalid`. */
export const idsOf = (request: Request): readonly number[] => {
  const given: readonly unknown[] = Array.isArray(request['ids']) ? request['ids'] : [request['id']];
  return given.map((id) => {
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
    throw badRequest('id must be the number of a journal row (or ids a list of them).', 'id');
  });
};

/** A text of a request; null when it is not there. Throws `request-invalid`. */
export const textOf = (request: Request, field: string): string | null => {
  const value = request[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw badRequest(`${field} must be text.`, field);
};

/** A number of a request; null when it is not there. Throws `request-invalid`. */
export const numberOf = (request: Request, field: string): number | null => {
  const value = request[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badRequest(`${field} must be a number.`, field);
};
