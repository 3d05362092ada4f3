import { memoize } from 'lodash';
import { DateTime, IANAZone, type Zone } from 'luxon';
import { findIana } from 'windows-iana';
import { EwsError } from './errors';

/** How Exchange writes a time in UTC. */
const utcFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

/** A moment as the store holds it, e.g. `2026-03-29T01:00:00Z`. */
export const formatUtc = (moment: DateTime | Date): string =>
  (moment instanceof Date ? DateTime.fromJSDate(moment) : moment).toUTC().toFormat(utcFormat);

/**
 * The IANA zone of a Windows zone id; IANA ids stand for themselves. An unknown one is an `ErrorTimeZone`.
 * Remembered: the table is searched from top to bottom, and there are few zones.
 */
export const ianaZone = memoize((windowsId: string): string => {
  if (windowsId === 'UTC' || windowsId === 'tzone://Microsoft/Utc') return 'UTC';
  const found = findIana(windowsId)[0] ?? windowsId;
  if (!DateTime.utc().setZone(found).isValid) throw new EwsError('ErrorTimeZone');
  return found;
});

/** Reads an xs:dateTime; one without an offset counts in the given zone. */
export const parseTime = (text: string, zone: string | Zone): DateTime => {
  const moment = DateTime.fromISO(text.trim(), { zone });
  if (!moment.isValid) throw new EwsError('ErrorInvalidRequest', { text: `The value '${text}' is not a time.` });
  return moment;
};

/** An xs:dateTime as UTC text. */
export const toUtc = (text: string, zone: string): string => formatUtc(parseTime(text, zone));

const quarterHour = 15 * 60_000;
const mostOffsets = 20_000;
const offsets = new Map<string, number>();

/** Minutes east of UTC in a zone at a moment (ms). Remembered, as asking Intl is slow; clocks change on quarters of hours only. */
export function offsetAt(moment: number, zone: string): number {
  const key = `${zone} ${Math.floor(moment / quarterHour)}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const found = IANAZone.create(zone).offset(moment);
  if (offsets.size >= mostOffsets) offsets.clear();
  offsets.set(key, found);
  return found;
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/** Minutes east of UTC as `+01:00`. */
export const offsetText = (minutes: number): string => {
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(distance / 60)}:${two(distance % 60)}`;
};

/** Stored UTC text as a response shows it: in UTC, or with the offset of the zone the request asked for. */
export const showTime = (utc: string, zone: string): string => {
  const moment = Date.parse(utc);
  if (zone === 'UTC' || Number.isNaN(moment)) return utc;
  const offset = offsetAt(moment, zone);
  return `${new Date(moment + offset * 60_000).toISOString().slice(0, 19)}${offsetText(offset)}`;
};

/** The calendar day (yyyy-MM-dd) of an xs:dateTime in a zone. */
export const dayOf = (text: string, zone: string): string => parseTime(text, zone).setZone(zone).toFormat('yyyy-MM-dd');

/** Midnight of a calendar day in a zone, as a response shows it. */
export const showDay = (day: string, zone: string): string =>
  zone === 'UTC' ? `${day}T00:00:00Z` : showTime(formatUtc(DateTime.fromISO(day, { zone })), zone);

/** A date with its zone's offset, as Exchange writes xs:date: `2026-03-02+01:00`, `2026-03-02Z`. */
export const showDate = (day: string, zone: string): string =>
  zone === 'UTC' ? `${day}Z` : DateTime.fromISO(day, { zone }).toFormat('yyyy-MM-ddZZ');
