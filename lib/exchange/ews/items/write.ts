/** Items to create and to change as pieces of a request. */
import type { ExchangeItem } from '../../../model/item';
import type { ItemToCreate, ItemToUpdate } from '../../connection';
import { compose, element } from '../xml/compose';
import type { ComposedXml, XmlNode } from '../xml/compose';
import { propertyGroups } from './properties';
import type { Property } from './properties';
import { syncIdField, syncIdProperty } from './sync-id';
import { windowsZone } from './zones';

/** Order of the elements in ItemType, CalendarItemType and TaskType; Exchange refuses any other. */
const schemaOrder = [
  'Subject',
  'Sensitivity',
  'Body',
  'Categories',
  'Importance',
  'ReminderDueBy',
  'ReminderIsSet',
  'ReminderMinutesBeforeStart',
  'ExtendedProperty',
  'Start',
  'End',
  'IsAllDayEvent',
  'LegacyFreeBusyStatus',
  'Location',
  'DueDate',
  'PercentComplete',
  'Recurrence',
  'StartDate',
  'StartTimeZone',
  'EndTimeZone',
  'Status',
].map((name) => `t:${name}`);

const elementName = (item: ExchangeItem): string => (item.kind === 'appointment' ? 't:CalendarItem' : 't:Task');

/** Windows zone that a request with this item names, see `CallContext.windowsZone`. */
export const requestZone = (item: ExchangeItem): string => (item.kind === 'appointment' ? windowsZone(item.timeZone) : 'UTC');

/**
 * A new item.
 * @throws SyncError of scope `item`: `text-not-representable`, `time-zone-unknown`, `item-not-readable`
 */
export const composeNewItem = ({ item, syncId }: ItemToCreate): ComposedXml => {
  const values = propertyGroups(item)
    .flatMap((group) => group.properties.map((property) => property.value))
    .filter((value) => value !== null);
  const own = syncId === null ? [] : [syncIdProperty(syncId)];
  const ordered = [...values, ...own].sort((a, b) => schemaOrder.indexOf(a.name) - schemaOrder.indexOf(b.name));
  return compose(element(elementName(item), {}, ...ordered));
};

const fieldUri = (path: string): XmlNode => element('t:FieldURI', { FieldURI: path });

const composeChange = ({ path, value }: Property, itemElement: string): XmlNode =>
  value === null
    ? element('t:DeleteItemField', {}, fieldUri(path))
    : element('t:SetItemField', {}, fieldUri(path), element(itemElement, {}, value));

/**
 * The change of an item: the properties of every group in which a field changed, and the sync id.
 * @throws SyncError of scope `item`
 */
export const composeItemChange = ({ id, changeKey, item, changes, syncId }: ItemToUpdate): ComposedXml => {
  const itemElement = elementName(item);
  const changed = propertyGroups(item)
    .filter((group) => group.fields.some((field) => field in changes))
    .flatMap((group) => group.properties)
    // Deleting a recurrence that never was is refused; it is one only when the change says so.
    .filter(({ path, value }) => path !== 'calendar:Recurrence' || value !== null || 'recurrence' in changes)
    .map((property) => composeChange(property, itemElement));
  return compose(
    element(
      't:ItemChange',
      {},
      element('t:ItemId', { Id: id, ChangeKey: changeKey }),
      element('t:Updates', {}, ...changed, element('t:SetItemField', {}, syncIdField, element(itemElement, {}, syncIdProperty(syncId)))),
    ),
  );
};
