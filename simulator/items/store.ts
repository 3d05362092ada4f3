/** How every new or changed item reaches the store: with its keys and period, and told of. */
import { coveredPeriod } from '../calendar/occurrences';
import { checkEdit } from '../permissions/access';
import type { Session } from '../session';
import type { ItemEvent } from '../storage/database';
import type { Folder } from '../storage/folders';
import { insertItem, replaceItem, type Draft, type Item, type Period } from '../storage/items';
import type { Properties } from '../storage/properties';
import { formatUtc } from '../time';
import { keyedBy } from './filing';
import { changesFreeBusy, recordFreeBusy, recordIfBusy } from './free-busy-event';

/** The time an item covers, with all its occurrences where it is a stored series; undefined where it is no appointment. */
export const periodFor = (session: Session, element: string, properties: Properties, item?: number): Period | undefined =>
  element === 'CalendarItem' ? coveredPeriod(session.database, properties, item) : undefined;

/** Tells subscriptions of an item, and that its owner's time has changed where it comes or goes. */
export const record = (session: Session, kind: ItemEvent['kind'], item: Item, from?: ItemEvent['from']): void => {
  session.database.record({
    kind,
    mailbox: item.mailbox,
    folder: item.folder,
    item: item.id,
    sequence: item.sequence,
    time: formatUtc(session.now()),
    ...(from ? { from } : {}),
  });
  if (kind !== 'ModifiedEvent' && kind !== 'NewMailEvent') recordIfBusy(session, item);
};

/** Who created an item, where it is not the owner of the folder. */
export const creatorIn = (session: Session, folder: Folder): Pick<Item, 'creator'> =>
  session.mailbox && session.mailbox.id !== folder.mailbox ? { creator: session.mailbox.id } : {};

/** Stores an item that the server itself makes, e.g. a message that arrives, and tells of it. */
export function storeItem(session: Session, draft: Draft, kinds: readonly ItemEvent['kind'][] = ['CreatedEvent']): Item {
  const item = insertItem(
    session.database,
    draft,
    formatUtc(session.now()),
    keyedBy(session),
    periodFor(session, draft.element, draft.properties),
  );
  for (const kind of kinds) record(session, kind, item);
  return item;
}

/** Stores an item that has changed; `ErrorAccessDenied` where the caller may not change it. */
export const replaceStored = (session: Session, item: Item): Item => {
  checkEdit(session, item);
  const period = periodFor(session, item.element, item.properties, item.id);
  const tellsFreeBusy = changesFreeBusy(session, item);
  const changed = replaceItem(session.database, item, formatUtc(session.now()), keyedBy(session), period);
  record(session, 'ModifiedEvent', changed);
  if (tellsFreeBusy) recordFreeBusy(session, changed);
  return changed;
};
