/**
 * The days of a series as Exchange computes them from its pattern: a day that a month does not have is the last of that
 * month ([MS-OXOCAL] section 2.2.1.44.1), where an RRULE would skip the month.
 */
import type { DayIndex, Recurrence, RecurrencePattern, RelativeDay, Weekday } from '../model/recurrence';
import { addDays, dayNumber, daysInMonth, formatDay, parseDay, weekdayIndex, weekdays } from './calendar-days';

const indexes: Readonly<Record<Exclude<DayIndex, 'last'>, number>> = { first: 0, second: 1, third: 2, fourth: 3 };
/** Last year that is looked at; Exchange itself ends at 4500. */
const lastYear = 4500;

const isRelativeDay = (day: RelativeDay, weekday: Weekday): boolean => {
  const weekend = weekday === 'saturday' || weekday === 'sunday';
  if (day === 'day') return true;
  if (day === 'weekday') return !weekend;
  return day === 'weekendDay' ? weekend : day === weekday;
};

/** Day of the month of the absolute day 1–31: the last one where the month is shorter. */
const absoluteDay = (year: number, month: number, day: number): string =>
  formatDay({ year, month, day: Math.min(day, daysInMonth(year, month)) });

const relativeDay = (year: number, month: number, day: RelativeDay, index: DayIndex): string => {
  const first = formatDay({ year, month, day: 1 });
  const days = Array.from({ length: daysInMonth(year, month) }, (_, offset) => addDays(first, offset)).filter((candidate) =>
    isRelativeDay(day, weekdays[weekdayIndex(candidate)] ?? 'monday'),
  );
  return (index === 'last' ? days.at(-1) : days[indexes[index]]) ?? first;
};

/** The month that is `count` months after the month of a day. */
export const monthAfter = (from: string, count: number): { readonly year: number; readonly month: number } => {
  const { year, month } = parseDay(from);
  const months = year * 12 + month - 1 + count;
  return { year: Math.floor(months / 12), month: (months % 12) + 1 };
};

function* everyMonths(first: string, interval: number, dayIn: (year: number, month: number) => string): Generator<string> {
  for (let step = 0; ; step += 1) {
    const { year, month } = monthAfter(first, step * interval);
    if (year > lastYear) return;
    const day = dayIn(year, month);
    if (day >= first) yield day;
  }
}

function* everyWeeks(first: string, pattern: Extract<RecurrencePattern, { type: 'weekly' }>): Generator<string> {
  const weekStart = weekdays.indexOf(pattern.firstDayOfWeek);
  const offsets = pattern.days.map((day) => (weekdays.indexOf(day) - weekStart + 7) % 7).toSorted((a, b) => a - b);
  const monday = addDays(first, -((weekdayIndex(first) - weekStart + 7) % 7));
  for (let week = monday; parseDay(week).year <= lastYear; week = addDays(week, 7 * pattern.interval)) {
    for (const offset of offsets) {
      const day = addDays(week, offset);
      if (day >= first) yield day;
    }
  }
}

function* everyDays(first: string, interval: number): Generator<string> {
  for (let day = first; parseDay(day).year <= lastYear; day = addDays(day, interval)) yield day;
}

const endlessDays = (pattern: RecurrencePattern, first: string): Generator<string> => {
  const yearly = monthAfter(first, 0).month;
  switch (pattern.type) {
    case 'daily':
      return everyDays(first, pattern.interval);
    case 'weekly':
      return everyWeeks(first, pattern);
    case 'absoluteMonthly':
      return everyMonths(first, pattern.interval, (year, month) => absoluteDay(year, month, pattern.day));
    case 'relativeMonthly':
      return everyMonths(first, pattern.interval, (year, month) => relativeDay(year, month, pattern.day, pattern.index));
    case 'absoluteYearly':
      return everyMonths(first, 12, (year) => absoluteDay(year, yearly, pattern.day));
    case 'relativeYearly':
      return everyMonths(first, 12, (year) => relativeDay(year, yearly, pattern.day, pattern.index));
  }
};

/** The days of a series in order, from its first day to its end (or the year 4500). The first day must fit the pattern, see `fitsPattern`. */
export function* occurrenceDays(recurrence: Recurrence, first: string): Generator<string> {
  const { range } = recurrence;
  let count = 0;
  for (const day of endlessDays(recurrence.pattern, first)) {
    if (range.type === 'numbered' && count >= range.count) return;
    if (range.type === 'endDate' && dayNumber(day) > dayNumber(range.until)) return;
    count += 1;
    yield day;
  }
}

/** Whether a day is one of a pattern's: a series must begin with an occurrence. */
export const fitsPattern = (pattern: RecurrencePattern, day: string): boolean => {
  if ('month' in pattern && pattern.month !== parseDay(day).month) return false;
  return endlessDays(pattern, day).next().value === day;
};
