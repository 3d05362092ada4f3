/** Exceptions of a series: occurrences compared with what the series makes of them. */
import { isEqual, pick, sortBy } from 'lodash';
import type { ExchangeAppointment, ExchangeException, ExchangeOccurrenceFields } from '../../../model/item';
import { occurrenceDays, occurrenceIndex, plannedSpan } from './occurrences';
import { dateIn, nearestDate } from './time';

/** A field of which an occurrence may have its own. */
export type OccurrenceField = keyof ExchangeOccurrenceFields;

const fields: readonly OccurrenceField[] = [
  'subject',
  'body',
  'bodyHtml',
  'location',
  'allDay',
  'start',
  'end',
  'reminderMinutes',
  'freeBusy',
  'importance',
  'categories',
];

/** The day by which an occurrence is known, in the series' zone. */
export const occurrenceDay = (series: ExchangeAppointment, originalStart: string): string =>
  dateIn(originalStart, series.timeZone, 'OriginalStart');

/** An instant that Exchange told as original start, spelled as the series' own start. */
export const originalStartIn = (series: ExchangeAppointment, instant: string): string =>
  series.allDay ? nearestDate(instant, series.timeZone, 'OriginalStart') : instant;

/** Fields in which two states of an occurrence differ. */
export const differingFields = (one: ExchangeOccurrenceFields, two: ExchangeOccurrenceFields): readonly OccurrenceField[] =>
  fields.filter((field) => !isEqual(one[field], two[field]));

/** What the series makes of the occurrence of a day. */
export const plannedOccurrence = (series: ExchangeAppointment, day: string): ExchangeOccurrenceFields => ({
  ...pick(series, fields),
  ...plannedSpan(series, day),
});

/** A changed occurrence as exception; null when it is as the series says after all. `originalStart`: as the series' own start is spelled. */
export const changedException = (
  series: ExchangeAppointment,
  originalStart: string,
  occurrence: ExchangeOccurrenceFields,
): ExchangeException | null => {
  const planned = { ...plannedOccurrence(series, occurrenceDay(series, originalStart)), start: originalStart };
  const changed = differingFields(planned, occurrence);
  return changed.length === 0 ? null : { originalStart, deleted: false, changes: pick(occurrence, changed) };
};

/** Exceptions in the model's order. */
export const inOrder = (exceptions: readonly ExchangeException[]): readonly ExchangeException[] =>
  sortBy(exceptions, ({ originalStart }) => originalStart);

/** What has to be done to one occurrence: its deletion, or the fields to write. */
export type OccurrenceWork =
  | { readonly day: string; readonly deleted: true }
  | {
      readonly day: string;
      readonly deleted: false;
      readonly occurrence: ExchangeOccurrenceFields;
      readonly fields: readonly OccurrenceField[];
    };

/** What has to be done so that a series has the exceptions that it should have. */
export interface SeriesWork {
  /** A deleted occurrence has to come back: that takes a new recurrence, which takes all exceptions away. */
  readonly rebuild: boolean;
  readonly works: readonly OccurrenceWork[];
}

const byDay = (series: ExchangeAppointment, exceptions: readonly ExchangeException[]): ReadonlyMap<string, ExchangeException> =>
  new Map(exceptions.map((exception) => [occurrenceDay(series, exception.originalStart), exception]));

const workOn = (
  series: ExchangeAppointment,
  day: string,
  wanted: ExchangeException | undefined,
  found: ExchangeException | undefined,
): OccurrenceWork | null => {
  if (wanted?.deleted === true) return found?.deleted === true ? null : { day, deleted: true };
  const planned = plannedOccurrence(series, day);
  const occurrence = { ...planned, ...wanted?.changes };
  const now = found?.deleted === false ? { ...planned, ...found.changes } : planned;
  const changed = differingFields(now, occurrence);
  return changed.length === 0 ? null : { day, deleted: false, occurrence, fields: changed };
};

/**
 * Compares a series as it is in Exchange with the exceptions that it should have. An exception for a day on which the series has no
 * occurrence is none.
 */
export const seriesWork = (series: ExchangeAppointment, exceptions: readonly ExchangeException[]): SeriesWork => {
  const all = byDay(series, exceptions);
  const wanted = new Map([...all].filter(([day]) => occurrenceIndex(series, day) !== null));
  const there = byDay(series, series.exceptions);
  const rebuild = [...there].some(([day, exception]) => exception.deleted && wanted.get(day)?.deleted !== true);
  const found: typeof there = rebuild ? new Map() : there;
  const days = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  return { rebuild, works: days.flatMap((day) => workOn(series, day, wanted.get(day), found.get(day)) ?? []) };
};

/** True when the exceptions delete every occurrence: Exchange would delete the series with the last one. */
export const leavesNothing = (series: ExchangeAppointment, exceptions: readonly ExchangeException[]): boolean => {
  if (series.recurrence === null || !exceptions.some(({ deleted }) => deleted)) return false;
  const wanted = byDay(series, exceptions);
  for (const day of occurrenceDays(series)) if (wanted.get(day)?.deleted !== true) return false;
  return true;
};
