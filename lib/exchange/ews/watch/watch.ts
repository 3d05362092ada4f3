/**
 * Watches mailboxes by streaming notifications.
 * https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/how-to-maintain-affinity-between-group-of-subscriptions-and-mailbox-server
 */
import { chunk } from 'lodash';
import type { WatchEvent } from '../../connection';
import { createEventQueue } from './event-queue';
import { watchGroup } from './group';
import type { WatchParts } from './subscriptions';

/** Most subscriptions that one stream carries. */
const groupSize = 200;

/** Events of all mailboxes until `signal` aborts or the consumer leaves; one stream per 200 mailboxes. Never throws. */
export async function* watchMailboxes(parts: WatchParts, mailboxes: readonly string[], signal: AbortSignal): AsyncIterable<WatchEvent> {
  const queue = createEventQueue();
  const leaving = new AbortController();
  const ending = AbortSignal.any([signal, leaving.signal]);
  const groups = chunk([...new Set(mailboxes)], groupSize).map((group) => watchGroup(parts, group, queue.push, ending));
  const finished = Promise.all(groups).finally(queue.end);
  try {
    // Without mailboxes there is nothing to tell, but the consumer still decides when it ends.
    if (groups.length > 0) yield* queue.events();
  } finally {
    leaving.abort();
    await finished;
  }
}
