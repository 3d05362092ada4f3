import { idOnly, showItem } from '../../items/shape';
import { copyItem as copy } from '../../items/move';
import { resolveFolderOr } from '../../session';
import { child, childText, m } from '../../xml/element';
import { writableItem } from './item-target';
import { each, type Operation } from '../operation';

/** CopyItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/copyitem-operation */
export const copyItem: Operation = (request, context) => {
  const { session } = context;
  const returnsIds = childText(request, 'ReturnNewItemIds') !== 'false';
  return each(
    context,
    'CopyItem',
    child(request, 'ItemIds')?.children ?? [],
    (id) => {
      const folder = resolveFolderOr(session, child(request, 'ToFolderId')?.children[0], 'ErrorToFolderNotFound');
      const copied = copy(session, writableItem(session, id), folder);
      return [m('Items', returnsIds ? [showItem(copied, idOnly, 'list', session)] : [])];
    },
    [m('Items')],
  );
};
