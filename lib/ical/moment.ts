/** Dates and date-times of iCalendar (RFC 5545, section 3.3.4 and 3.3.5) with the zone they are in. */
import { DateTime } from 'luxon';
import { ical } from '../model/ical-js';
import { instantFromLocal, localFromInstant } from '../mapping/local-time';
import type { Property } from './content-lines';
import type { Zones } from './zones';

/** A reason not to import something; its message is shown to the user. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** A day, or an instant with the zone it was written in. */
export type Moment =
  | { readonly type: 'day'; readonly day: string }
  | {
      readonly type: 'time';
      /** UTC instant. */
      readonly instant: string;
      /** IANA zone in which a series recurs; null when no IANA zone is known for it. */
      readonly timeZone: string | null;
    };

/** What is needed to understand times. */
export interface MomentContext {
  readonly zones: Zones;
  /** Zone of floating times. */
  readonly tenantZone: string;
}

const form = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?(Z)?)?$/i;

/** The moment of a property. Throws Unreadable. */
export const readMoment = (property: Property, { zones, tenantZone }: MomentContext): Moment => {
  const [, year, month, day, hour, minute, second, utc] = form.exec(property.value.trim()) ?? [];
  const date = `${year ?? ''}-${month ?? ''}-${day ?? ''}`;
  if (year === undefined || !DateTime.fromISO(date, { zone: 'UTC' }).isValid)
    throw new Unreadable(`${property.name} "${property.value}" is no date`);
  if (hour === undefined || property.params.get('VALUE')?.toUpperCase() === 'DATE') return { type: 'day', day: date };
  const local = `${date}T${hour}:${minute ?? '00'}:${second ?? '00'}`;
  if (!DateTime.fromISO(local, { zone: 'UTC' }).isValid) throw new Unreadable(`${property.name} "${property.value}" is no time`);
  if (utc !== undefined) return { type: 'time', instant: `${local}Z`, timeZone: 'UTC' };
  const tzid = property.params.get('TZID') ?? '';
  if (tzid === '') return { type: 'time', instant: instantFromLocal(local, tenantZone), timeZone: tenantZone };
  const timeZone = zones.ianaZone(tzid, local);
  const instant = timeZone === null ? zones.instant(tzid, local) : instantFromLocal(local, timeZone);
  if (instant === null) throw new Unreadable(`the time zone "${tzid}" is unknown and not described in the file`);
  return { type: 'time', instant, timeZone };
};

/** Local day of a moment in the tenant's zone. */
export const localDay = (moment: Moment, tenantZone: string): string =>
  moment.type === 'day' ? moment.day : localFromInstant(moment.instant, tenantZone).slice(0, 10);

/** Signed duration: nominal days and exact seconds (RFC 5545, section 3.3.6). */
export interface Duration {
  readonly days: number;
  readonly seconds: number;
}

/** The duration of a property. Throws Unreadable. */
export const readDuration = ({ name, value }: Property): Duration => {
  const text = value.trim().toUpperCase();
  try {
    if (!/^[+-]?P/.test(text)) throw new Error('no P');
    const { weeks, days, hours, minutes, seconds, isNegative } = ical.Duration.fromString(text);
    const sign = isNegative ? -1 : 1;
    return { days: sign * (weeks * 7 + days), seconds: sign * (hours * 3600 + minutes * 60 + seconds) };
  } catch {
    throw new Unreadable(`${name} "${value}" is no duration`);
  }
};

/** An instant moved by exact seconds. */
export const addSeconds = (instant: string, seconds: number): string =>
  DateTime.fromISO(instant, { zone: 'UTC' }).plus({ seconds }).toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");

/** An instant moved by a duration: days by the clock of the zone, seconds exactly. */
export const addDuration = (instant: string, { days, seconds }: Duration, timeZone: string): string => {
  const moved = DateTime.fromISO(instant, { zone: 'UTC' }).setZone(timeZone).plus({ days }).toUTC();
  return addSeconds(moved.toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'"), seconds);
};

/** Seconds between two instants. */
export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
