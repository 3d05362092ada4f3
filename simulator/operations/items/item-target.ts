import { occurrenceItem } from '../../calendar/occurrences';
import { nthOccurrence } from '../../calendar/series';
import type { ShownItem } from '../../items/computed';
import { EwsError } from '../../errors';
import { resolveItem, type Session } from '../../session';
import type { DecodedId } from '../../storage/ids';
import { decodeChangeKey, encodeChangeKey } from '../../storage/ids';
import type { Item } from '../../storage/items';
import { t, type XmlElement } from '../../xml/element';

const byDay = (session: Session, series: Item, day: number): ShownItem => {
  const found = occurrenceItem(session.database, series, day);
  if (!found || found === 'deleted') throw new EwsError('ErrorItemNotFound');
  return found;
};

const byIndex = (session: Session, series: Item, index: number): ShownItem => {
  const occurrence = nthOccurrence(series.properties, index);
  if (!occurrence) throw new EwsError('ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange');
  const found = occurrenceItem(session.database, series, occurrence.day);
  if (!found || found === 'deleted') throw new EwsError('ErrorCalendarOccurrenceIsDeletedFromRecurrence');
  return found;
};

const resolve = (session: Session, id: string | undefined): { readonly item: Item; readonly id: DecodedId } =>
  resolveItem(session, t('ItemId', '', { Id: id ?? '' }));

/** The item (or occurrence) that an ItemId, OccurrenceItemId or RecurringMasterItemId names. */
export function targetItem(session: Session, element: XmlElement): ShownItem {
  const { Id, RecurringMasterId, OccurrenceId, InstanceIndex } = element.attributes;
  if (element.name === 'OccurrenceItemId') {
    const { item, id } = resolve(session, RecurringMasterId);
    const isSeries = item.element === 'CalendarItem' && item.properties['Recurrence'] !== undefined && id.occurrence === undefined;
    if (!isSeries) throw new EwsError('ErrorCalendarCannotUseIdForRecurringMasterId');
    return byIndex(session, item, Number(InstanceIndex));
  }
  if (element.name === 'RecurringMasterItemId') {
    const { item, id } = resolve(session, OccurrenceId);
    if (id.occurrence === undefined) throw new EwsError('ErrorCalendarCannotUseIdForOccurrenceId');
    byDay(session, item, id.occurrence);
    return item;
  }
  if (element.name === 'RecurringMasterItemIdRanges')
    throw new EwsError('ErrorInvalidRequest', { text: 'The simulator does not offer ranges of occurrences.' });
  const { item, id } = resolve(session, Id);
  return id.occurrence === undefined ? item : byDay(session, item, id.occurrence);
}

/** The item to move or copy: a single item or a whole series, but no occurrence of one. */
export function writableItem(session: Session, element: XmlElement): Item {
  const item = targetItem(session, element);
  if (item.occurrence !== undefined) throw new EwsError('ErrorCalendarCannotMoveOrCopyOccurrence');
  return item;
}

/** True where the request's change key is that of the item as it is; an absent one counts as current. */
export function isCurrent(item: Item, element: XmlElement): boolean {
  const key = element.attributes['ChangeKey'];
  if (key === undefined) return true;
  decodeChangeKey(key);
  return key === encodeChangeKey(item.sequence);
}
