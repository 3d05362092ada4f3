import { childText, type XmlElement } from '../xml/element';
import { firstOfMonth, monthOf, weekdayOf } from './days';
import { months, weekdays, weeks } from './names';

const groups: Readonly<Record<string, readonly number[]>> = { Day: [0, 1, 2, 3, 4, 5, 6], Weekday: [1, 2, 3, 4, 5], WeekendDay: [0, 6] };

/** The days of the week a pattern names, as they are written. */
export const dayNames = (pattern: XmlElement): readonly string[] =>
  (childText(pattern, 'DaysOfWeek') ?? '').split(/\s+/).filter((name) => name !== '');

/** Weekdays (Sunday 0) a pattern names. */
const daysOf = (pattern: XmlElement): readonly number[] => dayNames(pattern).flatMap((name) => groups[name] ?? [weekdays.indexOf(name)]);

/** How many days, weeks or months lie between two turns of a pattern; patterns without an interval turn every time. */
export const intervalOf = (pattern: XmlElement): number => Number(childText(pattern, 'Interval') ?? 1);

/** The day a monthly or yearly pattern means in a month; a day of the month that the month lacks is its last one. */
const dayInMonth = (pattern: XmlElement, month: number): number => {
  const first = firstOfMonth(month);
  const length = firstOfMonth(month + 1) - first;
  const dayOfMonth = childText(pattern, 'DayOfMonth');
  if (dayOfMonth !== undefined) return first + Math.min(Number(dayOfMonth), length) - 1;
  const wanted = daysOf(pattern);
  const days = Array.from({ length }, (_, index) => first + index).filter((day) => wanted.includes(weekdayOf(day)));
  const week = weeks.indexOf(childText(pattern, 'DayOfWeekIndex') ?? 'First');
  return days.at(week === 4 ? -1 : week) ?? first;
};

function* daily(interval: number, first: number, from: number): Generator<number> {
  for (let day = first + Math.ceil(Math.max(from - first, 0) / interval) * interval; ; day += interval) yield day;
}

function* weekly(pattern: XmlElement, first: number, from: number): Generator<number> {
  const firstDay = weekdays.indexOf(childText(pattern, 'FirstDayOfWeek') ?? 'Sunday');
  const offsets = daysOf(pattern)
    .map((weekday) => (weekday - firstDay + 7) % 7)
    .sort((one, two) => one - two);
  const step = 7 * intervalOf(pattern);
  const start = first - ((weekdayOf(first) - firstDay + 7) % 7);
  for (let week = start + Math.floor(Math.max(from - start, 0) / step) * step; ; week += step)
    for (const offset of offsets) yield week + offset;
}

function* monthly(pattern: XmlElement, start: number, from: number, step: number): Generator<number> {
  for (let month = start + Math.floor(Math.max(monthOf(from) - start, 0) / step) * step; ; month += step) yield dayInMonth(pattern, month);
}

/**
 * The days of a pattern in order and without end, counted from the first day of its range. Those well before `from` are skipped without
 * being reckoned; a few before it (and before the range) may come.
 */
export function patternDays(pattern: XmlElement, first: number, from: number): Generator<number> {
  switch (pattern.name) {
    case 'WeeklyRecurrence':
      return weekly(pattern, first, from);
    case 'AbsoluteMonthlyRecurrence':
    case 'RelativeMonthlyRecurrence':
      return monthly(pattern, monthOf(first), from, intervalOf(pattern));
    case 'AbsoluteYearlyRecurrence':
    case 'RelativeYearlyRecurrence': {
      const year = Math.floor(monthOf(first) / 12);
      return monthly(pattern, year * 12 + months.indexOf(childText(pattern, 'Month') ?? 'January'), from, 12);
    }
    default:
      return daily(intervalOf(pattern), first, from);
  }
}

/** So many days hold at least one day of the pattern, wherever they lie. */
export function longestGap(pattern: XmlElement): number {
  if (pattern.name.startsWith('Daily')) return intervalOf(pattern);
  if (pattern.name === 'WeeklyRecurrence') return 7 * intervalOf(pattern) + 7;
  return pattern.name.includes('Yearly') ? 2 * 366 : 31 * (intervalOf(pattern) + 1);
}
