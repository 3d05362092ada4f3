import { occurrenceItem } from '../calendar/occurrences';
import { withRangeStart } from '../calendar/recurrence';
import { zoneOf } from '../calendar/series';
import { EwsError } from '../errors';
import { checkCreate } from '../permissions/access';
import type { Session, WritingSession } from '../session';
import { copyAttachments } from '../storage/attachments';
import { recordFieldChanges } from '../storage/field-changes';
import type { Folder } from '../storage/folders';
import { insertItem, itemById, replaceItem, type Item } from '../storage/items';
import { text } from '../storage/properties';
import { turnedOver } from '../tasks/turn-over';
import { dayOf, formatUtc, toUtc } from '../time';
import { child, childText, type XmlElement } from '../xml/element';
import { applyUpdates, isMimeAttachments, mimeOccurrences, readNew, type Changing } from './apply';
import { attachAll, replaceAttachments } from './attachment';
import { completeItem } from './complete';
import type { ShownItem } from './computed';
import { differences } from './conflict';
import { extendedKey } from './extended';
import { keyedBy } from './filing';
import { importOccurrences } from './import-occurrences';
import { elementOfClass } from './kinds';
import { creatorIn, periodFor, record, replaceStored } from './store';
import { reviseExceptions, updateOccurrence } from './write-occurrence';

/** A new series with what MIME content says of its occurrences. */
const withOccurrences = (session: WritingSession, series: Item, given: XmlElement | undefined): Item => {
  if (!given) return series;
  importOccurrences(session, series, given);
  const period = periodFor(session, series.element, series.properties, series.id);
  return replaceItem(session.database, series, formatUtc(session.now()), keyedBy(session), period);
};

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
  const inserted = insertItem(session.database, draft, formatUtc(session.now()), keyedBy(session), periodFor(session, kind, properties));
  const item = withOccurrences(session, inserted, child(element, mimeOccurrences));
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

/** Stores what was split off an item as one of its own, with the same attachments. */
const addBeside = (session: Session, item: Item): void => {
  const added = insertItem(session.database, item, formatUtc(session.now()), keyedBy(session));
  copyAttachments(session.database, { item: item.id }, { item: added.id });
  record(session, 'CreatedEvent', added);
};

/** Applies the change descriptions of an UpdateItem request. A change of one occurrence is a change of its series, too. */
export function updateItem(session: WritingSession, item: ShownItem, updates: readonly XmlElement[]): ShownItem {
  if (item.occurrence) {
    const series = replaceStored(session, updateOccurrence(session, item, item.occurrence, updates));
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
  const changed = replaceStored(session, turned ? { ...wanted, properties: turned.next } : wanted);
  recordFieldChanges(session.database, item.id, differences(item, changed, changing.set), changed.sequence);
  return changed;
}

/** Gives an item a new change key and time after something it holds (an attachment) changed. */
export function touchItem(session: WritingSession, item: ShownItem): ShownItem {
  if (item.occurrence) return updateItem(session, item, []);
  const changed = replaceStored(session, item);
  recordFieldChanges(session.database, item.id, ['Attachments'], changed.sequence);
  return changed;
}

/** Stores properties that the server itself changed in an item, e.g. an attendee's answer. */
export function reviseItem(session: Session, item: Item): Item {
  const before = itemById(session.database, item.id) ?? item;
  const changed = replaceStored(session, item);
  const tags = new Set([...before.extended, ...item.extended].map(extendedKey));
  recordFieldChanges(session.database, item.id, differences(before, item, tags), changed.sequence);
  return changed;
}
