/**
 * Recurrence of a series in EWS: a pattern element and a range element.
 * https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/recurrence-recurrencetype
 */
import { SyncError } from '../../../model/error';
import type { DayIndex, Recurrence, RecurrencePattern, RecurrenceRange, RelativeDay, Weekday } from '../../../model/recurrence';
import { element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';
import { textOf } from '../xml/find';
import type { XmlElement } from '../xml/read';
import { datePart } from './time';

const weekdays: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const relativeDays: readonly RelativeDay[] = [...weekdays, 'day', 'weekday', 'weekendDay'];
const indexes: readonly DayIndex[] = ['first', 'second', 'third', 'fourth', 'last'];
const months = 'January February March April May June July August September October November December'.split(' ');
const groups: Readonly<Record<string, readonly Weekday[]>> = {
  day: weekdays,
  weekday: weekdays.slice(0, 5),
  weekendDay: weekdays.slice(5),
};

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const lower = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);

const unreadable = (field: string): SyncError =>
  new SyncError('item-not-readable', 'item', `The recurrence of the series is not understood (${field}).`, { field });

const leaf = (name: string, value: string | number): XmlNode => element(`t:${name}`, {}, String(value));

const composePattern = (pattern: RecurrencePattern): XmlNode => {
  switch (pattern.type) {
    case 'daily':
      return element('t:DailyRecurrence', {}, leaf('Interval', pattern.interval));
    case 'weekly':
      return element(
        't:WeeklyRecurrence',
        {},
        leaf('Interval', pattern.interval),
        leaf('DaysOfWeek', pattern.days.map(capital).join(' ')),
        leaf('FirstDayOfWeek', capital(pattern.firstDayOfWeek)),
      );
    case 'absoluteMonthly':
      return element('t:AbsoluteMonthlyRecurrence', {}, leaf('Interval', pattern.interval), leaf('DayOfMonth', pattern.day));
    case 'relativeMonthly':
      return element(
        't:RelativeMonthlyRecurrence',
        {},
        leaf('Interval', pattern.interval),
        leaf('DaysOfWeek', capital(pattern.day)),
        leaf('DayOfWeekIndex', capital(pattern.index)),
      );
    case 'absoluteYearly':
      return element('t:AbsoluteYearlyRecurrence', {}, leaf('DayOfMonth', pattern.day), leaf('Month', months[pattern.month - 1] ?? ''));
    case 'relativeYearly':
      return element(
        't:RelativeYearlyRecurrence',
        {},
        leaf('DaysOfWeek', capital(pattern.day)),
        leaf('DayOfWeekIndex', capital(pattern.index)),
        leaf('Month', months[pattern.month - 1] ?? ''),
      );
  }
};

const composeRange = (range: RecurrenceRange, start: XmlNode): XmlNode => {
  switch (range.type) {
    case 'noEnd':
      return element('t:NoEndRecurrence', {}, start);
    case 'endDate':
      return element('t:EndDateRecurrence', {}, start, leaf('EndDate', range.until));
    case 'numbered':
      return element('t:NumberedRecurrence', {}, start, leaf('NumberOfOccurrences', range.count));
  }
};

/**
 * The series as an element.
 * @param startDate date of its first occurrence in its zone; no offset is written, because Exchange would convert the date
 */
export const composeRecurrence = ({ pattern, range }: Recurrence, startDate: string): XmlNode =>
  element('t:Recurrence', {}, composePattern(pattern), composeRange(range, leaf('StartDate', startDate)));

const required = (parent: XmlElement, name: string): string => {
  const text = textOf(parent, name)?.trim();
  if (text === undefined || text === '') throw unreadable(name);
  return text;
};

const integer = (parent: XmlElement, name: string): number => {
  const value = Number(required(parent, name));
  if (!Number.isInteger(value) || value < 1) throw unreadable(name);
  return value;
};

const choice = <T extends string>(parent: XmlElement, name: string, values: readonly T[]): T => {
  const word = lower(required(parent, name));
  const found = values.find((value) => value === word);
  if (found === undefined) throw unreadable(name);
  return found;
};

const month = (parent: XmlElement): number => {
  const index = months.indexOf(required(parent, 'Month'));
  if (index < 0) throw unreadable('Month');
  return index + 1;
};

/** The days of a week, Monday first, groups resolved. */
const daysOfWeek = (parent: XmlElement): readonly Weekday[] => {
  const words = required(parent, 'DaysOfWeek').split(/\s+/).map(lower);
  const named = new Set<string>(words.flatMap((word): readonly string[] => groups[word] ?? [word]));
  const days = weekdays.filter((day) => named.has(day));
  if (days.length !== named.size) throw unreadable('DaysOfWeek');
  return days;
};

const readPattern = (pattern: XmlElement): RecurrencePattern => {
  switch (pattern.name) {
    case 'DailyRecurrence':
      return { type: 'daily', interval: integer(pattern, 'Interval') };
    case 'WeeklyRecurrence':
      return {
        type: 'weekly',
        interval: integer(pattern, 'Interval'),
        days: daysOfWeek(pattern),
        // Exchange's weeks begin on Sunday where nothing else is said.
        firstDayOfWeek: textOf(pattern, 'FirstDayOfWeek') === null ? 'sunday' : choice(pattern, 'FirstDayOfWeek', weekdays),
      };
    case 'AbsoluteMonthlyRecurrence':
      return { type: 'absoluteMonthly', interval: integer(pattern, 'Interval'), day: integer(pattern, 'DayOfMonth') };
    case 'RelativeMonthlyRecurrence':
      return {
        type: 'relativeMonthly',
        interval: integer(pattern, 'Interval'),
        day: choice(pattern, 'DaysOfWeek', relativeDays),
        index: choice(pattern, 'DayOfWeekIndex', indexes),
      };
    case 'AbsoluteYearlyRecurrence':
      return { type: 'absoluteYearly', month: month(pattern), day: integer(pattern, 'DayOfMonth') };
    case 'RelativeYearlyRecurrence':
      return {
        type: 'relativeYearly',
        month: month(pattern),
        day: choice(pattern, 'DaysOfWeek', relativeDays),
        index: choice(pattern, 'DayOfWeekIndex', indexes),
      };
    default:
      throw unreadable(pattern.name);
  }
};

const readRange = (range: XmlElement): RecurrenceRange => {
  switch (range.name) {
    case 'NoEndRecurrence':
      return { type: 'noEnd' };
    case 'EndDateRecurrence':
      return { type: 'endDate', until: datePart(required(range, 'EndDate'), 'EndDate') };
    case 'NumberedRecurrence':
      return { type: 'numbered', count: integer(range, 'NumberOfOccurrences') };
    default:
      throw unreadable(range.name);
  }
};

/**
 * The series of a `Recurrence` element.
 * @throws SyncError `item-not-readable` (scope `item`)
 */
export const readRecurrence = (recurrence: XmlElement): Recurrence => {
  const [pattern, range] = recurrence.children;
  if (pattern === undefined || range === undefined) throw unreadable('Recurrence');
  return { pattern: readPattern(pattern), range: readRange(range) };
};
