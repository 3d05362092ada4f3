/** Reads an item that Exchange sent, with its identity. */
import { SyncError } from '../../../model/error';
import type { ExchangeAppointment, ExchangeEntry, ExchangeException, ExchangeItem, ExchangeTask } from '../../../model/item';
import { attributeOf, child, childrenNamed, textOf } from '../xml/find';
import type { XmlElement } from '../xml/read';
import { inOrder, originalStartIn } from './exceptions';
import { readMeeting } from './meeting';
import { readRecurrence } from './recurrence';
import { syncIdOf } from './sync-id';
import { addDays, instantOf, nearestDate } from './time';
import { freeBusyWords, importanceWords, sensitivityWords, taskStatusWords } from './words';
import { ianaZone } from './zones';

const required = (item: XmlElement, name: string): string => {
  const text = textOf(item, name);
  if (text === null) throw new SyncError('item-not-readable', 'item', `Exchange sent the item without its field ${name}.`, { field: name });
  return text;
};

const unixLines = (text: string): string => text.replace(/\r\n?/g, '\n');

const isTrue = (item: XmlElement, name: string): boolean => textOf(item, name)?.trim() === 'true';

/** The body as it is stored; where that is HTML, Exchange tells its text beside it. */
const readBody = (item: XmlElement): Pick<ExchangeAppointment, 'body' | 'bodyHtml'> => {
  const body = unixLines(textOf(item, 'Body') ?? '');
  if (attributeOf(child(item, 'Body'), 'BodyType') !== 'HTML') return { body, bodyHtml: null };
  return { body: unixLines(textOf(item, 'TextBody') ?? ''), bodyHtml: body };
};

const readCommon = (
  item: XmlElement,
): Pick<ExchangeAppointment, 'subject' | 'body' | 'bodyHtml' | 'sensitivity' | 'importance' | 'categories'> => ({
  subject: textOf(item, 'Subject') ?? '',
  ...readBody(item),
  sensitivity: sensitivityWords.fromExchange(textOf(item, 'Sensitivity')),
  importance: importanceWords.fromExchange(textOf(item, 'Importance')),
  categories: childrenNamed(child(item, 'Categories'), 'String').map((category) => category.text),
});

const reminderMinutes = (item: XmlElement): number | null => {
  if (!isTrue(item, 'ReminderIsSet')) return null;
  const minutes = Number(textOf(item, 'ReminderMinutesBeforeStart') ?? '0');
  return Number.isFinite(minutes) ? minutes : 0;
};

const allDaySpan = (start: string, end: string, zone: string): Pick<ExchangeAppointment, 'start' | 'end'> => {
  const first = nearestDate(start, zone, 'Start');
  const after = nearestDate(end, zone, 'End');
  return { start: first, end: after > first ? after : addDays(first, 1) };
};

const deletedOccurrences = (item: XmlElement, series: ExchangeAppointment): readonly ExchangeException[] =>
  inOrder(
    childrenNamed(child(item, 'DeletedOccurrences'), 'DeletedOccurrence').map((occurrence) => ({
      originalStart: originalStartIn(series, instantOf(required(occurrence, 'Start'), 'Start')),
      deleted: true,
    })),
  );

const readAppointment = (item: XmlElement, preferredZone: string): ExchangeAppointment => {
  const timeZone = ianaZone(attributeOf(child(item, 'StartTimeZone'), 'Id'), preferredZone);
  const allDay = isTrue(item, 'IsAllDayEvent');
  const start = required(item, 'Start');
  const end = required(item, 'End');
  const recurrence = child(item, 'Recurrence');
  const appointment: ExchangeAppointment = {
    kind: 'appointment',
    ...readCommon(item),
    location: textOf(item, 'Location') ?? '',
    allDay,
    ...(allDay ? allDaySpan(start, end, timeZone) : { start: instantOf(start, 'Start'), end: instantOf(end, 'End') }),
    timeZone,
    reminderMinutes: reminderMinutes(item),
    freeBusy: freeBusyWords.fromExchange(textOf(item, 'LegacyFreeBusyStatus')),
    recurrence: recurrence === null ? null : readRecurrence(recurrence),
    exceptions: [],
  };
  return { ...appointment, exceptions: deletedOccurrences(item, appointment) };
};

/** A task's date. Requests name UTC as their zone and dates are midnights; clients that meant another zone are off by less than half a day. */
const taskDate = (item: XmlElement, name: string): string | null => {
  const text = textOf(item, name);
  return text === null ? null : nearestDate(text, 'utc', name);
};

const readTask = (item: XmlElement): ExchangeTask => {
  const reminder = textOf(item, 'ReminderDueBy');
  const percent = Number(textOf(item, 'PercentComplete') ?? '0');
  return {
    kind: 'task',
    ...readCommon(item),
    startDate: taskDate(item, 'StartDate'),
    dueDate: taskDate(item, 'DueDate'),
    status: taskStatusWords.fromExchange(textOf(item, 'Status')),
    percentComplete: Number.isFinite(percent) ? Math.min(100, Math.max(0, Math.round(percent))) : 0,
    reminderAt: isTrue(item, 'ReminderIsSet') && reminder !== null ? instantOf(reminder, 'ReminderDueBy') : null,
  };
};

const readItem = (item: XmlElement, zone: string): ExchangeItem => {
  if (item.name === 'CalendarItem') return readAppointment(item, zone);
  if (item.name === 'Task') return readTask(item);
  throw new SyncError('item-kind-unknown', 'item', `The folder holds an item of another kind (${item.name}); it is left alone.`, {
    element: item.name,
  });
};

/**
 * The item of a GetItem response message.
 * @param zone IANA zone to prefer and to fall back to
 * @throws SyncError `item-not-readable` or `item-kind-unknown` (scope `item`)
 */
export const readEntry = (message: XmlElement, zone: string): ExchangeEntry => {
  const [item] = child(message, 'Items')?.children ?? [];
  const id = attributeOf(child(item ?? null, 'ItemId'), 'Id');
  const changeKey = attributeOf(child(item ?? null, 'ItemId'), 'ChangeKey');
  if (item === undefined || id === null || changeKey === null) {
    throw new SyncError('item-not-readable', 'item', 'Exchange sent an item without its id.');
  }
  return {
    id,
    changeKey,
    syncId: syncIdOf(item),
    modifiedAt: instantOf(required(item, 'LastModifiedTime'), 'LastModifiedTime'),
    meeting: item.name === 'CalendarItem' ? readMeeting(item) : null,
    regenerates: isTrue(item, 'IsRecurring') && item.name === 'Task',
    item: readItem(item, zone),
  };
};

/** A changed occurrence as its series names it. */
export interface ChangedOccurrence {
  readonly id: string;
  /** Spelled as the series' own start is. */
  readonly originalStart: string;
}

/** What GetItem told of an item. */
export interface ReadItem {
  /** A series without its changed occurrences, which are items of their own. */
  readonly entry: ExchangeEntry;
  readonly changedOccurrences: readonly ChangedOccurrence[];
  /** Of an occurrence: the UTC instant at which its series plans it; null for everything else. */
  readonly originalStart: string | null;
}

const changedOccurrence = (occurrence: XmlElement, series: ExchangeAppointment): ChangedOccurrence => {
  const id = attributeOf(child(occurrence, 'ItemId'), 'Id');
  if (id === null) throw new SyncError('item-not-readable', 'item', 'Exchange named a changed occurrence without its id.');
  return { id, originalStart: originalStartIn(series, instantOf(required(occurrence, 'OriginalStart'), 'OriginalStart')) };
};

/**
 * The item of a GetItem response message, with what leads to its changed occurrences.
 * @param zone IANA zone to prefer and to fall back to
 * @throws SyncError `item-not-readable` or `item-kind-unknown` (scope `item`)
 */
export const readWithOccurrences = (message: XmlElement, zone: string): ReadItem => {
  const entry = readEntry(message, zone);
  const element = child(message, 'Items')?.children[0] ?? null;
  const series = entry.item.kind === 'appointment' ? entry.item : null;
  const changed = series === null ? [] : childrenNamed(child(element, 'ModifiedOccurrences'), 'Occurrence');
  const originalStart = textOf(element, 'OriginalStart');
  return {
    entry,
    changedOccurrences: series === null ? [] : changed.map((occurrence) => changedOccurrence(occurrence, series)),
    originalStart: originalStart === null ? null : instantOf(originalStart, 'OriginalStart'),
  };
};
