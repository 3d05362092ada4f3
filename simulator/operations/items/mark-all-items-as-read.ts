import { reviseItem } from '../../items/write';
import { isMessage } from '../../items/kinds';
import { resolveFolder } from '../../session';
import { itemsOfFolder } from '../../storage/items';
import { isTrue, withTexts } from '../../storage/properties';
import { child, childText, isTrueText } from '../../xml/element';
import { each, type Operation } from '../operation';

/** MarkAllItemsAsRead: https://learn.microsoft.com/exchange/client-developer/web-service-reference/markallitemsasread-operation */
export const markAllItemsAsRead: Operation = (request, context) => {
  const { session } = context;
  const isRead = isTrueText(childText(request, 'ReadFlag'));
  return each(context, 'MarkAllItemsAsRead', child(request, 'FolderIds')?.children ?? [], (id) => {
    for (const item of itemsOfFolder(session.database, resolveFolder(session, id).id))
      if (isMessage(item.element) && isTrue(item.properties, 'IsRead') !== isRead)
        reviseItem(session, { ...item, properties: withTexts(item.properties, { IsRead: isRead }) });
    return [];
  });
};
