/** Recurrence of Exchange -> RRULE, and the canonical form of a rule. The way back is `recurrence-from-rule`. */
import { SyncError } from '../model/error';
import type { DayIndex, Recurrence, RecurrenceRange, RelativeDay } from '../model/recurrence';
import { weekdays } from './calendar-days';
import { instantFromLocal } from './local-time';
import { fitsPattern } from './occurrences';
import { everyMonthHasDay, ruleToRecurrence } from './recurrence-from-rule';
import { notExpressible, weekdayCode, type SeriesStart } from './rule-parts';

export { ruleToRecurrence } from './recurrence-from-rule';
export type { SeriesStart } from './rule-parts';

const positions: Readonly<Record<DayIndex, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 };
const groups = { day: weekdays, weekday: weekdays.slice(0, 5), weekendDay: weekdays.slice(5) };

const relativeParts = (day: RelativeDay, index: DayIndex): readonly string[] =>
  day === 'day' || day === 'weekday' || day === 'weekendDay'
    ? [`BYDAY=${groups[day].map(weekdayCode).join()}`, `BYSETPOS=${positions[index]}`]
    : [`BYDAY=${positions[index]}${weekdayCode(day)}`];

/** Exchange takes the last day of a month that lacks the day: in RRULE the last day of all, or the last of the 28th to 29th (30th). */
const lastDayParts = (day: number): readonly string[] =>
  day === 31 ? ['BYMONTHDAY=-1'] : [`BYMONTHDAY=${[28, 29, 30].filter((candidate) => candidate <= day).join()}`, 'BYSETPOS=-1'];

const interval = (value: number): readonly string[] => (value === 1 ? [] : [`INTERVAL=${value}`]);

const patternParts = (recurrence: Recurrence, first: string): readonly string[] => {
  const { pattern } = recurrence;
  const plain = everyMonthHasDay(recurrence, first);
  switch (pattern.type) {
    case 'daily':
      return ['FREQ=DAILY', ...interval(pattern.interval)];
    case 'weekly': {
      const days = weekdays.filter((day) => pattern.days.includes(day)).map(weekdayCode);
      const weekStart = pattern.firstDayOfWeek === 'monday' ? [] : [`WKST=${weekdayCode(pattern.firstDayOfWeek)}`];
      return ['FREQ=WEEKLY', ...interval(pattern.interval), `BYDAY=${days.join()}`, ...weekStart];
    }
    case 'absoluteMonthly':
      return ['FREQ=MONTHLY', ...interval(pattern.interval), ...(plain ? [`BYMONTHDAY=${pattern.day}`] : lastDayParts(pattern.day))];
    case 'relativeMonthly':
      return ['FREQ=MONTHLY', ...interval(pattern.interval), ...relativeParts(pattern.day, pattern.index)];
    case 'absoluteYearly':
      return ['FREQ=YEARLY', `BYMONTH=${pattern.month}`, `BYMONTHDAY=${plain ? pattern.day : -1}`];
    case 'relativeYearly':
      return ['FREQ=YEARLY', `BYMONTH=${pattern.month}`, ...relativeParts(pattern.day, pattern.index)];
  }
};

const compact = (text: string): string => text.replaceAll(/[-:]/g, '');

/** The end of the last day, not the last start: so a moved start time leaves the rule as it is. */
const rangeParts = (range: RecurrenceRange, { start, timeZone }: SeriesStart): readonly string[] => {
  if (range.type === 'noEnd') return [];
  if (range.type === 'numbered') return [`COUNT=${range.count}`];
  if (start.length === 10) return [`UNTIL=${compact(range.until)}`];
  return [`UNTIL=${compact(instantFromLocal(`${range.until}T23:59:59`, timeZone))}`];
};

/**
 * Canonical RRULE of a recurrence; UNTIL is a day for all-day series and a UTC time otherwise (RFC 5545, section 3.3.10).
 * Fails with `recurrence-not-expressible` when the series does not begin with one of its own days.
 */
export const recurrenceToRule = (recurrence: Recurrence, start: SeriesStart): string => {
  const first = start.start.slice(0, 10);
  if (!fitsPattern(recurrence.pattern, first))
    throw notExpressible('DTSTART', `the series begins on ${first}, which is not one of its own days`);
  return [...patternParts(recurrence, first), ...rangeParts(recurrence.range, start)].join(';');
};

/** A rule in canonical form, so that two texts of one meaning are equal; what Exchange cannot express only loses its spaces. */
export const canonicalRule = (rule: string, start: SeriesStart): string => {
  try {
    return recurrenceToRule(ruleToRecurrence(rule, start), start);
  } catch (error) {
    if (error instanceof SyncError) return rule.replaceAll(/\s/g, '').toUpperCase();
    throw error;
  }
};
