import type { Session } from '../session';
import { distinguishedFolder } from '../storage/folders';
import { itemById, type Item } from '../storage/items';
import { text } from '../storage/properties';
import { formatUtc } from '../time';

/** Only what takes time in a mailbox's own calendar is free/busy information. */
const isBusy = (session: Session, item: Item): boolean =>
  item.element === 'CalendarItem' &&
  text(item.properties, 'LegacyFreeBusyStatus') !== 'Free' &&
  distinguishedFolder(session.database, item.mailbox, 'calendar')?.id === item.folder;

/** Tells that an item has changed when its owner is busy. */
export function recordFreeBusy(session: Session, { mailbox, folder, id, sequence }: Item): void {
  session.database.record({ kind: 'FreeBusyChangedEvent', mailbox, folder, item: id, sequence, time: formatUtc(session.now()) });
}

/** The same of an item that comes or goes, if it is one that keeps its owner busy. */
export function recordIfBusy(session: Session, item: Item): void {
  if (isBusy(session, item)) recordFreeBusy(session, item);
}

const isSeries = (item: Item): boolean => item.properties['Recurrence'] !== undefined;

/** Whether what is about to be stored changes when the owner is busy. Any change of a series may: it may be one of its exceptions. */
export function changesFreeBusy(session: Session, changed: Item): boolean {
  if (changed.element !== 'CalendarItem') return false;
  const before = itemById(session.database, changed.id);
  if (!before || !(isBusy(session, before) || isBusy(session, changed))) return false;
  const differs = ['Start', 'End', 'LegacyFreeBusyStatus'].some((name) => text(changed.properties, name) !== text(before.properties, name));
  return differs || isSeries(before) || isSeries(changed);
}
