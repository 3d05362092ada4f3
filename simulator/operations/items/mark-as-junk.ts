import { moveItem } from '../../items/move';
import { itemIdOf, resolveFolder } from '../../session';
import { child, isTrueText, m, t } from '../../xml/element';
import { writableItem } from './item-target';
import { each, type Operation } from '../operation';

/** MarkAsJunk: https://learn.microsoft.com/exchange/client-developer/web-service-reference/markasjunk-operation (senders are not remembered). */
export const markAsJunk: Operation = (request, context) => {
  const { session } = context;
  const is = (name: string): boolean => isTrueText(request.attributes[name]);
  return each(context, 'MarkAsJunk', child(request, 'ItemIds')?.children ?? [], (id) => {
    const item = writableItem(session, id);
    if (!is('MoveItem')) return [];
    const folder = resolveFolder(session, t('DistinguishedFolderId', '', { Id: is('IsJunk') ? 'junkemail' : 'inbox' }));
    const moved = moveItem(session, item, folder);
    return [m('MovedItemId', '', itemIdOf(session, moved).attributes)];
  });
};
