/** Series with exceptions for the tests: arbitrary ones, and what takes place when, computed from either side's shape alone. */
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { addDays } from '../../../lib/mapping/calendar-days';
import { occurrenceDays } from '../../../lib/mapping/occurrences';
import { ruleToRecurrence } from '../../../lib/mapping/recurrence-rule';
import type { ErpAppointment, ExchangeAppointment, ExchangeException, ExchangeOccurrenceFields } from '../../../lib/model/item';
import type { Recurrence } from '../../../lib/model/recurrence';
import { exchangeAppointment } from './items';

/** One appointment that takes place: times are UTC instants, or days. */
export type TakesPlace = Readonly<Record<'start' | 'end' | 'subject' | 'location' | 'freeBusy', string>> & {
  readonly allDay: boolean;
  readonly reminderMinutes: number | null;
};

/** The first of the instants that a clock shows so; a skipped hour is as much later as the clock jumps. */
const instantOf = (local: string, zone: string): string => {
  const [first] = DateTime.fromISO(local, { zone })
    .getPossibleOffsets()
    .toSorted((a, b) => a.toMillis() - b.toMillis());
  return utc(first ?? DateTime.fromISO(local, { zone }));
};
const utc = (time: DateTime): string => time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
const localOf = (instant: string, zone: string): string => DateTime.fromISO(instant, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");

const content = ({ start, end, allDay, subject, location, freeBusy, reminderMinutes }: TakesPlace): TakesPlace => ({
  start,
  end,
  allDay,
  subject,
  location,
  freeBusy,
  reminderMinutes,
});

const sorted = (all: readonly TakesPlace[]): readonly TakesPlace[] =>
  all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

interface Local {
  readonly start: string;
  readonly end: string;
}

/** Times of the occurrences by local time, and at which day each is. */
const occurrences = (recurrence: Recurrence, { start, end }: Local, lastDay: string): readonly Local[] => {
  const first = start.slice(0, 10);
  const length = DateTime.fromISO(end.slice(0, 10)).diff(DateTime.fromISO(first), 'days').days;
  const days: string[] = [];
  for (const day of occurrenceDays(recurrence, first)) {
    if (day > lastDay) break;
    days.push(day);
  }
  return days.map((day) => ({ start: day + start.slice(10), end: addDays(day, length) + end.slice(10) }));
};

/** What an Exchange appointment makes take place, up to the last day of its pattern. */
export const takesPlaceInExchange = (item: ExchangeAppointment, lastDay: string): readonly TakesPlace[] => {
  const { recurrence, timeZone, allDay, exceptions } = item;
  if (recurrence === null) return [content(item)];
  const local = { start: allDay ? item.start : localOf(item.start, timeZone), end: allDay ? item.end : localOf(item.end, timeZone) };
  const there = (text: string) => (allDay ? text : instantOf(text, timeZone));
  return sorted(
    occurrences(recurrence, local, lastDay).flatMap((times) => {
      const [start, end] = [there(times.start), there(times.end)];
      const exception = exceptions.find(({ originalStart }) => originalStart === start);
      if (exception?.deleted === true) return [];
      return [content({ ...item, start, end, ...exception?.changes })];
    }),
  );
};

/** What an ERP appointment makes take place, up to the last day of its pattern. */
export const takesPlaceInErp = (record: ErpAppointment, tenantZone: string, lastDay: string): readonly TakesPlace[] => {
  const zone = record.timeZone ?? tenantZone;
  const there = (one: TakesPlace): TakesPlace =>
    one.allDay ? content(one) : content({ ...one, start: instantOf(one.start, zone), end: instantOf(one.end, zone) });
  if (record.recurrenceRule === null) return [there(record)];
  const recurrence = ruleToRecurrence(record.recurrenceRule, { start: record.start, timeZone: zone });
  return sorted(
    occurrences(recurrence, record, lastDay).flatMap((times) => {
      const exception = record.exceptions.find(({ originalStart }) => originalStart === times.start);
      if (exception?.deleted === true) return [];
      return [there({ ...record, ...times, ...exception?.changes })];
    }),
  );
};

const record = <T>(model: { [Field in keyof T]: fc.Arbitrary<T[Field]> }): fc.Arbitrary<T> => fc.record(model, { noNullPrototype: true });
const zones = fc.constantFrom(
  ...['Europe/Vienna', 'America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe', 'America/St_Johns', 'America/Nuuk', 'America/Sao_Paulo'],
);

const pattern: fc.Arbitrary<Recurrence['pattern']> = fc.oneof(
  record({ type: fc.constant('daily' as const), interval: fc.integer({ min: 1, max: 3 }) }),
  record({ type: fc.constant('absoluteMonthly' as const), interval: fc.constant(1), day: fc.constant(15) }),
);

const clock = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 9, 13, 22, 23), fc.constantFrom('00', '30'))
  .map(([hour, minute]) => `T${String(hour).padStart(2, '0')}:${minute}:00`);

/** What one occurrence is to be instead; moved by hours or days. */
type Instead = 'deleted' | { readonly hours: number; readonly fields: Partial<ExchangeOccurrenceFields> };

const instead: fc.Arbitrary<Instead> = fc.oneof(
  fc.constant('deleted' as const),
  record({
    hours: fc.constantFrom(0, 0, 1, -2, 24, -24, 30),
    fields: fc.constantFrom<Partial<ExchangeOccurrenceFields>>(
      ...[
        { subject: 'Other' },
        { location: '', reminderMinutes: null },
        { categories: ['ES_7_Visit', 'x'] },
        { importance: 'high' as const },
      ],
      ...[{ body: 'New', freeBusy: 'free' as const }, {}, { subject: 'Visit' }],
    ),
  }),
);

const shifted = (time: string, hours: number): string => utc(DateTime.fromISO(time, { zone: 'UTC' }).plus({ hours }));

const exceptionOf = (item: ExchangeAppointment, times: Local, what: Instead): ExchangeException => {
  const there = (text: string) => (item.allDay ? text : instantOf(text, item.timeZone));
  const [start, end] = [there(times.start), there(times.end)];
  if (what === 'deleted') return { originalStart: start, deleted: true };
  const days = Math.trunc(what.hours / 24);
  const moved = item.allDay
    ? { start: addDays(start, days), end: addDays(end, days) }
    : { start: shifted(start, what.hours), end: shifted(end, what.hours) };
  return { originalStart: start, deleted: false, changes: { ...(moved.start === start ? {} : moved), ...what.fields } };
};

/** Last day up to which arbitrary series are compared. */
export const lastDay = '2027-12-31';

/** Any series in Exchange's shape, across clock changes, with exceptions that may change nothing. */
export const anySeries: fc.Arbitrary<ExchangeAppointment> = fc
  .tuple(zones, pattern, clock, fc.boolean(), fc.uniqueArray(fc.tuple(fc.nat(40), instead), { selector: ([at]) => at, maxLength: 6 }))
  .chain(([timeZone, chosen, time, allDay, replaced]) =>
    // Around the days on which clocks change.
    fc.constantFrom('2026-03-15', '2026-10-15', '2026-11-15', '2026-09-15', '2017-09-15').map((day): ExchangeAppointment => {
      const recurrence: Recurrence = { pattern: chosen, range: { type: 'numbered', count: 41 } };
      const first = { start: allDay ? day : day + time, end: allDay ? addDays(day, 2) : day + time };
      const start = allDay ? first.start : instantOf(first.start, timeZone);
      const end = allDay ? first.end : shifted(start, 1);
      const item = exchangeAppointment({ allDay, start, end, timeZone, recurrence });
      const all = occurrences(recurrence, { start: first.start, end: allDay ? end : localOf(end, timeZone) }, lastDay);
      const exceptions = replaced.flatMap(([at, what]) => {
        const times = all[at];
        return times === undefined ? [] : [exceptionOf(item, times, what)];
      });
      return { ...item, exceptions: exceptions.toSorted((a, b) => (a.originalStart < b.originalStart ? -1 : 1)) };
    }),
  );
