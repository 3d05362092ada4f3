/** Series for an ERP that knows none: the first occurrence is the record, the further ones are rows beside it. Pure. */
import isEqual from 'lodash/isEqual';
import pickBy from 'lodash/pickBy';
import { ical } from '../../model/ical-js';
import type { ErpAppointment, ErpOccurrenceFields } from '../../model/item';
import { moveLocalTime, readLocalTime, withTime } from '../local-time';
import { cannotHold } from './cannot-hold';
import { usualOf } from './exceptions';

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

/** Fields of an occurrence in which it differs from its series. */
export type OccurrenceChanges = Partial<ErpOccurrenceFields>;

/** An occurrence as a single appointment of the tenant's zone; `changes`: of its exception. */
export const occurrenceAt = (
  series: ErpAppointment,
  originalStart: string,
  changes: OccurrenceChanges,
  tenantZone: string,
): ErpAppointment => firstOccurrence({ ...series, ...usualOf(series, originalStart), ...changes, exceptions: [] }, tenantZone);

/** What the exception of an occurrence changes; null: the occurrence is deleted. */
export const changesAt = ({ exceptions }: ErpAppointment, originalStart: string): OccurrenceChanges | null => {
  const exception = exceptions.find((one) => one.originalStart === originalStart);
  if (exception === undefined) return {};
  return exception.deleted ? null : exception.changes;
};

/** What a row says that its series does not: both as the ERP holds them, in the tenant's zone; times of the result are the series'. */
export const differences = (
  row: ErpAppointment,
  usual: ErpAppointment,
  { timeZone }: SeriesRule,
  tenantZone: string,
): OccurrenceChanges => {
  const fields = usualOf(row, row.start);
  const [told, expected] = [
    new Map<string, unknown>(Object.entries({ ...fields, end: row.end })),
    new Map<string, unknown>(Object.entries(usual)),
  ];
  const inZone = moved(row, tenantZone, timeZone ?? tenantZone);
  const values: ErpOccurrenceFields = { ...fields, start: inZone.start, end: inZone.end };
  return pickBy(values, (_value, field) => !isEqual(told.get(field), expected.get(field)));
};

/** The occurrence that the record stands for: the first that is not deleted. */
export const headStart = (series: ErpAppointment, tenantZone: string): string => {
  const isDeleted = (start: string): boolean => changesAt(series, start) === null;
  if (series.recurrenceRule === null || !isDeleted(series.start)) return series.start;
  let count = 0;
  for (const begin of beginnings(series.recurrenceRule, withTime(series.start), series.timeZone ?? tenantZone)) {
    const start = series.allDay ? begin.slice(0, 10) : begin;
    if (!isDeleted(start)) return start;
    if (count++ > mostRows) break;
  }
  return series.start;
};

/** The record that stands for a series: its first occurrence that is not deleted, with its own changes. */
export const headOccurrence = (series: ErpAppointment, tenantZone: string): ErpAppointment => {
  if (series.recurrenceRule === null) return firstOccurrence(series, tenantZone);
  const start = headStart(series, tenantZone);
  return occurrenceAt(series, start, changesAt(series, start) ?? {}, tenantZone);
};

/**
 * The occurrences after the first one that begin by the rule from `from` to before `until` (local times of the tenant), with their original
 * starts; as the series says, in the tenant's zone. Throws `erp-cannot-hold` for a rule that cannot be expanded.
 */
export const furtherOccurrences = (
  series: ErpAppointment,
  tenantZone: string,
  { from, until }: { readonly from: string; readonly until: string },
): readonly { readonly originalStart: string; readonly record: ErpAppointment }[] => {
  if (series.recurrenceRule === null) return [];
  const start = withTime(series.start);
  const found: { readonly originalStart: string; readonly record: ErpAppointment }[] = [];
  try {
    for (const begin of beginnings(series.recurrenceRule, start, series.timeZone ?? tenantZone)) {
      const originalStart = series.allDay ? begin.slice(0, 10) : begin;
      const record = occurrenceAt(series, originalStart, {}, tenantZone);
      if (withTime(record.start) >= until || found.length >= mostRows) break;
      if (begin > start && withTime(record.start) >= from) found.push({ originalStart, record });
    }
  } catch {
    throw cannotHold('recurrenceRule', 'it is a series whose rule cannot be expanded');
  }
  return found;
};
