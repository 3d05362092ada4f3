import { folderIdOf, itemIdOf, mailboxOf } from '../../session';
import type { Item } from '../../storage/items';
import { isTrue, text } from '../../storage/properties';
import { t } from '../../xml/element';
import { itemKind } from '../kinds';
import type { Computed } from './compute';

const names = (item: Item, property: string): string =>
  item.properties[property]?.children
    .map((entry) => entry.children.find((part) => part.name === 'Mailbox') ?? entry)
    .map((box) => box.children[0]?.text ?? '')
    .join('; ') ?? '';

/** Properties of every item. */
export const anyComputed: Computed = {
  ItemId: (item, session) => itemIdOf(session, item, item.occurrence === undefined ? undefined : item.occurrence / 1000),
  ParentFolderId: (item, session) => folderIdOf(session, { mailbox: item.mailbox, id: item.folder }, 'ParentFolderId'),
  ItemClass: (item) => text(item.properties, 'ItemClass') ?? itemKind(item.element).itemClass,
  Sensitivity: (item) => text(item.properties, 'Sensitivity') ?? 'Normal',
  Importance: (item) => text(item.properties, 'Importance') ?? 'Normal',
  DateTimeReceived: (item) => item.created,
  DateTimeSent: (item) => item.created,
  DateTimeCreated: (item) => item.created,
  LastModifiedTime: (item) => item.modified,
  LastModifiedName: (item, session) => mailboxOf(session, item).name,
  Size: (item) => JSON.stringify(item.properties).length + JSON.stringify(item.extended).length,
  IsSubmitted: () => false,
  IsDraft: () => false,
  IsFromMe: () => false,
  IsResend: () => false,
  IsUnmodified: (item) => item.sequence === item.createdSequence,
  IsAssociated: () => false,
  HasAttachments: () => false,
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
