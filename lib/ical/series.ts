/**
 * A series of a calendar file with its exceptions (RFC 5545, sections 3.8.4.4 and 3.8.5.1): excluded days, and components that replace one
 * occurrence each. What Exchange cannot hold as an exception becomes a deleted occurrence and an appointment of its own.
 */
import pick from 'lodash/pick';
import { addDays, dayNumber } from '../mapping/calendar-days';
import { differingFields } from '../mapping/compare';
import { instantFromLocal, localFromInstant } from '../mapping/local-time';
import { occurrenceDays } from '../mapping/occurrences';
import type { ExchangeAppointment, ExchangeException, ExchangeOccurrenceFields, Sensitivity } from '../model/item';
import type { Recurrence } from '../model/recurrence';
import { propertiesOf, propertyOf, wordOf, type Component } from './content-lines';
import { readEvent } from './event';
import { localDay, readMoment, Unreadable, type Moment, type MomentContext } from './moment';

/** What a series of a file becomes. */
export interface SeriesRead {
  /** The series; null when every occurrence became an appointment of its own. */
  readonly series: ExchangeAppointment | null;
  /** Occurrences that Exchange can only hold as appointments of their own. */
  readonly apart: readonly ExchangeAppointment[];
  /** Components that say nothing about this series. */
  readonly idle: readonly Component[];
}

const occurrenceFields: readonly (keyof ExchangeOccurrenceFields)[] = [
  ...(['subject', 'body', 'bodyHtml', 'location', 'allDay', 'start', 'end'] as const),
  ...(['reminderMinutes', 'freeBusy', 'importance', 'categories'] as const),
];

const secrecy: readonly Sensitivity[] = ['normal', 'personal', 'private', 'confidential'];

/** An occurrence as its component describes it; null when it is cancelled. */
interface Replacement {
  readonly day: string;
  readonly instead: ExchangeAppointment | null;
}

/** The series with what is needed to find its occurrences. */
interface Planned {
  readonly item: ExchangeAppointment;
  readonly recurrence: Recurrence;
  /** In the series' zone. */
  readonly first: { readonly start: string; readonly end: string };
}

const plannedOf = (item: ExchangeAppointment, recurrence: Recurrence): Planned => {
  const local = (text: string): string => (item.allDay ? text : localFromInstant(text, item.timeZone));
  return { item, recurrence, first: { start: local(item.start), end: local(item.end) } };
};

/** The occurrence on a day as a single appointment. */
const occurrenceOn = ({ item, first: { start, end } }: Planned, day: string): ExchangeAppointment => {
  const there = (text: string): string => (item.allDay ? text : instantFromLocal(text, item.timeZone));
  const lastDay = addDays(day, dayNumber(end.slice(0, 10)) - dayNumber(start.slice(0, 10)));
  const times = { start: there(day + start.slice(10)), end: there(lastDay + end.slice(10)) };
  return { ...item, ...times, recurrence: null, exceptions: [] };
};

const hasDay = ({ recurrence, first }: Planned, day: string): boolean => {
  for (const candidate of occurrenceDays(recurrence, first.start.slice(0, 10))) {
    if (candidate >= day) return candidate === day;
  }
  return false;
};

/** Day of the occurrence that begins at a moment; a day stands for what begins on it. Null when the series has none. */
const dayOfOccurrence = (planned: Planned, moment: Moment): string | null => {
  const { item } = planned;
  if (item.allDay || moment.type === 'day') {
    const day = localDay(moment, item.timeZone);
    return hasDay(planned, day) ? day : null;
  }
  const day = localFromInstant(moment.instant, item.timeZone).slice(0, 10);
  // An hour that the clock skips may end up on the next day.
  const found = [day, addDays(day, -1)].find((candidate) => occurrenceOn(planned, candidate).start === moment.instant);
  return found !== undefined && hasDay(planned, found) ? found : null;
};

const excludedDays = (planned: Planned, master: Component, context: MomentContext): readonly string[] =>
  propertiesOf(master, 'EXDATE')
    .flatMap((property) => property.value.split(',').map((value) => ({ ...property, value })))
    .filter(({ value }) => value.trim() !== '')
    .flatMap((property) => dayOfOccurrence(planned, readMoment(property, context)) ?? []);

const recurrenceId = (component: Component, context: MomentContext): Moment => {
  const property = propertyOf(component, 'RECURRENCE-ID');
  if (property === null) throw new Unreadable('it has no RECURRENCE-ID');
  if (property.params.has('RANGE')) throw new Unreadable('it changes all later occurrences, too (RANGE)');
  return readMoment(property, context);
};

const isCancelled = (component: Component): boolean => wordOf(component, 'STATUS') === 'CANCELLED';

const replacementOf = (planned: Planned, component: Component, context: MomentContext): Replacement | ExchangeAppointment | null => {
  const day = dayOfOccurrence(planned, recurrenceId(component, context));
  if (isCancelled(component)) return day === null ? null : { day, instead: null };
  const instead = { ...readEvent(component, context), recurrence: null };
  return day === null ? instead : { day, instead };
};

/** What begins and ends when, to compare neighbours. */
interface Placed {
  readonly startDay: string;
  readonly start: string;
  readonly end: string;
}

const placed = (appointment: ExchangeAppointment, timeZone: string): Placed => {
  const { allDay, start, end } = appointment;
  const instant = (text: string): string => (allDay ? instantFromLocal(`${text}T00:00:00`, timeZone) : text);
  return { startDay: allDay ? start : localFromInstant(start, timeZone).slice(0, 10), start: instant(start), end: instant(end) };
};

/** Exchange keeps occurrences in order, each beginning on a day of its own. */
const staysBetween = (before: Placed | null, own: Placed, after: Placed | null): boolean =>
  (before === null || (before.startDay < own.startDay && before.end <= own.start)) &&
  (after === null || (own.startDay < after.startDay && own.end <= after.start));

/** Days of the series up to the one after a day. */
const daysBeyond = ({ recurrence, first }: Planned, last: string): readonly string[] => {
  const days: string[] = [];
  for (const day of occurrenceDays(recurrence, first.start.slice(0, 10))) {
    days.push(day);
    if (day > last) break;
  }
  return days;
};

/** The days whose replacement leaves its place between the neighbours. */
const leavingDays = (planned: Planned, replacements: ReadonlyMap<string, ExchangeAppointment | null>): ReadonlySet<string> => {
  const { timeZone } = planned.item;
  const leaving = new Set<string>();
  const last = [...replacements.keys()].toSorted().at(-1);
  if (last === undefined) return leaving;
  const days = daysBeyond(planned, last).filter((day) => replacements.get(day) !== null);
  const placeOf = (day: string | undefined): Placed | null =>
    day === undefined ? null : placed(replacements.get(day) ?? occurrenceOn(planned, day), timeZone);
  days.forEach((day, at) => {
    const own = replacements.get(day) ?? null;
    if (own === null) return;
    const before = days.slice(0, at).findLast((candidate) => !leaving.has(candidate));
    if (!staysBetween(placeOf(before), placed(own, timeZone), placeOf(days[at + 1]))) leaving.add(day);
  });
  return leaving;
};

const exceptionOn = (planned: Planned, day: string, instead: ExchangeAppointment | null): readonly ExchangeException[] => {
  const occurrence = occurrenceOn(planned, day);
  if (instead === null) return [{ originalStart: occurrence.start, deleted: true }];
  const differing = differingFields(occurrence, instead);
  const fields = occurrenceFields.filter((field) => differing.includes(field));
  return fields.length === 0 ? [] : [{ originalStart: occurrence.start, deleted: false, changes: pick(instead, fields) }];
};

/** Whether the series has an occurrence that is not deleted. */
const hasOccurrence = ({ recurrence, first }: Planned, deleted: ReadonlySet<string>): boolean => {
  for (const day of occurrenceDays(recurrence, first.start.slice(0, 10))) if (!deleted.has(day)) return true;
  return false;
};

/** An appointment that does not recur and is replaced all the same; what replaces no occurrence is an appointment of its own. */
const readSingle = (item: ExchangeAppointment, overrides: readonly Component[], context: MomentContext): SeriesRead => {
  const isItself = (component: Component): boolean => {
    const moment = recurrenceId(component, context);
    return (moment.type === 'day' ? moment.day : moment.instant) === item.start;
  };
  const [own] = overrides.filter(isItself);
  const others = overrides.filter((component) => component !== own);
  return {
    series: own === undefined ? item : readEvent(own, context),
    apart: others.filter((component) => !isCancelled(component)).map((component) => readEvent(component, context)),
    idle: others.filter(isCancelled),
  };
};

/**
 * The series of a VEVENT with the components that replace its occurrences. Throws Unreadable, or SyncError `recurrence-not-expressible`; a
 * replacement that cannot be read costs the whole series, which would be wrong without it.
 */
export const readSeries = (master: Component, overrides: readonly Component[], context: MomentContext): SeriesRead => {
  const item = readEvent(master, context);
  if (item.recurrence === null) return readSingle(item, overrides, context);
  const planned = plannedOf(item, item.recurrence);
  const replacements = new Map<string, ExchangeAppointment | null>(excludedDays(planned, master, context).map((day) => [day, null]));
  const apart: ExchangeAppointment[] = [];
  const idle: Component[] = [];
  for (const component of overrides) {
    const replacement = replacementOf(planned, component, context);
    if (replacement === null) idle.push(component);
    else if ('day' in replacement) replacements.set(replacement.day, replacement.instead);
    else apart.push(replacement);
  }
  const isMoreSecret = (instead: ExchangeAppointment): boolean => secrecy.indexOf(instead.sensitivity) > secrecy.indexOf(item.sensitivity);
  const leaving = leavingDays(planned, replacements);
  for (const [day, instead] of replacements) {
    if (instead === null || !(leaving.has(day) || isMoreSecret(instead))) continue;
    apart.push(instead);
    replacements.set(day, null);
  }
  const exceptions = [...replacements.keys()].toSorted().flatMap((day) => exceptionOn(planned, day, replacements.get(day) ?? null));
  const deleted = new Set([...replacements].filter(([, instead]) => instead === null).map(([day]) => day));
  const series = hasOccurrence(planned, deleted) ? { ...item, exceptions } : null;
  if (series === null && apart.length === 0) throw new Unreadable('none of its occurrences is left (EXDATE)');
  return { series, apart, idle };
};
