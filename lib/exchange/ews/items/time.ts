/** Dates and times between Exchange (xs:dateTime) and the model (UTC instants and dates). */
import { DateTime } from 'luxon';
import { SyncError } from '../../../model/error';

const unreadable = (field: string): SyncError =>
  new SyncError('item-not-readable', 'item', `The field ${field} holds no valid time. Open the item in Outlook and save it again.`, {
    field,
  });

const parse = (text: string, zone: string, field: string): DateTime<true> => {
  const time = DateTime.fromISO(text, { zone });
  if (!time.isValid) throw unreadable(field);
  return time;
};

const utcText = (time: DateTime<true>): string => time.toUTC().toISO({ suppressMilliseconds: true });

const usualForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** An xs:dateTime (UTC where it names no offset) as UTC instant. */
export const instantOf = (text: string, field: string): string => {
  const trimmed = text.trim();
  // Exchange's usual form is the model's: nearly every time takes this short way.
  if (usualForm.test(trimmed) && !Number.isNaN(Date.parse(trimmed))) return trimmed;
  return utcText(parse(trimmed, 'utc', field).startOf('second'));
};

/**
 * The date whose midnight in `zone` is nearest to an instant. Midnight itself is the rule; another client may have meant another zone.
 */
export const nearestDate = (text: string, zone: string, field: string): string =>
  parse(text.trim(), 'utc', field).setZone(zone).plus({ hours: 12 }).toISODate() ?? '';

/**
 * First instant of a date in a zone, as UTC instant.
 * @throws SyncError `item-not-readable` (scope `item`) for what is no date
 */
export const startOfDate = (date: string, zone: string, field: string): string => utcText(parse(date, zone, field).startOf('day'));

/** Date of a UTC instant in a zone; a date stays itself. */
export const dateIn = (instantOrDate: string, zone: string, field: string): string =>
  instantOrDate.includes('T') ? (parse(instantOrDate, 'utc', field).setZone(zone).toISODate() ?? '') : instantOrDate;

/** Date part of an xs:date, whose offset, if any, is ignored: it is the zone of the request, not of the item. */
export const datePart = (text: string, field: string): string => {
  const date = /^\d{4}-\d{2}-\d{2}/.exec(text.trim())?.[0];
  if (date === undefined) throw unreadable(field);
  return date;
};

/** The date after or before another. */
export const addDays = (date: string, days: number): string => DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate() ?? date;

/**
 * UTC instant at which the clocks of a zone show a local time. Of a time that comes twice it is the second, in standard time, as Exchange
 * reads it; one that is left out comes an hour later.
 */
export const latestInstant = (local: string, zone: string): string => {
  const time = parse(local, zone, 'start');
  const last = time.getPossibleOffsets().toSorted((one, two) => two.toMillis() - one.toMillis())[0];
  return utcText(last ?? time);
};
