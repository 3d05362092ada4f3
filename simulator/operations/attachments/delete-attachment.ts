import { touchItem } from '../../items/write';
import { itemIdOf } from '../../session';
import { removeAttachment } from '../../storage/attachments';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';
import { resolveAttachment } from './attachment-target';

/** DeleteAttachment: https://learn.microsoft.com/exchange/client-developer/web-service-reference/deleteattachment-operation */
export const deleteAttachment: Operation = (request, context) => {
  const { session } = context;
  return each(context, 'DeleteAttachment', child(request, 'AttachmentIds')?.children ?? [], (id) => {
    const { attachment, item } = resolveAttachment(session, id);
    removeAttachment(session.database, attachment.id);
    const { Id, ChangeKey } = itemIdOf(session, touchItem(session, item), item.occurrence?.day).attributes;
    return [m('RootItemId', '', { RootItemId: Id, RootItemChangeKey: ChangeKey })];
  });
};
