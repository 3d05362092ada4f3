import { isEqual } from 'lodash';
import type { Period } from '../storage/items';
import { text, type Properties } from '../storage/properties';
import { ianaZone, offsetAt } from '../time';
import type { XmlElement } from '../xml/element';
import { lastRecurrenceDay, recurrenceDays, samePattern } from './recurrence';

/** One occurrence of a series as its pattern has it: the day it is known by, in the series' zone, and start and end in UTC (ms). */
export interface Occurrence extends Period {
  readonly day: number;
}

const dayLength = 24 * 3_600_000;
const farFuture = Date.UTC(4500, 8, 1);

/** The Windows zone that a stored StartTimeZone or EndTimeZone stands for; its id is what the client called it. */
export const windowsIdOf = ({ text: known, attributes }: XmlElement): string => (known === '' ? (attributes['Id'] ?? 'UTC') : known);

/** The IANA zone in which an appointment is planned. */
export const zoneOf = ({ StartTimeZone: stored }: Properties): string => (stored ? ianaZone(windowsIdOf(stored)) : 'UTC');

/** Start and end of an appointment (of a series: of its first occurrence) in ms. */
export const periodOf = (properties: Properties): Period => ({
  starts: Date.parse(text(properties, 'Start') ?? ''),
  ends: Date.parse(text(properties, 'End') ?? ''),
});

const minute = 60_000;

const localTime = (moment: number, zone: string): number => moment + offsetAt(moment, zone) * minute;

/** The day on which a moment lies in a zone. */
export const dayAt = (moment: number, zone: string): number => Math.floor(localTime(moment, zone) / dayLength);

/** Wall-clock time in ms since the midnight that begins a day; both lie in the zone. */
const sinceMidnight = (moment: number, day: number, zone: string): number => localTime(moment, zone) - day * dayLength;

/**
 * The moment at which a zone's clocks show a time of a day. What the change to summer time leaves out comes an hour later; of what comes
 * twice in autumn, it is the second, in standard time.
 */
const atWallClock = (day: number, time: number, zone: string): number => {
  const local = day * dayLength + time;
  const before = offsetAt(local - dayLength, zone);
  const after = offsetAt(local + dayLength, zone);
  const possible = [before, after].map((offset) => ({ offset, moment: local - offset * minute }));
  const right = possible.filter(({ offset, moment }) => offsetAt(moment, zone) === offset).map(({ moment }) => moment);
  return right.length === 0 ? local - before * minute : Math.max(...right);
};

/** Start and end of a series' occurrences as times of their day: clock changes move neither. */
interface Plan {
  readonly zone: string;
  readonly from: number;
  readonly to: number;
}

const planOf = (properties: Properties): Plan => {
  const zone = zoneOf(properties);
  const { starts, ends } = periodOf(properties);
  const day = dayAt(starts, zone);
  return { zone, from: sinceMidnight(starts, day, zone), to: sinceMidnight(ends, day, zone) };
};

const planned = (plan: Plan, day: number): Occurrence => ({
  day,
  starts: atWallClock(day, plan.from, plan.zone),
  ends: atWallClock(day, plan.to, plan.zone),
});

/** The occurrences of a series in order, from a day on. */
export function* occurrences(properties: Properties, from?: number): Generator<Occurrence, undefined> {
  const recurrence = properties['Recurrence'];
  if (!recurrence) return undefined;
  const plan = planOf(properties);
  for (const day of recurrenceDays(recurrence, from)) yield planned(plan, day);
  return undefined;
}

/** How long an appointment takes by the clocks of its zone, in ms. */
export const wallClockLength = (properties: Properties): number => {
  const { from, to } = planOf(properties);
  return to - from;
};

/** True where two states of a series plan the same occurrences, as long as both last. */
export function sameSchedule(one: Properties, two: Properties): boolean {
  const [first, second] = [one['Recurrence'], two['Recurrence']];
  if (!first || !second || !samePattern(first, second)) return false;
  return isEqual(planOf(one), planOf(two)) && text(one, 'IsAllDayEvent') === text(two, 'IsAllDayEvent');
}

/** True where something overlaps a period (ms), as Exchange's CalendarView counts: an end on its start is outside. */
export const overlaps = ({ starts, ends }: Period, from: number, to: number): boolean =>
  starts < to && (ends > from || (starts === ends && starts >= from));

/** The occurrences of a series that overlap a period (ms), as the pattern has them. */
export function occurrencesIn(properties: Properties, from: number, to: number): readonly Occurrence[] {
  const { starts, ends } = periodOf(properties);
  const found: Occurrence[] = [];
  for (const occurrence of occurrences(properties, dayAt(from - (ends - starts), zoneOf(properties)) - 1)) {
    if (occurrence.starts >= to) break;
    if (overlaps(occurrence, from, to)) found.push(occurrence);
  }
  return found;
}

/** The occurrence of a day, if the series has one on it. */
export function occurrenceOn(properties: Properties, day: number): Occurrence | undefined {
  const { value } = occurrences(properties, day).next();
  return value?.day === day ? value : undefined;
}

/** The occurrence with a number, counted from 1; undefined outside the range. */
export function nthOccurrence(properties: Properties, index: number): Occurrence | undefined {
  const recurrence = properties['Recurrence'];
  let count = 0;
  if (recurrence)
    for (const day of recurrenceDays(recurrence)) {
      count += 1;
      if (count === index) return planned(planOf(properties), day);
    }
  return undefined;
}

/** The last occurrence; an endless series has none. */
export function lastOccurrence(properties: Properties): Occurrence | undefined {
  const recurrence = properties['Recurrence'];
  const day = recurrence && lastRecurrenceDay(recurrence);
  return day === undefined ? undefined : planned(planOf(properties), day);
}

/** The time an appointment covers by its pattern, with all its occurrences. */
export const plannedPeriod = (properties: Properties): Period => {
  const { starts, ends } = periodOf(properties);
  return { starts, ends: properties['Recurrence'] ? (lastOccurrence(properties)?.ends ?? farFuture) : ends };
};
