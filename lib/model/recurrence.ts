/** Recurrence of a series in Exchange's terms ([MS-OXWSCDATA] RecurrenceType), without its start, which is the item's own. */

/** Day of the week. */
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
/** A weekday, or one of Exchange's groups of days. */
export type RelativeDay = Weekday | 'day' | 'weekday' | 'weekendDay';
/** Which of the matching days of a month. */
export type DayIndex = 'first' | 'second' | 'third' | 'fourth' | 'last';

/** The pattern of a series; months 1–12, days 1–31, intervals in the pattern's own unit. */
export type RecurrencePattern =
  | { readonly type: 'daily'; readonly interval: number }
  | { readonly type: 'weekly'; readonly interval: number; readonly days: readonly Weekday[]; readonly firstDayOfWeek: Weekday }
  | { readonly type: 'absoluteMonthly'; readonly interval: number; readonly day: number }
  | { readonly type: 'relativeMonthly'; readonly interval: number; readonly day: RelativeDay; readonly index: DayIndex }
  | { readonly type: 'absoluteYearly'; readonly month: number; readonly day: number }
  | { readonly type: 'relativeYearly'; readonly month: number; readonly day: RelativeDay; readonly index: DayIndex };

/** Where a series ends; `until` is the last possible day `2026-12-31` in the series' zone, inclusive. */
export type RecurrenceRange =
  { readonly type: 'noEnd' } | { readonly type: 'endDate'; readonly until: string } | { readonly type: 'numbered'; readonly count: number };

/** Pattern and range of a series. */
export interface Recurrence {
  readonly pattern: RecurrencePattern;
  readonly range: RecurrenceRange;
}
