/** Keeps one group of mailboxes watched: subscribes, streams, opens anew after every end, with growing pauses after failures. */
import { setTimeout as wait } from 'node:timers/promises';
import { toSyncError } from '../../../model/error';
import type { SyncError } from '../../../model/error';
import { pauseMs } from '../transport/back-off';
import { readStream } from './stream';
import { forgetAfter, subscribeMissing, unsubscribeAll } from './subscriptions';
import type { Emit, Group, WatchParts } from './subscriptions';

/** After a refused login, so that no account is locked (requirement A6). */
const loginPauseMs = 50 * 60_000;
/** A stream that lived so long was healthy: the next failure starts with a short pause. */
const healthyMs = 10_000;

const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal }).catch(() => undefined);
};

const pauseAfter = (error: SyncError, failures: number, { options }: WatchParts): number => {
  if (error.scope === 'login') return loginPauseMs;
  if (error.scope === 'configuration') return options.mailboxRetryMs;
  return Math.max(pauseMs(options.retryBaseMs, failures, options.random), error.backOffMs ?? 0);
};

const untilRetry = (group: Group): number => Math.max(0, Math.min(...group.failed.values()) - Date.now());

/** Subscribes what is missing and streams once; waits when no mailbox of the group works. */
const watchOnce = async (parts: WatchParts, group: Group, emit: Emit, signal: AbortSignal): Promise<void> => {
  await subscribeMissing(parts, group, emit, signal);
  if (group.subscribed.size > 0) await readStream(parts, group, emit, signal);
  else await sleep(untilRetry(group), signal);
};

/** Read anew: the type checker takes the loop's condition for the state after every await. */
const hasEnded = (signal: AbortSignal): boolean => signal.aborted;

/** Watches up to 200 mailboxes until `signal` aborts; then unsubscribes. Never rejects. */
export const watchGroup = async (parts: WatchParts, mailboxes: readonly string[], emit: Emit, signal: AbortSignal): Promise<void> => {
  const group: Group = { mailboxes, subscribed: new Map(), failed: new Map() };
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    const outcome = await watchOnce(parts, group, emit, signal).then(() => null, toSyncError);
    if (Date.now() - startedAt > healthyMs) failures = 0;
    if (outcome === null) {
      // A server that ends every stream at once must not be asked without a pause.
      if (Date.now() - startedAt < parts.options.retryBaseMs) await sleep(parts.options.retryBaseMs, signal);
      continue;
    }
    // Breaking the stream is how an abort ends it: nothing was lost.
    if (hasEnded(signal)) break;
    forgetAfter(group, outcome);
    const retryInMs = pauseAfter(outcome, failures, parts);
    failures += 1;
    emit({ type: 'lost', error: outcome, retryInMs });
    await sleep(retryInMs, signal);
  }
  await unsubscribeAll(parts, group);
};
