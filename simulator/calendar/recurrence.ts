import { EwsError } from '../errors';
import { child, childText, t, type XmlElement } from '../xml/element';
import { dayNumber } from './days';
import { dayNames, intervalOf, longestGap, patternDays } from './patterns';

/** No series reaches further; Exchange's own limit of an end date. */
const lastDay = dayNumber('4500-09-01');
const firstDay = dayNumber('1601-04-01');
const mostOccurrences = 999;

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

/** True for a series without an end. */
export const isEndless = (recurrence: XmlElement): boolean => recurrenceParts(recurrence).range.name === 'NoEndRecurrence';

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

interface Range {
  readonly pattern: XmlElement;
  readonly first: number;
  readonly last: number;
  readonly most: number | undefined;
}

const rangeOf = (recurrence: XmlElement): Range => {
  const { pattern, range } = recurrenceParts(recurrence);
  const count = childText(range, 'NumberOfOccurrences');
  const end = day(child(range, 'EndDate'));
  return {
    pattern,
    first: dayNumber(rangeStart(recurrence)),
    last: end === '' ? lastDay : Math.min(dayNumber(end), lastDay),
    most: count === undefined ? undefined : Number(count),
  };
};

/** The days of a recurrence in order, from a day on; where a number limits them, they are counted from the range's start. */
export function* recurrenceDays(recurrence: XmlElement, from = -Infinity): Generator<number> {
  const { pattern, first, last, most } = rangeOf(recurrence);
  let count = 0;
  for (const candidate of patternDays(pattern, first, most === undefined ? Math.max(from, first) : first)) {
    if (candidate > last || (most !== undefined && count >= most)) return;
    if (candidate < first) continue;
    count += 1;
    if (candidate >= from) yield candidate;
  }
}

/** The last day of a recurrence; undefined for an endless one and for one without any day. */
export function lastRecurrenceDay(recurrence: XmlElement): number | undefined {
  if (isEndless(recurrence)) return undefined;
  const { pattern, last, most } = rangeOf(recurrence);
  return [...recurrenceDays(recurrence, most === undefined ? last - longestGap(pattern) : undefined)].at(-1);
}

const isWithin = (value: number, least: number, most: number): boolean => Number.isInteger(value) && value >= least && value <= most;

const mostInterval = (pattern: XmlElement): number => (pattern.name.startsWith('Daily') ? 999 : 99);

const checkPattern = (pattern: XmlElement): void => {
  const names = dayNames(pattern);
  if (pattern.name === 'WeeklyRecurrence') {
    if (names.length === 0) throw new EwsError('ErrorCalendarInvalidRecurrence');
    if (names.some((name) => ['Day', 'Weekday', 'WeekendDay'].includes(name)))
      throw new EwsError('ErrorCalendarInvalidDayForWeeklyRecurrence');
  }
  const dayOfMonth = Number(childText(pattern, 'DayOfMonth') ?? 1);
  if (!isWithin(intervalOf(pattern), 1, mostInterval(pattern)) || !isWithin(dayOfMonth, 1, 31))
    throw new EwsError('ErrorCalendarOutOfRange');
};

/**
 * Refuses a recurrence that Exchange refuses, with its errors: intervals up to 999 days, 99 weeks or months ([MS-OXOCAL] 2.2.1.44.1),
 * 1 to 999 occurrences, dates from April 1601 to September 4500, and at least one occurrence.
 */
export function checkRecurrence(recurrence: XmlElement): void {
  const { pattern, range } = recurrenceParts(recurrence);
  checkPattern(pattern);
  const end = day(child(range, 'EndDate'));
  if (!isWithin(Number(childText(range, 'NumberOfOccurrences') ?? 1), 1, mostOccurrences)) throw new EwsError('ErrorCalendarOutOfRange');
  const isDay = (text: string): boolean => isWithin(dayNumber(text), firstDay, Infinity);
  if (!isDay(rangeStart(recurrence)) || (end !== '' && !isDay(end))) throw new EwsError('ErrorCalendarOutOfRange');
  if (end !== '' && dayNumber(end) > lastDay) throw new EwsError('ErrorRecurrenceEndDateTooBig');
  if (recurrenceDays(recurrence).next().done === true) throw new EwsError('ErrorRecurrenceHasNoOccurrence');
}

/** The smallest distance in days between neighbours of a recurrence, as far as its first occurrences tell. */
export function shortestGap(recurrence: XmlElement): number {
  let gap = Infinity;
  let previous = -Infinity;
  let count = 0;
  for (const next of recurrenceDays(recurrence)) {
    gap = Math.min(gap, next - previous);
    previous = next;
    count += 1;
    if (count > 60) break;
  }
  return gap;
}

/** True where two recurrences name the same days as long as both last: only their ends may differ. */
export const samePattern = (one: XmlElement, two: XmlElement): boolean =>
  rangeStart(one) === rangeStart(two) && JSON.stringify(recurrenceParts(one).pattern) === JSON.stringify(recurrenceParts(two).pattern);
