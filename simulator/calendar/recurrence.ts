import { DateTime } from 'luxon';
import { EwsError } from '../errors';
import { child, childText, t, type XmlElement } from '../xml/element';

/** Expansion stops here: far more occurrences of one series than a client can show. */
const mostOccurrences = 10_000;

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const groups: Readonly<Record<string, readonly number[]>> = { Day: [1, 2, 3, 4, 5, 6, 7], Weekday: [1, 2, 3, 4, 5], WeekendDay: [6, 7] };
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const weeks = ['First', 'Second', 'Third', 'Fourth', 'Last'];

/** ISO numbers (Monday 1) of the days a pattern names. */
const daysOf = (pattern: XmlElement): readonly number[] =>
  (childText(pattern, 'DaysOfWeek') ?? '')
    .split(/\s+/)
    .flatMap((name) => groups[name] ?? (weekdays.includes(name) ? [weekdays.indexOf(name) + 1] : []));

const intervalOf = (pattern: XmlElement): number => {
  const interval = Number(childText(pattern, 'Interval') ?? 1);
  if (interval < 1 || interval > 999) throw new EwsError('ErrorCalendarInvalidRecurrence');
  return interval;
};

/** The day of a month a pattern means; a day that the month lacks is its last one. */
const dayInMonth = (pattern: XmlElement, month: DateTime): DateTime | undefined => {
  const length = month.daysInMonth ?? 31;
  const dayOfMonth = childText(pattern, 'DayOfMonth');
  if (dayOfMonth !== undefined) return month.set({ day: Math.min(Number(dayOfMonth), length) });
  const wanted = daysOf(pattern);
  const days = Array.from({ length }, (_, index) => month.set({ day: index + 1 })).filter((date) => wanted.includes(date.weekday));
  const week = childText(pattern, 'DayOfWeekIndex') ?? 'First';
  return week === 'Last' ? days.at(-1) : days[weeks.indexOf(week)];
};

function* weekly(pattern: XmlElement, first: DateTime): Generator<DateTime> {
  const firstDay = weekdays.indexOf(childText(pattern, 'FirstDayOfWeek') ?? 'Sunday') + 1;
  const offsets = daysOf(pattern)
    .map((weekday) => (weekday - firstDay + 7) % 7)
    .sort((one, two) => one - two);
  if (offsets.length === 0) throw new EwsError('ErrorCalendarInvalidRecurrence');
  const week = first.minus({ days: (first.weekday - firstDay + 7) % 7 });
  for (let count = 0; ; count += intervalOf(pattern)) for (const offset of offsets) yield week.plus({ days: 7 * count + offset });
}

function* monthly(pattern: XmlElement, first: DateTime, step: number): Generator<DateTime> {
  for (let count = 0; count < mostOccurrences * step; count += step) {
    const date = dayInMonth(pattern, first.startOf('month').plus({ months: count }));
    if (date) yield date;
  }
}

const datesOf = (pattern: XmlElement, first: DateTime): Generator<DateTime> => {
  switch (pattern.name) {
    case 'DailyRecurrence':
      return daily(intervalOf(pattern), first);
    case 'WeeklyRecurrence':
      return weekly(pattern, first);
    case 'AbsoluteMonthlyRecurrence':
    case 'RelativeMonthlyRecurrence':
      return monthly(pattern, first, intervalOf(pattern));
    case 'AbsoluteYearlyRecurrence':
    case 'RelativeYearlyRecurrence': {
      const month = months.indexOf(childText(pattern, 'Month') ?? 'January') + 1;
      return monthly(pattern, first.set({ day: 1, month }), 12);
    }
    default:
      throw new EwsError('ErrorCalendarInvalidRecurrence');
  }
};

function* daily(interval: number, first: DateTime): Generator<DateTime> {
  for (let count = 0; ; count += interval) yield first.plus({ days: count });
}

/** A date of a range, without the offset EWS may write behind it. */
const day = (element: XmlElement | undefined): string => element?.text.trim().slice(0, 10) ?? '';

/** The two parts of a Recurrence: its pattern and its range. */
export function recurrenceParts(recurrence: XmlElement): { readonly pattern: XmlElement; readonly range: XmlElement } {
  const [pattern, range] = recurrence.children;
  if (!pattern || !range) throw new EwsError('ErrorCalendarInvalidRecurrence');
  return { pattern, range };
}

/** The day a range starts on. */
export const rangeStart = (recurrence: XmlElement): string => day(child(recurrenceParts(recurrence).range, 'StartDate'));

/** The recurrence with its range starting on another day, all dates without offsets. */
export function withRangeStart(recurrence: XmlElement, startDate: string): XmlElement {
  const { pattern, range } = recurrenceParts(recurrence);
  const dates = range.children.map((part) =>
    part.name === 'StartDate' ? t('StartDate', startDate) : part.name === 'EndDate' ? t('EndDate', day(part)) : part,
  );
  return t('Recurrence', [pattern, t(range.name, dates)]);
}

/** A recurrence with its dates rewritten by a function. */
export function mapRangeDates(recurrence: XmlElement, show: (day: string) => string): XmlElement {
  const { pattern, range } = recurrenceParts(recurrence);
  return t('Recurrence', [
    pattern,
    t(
      range.name,
      range.children.map((part) => (part.name.endsWith('Date') ? t(part.name, show(part.text)) : part)),
    ),
  ]);
}

/**
 * The starts of a series in order, as local times of its zone, from the range's first day at the given time of day ('HH:mm:ss').
 * Endless series end with the expansion limit or when the caller stops.
 */
export function* expand(recurrence: XmlElement, timeOfDay: string, zone: string): Generator<DateTime> {
  const { pattern, range } = recurrenceParts(recurrence);
  const firstDay = rangeStart(recurrence);
  const lastDay = day(child(range, 'EndDate'));
  const most = Math.min(Number(childText(range, 'NumberOfOccurrences') ?? mostOccurrences), mostOccurrences);
  let count = 0;
  for (const date of datesOf(pattern, DateTime.fromISO(firstDay, { zone: 'UTC' }))) {
    const text = date.toFormat('yyyy-MM-dd');
    if (count >= most || (lastDay !== '' && text > lastDay) || date.year > 4500) return;
    if (text < firstDay) continue;
    count += 1;
    yield DateTime.fromISO(`${text}T${timeOfDay}`, { zone });
  }
}

/** The first few of a series, at least one where there is one. */
export function take<Value>(values: Iterable<Value>, most: number): readonly Value[] {
  const taken: Value[] = [];
  for (const value of values) {
    taken.push(value);
    if (taken.length >= most) break;
  }
  return taken;
}
