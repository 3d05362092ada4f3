/** Times as ERP tables hold them: local, as text, written by many programs in several spellings. */
import { DateTime, IANAZone } from 'luxon';
import { SyncError } from '../model/error';

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
/** What nearly every value is: a time that every calendar has, without offset. */
const usual = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]))[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/;
const modelForm = "yyyy-MM-dd'T'HH:mm:ss";

/** A local time of one zone as local time of another; a time that a DST change skips moves forward. */
export const moveLocalTime = (local: string, from: string, to: string): string =>
  from === to ? local : DateTime.fromISO(local, { zone: from }).setZone(to).toFormat(modelForm);

/**
 * `2026-03-28T09:00:00` in `timeZone` from a text: `T` or blank, with or without seconds, or a date alone (midnight). Without `Z` or an
 * offset it is a time of `assumed`, by default of the same zone. A day or hour too many is carried over, as SQLite does. Null when the
 * text is no time.
 */
export const readLocalTime = (text: string, timeZone: string, assumed = timeZone): string | null => {
  const known = usual.exec(text);
  if (known !== null) return moveLocalTime(`${known[1] ?? ''}T${known[2] ?? ''}`, assumed, timeZone);
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', offset] = match;
  if (offset !== undefined) {
    const instant = DateTime.fromISO(text.trim().replace(' ', 'T').toUpperCase(), { zone: timeZone });
    if (instant.isValid) return instant.toFormat(modelForm);
  }
  const carried = new Date(Date.UTC(2000, 0, 1, Number(hour), Number(minute), Number(second)));
  // Date.UTC would take the years 0 to 99 for 1900 to 1999; programs write the year 1 for "no date".
  carried.setUTCFullYear(Number(year), Number(month) - 1, carried.getUTCDate() - 1 + Number(day));
  return carried.getUTCFullYear() > 9999 ? null : moveLocalTime(carried.toISOString().slice(0, 19), assumed, timeZone);
};

/** The date `days` days later. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The local time `minutes` later by the clock on the wall. */
export const addMinutes = (local: string, minutes: number): string =>
  new Date(Date.parse(`${local}Z`) + minutes * 60_000).toISOString().slice(0, 19);

/** Minutes from one local time to another by the clock on the wall. */
export const minutesBetween = (from: string, to: string): number => Math.round((Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 60_000);

/** A date as its midnight; a time stays. */
export const withTime = (text: string): string => (text.length === 10 ? `${text}T00:00:00` : text.slice(0, 19));

/** An instant as local time `2026-03-28T09:00:00`. */
export const toLocalTime = (instant: Date, timeZone: string): string =>
  DateTime.fromJSDate(instant, { zone: timeZone }).toFormat(modelForm);

/** Refuses a tenant's time zone that is none: `time-zone-unknown` (configuration). */
export const requireTimeZone = (timeZone: string, tenant: string): void => {
  if (IANAZone.isValidZone(timeZone)) return;
  const text = `ERP ${tenant}: "${timeZone}" is no time zone. Enter an IANA name such as Europe/Vienna.`;
  throw new SyncError('time-zone-unknown', 'configuration', text, { tenant, timeZone });
};
