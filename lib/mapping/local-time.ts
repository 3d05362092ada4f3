/** Instants and local times: texts of `lib/model` on both sides, luxon in between. */
import { memoize } from 'lodash';
import { DateTime, IANAZone } from 'luxon';
import { findWindows } from 'windows-iana';
import { SyncError } from '../model/error';

const unreadable = (text: string): SyncError =>
  new SyncError(
    'time-unreadable',
    'item',
    `"${text}" is not a date or time: write 2026-03-28, 2026-03-28T09:00:00 or 2026-03-28T08:00:00Z.`,
    {
      text,
    },
  );

/** Asked for every time of every item, and dear to find out; there are few zones. */
const isKnownZone = memoize((timeZone: string): boolean => IANAZone.isValidZone(timeZone));

/** Fails with `time-zone-unknown` (scope `configuration`) unless the name is in the IANA database. */
export const requireZone = (timeZone: string): string => {
  if (isKnownZone(timeZone)) return timeZone;
  throw new SyncError(
    'time-zone-unknown',
    'configuration',
    `The time zone "${timeZone}" is unknown: give an IANA name such as Europe/Vienna.`,
    { timeZone },
  );
};

/** UTC instant as the model writes it: seconds, `Z`. */
const instantText = (time: DateTime): string => time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");

/** The day of a date or date-time text, `2026-03-28`. */
export const dayOf = (text: string): string => {
  const day = text.slice(0, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !DateTime.fromISO(day, { zone: 'UTC' }).isValid) throw unreadable(text);
  return day;
};

/** A local time in the model's form: `2026-03-28T09:00` becomes `2026-03-28T09:00:00`, a date becomes midnight. */
export const localText = (text: string): string => {
  const time = DateTime.fromISO(text, { zone: 'UTC' });
  if (!time.isValid) throw unreadable(text);
  return time.toFormat("yyyy-MM-dd'T'HH:mm:ss");
};

/** An instant in the model's form. Text without offset is read as UTC. */
export const utcText = (text: string): string => {
  const time = DateTime.fromISO(text, { zone: 'UTC' });
  if (!time.isValid) throw unreadable(text);
  return instantText(time);
};

/** Local time `2026-03-28T09:00:00` in a zone, of a UTC instant. */
export const localFromInstant = (instant: string, timeZone: string): string => {
  const time = DateTime.fromISO(instant, { zone: 'UTC' });
  if (!time.isValid) throw unreadable(instant);
  return time.setZone(requireZone(timeZone)).toFormat("yyyy-MM-dd'T'HH:mm:ss");
};

/**
 * UTC instant of a local time in a zone. A time that a DST change skips is read with the offset before the change
 * (02:30 becomes 03:30); of a time that occurs twice the first is meant (RFC 5545, section 3.3.5).
 */
export const instantFromLocal = (local: string, timeZone: string): string => {
  const time = DateTime.fromISO(localText(local), { zone: requireZone(timeZone) });
  const [first] = time.getPossibleOffsets().toSorted((a, b) => a.toMillis() - b.toMillis());
  return instantText(first ?? time);
};

/**
 * What Exchange can tell of a zone: the name of its Windows zone, which several IANA zones share (Europe/Vienna comes back
 * as Europe/Berlin). Zones unknown to Windows keep their IANA name.
 */
export const exchangeZone = memoize((timeZone: string): string => findWindows(timeZone)[0] ?? timeZone);
