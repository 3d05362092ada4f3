import { asOccurrence, occurrences } from '../../calendar/series';
import type { ShownItem } from '../../items/computed';
import { EwsError } from '../../errors';
import { resolveItem, type Session } from '../../session';
import { decodeChangeKey, encodeChangeKey } from '../../storage/ids';
import type { Item } from '../../storage/items';
import type { XmlElement } from '../../xml/element';

const occurrenceAt = (item: Item, starts: number): ShownItem => {
  for (const occurrence of occurrences(item.properties)) {
    if (occurrence.starts === starts) return { ...asOccurrence(item, occurrence), occurrence: starts };
    if (occurrence.starts > starts) break;
  }
  throw new EwsError('ErrorItemNotFound');
};

const nthOccurrence = (item: Item, index: number): ShownItem => {
  let count = 0;
  for (const occurrence of occurrences(item.properties)) {
    count += 1;
    if (count === index) return { ...asOccurrence(item, occurrence), occurrence: occurrence.starts };
  }
  throw new EwsError('ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange');
};

/** The item (or occurrence) that an ItemId, OccurrenceItemId or RecurringMasterItemId names. */
export function targetItem(session: Session, element: XmlElement): ShownItem {
  const { Id, RecurringMasterId, OccurrenceId, InstanceIndex } = element.attributes;
  const { item, id } = resolveItem(session, { ...element, attributes: { Id: Id ?? RecurringMasterId ?? OccurrenceId ?? '' } });
  if (element.name === 'RecurringMasterItemId') return item;
  if (element.name === 'OccurrenceItemId') {
    if (!item.properties['Recurrence']) throw new EwsError('ErrorCalendarCannotUseIdForRecurringMasterId');
    return nthOccurrence(item, Number(InstanceIndex));
  }
  return id.occurrence === undefined ? item : occurrenceAt(item, id.occurrence * 1000);
}

/** The item to change: a single item or a whole series. Changing one occurrence is not offered yet and says so. */
export function writableItem(session: Session, element: XmlElement): Item {
  const item = targetItem(session, element);
  if (item.occurrence !== undefined)
    throw new EwsError('ErrorCalendarCannotUseIdForOccurrenceId', { text: 'The simulator does not change single occurrences.' });
  return item;
}

/** True where the request's change key is that of the item as it is; an absent one counts as current. */
export function isCurrent(item: Item, element: XmlElement): boolean {
  const key = element.attributes['ChangeKey'];
  if (key === undefined) return true;
  decodeChangeKey(key);
  return key === encodeChangeKey(item.sequence);
}
