/** iCalendar files into Exchange items. One bad event never costs the others: what is left out is listed with its reason. */
import { SyncError } from '../model/error';
import type { ExchangeItem } from '../model/item';
import { propertyOf, readComponents, textOf, type Component } from './content-lines';
import { decodeCalendar } from './decode';
import { readEvent } from './event';
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
  readonly skipped: readonly SkippedEntry[];
}

/** How to read. */
export interface CalendarOptions {
  /** IANA zone of floating times and all-day appointments. */
  readonly timeZone: string;
}

type Outcome = { readonly read: CalendarItem } | { readonly skipped: SkippedEntry };

const uidOf = (component: Component): string | null => propertyOf(component, 'UID')?.value.trim() ?? null;

const skip = (component: Component, reason: string): Outcome => ({
  skipped: { what: (uidOf(component) ?? textOf(component, 'SUMMARY').slice(0, 80)) || component.name, reason, line: component.line },
});

/** Components of a calendar that hold no items of their own. */
const silent = new Set(['VTIMEZONE', 'VALARM', 'STANDARD', 'DAYLIGHT']);
const containers = new Set(['VCALENDAR']);

const entriesOf = (component: Component): readonly Component[] =>
  containers.has(component.name) ? component.components.flatMap(entriesOf) : silent.has(component.name) ? [] : [component];

const timezonesOf = (component: Component): readonly Component[] =>
  component.name === 'VTIMEZONE' ? [component] : component.components.flatMap(timezonesOf);

const readEntry = (component: Component, context: MomentContext): Outcome => {
  if (!component.complete) return skip(component, `its END:${component.name} is missing`);
  try {
    if (component.name === 'VEVENT') return { read: { uid: uidOf(component), item: readEvent(component, context) } };
    if (component.name === 'VTODO') return { read: { uid: uidOf(component), item: readTodo(component, context) } };
    return skip(component, `${component.name} is neither an appointment nor a task`);
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyncError) return skip(component, error.message);
    throw error;
  }
};

/**
 * Items of a calendar text or file. Left out and listed: what cannot be read or Exchange cannot express, series with
 * exceptions, and a UID that the file has imported already. Never throws for what a file contains.
 */
export const readCalendar = (source: Uint8Array | string, { timeZone }: CalendarOptions): CalendarContent => {
  const tops = readComponents(decodeCalendar(source));
  const entries = tops.flatMap(entriesOf);
  if (entries.length === 0 && !tops.some(({ name }) => name === 'VCALENDAR'))
    return { items: [], skipped: [{ what: 'file', reason: 'it is not a calendar: no BEGIN:VCALENDAR' }] };
  const context = { zones: createZones(tops.flatMap(timezonesOf), timeZone), tenantZone: timeZone };
  const changed = new Set(entries.filter((entry) => propertyOf(entry, 'RECURRENCE-ID') !== null).map(uidOf));
  const items: CalendarItem[] = [];
  const skipped: SkippedEntry[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const uid = uidOf(entry);
    let outcome = readEntry(entry, context);
    if ('read' in outcome && uid !== null) {
      if (changed.has(uid)) outcome = skip(entry, 'series with exceptions are not supported yet (changed occurrences)');
      else if (seen.has(uid)) outcome = skip(entry, 'the file has this UID twice');
      else seen.add(uid);
    }
    if ('read' in outcome) items.push(outcome.read);
    else skipped.push(outcome.skipped);
  }
  return { items, skipped };
};
