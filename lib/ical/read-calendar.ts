/** iCalendar files into Exchange items. One bad event never costs the others: what is left out is listed with its reason. */
import { difference, groupBy, sortBy, uniqBy } from 'lodash';
import { SyncError } from '../model/error';
import type { ExchangeItem } from '../model/item';
import { propertyOf, readComponents, textOf, type Component } from './content-lines';
import { decodeCalendar } from './decode';
import { readEvent } from './event';
import { readSeries } from './series';
import { Unreadable, type MomentContext } from './moment';
import { readTodo } from './todo';
import { createZones } from './zones';

/** An item of a calendar file. */
export interface CalendarItem {
  /** UID of the component, null when it has none. */
  readonly uid: string | null;
  readonly item: ExchangeItem;
}

/** Something that is not imported. */
export interface SkippedEntry {
  /** UID or summary, else the component's name. */
  readonly what: string;
  readonly reason: string;
  /** Line in the file, from 1. */
  readonly line?: number;
}

/** Result of reading a file. */
export interface CalendarContent {
  readonly items: readonly CalendarItem[];
  /** Components that are no items of their own: they came into their series as exceptions. */
  readonly exceptions: number;
  readonly skipped: readonly SkippedEntry[];
}

/** How to read. */
export interface CalendarOptions {
  /** IANA zone of floating times and all-day appointments. */
  readonly timeZone: string;
}

/** What becomes of components that belong together. */
interface Outcome {
  readonly items: readonly CalendarItem[];
  readonly exceptions: number;
  readonly skipped: readonly SkippedEntry[];
}

const nothing: Outcome = { items: [], exceptions: 0, skipped: [] };

const uidOf = (component: Component): string | null => propertyOf(component, 'UID')?.value.trim() ?? null;

const skip = (component: Component, reason: string): Outcome => ({
  ...nothing,
  skipped: [{ what: (uidOf(component) ?? textOf(component, 'SUMMARY').slice(0, 80)) || component.name, reason, line: component.line }],
});

const together = (outcomes: readonly Outcome[]): Outcome => ({
  items: outcomes.flatMap(({ items }) => items),
  exceptions: outcomes.reduce((sum, { exceptions }) => sum + exceptions, 0),
  skipped: outcomes.flatMap(({ skipped }) => skipped),
});

/** Components of a calendar that hold no items of their own. */
const silent = new Set(['VTIMEZONE', 'VALARM', 'STANDARD', 'DAYLIGHT']);
const containers = new Set(['VCALENDAR']);

const entriesOf = (component: Component): readonly Component[] =>
  containers.has(component.name) ? component.components.flatMap(entriesOf) : silent.has(component.name) ? [] : [component];

const timezonesOf = (component: Component): readonly Component[] =>
  component.name === 'VTIMEZONE' ? [component] : component.components.flatMap(timezonesOf);

/** Reads one component; what it cannot give is a reason to skip it. */
const readOrSkip = (component: Component, read: () => Outcome): Outcome => {
  if (!component.complete) return skip(component, `its END:${component.name} is missing`);
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyncError) return skip(component, error.message);
    throw error;
  }
};

const readEntry = (component: Component, overrides: readonly Component[], context: MomentContext): Outcome => {
  const uid = uidOf(component);
  const single = (item: ExchangeItem): CalendarItem => ({ uid, item });
  const outcome = readOrSkip(component, () => {
    if (component.name === 'VTODO') return { ...nothing, items: [single(readTodo(component, context))] };
    if (component.name !== 'VEVENT') return skip(component, `${component.name} is neither an appointment nor a task`);
    const cut = overrides.find(({ complete }) => !complete);
    if (cut !== undefined) throw new Unreadable(`an occurrence of the series is cut off in line ${cut.line}`);
    const { series, apart, idle } = readSeries(component, overrides, context);
    const read = {
      items: [...(series === null ? [] : [series]), ...apart].map(single),
      exceptions: overrides.length - apart.length,
      skipped: [],
    };
    const skipped = idle.map((one) => skip(one, 'it cancels an occurrence that its series does not have'));
    return together([{ ...read, exceptions: read.exceptions - idle.length }, ...skipped]);
  });
  const isLeftOut = outcome.items.length === 0;
  return isLeftOut ? together([outcome, ...overrides.map((one) => skip(one, 'its series is left out'))]) : outcome;
};

/** An occurrence without its series, as somebody gets it who is invited to it alone: an appointment like any other. */
const readLonely = (component: Component, context: MomentContext): Outcome =>
  readOrSkip(component, () => ({ ...nothing, items: [{ uid: uidOf(component), item: readEvent(component, context) }] }));

const isOverride = (component: Component): boolean => component.name === 'VEVENT' && propertyOf(component, 'RECURRENCE-ID') !== null;

/** What a component is within its file: a UID, and for an occurrence which one. */
const identityOf = (component: Component): string | null => {
  const uid = uidOf(component);
  return uid === null ? null : JSON.stringify([uid, propertyOf(component, 'RECURRENCE-ID')?.value.trim() ?? null]);
};

/** Splits what comes a second time from the first of its kind. */
const withoutTwins = (entries: readonly Component[]): { readonly first: readonly Component[]; readonly twins: readonly Component[] } => {
  const first = uniqBy(entries, (entry) => identityOf(entry) ?? entry);
  return { first, twins: difference(entries, first) };
};

const readEntries = (entries: readonly Component[], context: MomentContext): Outcome => {
  const { first, twins } = withoutTwins(entries);
  const overrides = groupBy(first.filter(isOverride), (entry) => uidOf(entry) ?? '');
  const masters = new Set(first.filter((entry) => !isOverride(entry)).flatMap((entry) => uidOf(entry) ?? []));
  return together([
    ...first.map((entry) => {
      const uid = uidOf(entry);
      if (!isOverride(entry)) return readEntry(entry, uid === null ? [] : (overrides[uid] ?? []), context);
      return uid !== null && masters.has(uid) ? nothing : readLonely(entry, context);
    }),
    ...twins.map((entry) => skip(entry, 'the file has this UID twice')),
  ]);
};

/**
 * Items of a calendar text or file. Left out and listed: what cannot be read or Exchange cannot express, and a UID that the file has
 * imported already. Never throws for what a file contains.
 */
export const readCalendar = (source: Uint8Array | string, { timeZone }: CalendarOptions): CalendarContent => {
  const tops = readComponents(decodeCalendar(source));
  const entries = tops.flatMap(entriesOf);
  if (entries.length === 0 && !tops.some(({ name }) => name === 'VCALENDAR'))
    return { ...nothing, skipped: [{ what: 'file', reason: 'it is not a calendar: no BEGIN:VCALENDAR' }] };
  const context = { zones: createZones(tops.flatMap(timezonesOf), timeZone), tenantZone: timeZone };
  const { skipped, ...read } = readEntries(entries, context);
  return { ...read, skipped: sortBy(skipped, 'line') };
};
