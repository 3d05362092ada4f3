/** GetItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/getitem-operation */
import type { Result } from '../../../model/result';
import { readWithOccurrences } from '../items/entry';
import type { ReadItem } from '../items/entry';
import { itemShape } from '../items/shape';
import type { ItemShape } from '../items/shape';
import { readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';

/** An item by its id, or an occurrence by its number in its series, from 1. */
export type ItemReference = { readonly id: string } | { readonly seriesId: string; readonly index: number };

const referenceElement = (reference: ItemReference): XmlNode =>
  'id' in reference
    ? element('t:ItemId', { Id: reference.id })
    : element('t:OccurrenceItemId', { RecurringMasterId: reference.seriesId, InstanceIndex: String(reference.index) });

/**
 * Items with everything the model knows.
 * @param zone IANA zone to prefer and to fall back to, see `items/zones`
 */
export const getItem = (references: readonly ItemReference[], shape: ItemShape, zone: string): Operation<readonly Result<ReadItem>[]> => ({
  name: 'GetItem',
  repeatable: true,
  request: element('m:GetItem', {}, itemShape(shape), element('m:ItemIds', {}, ...references.map(referenceElement))),
  read: (response) => readBatch(response, references.length, (message) => readWithOccurrences(message, zone)),
});
