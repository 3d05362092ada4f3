/** GetItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/getitem-operation */
import type { ExchangeEntry } from '../../../model/item';
import type { Result } from '../../../model/result';
import { readEntry } from '../items/entry';
import { itemShape } from '../items/shape';
import type { ShapeBreadth } from '../items/shape';
import { readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';

/**
 * Items by id with everything the model knows, bodies as text.
 * @param zone IANA zone to prefer and to fall back to, see `items/zones`
 */
export const getItem = (ids: readonly string[], breadth: ShapeBreadth, zone: string): Operation<readonly Result<ExchangeEntry>[]> => ({
  name: 'GetItem',
  repeatable: true,
  request: element('m:GetItem', {}, itemShape(breadth), element('m:ItemIds', {}, ...ids.map((id) => element('t:ItemId', { Id: id })))),
  read: (response) => readBatch(response, ids.length, (message) => readEntry(message, zone)),
});
