/** Items to create and to change as pieces of a request. */
import type { ExchangeAppointment, ExchangeItem, ExchangeOccurrenceFields } from '../../../model/item';
import type { Kind } from '../../../model/kind';
import type { ItemIdentity, ItemToCreate, ItemToUpdate } from '../../connection';
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

const elementName = ({ kind }: { readonly kind: Kind }): string => (kind === 'appointment' ? 't:CalendarItem' : 't:Task');

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

const setSyncId = (kind: Kind, syncId: string): XmlNode =>
  element('t:SetItemField', {}, syncIdField, element(elementName({ kind }), {}, syncIdProperty(syncId)));

/** HTML is written only where it changed: otherwise it is not what the new text says. */
const asText = (item: ExchangeItem): ExchangeItem => ({ ...item, bodyHtml: null });

/**
 * The change of an item: the properties of every group in which a field changed, and the sync id.
 * @throws SyncError of scope `item`
 */
export const composeItemChange = ({ id, changeKey, item, changes, syncId }: ItemToUpdate): ComposedXml => {
  const itemElement = elementName(item);
  const changed = propertyGroups('bodyHtml' in changes ? item : asText(item))
    .filter((group) => group.fields.some((field) => field in changes))
    .flatMap((group) => group.properties)
    // Deleting a recurrence that never was is refused; it is one only when the change says so.
    .filter(({ path, value }) => path !== 'calendar:Recurrence' || value !== null || 'recurrence' in changes)
    .map((property) => composeChange(property, itemElement));
  const own = syncId === null ? [] : [setSyncId(item.kind, syncId)];
  return compose(
    element('t:ItemChange', {}, element('t:ItemId', { Id: id, ChangeKey: changeKey }), element('t:Updates', {}, ...changed, ...own)),
  );
};

/** Writes nothing but the sync id, and only when the item still has its change key. */
export const composeMark = (kind: Kind, { id, changeKey, syncId }: ItemIdentity & { readonly syncId: string }): ComposedXml =>
  compose(
    element('t:ItemChange', {}, element('t:ItemId', { Id: id, ChangeKey: changeKey }), element('t:Updates', {}, setSyncId(kind, syncId))),
  );

/** A change without a change key, for a request that overwrites: what it overwrites was read just before. */
const composeOverwrite = (id: string, ...changes: readonly XmlNode[]): ComposedXml =>
  compose(element('t:ItemChange', {}, element('t:ItemId', { Id: id }), element('t:Updates', {}, ...changes)));

/** An occurrence has no recurrence of its own and keeps the zone of its series. */
const ofSeries: ReadonlySet<string> = new Set(['calendar:Recurrence', 'calendar:StartTimeZone', 'calendar:EndTimeZone']);

/**
 * The change of one occurrence.
 * @param fields those to write
 * @throws SyncError of scope `item`
 */
export const composeOccurrenceChange = (
  id: string,
  series: ExchangeAppointment,
  occurrence: ExchangeOccurrenceFields,
  fields: readonly (keyof ExchangeOccurrenceFields)[],
): ComposedXml =>
  composeOverwrite(
    id,
    ...propertyGroups({ ...series, ...occurrence, bodyHtml: fields.includes('bodyHtml') ? occurrence.bodyHtml : null })
      .filter((group) => fields.some((field) => group.fields.includes(field)))
      .flatMap((group) => group.properties)
      .filter(({ path }) => !ofSeries.has(path))
      .map((property) => composeChange(property, 't:CalendarItem')),
  );

/**
 * The two changes that make a series a single appointment and a series again, which brings deleted occurrences back and takes all exceptions
 * away. In one request nobody sees the state in between.
 */
export const composeNewRecurrence = (id: string, series: ExchangeAppointment): readonly ComposedXml[] => {
  const properties = propertyGroups(series).flatMap((group) => (group.fields.includes('recurrence') ? group.properties : []));
  return [
    composeOverwrite(id, element('t:DeleteItemField', {}, fieldUri('calendar:Recurrence'))),
    composeOverwrite(id, ...properties.map((property) => composeChange(property, 't:CalendarItem'))),
  ];
};
