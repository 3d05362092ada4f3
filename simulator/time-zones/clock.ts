import { DateTime } from 'luxon';
import { EwsError } from '../errors';
import { childText, child, type XmlElement } from '../xml/element';
import { weekdays } from './definition';
import type { SerializableTime, SerializableZone } from './serializable';
import { parseTime } from '../time';

/** The clock of a zone: times without an offset become moments (ms since 1970), and the other way round. */
export interface Clock {
  readonly toMoment: (text: string) => number;
  /** yyyy-MM-ddTHH:mm:ss */
  readonly toLocal: (moment: number) => string;
}

const minute = 60_000;
const localFormat = "yyyy-MM-dd'T'HH:mm:ss";

const timeParts = /^(\d{1,2}):(\d{2}):(\d{2})/;

const readTime = (element: XmlElement | undefined): SerializableTime => {
  const number = (name: string): number => Number(childText(element, name) ?? 0);
  const year = number('Year');
  const read = {
    bias: number('Bias'),
    time: childText(element, 'Time')?.trim() ?? '',
    dayOrder: number('DayOrder'),
    month: number('Month'),
    dayOfWeek: childText(element, 'DayOfWeek')?.trim() ?? '',
  };
  const isDay = weekdays.includes(read.dayOfWeek) && read.dayOrder >= 0 && read.dayOrder <= (year > 0 ? 31 : 5);
  if (!timeParts.test(read.time) || !isDay || read.month < 0 || read.month > 12) throw new EwsError('ErrorTimeZone');
  return year > 0 ? { ...read, year } : read;
};

/** Reads the TimeZone element of an availability request; what cannot be a zone is an `ErrorTimeZone`. */
export const readSerializableZone = (element: XmlElement): SerializableZone => ({
  bias: Number(childText(element, 'Bias') ?? 0),
  standard: readTime(child(element, 'StandardTime')),
  daylight: readTime(child(element, 'DaylightTime')),
});

/** When a change happens in a year, by the clocks before it, as if they were UTC. */
const localChange = ({ time, dayOrder, month, dayOfWeek, year: only }: SerializableTime, year: number): number => {
  const [, hours = 0, minutes = 0, seconds = 0] = (timeParts.exec(time) ?? []).map(Number);
  const ofDay = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (only !== undefined) return Date.UTC(only, month - 1, dayOrder) + ofDay;
  const first = DateTime.utc(year, month, 1);
  const ahead = (weekdays.indexOf(dayOfWeek) + 1 - first.weekday + 7) % 7;
  const day = 1 + ahead + 7 * (Math.max(dayOrder, 1) - 1);
  const last = first.daysInMonth ?? 31;
  return Date.UTC(year, month - 1, day > last ? day - 7 : day) + ofDay;
};

/** Minutes to be added to local time for UTC. */
const biasAt = ({ bias, standard, daylight }: SerializableZone, moment: number): number => {
  const standardBias = bias + standard.bias;
  if (standard.month === 0 || daylight.month === 0) return standardBias;
  const year = new Date(moment - standardBias * minute).getUTCFullYear();
  const begins = localChange(daylight, year) + standardBias * minute;
  const ends = localChange(standard, year) + (bias + daylight.bias) * minute;
  const isDaylight = begins < ends ? moment >= begins && moment < ends : moment >= begins || moment < ends;
  return isDaylight ? bias + daylight.bias : standardBias;
};

const hasOffset = (text: string): boolean => /(Z|[+-]\d{2}:\d{2})$/.test(text.trim());

/** The clock of a zone that a request describes. */
export const serializableClock = (zone: SerializableZone): Clock => ({
  toMoment: (text) => {
    const local = parseTime(text, 'UTC').toMillis();
    if (hasOffset(text)) return local;
    const guess = local + biasAt(zone, local + (zone.bias + zone.standard.bias) * minute) * minute;
    return local + biasAt(zone, guess) * minute;
  },
  toLocal: (moment) => DateTime.fromMillis(moment - biasAt(zone, moment) * minute, { zone: 'UTC' }).toFormat(localFormat),
});

/** The clock of an IANA zone. */
export const ianaClock = (zone: string): Clock => ({
  toMoment: (text) => parseTime(text, zone).toMillis(),
  toLocal: (moment) => DateTime.fromMillis(moment, { zone }).toFormat(localFormat),
});
