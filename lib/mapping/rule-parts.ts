/** RRULE text into its parts (RFC 5545, section 3.3.10), read by ical.js; nothing is interpreted yet. */
import { SyncError } from '../model/error';
import type { Weekday } from '../model/recurrence';
import { weekdays } from './calendar-days';
import { ical } from '../model/ical-js';

/** The first occurrence of a series: what an RRULE leaves out is implied by it. */
export interface SeriesStart {
  /** Local time `2026-03-28T09:00:00`, or the day `2026-03-28` of an all-day series. */
  readonly start: string;
  /** IANA zone in which the series recurs. */
  readonly timeZone: string;
}

/** A member of BYDAY; `ordinal` is null for "every". */
export interface ByDay {
  readonly ordinal: number | null;
  readonly day: Weekday;
}

/** Parts of an RRULE; an absent list is empty. */
export interface RuleParts {
  readonly freq: string;
  readonly interval: number;
  readonly count: number | null;
  /** `2026-12-31`, `2026-12-31T10:00:00` or `2026-12-31T10:00:00Z`. */
  readonly until: string | null;
  readonly weekStart: Weekday;
  readonly byDay: readonly ByDay[];
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPos: readonly number[];
  readonly byHour: readonly number[];
  readonly byMinute: readonly number[];
  readonly bySecond: readonly number[];
  readonly byWeekNo: readonly number[];
  readonly byYearDay: readonly number[];
}

/** `recurrence-not-expressible` (scope `item`): `part` names what Exchange does not know, `why` says so in words. */
export const notExpressible = (part: string, why: string, cause?: unknown): SyncError =>
  new SyncError('recurrence-not-expressible', 'item', `Exchange cannot express this series (${part}): ${why}.`, { part }, { cause });

const codes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const known = new Set(
  'FREQ INTERVAL COUNT UNTIL WKST BYDAY BYMONTHDAY BYMONTH BYSETPOS BYHOUR BYMINUTE BYSECOND BYWEEKNO BYYEARDAY'.split(' '),
);

/** Two-letter code of a weekday. */
export const weekdayCode = (day: Weekday): string => codes[weekdays.indexOf(day)] ?? 'MO';

const weekdayFromCode = (code: string): Weekday => weekdays[codes.indexOf(code)] ?? 'monday';

const readByDay = (text: string): ByDay => {
  const [, ordinal, code] = /^([+-]?\d+)?([A-Z]{2})$/.exec(text) ?? [];
  if (code === undefined || !codes.includes(code)) throw notExpressible('BYDAY', `"${text}" is not a day of the week`);
  return { ordinal: ordinal === undefined ? null : Number(ordinal), day: weekdayFromCode(code) };
};

const ascending = (values: readonly number[] | undefined): readonly number[] => [...new Set(values ?? [])].toSorted((a, b) => a - b);

const parse = (text: string) => {
  try {
    return ical.Recur.fromString(text);
  } catch (error) {
    throw notExpressible('RRULE', `"${text}" cannot be read`, error);
  }
};

/** Parts of an RRULE, with or without its name. Fails with `recurrence-not-expressible` when it cannot be read or has unknown parts. */
export const readRule = (rule: string): RuleParts => {
  const text = rule
    .trim()
    .replace(/^RRULE:/i, '')
    .replace(/;+$/, '')
    .toUpperCase();
  const stranger = text.split(';').find((part) => !known.has(part.split('=')[0] ?? ''));
  if (stranger !== undefined) throw notExpressible(stranger, 'the part is unknown');
  if (!/(^|;)FREQ=/.test(text)) throw notExpressible('FREQ', 'the part is missing');
  const recur = parse(text);
  const { parts } = recur;
  // ical.js counts weekdays from Sunday = 1.
  return {
    freq: recur.freq,
    interval: recur.interval,
    count: recur.count,
    until: recur.until === null ? null : recur.until.toString(),
    weekStart: weekdays[(recur.wkst + 5) % 7] ?? 'monday',
    byDay: (parts.BYDAY ?? []).map(readByDay),
    byMonthDay: ascending(parts.BYMONTHDAY),
    byMonth: ascending(parts.BYMONTH),
    bySetPos: ascending(parts.BYSETPOS),
    byHour: ascending(parts.BYHOUR),
    byMinute: ascending(parts.BYMINUTE),
    bySecond: ascending(parts.BYSECOND),
    byWeekNo: ascending(parts.BYWEEKNO),
    byYearDay: ascending(parts.BYYEARDAY),
  };
};
