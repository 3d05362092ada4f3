import { EwsError } from '../../errors';
import { folderIdOf, itemIdOf, type Session } from '../../session';
import type { StoreEvent } from '../../storage/database';
import type { Subscription, Subscriptions } from '../../subscriptions';
import { showTime } from '../../time';
import { child, childText, m, t, type XmlElement } from '../../xml/element';
import { failure, response, success } from '../operation';

/** How a stream is written: each call of `send` is one envelope of the endless answer. */
export interface Stream {
  readonly send: (response: XmlElement) => void;
  readonly end: () => void;
  /** Calls back when the client has gone. */
  readonly onGone: (callback: () => void) => void;
}

const name = 'GetStreamingEvents';

const watermark = (sequence: number): XmlElement =>
  t('Watermark', Buffer.from(`AQ${String(sequence).padStart(16, '0')}`).toString('base64'));

const changedObject = (event: StoreEvent, session: Session): readonly (XmlElement | undefined)[] => {
  const { mailbox, sequence } = event;
  if ('item' in event)
    return [
      itemIdOf(session, { mailbox, id: event.item, sequence }),
      folderIdOf(session, { mailbox, id: event.folder }, 'ParentFolderId'),
      event.from && itemIdOf(session, { mailbox, id: event.from.item, sequence }, undefined, 'OldItemId'),
      event.from && folderIdOf(session, { mailbox, id: event.from.folder }, 'OldParentFolderId'),
    ];
  return [
    folderIdOf(session, { mailbox, id: event.folder, sequence }),
    folderIdOf(session, { mailbox, id: event.parent }, 'ParentFolderId'),
    event.from && folderIdOf(session, { mailbox, id: event.from.folder, sequence }, 'OldFolderId'),
    event.from && folderIdOf(session, { mailbox, id: event.from.parent }, 'OldParentFolderId'),
  ];
};

const showEvent = (event: StoreEvent, session: Session): XmlElement =>
  t(event.kind, [watermark(event.sequence), t('TimeStamp', showTime(event.time, session.zone)), ...changedObject(event, session)]);

const notification = (subscription: Subscription, events: readonly XmlElement[]): XmlElement =>
  m('Notifications', [t('Notification', [t('SubscriptionId', subscription.id), ...events])]);

const envelope = (content: readonly XmlElement[]): XmlElement => response(name, [success(name, content)]);
const status = (value: 'OK' | 'Closed'): XmlElement => envelope([m('ConnectionStatus', value)]);

const notFound = (ids: readonly string[]): XmlElement =>
  response(name, [
    failure(name, new EwsError('ErrorSubscriptionNotFound'), [
      m(
        'ErrorSubscriptionIds',
        ids.map((id) => t('SubscriptionId', id)),
      ),
    ]),
  ]);

/** Sends what waits, then what comes; status events in between, until the time is over or the client goes. */
export function streamEvents(
  request: XmlElement,
  session: Session,
  subscriptions: Subscriptions,
  stream: Stream,
  statusInterval: number,
): void {
  const ids = (child(request, 'SubscriptionIds')?.children ?? []).map((id) => id.text.trim());
  const found = ids.map((id) => subscriptions.find(id));
  const missing = ids.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    stream.send(notFound(missing));
    stream.end();
    return;
  }
  const open = found.filter((subscription) => subscription !== undefined);

  const flush = (subscription: Subscription): void => {
    const events = subscription.waiting;
    subscription.waiting = [];
    if (events.length > 0)
      stream.send(
        envelope([
          notification(
            subscription,
            events.map((event) => showEvent(event, session)),
          ),
        ]),
      );
  };
  const beat = setInterval(() => {
    for (const subscription of open) stream.send(envelope([notification(subscription, [t('StatusEvent', [watermark(0)])])]));
    const closed = open.filter(({ id }) => !subscriptions.find(id)).map(({ id }) => id);
    if (closed.length > 0) {
      stream.send(notFound(closed));
      leave();
      stream.end();
    }
  }, statusInterval);
  const over = setTimeout(
    () => {
      stream.send(status('Closed'));
      leave();
      stream.end();
    },
    Number(childText(request, 'ConnectionTimeout')) * 60_000,
  );
  const leave = (): void => {
    clearInterval(beat);
    clearTimeout(over);
    for (const subscription of open) subscription.wake = undefined;
  };

  stream.onGone(leave);
  stream.send(status('OK'));
  for (const subscription of open) {
    subscription.wake = () => flush(subscription);
    flush(subscription);
  }
}
