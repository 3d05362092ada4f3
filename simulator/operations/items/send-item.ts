import { EwsError } from '../../errors';
import { sendItem as send } from '../../mail/send';
import { isMessage } from '../../items/kinds';
import { resolveFolder } from '../../session';
import { child, isTrueText, t } from '../../xml/element';
import { isCurrent, writableItem } from './item-target';
import { each, type Operation } from '../operation';

/** SendItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/senditem-operation */
export const sendItem: Operation = (request, context) => {
  const { session } = context;
  const isSaved = isTrueText(request.attributes['SaveItemToFolder']);
  const target = child(request, 'SavedItemFolderId')?.children[0];
  if (target && !isSaved) throw new EwsError('ErrorInvalidSendItemSaveSettings');
  return each(context, 'SendItem', child(request, 'ItemIds')?.children ?? [], (id) => {
    const item = writableItem(session, id);
    if (!isMessage(item.element)) throw new EwsError('ErrorInvalidItemForOperationSendItem');
    if (id.attributes['ChangeKey'] === undefined) throw new EwsError('ErrorChangeKeyRequiredForWriteOperations');
    if (!isCurrent(item, id)) throw new EwsError('ErrorStaleObject');
    send(session, item, isSaved ? resolveFolder(session, target ?? t('DistinguishedFolderId', '', { Id: 'sentitems' })) : undefined);
    return [];
  });
};
