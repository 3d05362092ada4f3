/** Series for an ERP that knows none: the first occurrence is the record, the further ones are rows beside it. Pure. */
import { ical } from '../../model/ical-js';
import type { ErpAppointment } from '../../model/item';
import { addMinutes, minutesBetween, moveLocalTime, readLocalTime, withTime } from '../local-time';
import { cannotHold } from './cannot-hold';

/** What the rows cannot say. */
export type SeriesRule = Pick<ErpAppointment, 'recurrenceRule' | 'timeZone'>;

/** More rows than a daily series of three years has would serve nobody. */
const mostRows = 1100;

const moved = (record: ErpAppointment, from: string, to: string): ErpAppointment =>
  // Days have no zone.
  record.allDay ? record : { ...record, start: moveLocalTime(record.start, from, to), end: moveLocalTime(record.end, from, to) };

/** The first occurrence in the tenant's zone. */
export const firstOccurrence = (record: ErpAppointment, tenantZone: string): ErpAppointment => ({
  ...moved(record, record.timeZone ?? tenantZone, tenantZone),
  timeZone: null,
  recurrenceRule: null,
});

/** A first occurrence as the series that it stands for. */
export const asSeries = (first: ErpAppointment, { recurrenceRule, timeZone }: SeriesRule, tenantZone: string): ErpAppointment =>
  recurrenceRule === null ? first : { ...moved(first, tenantZone, timeZone ?? tenantZone), timeZone, recurrenceRule };

/** Beginnings of a series' occurrences, local times of its zone, the first included. */
function* beginnings(rule: string, start: string, zone: string): Generator<string> {
  const recurrence = ical.Recur.fromString(rule);
  const until = recurrence.until?.toString();
  // The series runs on the clock on the wall; so must its end.
  if (until !== undefined) recurrence.until = ical.Time.fromDateTimeString(readLocalTime(until, zone) ?? start);
  if (until?.length === 10) recurrence.until = ical.Time.fromDateTimeString(`${until}T23:59:59`);
  const iterator = recurrence.iterator(ical.Time.fromDateTimeString(start));
  // The types leave out that it ends with null.
  const next = (): { toString(): string } | null => iterator.next();
  for (let time = next(); time !== null; time = next()) yield time.toString();
}

/**
 * The occurrences after the first one, in the tenant's zone, that begin from `from` to before `until` (local times of the tenant).
 * Throws `erp-cannot-hold` for a rule that cannot be expanded.
 */
export const furtherOccurrences = (
  series: ErpAppointment,
  tenantZone: string,
  { from, until }: { readonly from: string; readonly until: string },
): readonly ErpAppointment[] => {
  if (series.recurrenceRule === null) return [];
  const zone = series.timeZone ?? tenantZone;
  const [start, end] = [withTime(series.start), withTime(series.end)];
  const length = minutesBetween(start, end);
  const found: ErpAppointment[] = [];
  try {
    for (const begin of beginnings(series.recurrenceRule, start, zone)) {
      const own = { ...series, start: begin, end: addMinutes(begin, length) };
      const occurrence = firstOccurrence(
        series.allDay ? { ...own, start: own.start.slice(0, 10), end: own.end.slice(0, 10) } : own,
        tenantZone,
      );
      if (withTime(occurrence.start) >= until || found.length >= mostRows) break;
      if (begin > start && withTime(occurrence.start) >= from) found.push(occurrence);
    }
  } catch {
    throw cannotHold('recurrenceRule', 'it is a series whose rule cannot be expanded');
  }
  return found;
};
