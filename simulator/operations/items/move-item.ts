import { idOnly, showItem } from '../../items/shape';
import { moveItem as move } from '../../items/move';
import { resolveFolderOr } from '../../session';
import { child, childText, m } from '../../xml/element';
import { writableItem } from './item-target';
import { each, type Operation } from '../operation';

/** MoveItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/moveitem-operation */
export const moveItem: Operation = (request, context) => {
  const { session } = context;
  const returnsIds = childText(request, 'ReturnNewItemIds') !== 'false';
  return each(
    context,
    'MoveItem',
    child(request, 'ItemIds')?.children ?? [],
    (id) => {
      const folder = resolveFolderOr(session, child(request, 'ToFolderId')?.children[0], 'ErrorToFolderNotFound');
      const moved = move(session, writableItem(session, id), folder);
      const isShown = returnsIds;
      return [m('Items', isShown ? [showItem(moved, idOnly, 'list', session)] : [])];
    },
    [m('Items')],
  );
};
