import { itemEffectiveRights } from '../../permissions/access';
import { folderIdOf, itemIdOf, mailboxOf, type Session } from '../../session';
import { attachmentSize, hasAttachments } from '../../storage/attachments';
import { globalId, storeEntryId } from '../../storage/entry-id';
import { encodeChangeKey } from '../../storage/ids';
import type { Item } from '../../storage/items';
import { isTrue, text } from '../../storage/properties';
import { formatUtc } from '../../time';
import { t } from '../../xml/element';
import { attachmentIdText, placeOf, shownAttachments } from '../attachment-shown';
import { itemKind } from '../kinds';
import { showBody } from '../body';
import type { Computed, ShownItem } from './compute';

const names = (item: Item, property: string): string =>
  item.properties[property]?.children
    .map((entry) => entry.children.find((part) => part.name === 'Mailbox') ?? entry)
    .map((box) => box.children[0]?.text ?? '')
    .join('; ') ?? '';

const longestPreview = 255;

/** What the web client is opened with (relative to the address of Outlook on the web). */
const webClientQuery = (item: ShownItem, session: Session, action: string): string => {
  const itemClass = text(item.properties, 'ItemClass') ?? itemKind(item.element).itemClass;
  const id = itemIdOf(session, item).attributes['Id'] ?? '';
  return `?ae=Item&a=${action}&t=${encodeURIComponent(itemClass)}&id=${encodeURIComponent(id)}&exvsurl=1`;
};

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
  DateTimeReceived: (item) => text(item.properties, 'DateTimeReceived') ?? item.created,
  DateTimeSent: (item) => text(item.properties, 'DateTimeSent') ?? item.created,
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
  IsAssociated: (item) => isTrue(item.properties, 'IsAssociated'),
  Attachments: (item, session) => shownAttachments(session, item),
  HasAttachments: (item, session) => hasAttachments(session.database, placeOf(item)),
  Culture: (item) => text(item.properties, 'Culture') ?? 'en-US',
  DisplayTo: (item) => names(item, item.element === 'CalendarItem' ? 'RequiredAttendees' : 'ToRecipients'),
  DisplayCc: (item) => names(item, item.element === 'CalendarItem' ? 'OptionalAttendees' : 'CcRecipients'),
  Flag: (item) => item.properties['Flag'] ?? t('Flag', [t('FlagStatus', 'NotFlagged')]),
  InstanceKey: (item, { database }) => globalId(database, item.mailbox, item.id).toString('base64'),
  StoreEntryId: (item, { database }) => storeEntryId(database, item.mailbox).toString('base64'),
  Preview: (item) => item.properties['Body'] && showBody(item.properties['Body'], 'Text', 'Preview').text.trim().slice(0, longestPreview),
  WebClientReadFormQueryString: (item, session) => webClientQuery(item, session, 'Open'),
  WebClientEditFormQueryString: (item, session) => (isTrue(item.properties, 'IsDraft') ? webClientQuery(item, session, 'Edit') : undefined),
  ReminderNextTime: (item) => {
    const due = text(item.properties, 'ReminderDueBy') ?? text(item.properties, 'Start');
    if (due === undefined || !isTrue(item.properties, 'ReminderIsSet')) return undefined;
    return formatUtc(new Date(Date.parse(due) - Number(text(item.properties, 'ReminderMinutesBeforeStart') ?? 0) * 60_000));
  },
  ReminderIsSet: (item) => isTrue(item.properties, 'ReminderIsSet'),
  ReminderMinutesBeforeStart: (item) => text(item.properties, 'ReminderMinutesBeforeStart') ?? 0,
  EffectiveRights: (item, session) => itemEffectiveRights(session, item),
};
