/** Times as ERP tables hold them: local, as text, written by many programs in several spellings. */
import { DateTime } from 'luxon';
import { SyncError } from '../model/error';

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * `2026-03-28T09:00:00` from a column's text: `T` or blank, with or without seconds, or a date alone (midnight). A text
 * with `Z` or an offset is brought into the tenant's zone; a day or hour too many is carried over, as SQLite does.
 * Throws `erp-value-unreadable` (item).
 */
export const readLocalTime = (text: string, column: string, timeZone: string): string => {
  const match = pattern.exec(text.trim());
  if (match === null) {
    throw new SyncError('erp-value-unreadable', 'item', `Column ${column} holds no date or time. Correct the value in the ERP.`, {
      column,
    });
  }
  const [, year, month, day, hour = '0', minute = '0', second = '0', offset] = match;
  if (offset !== undefined) {
    const instant = DateTime.fromISO(text.trim().replace(' ', 'T').toUpperCase(), { zone: timeZone });
    if (instant.isValid) return instant.toFormat("yyyy-MM-dd'T'HH:mm:ss");
  }
  const carried = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)));
  return carried.toISOString().slice(0, 19);
};

/** The date part `2026-03-28` of a column's text. */
export const readDate = (text: string, column: string, timeZone: string): string => readLocalTime(text, column, timeZone).slice(0, 10);

/** `2026-03-28 09:00:00`, the spelling that this program writes; a date alone becomes its midnight. */
export const writeLocalTime = (text: string): string => (text.length === 10 ? `${text} 00:00:00` : text.slice(0, 19).replace('T', ' '));

/** The date `days` days later. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** An instant as local time `2026-03-28T09:00:00`. */
export const toLocalTime = (instant: Date, timeZone: string): string =>
  DateTime.fromJSDate(instant, { zone: timeZone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
