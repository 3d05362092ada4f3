/**
 * Occurrences of a series as Exchange reckons them ([MS-OXOCAL] 2.2.1.44.1): at most one a day, known by its day in the series' zone; a day
 * of the month that a month lacks is its last one. Numbers of days count from 1970-01-01.
 */
import { DateTime } from 'luxon';
import type { ExchangeAppointment } from '../../../model/item';
import type { DayIndex, Recurrence, RecurrencePattern, RelativeDay, Weekday } from '../../../model/recurrence';
import { addDays, dateIn, latestInstant } from './time';

const dayMs = 86_400_000;
const weekdays: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const indexes: readonly DayIndex[] = ['first', 'second', 'third', 'fourth'];
/** Exchange's own limit of an end date, 4500-09-01. */
const lastDay = Date.UTC(4500, 8, 1) / dayMs;

const numberOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;
/** Months count from year 0. */
const monthOf = (day: number): number => {
  const date = new Date(day * dayMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};
const firstOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12, 1) / dayMs;

function* every(step: number, first: number): Generator<number> {
  for (let day = first; ; day += step) yield day;
}

function* weekly({ interval, days, firstDayOfWeek }: Extract<RecurrencePattern, { type: 'weekly' }>, first: number): Generator<number> {
  const start = weekdays.indexOf(firstDayOfWeek);
  const offsets = days.map((day) => (weekdays.indexOf(day) - start + 7) % 7).sort((one, two) => one - two);
  for (const week of every(7 * interval, first - ((weekdayOf(first) - start + 7) % 7))) for (const offset of offsets) yield week + offset;
}

function* monthly(step: number, start: number, dayIn: (month: number) => number): Generator<number> {
  for (const month of every(step, start)) yield dayIn(month);
}

const dayOfMonth = (day: number) => (month: number) => Math.min(firstOf(month) + day, firstOf(month + 1)) - 1;

const isMeant = (wanted: RelativeDay, weekday: number): boolean => {
  switch (wanted) {
    case 'day':
      return true;
    case 'weekday':
      return weekday < 5;
    case 'weekendDay':
      return weekday >= 5;
    default:
      return weekdays.indexOf(wanted) === weekday;
  }
};

const relativeDay =
  (wanted: RelativeDay, index: DayIndex) =>
  (month: number): number => {
    const first = firstOf(month);
    const days = Array.from({ length: firstOf(month + 1) - first }, (_, day) => first + day);
    const matching = days.filter((day) => isMeant(wanted, weekdayOf(day)));
    return matching.at(index === 'last' ? -1 : indexes.indexOf(index)) ?? first;
  };

/** Days of a pattern without end, some perhaps before the first day of the series. */
const patternDays = (pattern: RecurrencePattern, first: number): Generator<number> => {
  const yearStart = monthOf(first) - (monthOf(first) % 12) - 1;
  switch (pattern.type) {
    case 'daily':
      return every(pattern.interval, first);
    case 'weekly':
      return weekly(pattern, first);
    case 'absoluteMonthly':
      return monthly(pattern.interval, monthOf(first), dayOfMonth(pattern.day));
    case 'relativeMonthly':
      return monthly(pattern.interval, monthOf(first), relativeDay(pattern.day, pattern.index));
    case 'absoluteYearly':
      return monthly(12, yearStart + pattern.month, dayOfMonth(pattern.day));
    case 'relativeYearly':
      return monthly(12, yearStart + pattern.month, relativeDay(pattern.day, pattern.index));
  }
};

function* recurrenceDays({ pattern, range }: Recurrence, first: number): Generator<number, undefined> {
  const last = range.type === 'endDate' ? Math.min(numberOf(range.until), lastDay) : lastDay;
  let count = 0;
  for (const day of patternDays(pattern, first)) {
    if (day > last || (range.type === 'numbered' && count >= range.count)) return;
    if (day < first) continue;
    count += 1;
    yield day;
  }
}

/** The days of a series' occurrences in order, deleted ones included; none for a single appointment. */
export function* occurrenceDays(series: ExchangeAppointment): Generator<string, undefined> {
  if (series.recurrence === null) return;
  const days = recurrenceDays(series.recurrence, numberOf(dateIn(series.start, series.timeZone, 'start')));
  for (const day of days) yield new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Number of the occurrence of a day as OccurrenceItemId counts, from 1 and deleted ones included; null when the series has none on it. */
export const occurrenceIndex = (series: ExchangeAppointment, day: string): number | null => {
  let index = 0;
  for (const occurrence of occurrenceDays(series)) {
    index += 1;
    if (occurrence >= day) return occurrence === day ? index : null;
  }
  return null;
};

/** Start and end of the occurrence of a day as the series plans it: by the clocks of its zone. */
export const plannedSpan = (series: ExchangeAppointment, day: string): Pick<ExchangeAppointment, 'start' | 'end'> => {
  const zone = series.timeZone;
  const first = dateIn(series.start, zone, 'start');
  const length = numberOf(dateIn(series.end, zone, 'end')) - numberOf(first);
  const lastDayOfSpan = addDays(day, length);
  if (series.allDay) return { start: day, end: lastDayOfSpan };
  const clock = (instant: string): string => DateTime.fromISO(instant, { zone }).toFormat('HH:mm:ss');
  return {
    start: latestInstant(`${day}T${clock(series.start)}`, zone),
    end: latestInstant(`${lastDayOfSpan}T${clock(series.end)}`, zone),
  };
};
