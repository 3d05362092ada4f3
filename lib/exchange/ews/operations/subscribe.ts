/** Subscribe, for streaming notifications: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/subscribe-operation */
import { SyncError } from '../../../model/error';
import { folderElement } from '../folders';
import type { FolderName } from '../folders';
import { readSingle } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import { textOf } from '../xml/find';

/** Everything that changes what a folder contains. */
const eventTypes = ['CopiedEvent', 'CreatedEvent', 'DeletedEvent', 'ModifiedEvent', 'MovedEvent'];

/** Subscribes to changes of folders; answers the subscription id. Exchange forgets it when nobody streams it for half an hour. */
export const subscribe = (folders: readonly FolderName[]): Operation<string> => ({
  name: 'Subscribe',
  // A second subscription does no harm: Exchange lets the first one expire.
  repeatable: true,
  request: element(
    'm:Subscribe',
    {},
    element(
      'm:StreamingSubscriptionRequest',
      {},
      element('t:FolderIds', {}, ...folders.map(folderElement)),
      element('t:EventTypes', {}, ...eventTypes.map((type) => element('t:EventType', {}, type))),
    ),
  ),
  read: (response) =>
    readSingle(response, (message) => {
      const id = textOf(message, 'SubscriptionId');
      if (id === null) throw new SyncError('answer-incomplete', 'connection', 'Exchange answered without a subscription id.');
      return id;
    }),
});
