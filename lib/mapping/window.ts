/** Whether a record touches a period: the check compares only what does. */
import type { ErpAppointment, ErpTask } from '../model/item';
import { SyncError } from '../model/error';
import { addDays, dayNumber } from './calendar-days';
import { dayOf, instantFromLocal, localFromInstant, localText } from './local-time';
import { occurrenceDays } from './occurrences';
import { ruleToRecurrence } from './recurrence-rule';
import type { ErpTimes } from './times';

/** An appointment by its times, exceptions included. */
type DatedAppointment = ErpTimes & Pick<ErpAppointment, 'exceptions'>;

/** What says when a record is. */
export type Dated = (DatedAppointment & { readonly kind: 'appointment' }) | Pick<ErpTask, 'kind' | 'startDate' | 'dueDate'>;
type DatedTask = Extract<Dated, { readonly kind: 'task' }>;

/** A local period; `to` is exclusive. */
interface Period {
  readonly from: string;
  readonly to: string;
}

/** One occurrence, in local times. */
interface Occurrence {
  readonly start: string;
  readonly end: string;
}

/** Texts of one form compare as times do. An appointment without duration counts where it begins. */
const overlaps = (start: string, end: string, { from, to }: Period): boolean => start < to && (end > from || start >= from);

const inZone = (local: string, from: string, to: string): string =>
  from === to ? localText(local) : localFromInstant(instantFromLocal(local, from), to);

const seriesOverlaps = (record: DatedAppointment, rule: string, timeZone: string, period: Period): boolean => {
  const start = localText(record.start);
  const first = start.slice(0, 10);
  const end = localText(record.end);
  const lastDayOffset = dayNumber(end.slice(0, 10)) - dayNumber(first);
  const recurrence = ruleToRecurrence(rule, { start: record.allDay ? first : start, timeZone });
  const timesOn = (day: string): Occurrence => ({ start: day + start.slice(10), end: addDays(day, lastDayOffset) + end.slice(10) });
  const exceptions = new Map(record.exceptions.map((exception) => [dayOf(exception.originalStart), exception]));
  // One that was moved into the period may belong to a day far outside.
  for (const [day, exception] of exceptions) {
    if (exception.deleted) continue;
    const own = { ...timesOn(day), ...exception.changes };
    if (overlaps(localText(own.start), localText(own.end), period)) return true;
  }
  for (const day of occurrenceDays(recurrence, first)) {
    const planned = timesOn(day);
    if (planned.start >= period.to) return false;
    if (!exceptions.has(day) && overlaps(planned.start, planned.end, period)) return true;
  }
  return false;
};

const appointmentInWindow = (record: DatedAppointment, period: Period, tenantZone: string): boolean => {
  // Days have no zone: an all-day appointment is on the same days everywhere.
  const zone = record.allDay ? tenantZone : (record.timeZone ?? tenantZone);
  const own = { from: inZone(period.from, tenantZone, zone), to: inZone(period.to, tenantZone, zone) };
  if (record.recurrenceRule === null) return overlaps(localText(record.start), localText(record.end), own);
  try {
    return seriesOverlaps(record, record.recurrenceRule, zone, own);
  } catch (error) {
    // A rule that cannot be expanded here: better shown once too often than never.
    if (error instanceof SyncError) return localText(record.start) < own.to;
    throw error;
  }
};

const taskInWindow = (record: DatedTask, { from, to }: Period): boolean => {
  const first = record.startDate ?? record.dueDate;
  const last = record.dueDate ?? record.startDate;
  if (first === null || last === null) return true;
  const [begin, end] = first <= last ? [first, last] : [last, first];
  return overlaps(`${dayOf(begin)}T00:00:00`, `${addDays(dayOf(end), 1)}T00:00:00`, { from, to });
};

/**
 * Whether a record touches the period from `from` to before `to`, both local times `2026-03-28T00:00:00` of the tenant's zone
 * `timeZone`. Series are expanded; tasks count by their dates, a task without dates always.
 */
export const inWindow = (record: Dated, from: string, to: string, timeZone: string): boolean => {
  const period = { from: localText(from), to: localText(to) };
  return record.kind === 'task' ? taskInWindow(record, period) : appointmentInWindow(record, period, timeZone);
};
