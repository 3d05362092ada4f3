/** Values on their way to and from SQL Server: texts, numbers, bytes and nothing else on our side. */
import type sql from 'mssql';
import { SyncError } from '../../model/error';
import type { Value } from '../engine';

/** The package, which is loaded only where a SQL Server is used. */
export type Mssql = typeof sql;

const two = (value: number): string => String(value).padStart(2, '0');

/** Digits after the second, as many as there are; the package counts what a `Date` cannot hold in `nanosecondsDelta` (seconds). */
const fraction = (time: Date): string => {
  const delta = 'nanosecondsDelta' in time && typeof time.nanosecondsDelta === 'number' ? time.nanosecondsDelta : 0;
  const ticks = time.getUTCMilliseconds() * 10_000 + Math.round(delta * 1e7);
  return ticks === 0 ? '' : `.${String(ticks).padStart(7, '0').replace(/0+$/, '')}`;
};

const dateText = (time: Date): string =>
  `${String(time.getUTCFullYear()).padStart(4, '0')}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
const clockText = (time: Date): string => `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;

/** The columns' types are objects of `mssql`, compared by identity. */
const timeText = (mssql: Mssql, time: Date, type: unknown): string => {
  switch (type) {
    case mssql.Date:
      return dateText(time);
    case mssql.Time:
      return clockText(time);
    case mssql.DateTimeOffset:
      return `${dateText(time)}T${clockText(time)}${fraction(time)}Z`;
    default:
      return `${dateText(time)}T${clockText(time)}${fraction(time)}`;
  }
};

const wholeNumber = /^-?\d{1,16}$/;

/** A value of a result as the engine tells it; `type`: the column's type as `mssql` tells it. */
export const fromServer = (mssql: Mssql, value: unknown, type: unknown): Value => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') {
    // The driver tells bigint as text.
    return type === mssql.BigInt && wholeNumber.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return timeText(mssql, value, type);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  // Places and other types of the server's own; no field stands for them.
  return JSON.stringify(value);
};

/** Longest text that is no `max`; one length for all of them, so that the server keeps one plan for a statement. */
const longestText = 4000;
const largestInt = 2 ** 31 - 1;

const bindNumber = (mssql: Mssql, request: sql.Request, name: string, value: number): void => {
  if (!Number.isFinite(value)) throw unfit('number');
  if (!Number.isSafeInteger(value)) request.input(name, mssql.Float, value);
  else if (Math.abs(value) <= largestInt) request.input(name, mssql.Int, value);
  else request.input(name, mssql.BigInt, value);
};

const unfit = (type: string): SyncError =>
  new SyncError('erp-refused', 'item', `A value of type ${type} cannot be stored in the ERP. Correct it in the flow.`, {
    cause: `type ${type}`,
  });

/** Hands a parameter to a request by the value's type. */
export const bind = (mssql: Mssql, request: sql.Request, name: string, value: unknown): void => {
  if (value === null) request.input(name, mssql.NVarChar(longestText), null);
  else if (typeof value === 'string') request.input(name, mssql.NVarChar(value.length > longestText ? mssql.MAX : longestText), value);
  else if (typeof value === 'number') bindNumber(mssql, request, name, value);
  else if (typeof value === 'bigint') request.input(name, mssql.BigInt, value);
  else if (typeof value === 'boolean') request.input(name, mssql.Bit, value);
  else if (value instanceof Uint8Array) request.input(name, mssql.VarBinary(mssql.MAX), Buffer.from(value));
  else throw unfit(typeof value);
};
