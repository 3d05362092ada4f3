import { omit } from 'lodash';
import { showAttachment } from '../../items/attachment-shown';
import type { ShownItem } from '../../items/computed';
import { readShape, showItem } from '../../items/shape';
import type { Attachment } from '../../storage/attachments';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';
import { resolveAttachment } from './attachment-target';

const attachedItem = (root: ShownItem, { id, modified, attached }: Attachment): ShownItem | undefined =>
  attached && { ...omit(root, 'occurrence'), ...attached, created: modified, modified, attachment: id };

/** GetAttachment: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getattachment-operation */
export const getAttachment: Operation = (request, context) => {
  const { session } = context;
  const shape = { ...readShape(child(request, 'AttachmentShape'), 'item'), base: 'AllProperties' };
  return each(
    context,
    'GetAttachment',
    child(request, 'AttachmentIds')?.children ?? [],
    (id) => {
      const { attachment, item } = resolveAttachment(session, id);
      const attached = attachedItem(item, attachment);
      const shown = attached && showItem(attached, shape, 'item', session);
      return [m('Attachments', [showAttachment(session, item.mailbox, attachment, 'content', shown)])];
    },
    [m('Attachments')],
  );
};
