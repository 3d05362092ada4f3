import { withRangeStart } from '../calendar/recurrence';
import { coveredPeriod, zoneOf } from '../calendar/series';
import type { Session } from '../session';
import { copyAttachments, moveAttachments } from '../storage/attachments';
import type { ItemEvent } from '../storage/database';
import { distinguishedFolder, folderById, type Folder } from '../storage/folders';
import { insertItem, removeItem, replaceItem, type Item, type Period } from '../storage/items';
import { text, type Properties } from '../storage/properties';
import { dayOf, formatUtc, toUtc } from '../time';
import { childText, type XmlElement } from '../xml/element';
import { applyUpdates, readNew, type Changing } from './apply';
import { attachAll } from './attachment';
import { completeItem, type WritingSession } from './complete';
import { elementOfClass } from './kinds';

export type { WritingSession } from './complete';

const periodFor = (element: string, properties: Properties): Period | undefined =>
  element === 'CalendarItem' ? coveredPeriod(properties) : undefined;

const record = (session: Session, kind: ItemEvent['kind'], item: Item, from?: ItemEvent['from']): void =>
  session.database.record({
    kind,
    mailbox: item.mailbox,
    folder: item.folder,
    item: item.id,
    sequence: item.sequence,
    time: formatUtc(session.now()),
    ...(from ? { from } : {}),
  });

/** Creates an item of a CreateItem request (or of a person at the page) in a folder. */
export function createItem(session: WritingSession, element: XmlElement, folder: Folder): Item {
  const kind = element.name === 'Item' ? elementOfClass(childText(element, 'ItemClass') ?? '') : element.name;
  const changing = readNew({ ...element, name: kind });
  const properties = completeItem(session, kind, changing);
  const draft = { mailbox: folder.mailbox, folder: folder.id, element: kind, properties, extended: changing.extended };
  const item = insertItem(session.database, draft, formatUtc(session.now()), periodFor(kind, properties));
  attachAll(session, { item: item.id }, element);
  record(session, 'CreatedEvent', item);
  return item;
}

/** A series whose Start is set without its recurrence begins on the new day. */
const followStart = (session: Session, changing: Changing): Changing => {
  const recurrence = changing.properties['Recurrence'];
  const start = text(changing.properties, 'Start');
  if (!recurrence || start === undefined || !changing.set.has('Start') || changing.set.has('Recurrence')) return changing;
  const day = dayOf(toUtc(start, session.zone), zoneOf(changing.properties));
  return { ...changing, properties: { ...changing.properties, Recurrence: withRangeStart(recurrence, day) } };
};

/** Applies the change descriptions of an UpdateItem request. */
export function updateItem(session: WritingSession, item: Item, updates: readonly XmlElement[]): Item {
  const changing = followStart(session, applyUpdates(item, updates));
  const properties = completeItem(session, item.element, changing);
  const changed = replaceItem(
    session.database,
    { ...item, properties, extended: changing.extended },
    formatUtc(session.now()),
    periodFor(item.element, properties),
  );
  record(session, 'ModifiedEvent', changed);
  return changed;
}

/** Gives an item a new change key and time after something it holds (an attachment) changed. */
export function touchItem(session: Session, item: Item): Item {
  const changed = replaceItem(session.database, item, formatUtc(session.now()), periodFor(item.element, item.properties));
  record(session, 'ModifiedEvent', changed);
  return changed;
}

const insertInto = (session: Session, item: Item, folder: Folder, created?: string): Item =>
  insertItem(
    session.database,
    { ...item, folder: folder.id, mailbox: folder.mailbox },
    formatUtc(session.now()),
    periodFor(item.element, item.properties),
    created,
  );

/** Moves an item: it gets a new id there, and is gone from where it was. */
export function moveItem(session: Session, item: Item, folder: Folder): Item {
  const moved = insertInto(session, item, folder, item.created);
  moveAttachments(session.database, item.id, moved.id);
  removeItem(session.database, item);
  record(session, 'MovedEvent', moved, { folder: item.folder, item: item.id });
  return moved;
}

/** Copies an item with its attachments. */
export function copyItem(session: Session, item: Item, folder: Folder): Item {
  const copied = insertInto(session, item, folder);
  copyAttachments(session.database, { item: item.id }, { item: copied.id });
  record(session, 'CopiedEvent', copied, { folder: item.folder, item: item.id });
  return copied;
}

const liesIn = (session: Session, item: Item, distinguished: string): boolean => {
  for (
    let at = folderById(session.database, item.folder);
    at;
    at = at.parent === undefined ? undefined : folderById(session.database, at.parent)
  )
    if (at.distinguished === distinguished) return true;
  return false;
};

/** What is deleted to where it already lies goes one step further: from Deleted Items to what can be recovered, from there for good. */
const deletionTarget = (session: Session, item: Item, deleteType: string): string | undefined => {
  if (deleteType === 'HardDelete' || liesIn(session, item, 'recoverableitemsroot')) return undefined;
  return deleteType === 'SoftDelete' || liesIn(session, item, 'deleteditems') ? 'recoverableitemsdeletions' : 'deleteditems';
};

/** Deletes an item for good, or moves it to where the DeleteType says. */
export function deleteItem(session: Session, item: Item, deleteType: string): void {
  const target = deletionTarget(session, item, deleteType);
  const folder = target === undefined ? undefined : distinguishedFolder(session.database, item.mailbox, target);
  if (folder) {
    moveItem(session, item, folder);
    return;
  }
  const sequence = removeItem(session.database, item);
  record(session, 'DeletedEvent', { ...item, sequence });
}
