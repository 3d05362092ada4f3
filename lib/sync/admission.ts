/**
 * Which changes an employee's options let through (requirements S1, S4, S5, S6). Pure: items, options and the day come in.
 * What is not admitted is left alone: bases do not move, so that a change that was left out is caught up when the option changes, or on the
 * day on which time brings its item into the window.
 */
import { addDays, dayFromNumber, dayNumber } from '../mapping/calendar-days';
import { createMapping } from '../mapping/mapping';
import { inWindow, type Dated } from '../mapping/window';
import type { KindOptions } from '../model/employee-options';
import { SyncError } from '../model/error';
import { removalKept } from '../model/held';
import type { AnyItem } from '../model/item';
import type { Direction } from '../model/kind';

/** Codes of the rows that options end. */
export type ExclusionCode = 'direction-off' | 'private-not-synchronised' | 'deletion-off' | 'before-start-date' | 'outside-window';

/** Codes of rows that are opened again when the options let through what they left out, or what a person was asked about. */
export type RowCode = ExclusionCode | typeof removalKept;

/** Why a change is left out. */
export interface Exclusion {
  readonly code: ExclusionCode;
  /** Text for the row's note; never an item's content. */
  readonly note: string;
  /** The item is linked and was not private so far: a person is asked whether it stays on the other side. */
  readonly asks: boolean;
  /** Day on which the item comes into the employee's window by time alone; null: time does not let it through. */
  readonly entersOn: string | null;
}

/** One change as its source shows it. */
export interface Change {
  readonly direction: Direction;
  /** The item as it was read; null: it was deleted. */
  readonly now: AnyItem | null;
  /** The source as it was last synchronised; null: the item is new to the sync. */
  readonly base: AnyItem | null;
}

/** When and where the rules are applied. */
export interface Today {
  /** Day `2026-03-28` in the tenant's zone. */
  readonly day: string;
  /** The tenant's zone. */
  readonly timeZone: string;
}

/** Whether an item is for its owner only. */
export const isPrivate = ({ sensitivity }: AnyItem): boolean => sensitivity === 'private' || sensitivity === 'confidential';

/** Whether the options let private items go this way. */
export const privateGoes = (options: KindOptions, direction: Direction): boolean =>
  direction === 'inbound' ? options.privateToErp : options.privateToExchange;

/** Whether the options let anything go this way. */
export const directionGoes = (options: KindOptions, direction: Direction): boolean =>
  options.direction === 'both' || options.direction === direction;

const deletionsGo = (options: KindOptions, direction: Direction): boolean =>
  direction === 'inbound' ? options.deleteInErp : options.deleteInExchange;

/** Before and after everything that a calendar holds. */
const always = '1601-01-01';
const never = '4500-01-01';

/** Times depend on no rule. */
const byTimes = createMapping();

const datedOf = (item: AnyItem, timeZone: string): Dated => {
  if (item.kind === 'task') return { kind: 'task', startDate: item.startDate, dueDate: item.dueDate };
  if ('recurrenceRule' in item) return item;
  const record = byTimes.toErp(item, { timeZone, activityTypes: [] });
  return record.kind === 'task' ? { kind: 'task', startDate: null, dueDate: null } : record;
};

/** Whether one of the versions touches the days from `from` to before `to`. What cannot be read is left to the nodes that say so. */
const touches = (versions: readonly AnyItem[], from: string, to: string, timeZone: string): boolean =>
  versions.some((item) => {
    try {
      return inWindow(datedOf(item, timeZone), `${from}T00:00:00`, `${to}T00:00:00`, timeZone);
    } catch (thrown) {
      if (thrown instanceof SyncError) return true;
      throw thrown;
    }
  });

const excluded = (code: ExclusionCode, note: string, asks = false): Exclusion => ({ code, note, asks, entersOn: null });

/** The first day from `from` on that one of the versions touches. Growing periods are asked for: what touches one touches all longer ones. */
const firstDayTouched = (versions: readonly AnyItem[], from: string, timeZone: string): string | null => {
  if (!touches(versions, from, never, timeZone)) return null;
  let [untouched, touched] = [dayNumber(from), dayNumber(never)];
  while (touched - untouched > 1) {
    const middle = Math.floor((untouched + touched) / 2);
    if (touches(versions, from, dayFromNumber(middle), timeZone)) touched = middle;
    else untouched = middle;
  }
  return dayFromNumber(untouched);
};

/** What lies behind the window never comes back into it; a series may have occurrences behind and ahead. */
const outsideWindow = (versions: readonly AnyItem[], { futureDays }: KindOptions, end: string, timeZone: string): Exclusion => {
  const first = futureDays === null ? null : firstDayTouched(versions, end, timeZone);
  const outside = excluded('outside-window', "Outside the employee's window of days");
  if (first === null || futureDays === null) return outside;
  const entersOn = addDays(first, -futureDays);
  return { ...outside, note: `${outside.note} until ${entersOn}`, entersOn };
};

/** An item that is moved into the window, or out of it, was or is inside: its move has to be seen on the other side. */
const outsideTime = ({ now, base }: Change, options: KindOptions, { day, timeZone }: Today): Exclusion | null => {
  const versions = [now, base].filter((item) => item !== null);
  const { startDate, pastDays, futureDays } = options;
  if (startDate !== null && !touches(versions, startDate, never, timeZone))
    return excluded('before-start-date', `Ended before the employee's start date ${startDate}`);
  if (pastDays === null && futureDays === null) return null;
  const from = pastDays === null ? always : addDays(day, -pastDays);
  const to = futureDays === null ? never : addDays(day, futureDays + 1);
  return touches(versions, from, to, timeZone) ? null : outsideWindow(versions, options, to, timeZone);
};

/** Why an employee's options leave a change out; null: they let it through. */
export const exclusionOf = (change: Change, options: KindOptions, today: Today): Exclusion | null => {
  const { direction, now, base } = change;
  if (!directionGoes(options, direction))
    return excluded(
      'direction-off',
      direction === 'inbound' ? 'Nothing goes to the ERP for this employee' : 'Nothing goes to Exchange for this employee',
    );
  if (now === null && !deletionsGo(options, direction))
    return excluded('deletion-off', 'Deletions do not travel for this employee; the item stays on the other side');
  if (now !== null && isPrivate(now) && !privateGoes(options, direction))
    return excluded('private-not-synchronised', 'Private items do not travel for this employee', base !== null && !isPrivate(base));
  return outsideTime(change, options, today);
};

/** What private items end with, whatever a person said about them. */
const privateCodes: readonly RowCode[] = ['private-not-synchronised', removalKept];

/** Codes of rows that are opened again when options change: what was left out may be let through now. Missed deletions stay undone. */
export const reopenedCodes = (before: KindOptions, after: KindOptions, direction: Direction): readonly RowCode[] => {
  const differ = (...names: readonly (keyof KindOptions)[]): boolean => names.some((name) => before[name] !== after[name]);
  if (!directionGoes(after, direction)) return [];
  // While a direction is closed other options may change, and nothing is opened for that.
  const opened = !directionGoes(before, direction);
  return [
    ...(opened ? ['direction-off' as const] : []),
    ...(privateGoes(after, direction) && (opened || !privateGoes(before, direction)) ? privateCodes : []),
    ...(opened || differ('startDate') ? ['before-start-date' as const] : []),
    ...(opened || differ('pastDays', 'futureDays') ? ['outside-window' as const] : []),
  ];
};

/** Note of a row that asks whether a linked item is removed from the other side. */
export const removalNote = (direction: Direction): string => {
  const side = direction === 'inbound' ? 'the ERP' : 'Exchange';
  return `Private items do not travel for this employee, but this one lies in ${side} already: release the row to remove it there, finish it to keep it.`;
};
