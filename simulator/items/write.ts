import { completeCalendar } from '../calendar/complete';
import { withRangeStart } from '../calendar/recurrence';
import { coveredPeriod, zoneOf } from '../calendar/series';
import { EwsError } from '../errors';
import type { Session } from '../session';
import type { ItemEvent } from '../storage/database';
import { distinguishedFolder, type Folder } from '../storage/folders';
import { insertItem, removeItem, replaceItem, type Item, type Period } from '../storage/items';
import { text, type Properties } from '../storage/properties';
import { dayOf, formatUtc, toUtc } from '../time';
import { t, type XmlElement } from '../xml/element';
import { applyUpdates, readNew, type Changing } from './apply';
import { storedBody } from './body';
import { checkExtended } from './extended';
import { propertyTypes } from './kinds';
import { completeTask } from './task';

/** A session that knows the Windows id of its zone, which new appointments get. */
export interface WritingSession extends Session {
  readonly zoneId: string;
}

const longestSubject = 255;

/** Times of the request's zone become UTC; days of tasks are dealt with by the task rules. */
const withUtcTimes = (properties: Properties, element: string, zone: string): Properties => {
  const types = propertyTypes(element);
  const isDay = (name: string): boolean => element === 'Task' && ['StartDate', 'DueDate', 'CompleteDate'].includes(name);
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      types.get(name) === 'xs:dateTime' && !isDay(name) && property.text !== '' ? t(name, toUtc(property.text, zone)) : property,
    ]),
  );
};

const checkCommon = (changing: Changing): void => {
  if ((text(changing.properties, 'Subject') ?? '').length > longestSubject)
    throw new EwsError('ErrorItemSavePropertyError', {
      text: 'An error occurred while setting the property item:Subject: it is longer than 255 characters.',
    });
  changing.extended.forEach(checkExtended);
};

const withStoredBody = (properties: Properties): Properties =>
  properties['Body'] ? { ...properties, Body: storedBody(properties['Body']) } : properties;

/** Applies the rules of the item's kind to what was written. */
const completed = (session: WritingSession, element: string, changing: Changing): Properties => {
  checkCommon(changing);
  const properties = withStoredBody(withUtcTimes(changing.properties, element, session.zone));
  if (element === 'CalendarItem') return completeCalendar(properties, { zone: session.zone, zoneId: session.zoneId, now: session.now() });
  if (element === 'Task') return completeTask(properties, changing.set, session.zone, dayOf(formatUtc(session.now()), session.zone));
  return properties;
};

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
  const changing = readNew(element);
  const properties = completed(session, element.name, changing);
  const draft = { mailbox: folder.mailbox, folder: folder.id, element: element.name, properties, extended: changing.extended };
  const item = insertItem(session.database, draft, formatUtc(session.now()), periodFor(element.name, properties));
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
  const properties = completed(session, item.element, changing);
  const changed = replaceItem(
    session.database,
    { ...item, properties, extended: changing.extended },
    formatUtc(session.now()),
    periodFor(item.element, properties),
  );
  record(session, 'ModifiedEvent', changed);
  return changed;
}

/** Moves an item: it gets a new id there, and is gone from where it was. */
export function moveItem(session: Session, item: Item, folder: Folder): Item {
  removeItem(session.database, item);
  const draft = { ...item, folder: folder.id, mailbox: folder.mailbox };
  const moved = insertItem(session.database, draft, formatUtc(session.now()), periodFor(item.element, item.properties), item.created);
  record(session, 'MovedEvent', moved, { folder: item.folder, item: item.id });
  return moved;
}

/** Deletes an item for good, or moves it to where the DeleteType says. */
export function deleteItem(session: Session, item: Item, deleteType: string): void {
  const target =
    deleteType === 'MoveToDeletedItems' ? 'deleteditems' : deleteType === 'SoftDelete' ? 'recoverableitemsdeletions' : undefined;
  const folder = target === undefined ? undefined : distinguishedFolder(session.database, item.mailbox, target);
  if (folder && folder.id !== item.folder) {
    moveItem(session, item, folder);
    return;
  }
  const sequence = removeItem(session.database, item);
  record(session, 'DeletedEvent', { ...item, sequence });
}
