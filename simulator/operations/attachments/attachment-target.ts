import { occurrenceItem } from '../../calendar/occurrences';
import { EwsError } from '../../errors';
import type { ShownItem } from '../../items/computed';
import { resolveItem, type Session } from '../../session';
import { attachmentById, type Attachment } from '../../storage/attachments';
import { encodeId, decodeId } from '../../storage/ids';
import { t, type XmlElement } from '../../xml/element';

/** The attachment that an AttachmentId names, and the item (or occurrence) it belongs to. */
export function resolveAttachment(session: Session, element: XmlElement): { readonly attachment: Attachment; readonly item: ShownItem } {
  const id = decodeId(session.database, element.attributes['Id'] ?? '');
  if (id.attachment === undefined) throw new EwsError('ErrorInvalidAttachmentId');
  const root = encodeId(session.database, { kind: 'item', mailbox: id.mailbox, number: id.number });
  const { item } = resolveItem(session, t('ItemId', '', { Id: root }));
  const attachment = attachmentById(session.database, id.attachment);
  if (attachment?.item !== item.id) throw new EwsError('ErrorInvalidAttachmentId');
  const occurrence = attachment.occurrence === undefined ? item : occurrenceItem(session.database, item, attachment.occurrence);
  if (!occurrence || occurrence === 'deleted') throw new EwsError('ErrorInvalidAttachmentId');
  return { attachment, item: occurrence };
}
