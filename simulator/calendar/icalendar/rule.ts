import { EwsError } from '../../errors';
import { childText, t, type XmlElement } from '../../xml/element';
import { dayNames, intervalOf } from '../patterns';
import { isEndless, recurrenceParts } from '../recurrence';
import type { ICAL } from './ical-js';
import { months, weekdays, weeks } from '../names';

const codes = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const groups: Readonly<Record<string, readonly string[]>> = {
  Day: codes,
  Weekday: codes.slice(1, 6),
  WeekendDay: ['SU', 'SA'],
};

const lastDayOfMonth = 31;

const codesOf = (pattern: XmlElement): readonly string[] =>
  dayNames(pattern).flatMap((name) => groups[name] ?? [codes[weekdays.indexOf(name)] ?? '']);

/** The position of a week in the month: 1 to 4, -1 for the last. */
const positionOf = (pattern: XmlElement): number => {
  const index = weeks.indexOf(childText(pattern, 'DayOfWeekIndex') ?? 'First');
  return index === 4 ? -1 : index + 1;
};

/** Which days of a month: the last one stands for those that months may lack. */
const ofMonth = (pattern: XmlElement): Readonly<Record<string, unknown>> => {
  const day = childText(pattern, 'DayOfMonth');
  if (day !== undefined) return { bymonthday: Number(day) === lastDayOfMonth ? -1 : Number(day) };
  const [only, ...more] = codesOf(pattern);
  return more.length === 0 ? { byday: `${positionOf(pattern)}${only ?? ''}` } : { byday: codesOf(pattern), bysetpos: positionOf(pattern) };
};

const patternParts = (pattern: XmlElement): Readonly<Record<string, unknown>> => {
  const interval = intervalOf(pattern);
  switch (pattern.name) {
    case 'WeeklyRecurrence':
      return {
        freq: 'WEEKLY',
        interval,
        byday: codesOf(pattern),
        wkst: codes[weekdays.indexOf(childText(pattern, 'FirstDayOfWeek') ?? 'Sunday')],
      };
    case 'AbsoluteMonthlyRecurrence':
    case 'RelativeMonthlyRecurrence':
      return { freq: 'MONTHLY', interval, ...ofMonth(pattern) };
    case 'AbsoluteYearlyRecurrence':
    case 'RelativeYearlyRecurrence':
      return { freq: 'YEARLY', interval: 1, ...ofMonth(pattern), bymonth: months.indexOf(childText(pattern, 'Month') ?? 'January') + 1 };
    default:
      return { freq: 'DAILY', interval };
  }
};

/** A recurrence as the value of an RRULE; `until` is the start of the last occurrence, as iCalendar has it. */
export function ruleOf(recurrence: XmlElement, until: string | undefined): Readonly<Record<string, unknown>> {
  const { pattern, range } = recurrenceParts(recurrence);
  const count = childText(range, 'NumberOfOccurrences');
  if (count !== undefined) return { ...patternParts(pattern), count: Number(count) };
  return isEndless(recurrence) || until === undefined ? patternParts(pattern) : { ...patternParts(pattern), until };
}

const unsupported = (): EwsError => new EwsError('ErrorMimeContentConversionFailed');

/** `2MO` as position and code; a code alone has position 0. */
const splitDay = (text: string): { readonly position: number; readonly code: string } => {
  const [, position, code = ''] = /^([+-]?\d+)?([A-Z]{2})$/.exec(text) ?? [];
  return { position: Number(position ?? 0), code };
};

const namesOf = (found: readonly string[]): string => {
  const group = Object.entries(groups).find(([, all]) => all.length === found.length && all.every((code) => found.includes(code)));
  return group && found.length > 1 ? group[0] : found.map((code) => weekdays[codes.indexOf(code)] ?? '').join(' ');
};

const weekName = (position: number): string => {
  const name = position === -1 ? 'Last' : weeks[position - 1];
  if (name === undefined || position === 5) throw unsupported();
  return name;
};

/** The days of a month as the elements of a relative or an absolute pattern. */
const monthDays = (rule: ICAL.Recur, start: ICAL.Time): { readonly kind: string; readonly parts: readonly XmlElement[] } => {
  const days = rule.getComponent('BYDAY').map((day) => splitDay(String(day)));
  if (days.length > 0) {
    const position = days[0]?.position === 0 ? Number(rule.getComponent('BYSETPOS')[0] ?? 1) : (days[0]?.position ?? 1);
    return { kind: 'Relative', parts: [t('DaysOfWeek', namesOf(days.map(({ code }) => code))), t('DayOfWeekIndex', weekName(position))] };
  }
  const given = Number(rule.getComponent('BYMONTHDAY')[0] ?? start.day);
  if (given < -1) throw unsupported();
  return { kind: 'Absolute', parts: [t('DayOfMonth', given === -1 ? lastDayOfMonth : given)] };
};

const patternOf = (rule: ICAL.Recur, start: ICAL.Time): XmlElement => {
  const interval = t('Interval', rule.interval);
  const startDay = codes[start.dayOfWeek() - 1] ?? '';
  switch (rule.freq) {
    case 'DAILY':
      return t('DailyRecurrence', [interval]);
    case 'WEEKLY': {
      const days = rule.getComponent('BYDAY').map((day) => splitDay(String(day)).code);
      const names = (days.length === 0 ? [startDay] : days).map((code) => weekdays[codes.indexOf(code)] ?? '').join(' ');
      return t('WeeklyRecurrence', [interval, t('DaysOfWeek', names), t('FirstDayOfWeek', weekdays[rule.wkst - 1] ?? 'Monday')]);
    }
    case 'MONTHLY': {
      const { kind, parts } = monthDays(rule, start);
      return t(`${kind}MonthlyRecurrence`, [interval, ...parts]);
    }
    case 'YEARLY': {
      const { kind, parts } = monthDays(rule, start);
      if (rule.interval !== 1) throw unsupported();
      const month = months[Number(rule.getComponent('BYMONTH')[0] ?? start.month) - 1] ?? 'January';
      return t(`${kind}YearlyRecurrence`, [...parts, t('Month', month)]);
    }
    default:
      throw unsupported();
  }
};

/** An RRULE as a recurrence from a day (`yyyy-MM-dd`) on; `ErrorMimeContentConversionFailed` for what EWS cannot express. */
export function recurrenceOf(rule: ICAL.Recur, start: ICAL.Time): XmlElement {
  const day = (time: ICAL.Time): string => time.toString().slice(0, 10);
  const from = t('StartDate', day(start));
  const range = (): XmlElement => {
    if (rule.count) return t('NumberedRecurrence', [from, t('NumberOfOccurrences', rule.count)]);
    return rule.until ? t('EndDateRecurrence', [from, t('EndDate', day(rule.until))]) : t('NoEndRecurrence', [from]);
  };
  return t('Recurrence', [patternOf(rule, start), range()]);
}
