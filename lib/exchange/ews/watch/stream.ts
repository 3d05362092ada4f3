/** Reads one notification stream of a group from its opening to its end. */
import { SyncError } from '../../../model/error';
import type { Kind } from '../../../model/kind';
import { getStreamingEvents } from '../operations/get-streaming-events';
import type { Notification, StreamPart } from '../operations/get-streaming-events';
import { anchorOf, forgetNamed } from './subscriptions';
import type { Emit, Group, WatchParts } from './subscriptions';
import { createWatchdog } from './watchdog';

const kindsOf = async ({ folders }: WatchParts, mailbox: string, { folderIds }: Notification): Promise<readonly Kind[]> => {
  const { calendar, tasks } = await folders.of(mailbox);
  const kinds: readonly Kind[] = [
    ...(folderIds.includes(calendar) ? ['appointment' as const] : []),
    ...(folderIds.includes(tasks) ? ['task' as const] : []),
  ];
  // A folder that is known by another id: better to look twice than not at all.
  return kinds.length === 0 ? ['appointment', 'task'] : kinds;
};

const tell = async (parts: WatchParts, group: Group, { notifications }: StreamPart, emit: Emit): Promise<void> => {
  for (const notification of notifications) {
    const mailbox = group.subscribed.get(notification.subscriptionId);
    if (mailbox === undefined) continue;
    for (const kind of await kindsOf(parts, mailbox, notification)) emit({ type: 'changed', mailbox, kind });
  }
};

const endedEarly = (): SyncError =>
  new SyncError('server-unreachable', 'connection', 'The notification stream ended unexpectedly; it is opened again.', {
    reason: 'stream-ended',
  });

/**
 * Streams until there is a reason to open anew: the server's time is up, subscriptions were lost, or a failed mailbox may be tried again.
 * @throws SyncError when it broke or went silent
 */
export const readStream = async (parts: WatchParts, group: Group, emit: Emit, signal: AbortSignal): Promise<void> => {
  const { client, options } = parts;
  const watchdog = createWatchdog(options.streamSilenceMs);
  const nextRetry = Math.min(...group.failed.values());
  const mailboxes = [...new Set(group.subscribed.values())];
  try {
    const envelopes = await client.open(getStreamingEvents([...group.subscribed.keys()], options.streamMinutes), {
      mailbox: mailboxes[0] ?? null,
      anchor: anchorOf(group),
      signal: AbortSignal.any([signal, watchdog.signal]),
    });
    let announced = false;
    for await (const part of envelopes) {
      watchdog.alive();
      forgetNamed(group, part);
      if (part.failure !== null) {
        if (part.failedSubscriptionIds.length > 0) return;
        throw part.failure;
      }
      if (!announced) emit({ type: 'connected', mailboxes });
      announced = true;
      await tell(parts, group, part, emit);
      if (part.closed || Date.now() >= nextRetry) return;
    }
    throw endedEarly();
  } catch (thrown) {
    throw watchdog.signal.aborted ? watchdog.error() : thrown;
  } finally {
    watchdog.stop();
  }
};
