import type { LoggedEvent } from '../../notifications/event-log';
import type { Database } from '../../storage/database';
import { encodeId } from '../../storage/ids';
import { showTime } from '../../time';
import { m, t, type XmlElement } from '../../xml/element';

/** Exchange's notifications never tell a current change key: these say which kind of object it is, and no more. */
const itemKey = 'CQAAAA==';
const folderKey = 'AQAAAA==';

const itemId = (database: Database, name: string, mailbox: number, number: number): XmlElement =>
  t(name, '', { Id: encodeId(database, { kind: 'item', mailbox, number }), ChangeKey: itemKey });

const folderId = (database: Database, name: string, mailbox: number, number: number): XmlElement =>
  t(name, '', { Id: encodeId(database, { kind: 'folder', mailbox, number }), ChangeKey: folderKey });

const objectOf = (database: Database, event: LoggedEvent): readonly (XmlElement | undefined)[] => {
  const { mailbox } = event;
  if ('item' in event)
    return [
      itemId(database, 'ItemId', mailbox, event.item),
      folderId(database, 'ParentFolderId', mailbox, event.folder),
      event.from && itemId(database, 'OldItemId', mailbox, event.from.item),
      event.from && folderId(database, 'OldParentFolderId', mailbox, event.from.folder),
    ];
  return [
    folderId(database, 'FolderId', mailbox, event.folder),
    folderId(database, 'ParentFolderId', mailbox, event.parent),
    event.from && folderId(database, 'OldFolderId', mailbox, event.from.folder),
    event.from && folderId(database, 'OldParentFolderId', mailbox, event.from.parent),
    event.unread === undefined ? undefined : t('UnreadCount', event.unread),
  ];
};

/** As many events are sent in one notification. */
export const mostEvents = 50;

/** An event as a notification shows it; streams show no watermarks. */
export const showEvent = (database: Database, event: LoggedEvent, zone: string, watermark?: string): XmlElement =>
  t(event.kind, [
    watermark === undefined ? undefined : t('Watermark', watermark),
    t('TimeStamp', showTime(event.time, zone)),
    ...objectOf(database, event),
  ]);

/** The event that says nothing happened. */
export const statusEvent = (watermark?: string): XmlElement => t('StatusEvent', watermark === undefined ? '' : [t('Watermark', watermark)]);

/** Where a client stood before a notification, and whether more waits behind it. */
export interface Position {
  readonly previous: string;
  readonly more: boolean;
}

/** A notification: events of one subscription. Its namespace is that of messages in streams, too, whatever the schema says. */
export const notification = (subscription: string, events: readonly XmlElement[], position?: Position): XmlElement =>
  m('Notification', [
    t('SubscriptionId', subscription),
    ...(position ? [t('PreviousWatermark', position.previous), t('MoreEvents', position.more)] : []),
    ...events,
  ]);
