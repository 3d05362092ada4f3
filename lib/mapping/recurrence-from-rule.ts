/**
 * RRULE -> recurrence of Exchange. Rules that Exchange knows under another name are rewritten exactly (YEARLY;INTERVAL=2 is
 * monthly every 24 months); everything else is refused with the part that stands in the way.
 */
import type { DayIndex, Recurrence, RecurrencePattern, RecurrenceRange, RelativeDay, Weekday } from '../model/recurrence';
import { addDays, daysInMonth, parseDay, weekdayOf, weekdays } from './calendar-days';
import { localFromInstant } from './local-time';
import { fitsPattern, monthAfter, occurrenceDays } from './occurrences';
import { notExpressible, readRule, type RuleParts, type SeriesStart } from './rule-parts';

/** Which day of a month: `skips` when a month without that day is left out, as an RRULE does. */
type DayOfMonth =
  | { readonly type: 'absolute'; readonly day: number; readonly skips: boolean }
  | { readonly type: 'relative'; readonly day: RelativeDay; readonly index: DayIndex };

/** How often: every so many months, or each year in one month. */
type Cadence = { readonly type: 'months'; readonly interval: number } | { readonly type: 'year'; readonly month: number };

const positions = new Map<number, DayIndex>([
  [1, 'first'],
  [2, 'second'],
  [3, 'third'],
  [4, 'fourth'],
  [-1, 'last'],
]);

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, offset) => from + offset);

const dayGroup = (days: readonly Weekday[]): RelativeDay | null => {
  const key = weekdays.filter((day) => days.includes(day)).join();
  if (key === weekdays.join()) return 'day';
  if (key === weekdays.slice(0, 5).join()) return 'weekday';
  if (key === weekdays.slice(5).join()) return 'weekendDay';
  return days.length === 1 ? (days[0] ?? null) : null;
};

const indexOfPosition = (part: string, position: number): DayIndex => {
  const index = positions.get(position);
  if (index === undefined) throw notExpressible(part, 'only the first to fourth and the last of a month are known');
  return index;
};

const absoluteFromMonthDays = ({ byMonthDay, bySetPos }: RuleParts): DayOfMonth => {
  const part = `BYMONTHDAY=${byMonthDay.join()}`;
  const [only] = byMonthDay;
  if (byMonthDay.length === 1 && only !== undefined && bySetPos.every((position) => Math.abs(position) === 1)) {
    if (only === -1) return { type: 'absolute', day: 31, skips: false };
    if (only < 1) throw notExpressible(part, 'days are not counted from the end of a month');
    return { type: 'absolute', day: only, skips: true };
  }
  // "The last of the 28th to 30th" is Exchange's own day 30: the last day of a shorter month.
  const last = byMonthDay.at(-1) ?? 0;
  if (sameNumbers(bySetPos, [-1]) && last > 28 && sameNumbers(byMonthDay, range(28, last)))
    return { type: 'absolute', day: last, skips: false };
  throw notExpressible(part, 'a series has one day of the month');
};

const relativeFromDays = ({ byDay, byMonthDay, bySetPos }: RuleParts): DayOfMonth => {
  const group = dayGroup(byDay.map(({ day }) => day));
  const [first] = byDay;
  const ordinal = first?.ordinal ?? null;
  if (group === null || first === undefined) throw notExpressible('BYDAY', 'these days of the week are no group that it knows');
  if (ordinal !== null) {
    const part = `BYDAY=${ordinal}`;
    if (byDay.length > 1) throw notExpressible('BYDAY', 'a series has one numbered day of the week');
    if (byMonthDay.length > 0) throw notExpressible('BYMONTHDAY', 'it is combined with a numbered day of the week');
    if (bySetPos.length > 0) throw notExpressible('BYSETPOS', 'it is combined with a numbered day of the week');
    return { type: 'relative', day: group, index: indexOfPosition(part, ordinal) };
  }
  const [position] = bySetPos;
  if (byMonthDay.length === 0 && bySetPos.length === 1 && position !== undefined)
    return { type: 'relative', day: group, index: indexOfPosition(`BYSETPOS=${position}`, position) };
  // "The Sunday among the 8th to 14th" is the second Sunday.
  const week = range(1, 4).find((number) => sameNumbers(byMonthDay, range(number * 7 - 6, number * 7)));
  if (bySetPos.length === 0 && byDay.length === 1) {
    if (week !== undefined) return { type: 'relative', day: group, index: indexOfPosition('BYMONTHDAY', week) };
    if (sameNumbers(byMonthDay, range(-7, -1))) return { type: 'relative', day: group, index: 'last' };
  }
  throw notExpressible(byMonthDay.length > 0 ? 'BYMONTHDAY' : 'BYSETPOS', 'this choice among the days of a month is unknown');
};

const dayOfMonth = (parts: RuleParts, first: string): DayOfMonth => {
  if (parts.byDay.length > 0) return relativeFromDays(parts);
  if (parts.byMonthDay.length > 0) return absoluteFromMonthDays(parts);
  if (parts.bySetPos.length > 0) throw notExpressible('BYSETPOS', 'there is nothing to choose from');
  return { type: 'absolute', day: parseDay(first).day, skips: true };
};

/** Cadence of MONTHLY and YEARLY; several months of a year only when they are equally far apart. */
const cadenceOf = ({ freq, interval, byMonth, bySetPos, byDay, byMonthDay }: RuleParts, first: string): Cadence => {
  if (freq === 'MONTHLY' && byMonth.length === 0) return { type: 'months', interval };
  if (freq === 'MONTHLY' && interval > 1) throw notExpressible('BYMONTH', 'it is combined with INTERVAL');
  if (freq === 'YEARLY' && byMonth.length === 0 && byMonthDay.length > 0 && byDay.length === 0) {
    if (interval > 1 || bySetPos.length > 0) throw notExpressible('BYMONTHDAY', 'the same day of all months of a year');
    return { type: 'months', interval: 1 };
  }
  const startMonth = parseDay(first).month;
  const months = byMonth.length === 0 ? [startMonth] : byMonth;
  if (!months.includes(startMonth)) throw notExpressible('DTSTART', 'the series does not begin with one of its own days');
  if (months.length === 1) return interval === 1 ? { type: 'year', month: startMonth } : { type: 'months', interval: 12 * interval };
  const step = 12 / months.length;
  const even = months.every((month, at) => month === (months[0] ?? 0) + at * step);
  if (!even || interval > 1 || (freq === 'YEARLY' && bySetPos.length > 0))
    throw notExpressible('BYMONTH', 'these months are not equally far apart');
  return { type: 'months', interval: step };
};

const monthlyPattern = (cadence: Cadence, day: DayOfMonth): RecurrencePattern => {
  if (cadence.type === 'months')
    return day.type === 'absolute'
      ? { type: 'absoluteMonthly', interval: cadence.interval, day: day.day }
      : { type: 'relativeMonthly', interval: cadence.interval, day: day.day, index: day.index };
  return day.type === 'absolute'
    ? { type: 'absoluteYearly', month: cadence.month, day: day.skips ? day.day : Math.min(day.day, daysInMonth(2000, cadence.month)) }
    : { type: 'relativeYearly', month: cadence.month, day: day.day, index: day.index };
};

/** Whether no occurrence falls into a month that lacks the day, so that skipping and "the last day" are the same. */
export const everyMonthHasDay = (recurrence: Recurrence, first: string): boolean => {
  const { pattern } = recurrence;
  if (pattern.type !== 'absoluteMonthly' && pattern.type !== 'absoluteYearly') return true;
  if (pattern.day <= 28) return true;
  if (recurrence.range.type !== 'noEnd') return [...occurrenceDays(recurrence, first)].every((day) => parseDay(day).day === pattern.day);
  const step = pattern.type === 'absoluteYearly' ? 12 : pattern.interval;
  return range(0, 11).every((count) => daysInMonth(2001, monthAfter(first, count * step).month) >= pattern.day);
};

const weekly = (parts: RuleParts, interval: number, first: string): RecurrencePattern => {
  if (parts.byDay.some(({ ordinal }) => ordinal !== null)) throw notExpressible('BYDAY', 'a weekly series has no numbered days');
  const days = parts.byDay.length === 0 ? [weekdayOf(first)] : weekdays.filter((day) => parts.byDay.some((by) => by.day === day));
  return { type: 'weekly', interval, days, firstDayOfWeek: parts.weekStart };
};

/** MONTHLY;BYDAY=MO and YEARLY;BYDAY=MO mean every Monday, DAILY;BYDAY=MO too. */
const isEveryWeek = ({ interval, byDay, byMonth, byMonthDay, bySetPos }: RuleParts): boolean =>
  interval === 1 &&
  byDay.length > 0 &&
  byDay.every(({ ordinal }) => ordinal === null) &&
  byMonth.length + byMonthDay.length + bySetPos.length === 0;

const patternOf = (parts: RuleParts, first: string): { readonly pattern: RecurrencePattern; readonly skips: boolean } => {
  const whole = (pattern: RecurrencePattern) => ({ pattern, skips: false });
  if (isEveryWeek(parts)) return whole(weekly(parts, 1, first));
  const refuseParts = (names: readonly (readonly [string, readonly unknown[]])[]) => {
    for (const [name, values] of names) if (values.length > 0) throw notExpressible(name, `it is combined with FREQ=${parts.freq}`);
  };
  const { byDay, byMonth, byMonthDay, bySetPos } = parts;
  if (parts.freq === 'WEEKLY') {
    refuseParts([
      ['BYMONTH', byMonth],
      ['BYMONTHDAY', byMonthDay],
      ['BYSETPOS', bySetPos],
    ]);
    return whole(weekly(parts, parts.interval, first));
  }
  const daysOfMonths = parts.freq === 'DAILY' && parts.interval === 1 && byMonthDay.length > 0 && bySetPos.length === 0;
  if (parts.freq === 'DAILY' && !daysOfMonths) {
    refuseParts([
      ['BYMONTH', byMonth],
      ['BYMONTHDAY', byMonthDay],
      ['BYSETPOS', bySetPos],
      ['BYDAY', byDay],
    ]);
    return whole({ type: 'daily', interval: parts.interval });
  }
  if (!['DAILY', 'MONTHLY', 'YEARLY'].includes(parts.freq))
    throw notExpressible(`FREQ=${parts.freq}`, 'it recurs by days, weeks, months or years');
  if (parts.freq === 'YEARLY' && byMonth.length === 0 && byDay.length > 0)
    throw notExpressible('BYDAY', 'days of the week are counted within a month, not a year');
  const asMonths = daysOfMonths ? { ...parts, freq: 'MONTHLY' } : parts;
  const day = dayOfMonth(asMonths, first);
  return { pattern: monthlyPattern(cadenceOf(asMonths, first), day), skips: day.type === 'absolute' && day.skips };
};

/** BYHOUR and its kin only repeat the start time; for days without time they mean nothing (RFC 5545, section 3.3.10). */
const requireStartTime = (parts: RuleParts, start: string): void => {
  if (start.length === 10) return;
  const times = [
    ['BYHOUR', parts.byHour, 11],
    ['BYMINUTE', parts.byMinute, 14],
    ['BYSECOND', parts.bySecond, 17],
  ] as const;
  for (const [name, values, at] of times)
    if (values.some((value) => value !== Number(start.slice(at, at + 2)))) throw notExpressible(name, 'a series has one start time');
};

/** The last local day that UNTIL allows. A day without time counts as a whole, as Outlook reads it. */
const lastDay = (until: string, { start, timeZone }: SeriesStart): string => {
  const day = until.slice(0, 10);
  if (until.length === 10) return day;
  // An all-day series should have a day here; midnight UTC is how most programs write that day.
  if (start.length === 10 && until.slice(11, 19) === '00:00:00') return day;
  const local = until.endsWith('Z') ? localFromInstant(until, timeZone) : until;
  return start.length > 10 && local.slice(11) < start.slice(11) ? addDays(local.slice(0, 10), -1) : local.slice(0, 10);
};

const rangeOf = ({ count, until }: RuleParts, start: SeriesStart): RecurrenceRange => {
  if (count !== null && until !== null) throw notExpressible('COUNT', 'it is combined with UNTIL');
  if (count !== null) {
    if (count < 1) throw notExpressible('COUNT', 'the series has no occurrence');
    return { type: 'numbered', count };
  }
  if (until === null) return { type: 'noEnd' };
  const last = lastDay(until, start);
  if (last < start.start.slice(0, 10)) throw notExpressible('UNTIL', 'the series ends before it begins');
  return { type: 'endDate', until: last };
};

const requireInterval = (pattern: RecurrencePattern): void => {
  if (!('interval' in pattern)) return;
  const limit = pattern.type === 'daily' ? 999 : 99;
  if (pattern.interval < 1 || pattern.interval > limit) throw notExpressible('INTERVAL', `the interval is limited to ${limit}`);
};

/**
 * The recurrence of an RRULE whose first occurrence is `start`. Fails with `recurrence-not-expressible`, also when the
 * start is not one of the rule's own days (undefined in RFC 5545; Exchange would move it) and when the rule skips months
 * that lack its day (the 31st, 29 February), where Exchange takes the last day of the month.
 */
export const ruleToRecurrence = (rule: string, start: SeriesStart): Recurrence => {
  const parts = readRule(rule);
  const first = start.start.slice(0, 10);
  if (parts.byWeekNo.length > 0) throw notExpressible('BYWEEKNO', 'weeks of the year are unknown');
  if (parts.byYearDay.length > 0) throw notExpressible('BYYEARDAY', 'days of the year are unknown');
  requireStartTime(parts, start.start);
  const { pattern, skips } = patternOf(parts, first);
  requireInterval(pattern);
  if (!fitsPattern(pattern, first)) throw notExpressible('DTSTART', 'the series does not begin with one of its own days');
  const recurrence = { pattern, range: rangeOf(parts, start) };
  if (skips && !everyMonthHasDay(recurrence, first))
    throw notExpressible('BYMONTHDAY', 'months without this day are skipped, Exchange takes their last day');
  return recurrence;
};
