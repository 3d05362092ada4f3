import { omit } from 'lodash';
import { coveredPeriod, occurrenceItem } from '../calendar/occurrences';
import { withRangeStart } from '../calendar/recurrence';
import { zoneOf } from '../calendar/series';
import { EwsError } from '../errors';
import { checkCreate, checkDelete, checkEdit } from '../permissions/access';
import type { Session, WritingSession } from '../session';
import { copyAttachments, moveAttachments } from '../storage/attachments';
import type { ItemEvent } from '../storage/database';
import { copyExceptions } from '../storage/exceptions';
import { recordFieldChanges } from '../storage/field-changes';
import { distinguishedFolder, folderById, type Folder } from '../storage/folders';
import { insertItem, itemById, removeItem, replaceItem, type Draft, type Item, type Period } from '../storage/items';
import { text, type Properties } from '../storage/properties';
import { dayOf, formatUtc, toUtc } from '../time';
import { childText, type XmlElement } from '../xml/element';
import { applyUpdates, isMimeAttachments, readNew, type Changing } from './apply';
import { attachAll, replaceAttachments } from './attachment';
import { extendedKey } from './extended';
import { completeItem } from './complete';
import type { ShownItem } from './computed';
import { differences } from './conflict';
import { keyedBy } from './filing';
import { changesFreeBusy, recordFreeBusy, recordIfBusy } from './free-busy-event';
import { elementOfClass } from './kinds';
import { deleteOccurrence, reviseExceptions, updateOccurrence } from './write-occurrence';
import { turnedOver, withoutCurrent } from '../tasks/turn-over';

const periodFor = (session: Session, element: string, properties: Properties, item?: number): Period | undefined =>
  element === 'CalendarItem' ? coveredPeriod(session.database, properties, item) : undefined;

const record = (session: Session, kind: ItemEvent['kind'], item: Item, from?: ItemEvent['from']): void => {
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
const creatorIn = (session: Session, folder: Folder): Pick<Item, 'creator'> =>
  session.mailbox && session.mailbox.id !== folder.mailbox ? { creator: session.mailbox.id } : {};

/** Creates an item of a CreateItem request (or of a person at the page) in a folder. */
export function createItem(session: WritingSession, element: XmlElement, folder: Folder): Item {
  checkCreate(session, folder, 'ErrorCreateItemAccessDenied');
  const kind = element.name === 'Item' ? elementOfClass(childText(element, 'ItemClass') ?? '') : element.name;
  const changing = readNew({ ...element, name: kind });
  const properties = completeItem(session, kind, changing);
  const draft = {
    mailbox: folder.mailbox,
    folder: folder.id,
    element: kind,
    properties,
    extended: changing.extended,
    ...creatorIn(session, folder),
  };
  const item = insertItem(session.database, draft, formatUtc(session.now()), keyedBy(session), periodFor(session, kind, properties));
  attachAll(session, { item: item.id }, element);
  record(session, 'CreatedEvent', item);
  return item;
}

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

/** A series whose Start is set without its recurrence begins on the new day. */
const followStart = (session: Session, changing: Changing): Changing => {
  const recurrence = changing.properties['Recurrence'];
  const start = text(changing.properties, 'Start');
  if (!recurrence || start === undefined || !changing.set.has('Start') || changing.set.has('Recurrence')) return changing;
  const day = dayOf(toUtc(start, session.zone), zoneOf(changing.properties));
  return { ...changing, properties: { ...changing.properties, Recurrence: withRangeStart(recurrence, day) } };
};

const replace = (session: Session, item: Item): Item => {
  checkEdit(session, item);
  const period = periodFor(session, item.element, item.properties, item.id);
  const tellsFreeBusy = changesFreeBusy(session, item);
  const changed = replaceItem(session.database, item, formatUtc(session.now()), keyedBy(session), period);
  record(session, 'ModifiedEvent', changed);
  if (tellsFreeBusy) recordFreeBusy(session, changed);
  return changed;
};

/** Stores what was split off an item as one of its own, with the same attachments. */
const addBeside = (session: Session, item: Item): void => {
  const added = insertItem(session.database, item, formatUtc(session.now()), keyedBy(session));
  copyAttachments(session.database, { item: item.id }, { item: added.id });
  record(session, 'CreatedEvent', added);
};

/** Applies the change descriptions of an UpdateItem request. A change of one occurrence is a change of its series, too. */
export function updateItem(session: WritingSession, item: ShownItem, updates: readonly XmlElement[]): ShownItem {
  if (item.occurrence) {
    const series = replace(session, updateOccurrence(session, item, item.occurrence, updates));
    recordFieldChanges(session.database, item.id, ['Recurrence'], series.sequence);
    const changed = occurrenceItem(session.database, series, item.occurrence.day);
    if (!changed || changed === 'deleted') throw new EwsError('ErrorItemNotFound');
    return changed;
  }
  const attachments = updates.find(isMimeAttachments);
  if (attachments) replaceAttachments(session, item.id, attachments);
  const changing = followStart(
    session,
    applyUpdates(
      item,
      updates.filter((update) => update !== attachments),
    ),
  );
  const properties = completeItem(session, item.element, changing);
  reviseExceptions(session.database, item, properties);
  const wanted = { ...item, properties, extended: changing.extended };
  const turned = turnedOver(session, item, properties);
  if (turned) addBeside(session, { ...wanted, properties: turned.done });
  const changed = replace(session, turned ? { ...wanted, properties: turned.next } : wanted);
  recordFieldChanges(session.database, item.id, differences(item, changed, changing.set), changed.sequence);
  return changed;
}

/** Gives an item a new change key and time after something it holds (an attachment) changed. */
export function touchItem(session: WritingSession, item: ShownItem): ShownItem {
  if (item.occurrence) return updateItem(session, item, []);
  const changed = replace(session, item);
  recordFieldChanges(session.database, item.id, ['Attachments'], changed.sequence);
  return changed;
}

/** Stores properties that the server itself changed in an item, e.g. an attendee's answer. */
export function reviseItem(session: Session, item: Item): Item {
  const before = itemById(session.database, item.id) ?? item;
  const changed = replace(session, item);
  const tags = new Set([...before.extended, ...item.extended].map(extendedKey));
  recordFieldChanges(session.database, item.id, differences(before, item, tags), changed.sequence);
  return changed;
}

const insertInto = (session: Session, item: Item, folder: Folder, created?: string): Item =>
  insertItem(
    session.database,
    { ...item, folder: folder.id, mailbox: folder.mailbox },
    formatUtc(session.now()),
    keyedBy(session),
    periodFor(session, item.element, item.properties, item.id),
    created,
  );

const relocate = (session: Session, item: Item, folder: Folder): Item => {
  const moved = insertInto(session, item, folder, item.created);
  moveAttachments(session.database, item.id, moved.id);
  copyExceptions(session.database, item.id, moved.id);
  removeItem(session.database, item);
  record(session, 'MovedEvent', moved, { folder: item.folder, item: item.id });
  recordIfBusy(session, item);
  return moved;
};

/** Moves an item: it gets a new id there, and is gone from where it was. */
export function moveItem(session: Session, item: Item, folder: Folder): Item {
  checkDelete(session, item);
  checkCreate(session, folder);
  return relocate(session, item, folder);
}

/** Copies an item with its attachments. */
export function copyItem(session: Session, item: Item, folder: Folder): Item {
  checkCreate(session, folder);
  const copied = insertInto(session, { ...omit(item, 'creator'), ...creatorIn(session, folder) }, folder);
  copyAttachments(session.database, { item: item.id }, { item: copied.id });
  copyExceptions(session.database, item.id, copied.id);
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

const deleteWhole = (session: Session, item: Item, deleteType: string): void => {
  const target = deletionTarget(session, item, deleteType);
  const folder = target === undefined ? undefined : distinguishedFolder(session.database, item.mailbox, target);
  if (folder) {
    relocate(session, item, folder);
    return;
  }
  const sequence = removeItem(session.database, item);
  record(session, 'DeletedEvent', { ...item, sequence });
};

/** Deletes an item for good, or moves it to where the DeleteType says. One occurrence is taken out of its series; the last one takes it along. */
export function deleteItem(session: Session, item: ShownItem, deleteType: string): void {
  checkDelete(session, item);
  const series = item.occurrence && deleteOccurrence(session, item, item.occurrence);
  if (series) {
    replace(session, series);
    return;
  }
  const whole = item.occurrence ? itemById(session.database, item.id) : item;
  if (whole) deleteWhole(session, whole, deleteType);
}

/** Takes the current occurrence out of a recurring task, which goes on with the next one. */
export const deleteTaskOccurrence = (session: Session, task: Item): Item =>
  replace(session, { ...task, properties: withoutCurrent(session, task) });
