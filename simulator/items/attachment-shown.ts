import type { Session } from '../session';
import { attachmentContent, attachmentsOf, type Attachment, type AttachmentPlace } from '../storage/attachments';
import { encodeId } from '../storage/ids';
import { showTime } from '../time';
import { t, type XmlElement } from '../xml/element';
import type { ShownItem } from './computed/compute';

/** The id of an attachment as text; of an attached item it is the item's id, too. */
export const attachmentIdText = (session: Session, mailbox: number, attachment: Pick<Attachment, 'id' | 'item'>): string =>
  encodeId(session.database, { kind: 'attachment', mailbox, number: attachment.item, attachment: attachment.id });

/** An attachment as a response shows it: a file with its content, an attached item with the item, where they are asked for. */
export function showAttachment(
  session: Session,
  mailbox: number,
  attachment: Attachment,
  detail: 'description' | 'content' = 'description',
  item?: XmlElement,
): XmlElement {
  const { attached } = attachment;
  const described = [
    t('AttachmentId', '', { Id: attachmentIdText(session, mailbox, attachment) }),
    t('Name', attachment.name),
    attachment.contentType === undefined ? undefined : t('ContentType', attachment.contentType),
    attachment.contentId === undefined ? undefined : t('ContentId', attachment.contentId),
    attachment.contentLocation === undefined ? undefined : t('ContentLocation', attachment.contentLocation),
    t('Size', attachment.size),
    t('LastModifiedTime', showTime(attachment.modified, session.zone)),
    t('IsInline', attachment.isInline),
  ];
  if (attached) return t('ItemAttachment', [...described, item]);
  const content = detail === 'content' ? t('Content', attachmentContent(session.database, attachment.id).toString('base64')) : undefined;
  return t('FileAttachment', [...described, t('IsContactPhoto', attachment.isContactPhoto), content]);
}

/** Where the attachments of an item are: an item of its own, an occurrence, or an item attached to another. */
export const placeOf = ({ id, attachment, occurrence }: ShownItem): AttachmentPlace => ({
  item: id,
  parent: attachment,
  occurrence: occurrence?.day,
});

/** The Attachments property of an item; absent without attachments. */
export function shownAttachments(session: Session, item: ShownItem): XmlElement | undefined {
  const found = attachmentsOf(session.database, placeOf(item));
  if (found.length === 0) return undefined;
  return t(
    'Attachments',
    found.map((attachment) => showAttachment(session, item.mailbox, attachment)),
  );
}
