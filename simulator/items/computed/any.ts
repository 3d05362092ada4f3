import { folderIdOf, itemIdOf, mailboxOf } from '../../session';
import { attachmentSize, hasAttachments } from '../../storage/attachments';
import { encodeChangeKey } from '../../storage/ids';
import type { Item } from '../../storage/items';
import { isTrue, text } from '../../storage/properties';
import { t } from '../../xml/element';
import { attachmentIdText, shownAttachments } from '../attachment-shown';
import { itemKind } from '../kinds';
import type { Computed } from './compute';

const names = (item: Item, property: string): string =>
  item.properties[property]?.children
    .map((entry) => entry.children.find((part) => part.name === 'Mailbox') ?? entry)
    .map((box) => box.children[0]?.text ?? '')
    .join('; ') ?? '';

/** Properties of every item. */
export const anyComputed: Computed = {
  ItemId: (item, session) =>
    item.attachment === undefined
      ? itemIdOf(session, item, item.occurrence?.day)
      : t('ItemId', '', {
          Id: attachmentIdText(session, item.mailbox, { id: item.attachment, item: item.id }),
          ChangeKey: encodeChangeKey(item.sequence),
        }),
  ParentFolderId: (item, session) =>
    item.attachment === undefined ? folderIdOf(session, { mailbox: item.mailbox, id: item.folder }, 'ParentFolderId') : undefined,
  ItemClass: (item) => text(item.properties, 'ItemClass') ?? itemKind(item.element).itemClass,
  Sensitivity: (item) => text(item.properties, 'Sensitivity') ?? 'Normal',
  Importance: (item) => text(item.properties, 'Importance') ?? 'Normal',
  DateTimeReceived: (item) => item.created,
  DateTimeSent: (item) => item.created,
  DateTimeCreated: (item) => item.created,
  LastModifiedTime: (item) => item.modified,
  LastModifiedName: (item, session) => mailboxOf(session, item).name,
  Size: (item, session) =>
    JSON.stringify(item.properties).length + JSON.stringify(item.extended).length + attachmentSize(session.database, item.id),
  IsSubmitted: () => false,
  IsDraft: (item) => isTrue(item.properties, 'IsDraft'),
  IsFromMe: () => false,
  IsResend: () => false,
  IsUnmodified: (item) => item.sequence === item.createdSequence,
  IsAssociated: () => false,
  Attachments: (item, session) => shownAttachments(session, item, item.attachment),
  HasAttachments: (item, session) => hasAttachments(session.database, { item: item.id, parent: item.attachment }),
  Culture: (item) => text(item.properties, 'Culture') ?? 'en-US',
  DisplayTo: (item) => names(item, item.element === 'CalendarItem' ? 'RequiredAttendees' : 'ToRecipients'),
  DisplayCc: (item) => names(item, item.element === 'CalendarItem' ? 'OptionalAttendees' : 'CcRecipients'),
  ReminderIsSet: (item) => isTrue(item.properties, 'ReminderIsSet'),
  ReminderMinutesBeforeStart: (item) => text(item.properties, 'ReminderMinutesBeforeStart') ?? 0,
  EffectiveRights: () =>
    t('EffectiveRights', [
      ...['CreateAssociated', 'CreateContents', 'CreateHierarchy'].map((right) => t(right, false)),
      ...['Delete', 'Modify', 'Read', 'ViewPrivateItems'].map((right) => t(right, true)),
    ]),
};
