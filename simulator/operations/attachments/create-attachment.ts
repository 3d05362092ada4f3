import { attach } from '../../items/attachment';
import { attachmentIdText, placeOf } from '../../items/attachment-shown';
import { touchItem } from '../../items/write';
import { itemIdOf } from '../../session';
import { child, m, t } from '../../xml/element';
import { isCurrent, targetItem } from '../items/item-target';
import { each, type Operation } from '../operation';

/** CreateAttachment: https://learn.microsoft.com/exchange/client-developer/web-service-reference/createattachment-operation */
export const createAttachment: Operation = (request, context) => {
  const { session } = context;
  return each(
    context,
    'CreateAttachment',
    child(request, 'Attachments')?.children ?? [],
    (element) => {
      const parent = child(request, 'ParentItemId') ?? t('ParentItemId');
      const item = targetItem(session, parent);
      // A change key has to be one, but an older one is no conflict: attaching changes nothing else.
      isCurrent(item, parent);
      const id = attach(session, placeOf(item), element);
      const { Id, ChangeKey } = itemIdOf(session, touchItem(session, item), item.occurrence?.day).attributes;
      const attributes = {
        Id: attachmentIdText(session, item.mailbox, { id, item: item.id }),
        RootItemId: Id,
        RootItemChangeKey: ChangeKey,
      };
      return [m('Attachments', [t(element.name, [t('AttachmentId', '', attributes)])])];
    },
    [m('Attachments')],
  );
};
