/**
 * Exceptions of a series, Exchange <-> ERP. An exception is made a whole single appointment and mapped with all rules; only what then
 * differs from the mapped occurrence of the series is kept. So an exception obeys every rule that an appointment obeys.
 */
import isEmpty from 'lodash/isEmpty';
import isEqual from 'lodash/isEqual';
import pick from 'lodash/pick';
import type {
  AnyItem,
  ErpAppointment,
  ErpException,
  ErpOccurrenceFields,
  ExchangeAppointment,
  ExchangeException,
  ExchangeOccurrenceFields,
} from '../model/item';
import type { Recurrence } from '../model/recurrence';
import type { SeriesException } from '../model/series-exception';
import { addDays, dayNumber } from './calendar-days';
import { differingFields } from './compare';
import { dayOf, instantFromLocal, localFromInstant, localText } from './local-time';
import { occurrenceDays } from './occurrences';

const shared = ['subject', 'body', 'bodyHtml', 'location', 'allDay', 'start', 'end', 'reminderMinutes', 'freeBusy', 'categories'] as const;
const exchangeFields: readonly (keyof ExchangeOccurrenceFields)[] = [...shared, 'importance'];
const erpFields: readonly (keyof ErpOccurrenceFields)[] = [...shared, 'priority', 'activityTypeId'];

const isErpAppointment = (item: AnyItem): item is ErpAppointment => item.kind === 'appointment' && 'priority' in item;
const isExchangeAppointment = (item: AnyItem): item is ExchangeAppointment => item.kind === 'appointment' && 'importance' in item;

/** First occurrence of a series in the series' own zone: local times, or days. */
interface FirstOccurrence {
  readonly start: string;
  readonly end: string;
}

/** The occurrence on a day: at the series' time of the clock, whatever the clock does that day. */
const occurrenceOn = ({ start, end }: FirstOccurrence, day: string): FirstOccurrence => ({
  start: day + start.slice(10),
  end: addDays(day, dayNumber(end.slice(0, 10)) - dayNumber(start.slice(0, 10))) + end.slice(10),
});

/** Days of a series up to a day. */
const daysUntil = (recurrence: Recurrence, first: string, last: string): ReadonlySet<string> => {
  const days = new Set<string>();
  for (const day of occurrenceDays(recurrence, first)) {
    if (day > last) break;
    days.add(day);
  }
  return days;
};

/** An exception with the day of the occurrence that it replaces. */
interface OnDay<Exception> {
  readonly day: string;
  readonly exception: Exception;
}

/** The exceptions by day, without those on days that the series does not have: no side can show them. */
const onDaysOf = <Exception extends { readonly originalStart: string }>(
  exceptions: readonly Exception[],
  recurrence: Recurrence,
  first: string,
  dayOfException: (exception: Exception) => string,
): readonly OnDay<Exception>[] => {
  const dated = exceptions.map((exception) => ({ day: dayOfException(exception), exception }));
  const last = dated.reduce((latest, { day }) => (day > latest ? day : latest), first);
  const days = daysUntil(recurrence, first, last);
  return dated.filter(({ day }) => days.has(day)).toSorted((a, b) => (a.day < b.day ? -1 : 1));
};

/**
 * Day of an occurrence in the series' zone. An hour that a clock change skips is later than the series says, and may even be on the next day.
 */
const localDayOf = (instant: string, { start }: FirstOccurrence, timeZone: string): string => {
  const day = localFromInstant(instant, timeZone).slice(0, 10);
  const dayBefore = addDays(day, -1);
  return [day, dayBefore].find((candidate) => instantFromLocal(candidate + start.slice(10), timeZone) === instant) ?? day;
};

/** A series in Exchange's shape that is to be mapped. */
export interface ExchangeSeries {
  readonly item: ExchangeAppointment;
  /** IANA zone in which the ERP will let it recur. */
  readonly timeZone: string;
  /** Maps a single appointment; the result's times are local in `timeZone`. */
  readonly mapSingle: (occurrence: ExchangeAppointment) => AnyItem;
}

/** Exceptions of a series as the ERP holds them, by original start; none when the appointment is single. */
export const exceptionsToErp = ({ item, timeZone, mapSingle }: ExchangeSeries): readonly ErpException[] => {
  const { recurrence, exceptions, allDay } = item;
  if (recurrence === null || exceptions.length === 0) return [];
  const local = (text: string): string => (allDay ? dayOf(text) : localFromInstant(text, timeZone));
  const there = (text: string): string => (allDay ? text : instantFromLocal(text, timeZone));
  const first = { start: local(item.start), end: local(item.end) };
  const dayOfException = ({ originalStart }: ExchangeException): string =>
    allDay ? dayOf(originalStart) : localDayOf(originalStart, first, timeZone);
  return onDaysOf(exceptions, recurrence, first.start.slice(0, 10), dayOfException).flatMap(({ day, exception }): ErpException[] => {
    const { start: originalStart, end } = occurrenceOn(first, day);
    if (exception.deleted) return [{ originalStart, deleted: true }];
    const asSeries = { ...item, timeZone, recurrence: null, exceptions: [], start: there(originalStart), end: there(end) };
    const [before, now] = [mapSingle(asSeries), mapSingle({ ...asSeries, ...exception.changes })];
    const differing = differingFields(before, now, timeZone);
    const fields = erpFields.filter((field) => differing.includes(field));
    return fields.length === 0 || !isErpAppointment(now) ? [] : [{ originalStart, deleted: false, changes: pick(now, fields) }];
  });
};

/** A series in the ERP's shape that is to be mapped. */
export interface ErpSeries {
  readonly record: ErpAppointment;
  /** IANA zone in which it recurs. */
  readonly timeZone: string;
  /** Its recurrence in Exchange. */
  readonly recurrence: Recurrence | null;
  /** Maps a single appointment whose times are local in `timeZone`. */
  readonly mapSingle: (occurrence: ErpAppointment) => AnyItem;
}

/** Exceptions of a series as Exchange holds them, by original start; none when the appointment is single. */
export const exceptionsToExchange = ({ record, timeZone, recurrence, mapSingle }: ErpSeries): readonly ExchangeException[] => {
  const { exceptions, allDay } = record;
  if (recurrence === null || exceptions.length === 0) return [];
  const local = (text: string): string => (allDay ? dayOf(text) : localText(text));
  const first = { start: local(record.start), end: local(record.end) };
  return onDaysOf(exceptions, recurrence, first.start.slice(0, 10), ({ originalStart }) => dayOf(originalStart)).flatMap(
    ({ day, exception }): ExchangeException[] => {
      const { start, end } = occurrenceOn(first, day);
      const originalStart = allDay ? start : instantFromLocal(start, timeZone);
      if (exception.deleted) return [{ originalStart, deleted: true }];
      const asSeries = { ...record, timeZone, recurrenceRule: null, exceptions: [], start, end };
      const [before, now] = [mapSingle(asSeries), mapSingle({ ...asSeries, ...exception.changes })];
      const differing = differingFields(before, now, timeZone);
      const fields = exchangeFields.filter((field) => differing.includes(field));
      return fields.length === 0 || !isExchangeAppointment(now) ? [] : [{ originalStart, deleted: false, changes: pick(now, fields) }];
    },
  );
};

/** The fields of an exception; a deleted one and none have no fields of their own. */
const changesOf = <Fields extends object>(exception: SeriesException<Fields> | undefined): Partial<Fields> | undefined =>
  exception?.deleted === false ? exception.changes : undefined;

/** Those fields of which the condition is true. */
const fieldsWhere = <Fields extends object>(fields: Fields, keep: (value: unknown, field: string) => boolean): Partial<Fields> => {
  const result: Partial<Fields> = { ...fields };
  for (const field in result) if (!keep(result[field], field)) Reflect.deleteProperty(result, field);
  return result;
};

/** The target's exception after what happened to its image on the source's side, which was `before` and is `now`; null for none. */
const carried = <Fields extends object>(
  before: SeriesException<Fields> | undefined,
  now: SeriesException<Fields> | undefined,
  target: SeriesException<Fields> | undefined,
): SeriesException<Fields> | null => {
  if (isEqual(before, now)) return target ?? null;
  if (now?.deleted === true) return now;
  const [was, is] = [new Map(Object.entries(changesOf(before) ?? {})), changesOf(now)];
  const changed = fieldsWhere(is ?? {}, (value, field) => !was.has(field) || !isEqual(value, was.get(field)));
  const left = fieldsWhere(changesOf(target) ?? {}, (_, field) => !was.has(field) || (is !== undefined && field in is));
  const changes: Partial<Fields> = { ...left, ...changed };
  const originalStart = target?.originalStart ?? now?.originalStart ?? '';
  return isEmpty(changes) ? null : { originalStart, deleted: false, changes };
};

/**
 * The target's exceptions after the source's, mapped, were `before` and are `now`: only what the source changed is changed. So what the
 * mapping loses or does not let through stays as it is on the target.
 */
export const carryExceptions = <Fields extends object>(
  before: readonly SeriesException<Fields>[],
  now: readonly SeriesException<Fields>[],
  target: readonly SeriesException<Fields>[],
): readonly SeriesException<Fields>[] => {
  const byStart = (exceptions: readonly SeriesException<Fields>[]) => new Map(exceptions.map((one) => [one.originalStart, one]));
  const [was, is, there] = [byStart(before), byStart(now), byStart(target)];
  return [...new Set([...was.keys(), ...is.keys(), ...there.keys()])]
    .toSorted()
    .flatMap((start) => carried(was.get(start), is.get(start), there.get(start)) ?? []);
};
