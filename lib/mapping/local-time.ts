/** Instants and local times: texts of `lib/model` on both sides, luxon in between. */
import { memoize } from 'lodash';
import { DateTime, IANAZone } from 'luxon';
import { SyncError } from '../model/error';
import { windowsZoneOf } from '../model/windows-zone';

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

/** The spelling of the model, which nearly every text has already. */
const usualForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z?)$/;

/** Milliseconds of a text in the model's spelling, read as UTC; null for every other text and for days that no calendar has. */
const usualMillis = (text: string, mark: '' | 'Z'): number | null => {
  if (usualForm.exec(text)?.[1] !== mark) return null;
  const millis = Date.parse(mark === 'Z' ? text : `${text}Z`);
  // Date.parse carries 30 February over.
  return Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 19) !== text.slice(0, 19) ? null : millis;
};

const dayMs = 86_400_000;

/** Offset from UTC of a zone on a UTC day, in ms; null on a day on which it changes: there luxon is asked for the very moment. */
const offsetOfDay = memoize(
  (day: number, timeZone: string): number | null => {
    const zone = IANAZone.create(timeZone);
    const [first, last] = [zone.offset(day * dayMs), zone.offset((day + 1) * dayMs)];
    // No zone changes its clock and changes it back within a day. Before 1970 offsets had seconds.
    return first === last && day > 0 ? first * 60_000 : null;
  },
  (day: number, timeZone: string) => `${timeZone} ${day}`,
);

/** Offset at a moment when it does not change on that day, otherwise null. */
const steadyOffset = (millis: number, timeZone: string): number | null => offsetOfDay(Math.floor(millis / dayMs), timeZone);

/** Offset of a local time (as if it were UTC) when it is the same on the days around it, so that the local time occurs just once. */
const steadyOffsetAround = (local: number, timeZone: string): number | null => {
  const offset = steadyOffset(local, timeZone);
  return offset === steadyOffset(local - dayMs, timeZone) && offset === steadyOffset(local + dayMs, timeZone) ? offset : null;
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
  if (usualMillis(text, '') !== null) return text;
  const time = DateTime.fromISO(text, { zone: 'UTC' });
  if (!time.isValid) throw unreadable(text);
  return time.toFormat("yyyy-MM-dd'T'HH:mm:ss");
};

/** An instant in the model's form. Text without offset is read as UTC. */
export const utcText = (text: string): string => {
  if (usualMillis(text, 'Z') !== null) return text;
  const time = DateTime.fromISO(text, { zone: 'UTC' });
  if (!time.isValid) throw unreadable(text);
  return instantText(time);
};

/** Local time `2026-03-28T09:00:00` in a zone, of a UTC instant. */
export const localFromInstant = (instant: string, timeZone: string): string => {
  const millis = usualMillis(instant, 'Z');
  const offset = millis === null ? null : steadyOffset(millis, requireZone(timeZone));
  if (millis !== null && offset !== null) return new Date(millis + offset).toISOString().slice(0, 19);
  const time = DateTime.fromISO(instant, { zone: 'UTC' });
  if (!time.isValid) throw unreadable(instant);
  return time.setZone(requireZone(timeZone)).toFormat("yyyy-MM-dd'T'HH:mm:ss");
};

/**
 * UTC instant of a local time in a zone. A time that a DST change skips is read with the offset before the change
 * (02:30 becomes 03:30); of a time that occurs twice the first is meant (RFC 5545, section 3.3.5).
 */
export const instantFromLocal = (local: string, timeZone: string): string => {
  const millis = usualMillis(local, '');
  const offset = millis === null ? null : steadyOffsetAround(millis, requireZone(timeZone));
  if (millis !== null && offset !== null) return `${new Date(millis - offset).toISOString().slice(0, 19)}Z`;
  const time = DateTime.fromISO(localText(local), { zone: requireZone(timeZone) });
  const [first] = time.getPossibleOffsets().toSorted((a, b) => a.toMillis() - b.toMillis());
  return instantText(first ?? time);
};

/**
 * What Exchange can tell of a zone: the name of its Windows zone, which several IANA zones share (Europe/Vienna comes back
 * as Europe/Berlin). Zones unknown to Windows keep their IANA name.
 */
export const exchangeZone = (timeZone: string): string => windowsZoneOf(timeZone) ?? timeZone;
