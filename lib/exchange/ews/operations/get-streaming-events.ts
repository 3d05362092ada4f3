/** GetStreamingEvents: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/getstreamingevents-operation */
import type { SyncError } from '../../../model/error';
import { failureOf, responseMessages } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import { attributeOf, child, childrenNamed, textOf } from '../xml/find';
import type { XmlElement } from '../xml/read';

/** Something changed in these folders of a subscription. */
export interface Notification {
  readonly subscriptionId: string;
  /** Ids of the folders that an item came from or went to. */
  readonly folderIds: readonly string[];
}

/** What one envelope of the stream tells; one without notifications is a sign of life. */
export interface StreamPart {
  readonly notifications: readonly Notification[];
  /** The server ends this connection, as agreed. */
  readonly closed: boolean;
  readonly failure: SyncError | null;
  /** Subscriptions that the failure is about; empty when it is about the connection. */
  readonly failedSubscriptionIds: readonly string[];
}

const folderIdsOf = (event: XmlElement): readonly string[] =>
  ['ParentFolderId', 'OldParentFolderId'].map((name) => attributeOf(child(event, name), 'Id')).filter((id) => id !== null);

const notificationOf = (notification: XmlElement): Notification | null => {
  const events = notification.children.filter((part) => part.name.endsWith('Event') && part.name !== 'StatusEvent');
  if (events.length === 0) return null;
  return { subscriptionId: textOf(notification, 'SubscriptionId') ?? '', folderIds: [...new Set(events.flatMap(folderIdsOf))] };
};

const partOf = (response: XmlElement): StreamPart => {
  const messages = responseMessages(response);
  const notifications = messages.flatMap((message) => childrenNamed(child(message, 'Notifications'), 'Notification')).map(notificationOf);
  const errorIds = messages.flatMap((message) => childrenNamed(child(message, 'ErrorSubscriptionIds'), 'SubscriptionId'));
  return {
    notifications: notifications.filter((notification) => notification !== null),
    closed: messages.some((message) => textOf(message, 'ConnectionStatus')?.trim() === 'Closed'),
    failure: messages.map(failureOf).find((failure) => failure !== null) ?? null,
    failedSubscriptionIds: errorIds.map((id) => id.text.trim()),
  };
};

/**
 * Opens the stream of up to 200 subscriptions.
 * @param minutes after so long the server ends the connection, 1–30
 */
export const getStreamingEvents = (subscriptionIds: readonly string[], minutes: number): Operation<StreamPart> => ({
  name: 'GetStreamingEvents',
  repeatable: false,
  request: element(
    'm:GetStreamingEvents',
    {},
    element('m:SubscriptionIds', {}, ...subscriptionIds.map((id) => element('t:SubscriptionId', {}, id))),
    element('m:ConnectionTimeout', {}, String(minutes)),
  ),
  read: partOf,
});
