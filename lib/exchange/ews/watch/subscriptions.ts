/** The subscriptions of one group: made, forgotten when Exchange lost them, ended. */
import { toSyncError } from '../../../model/error';
import type { SyncError } from '../../../model/error';
import type { WatchEvent } from '../../connection';
import type { FolderName } from '../folders';
import type { MailboxFolders } from '../mailbox-folders';
import type { StreamPart } from '../operations/get-streaming-events';
import { subscribe } from '../operations/subscribe';
import { unsubscribe } from '../operations/unsubscribe';
import type { EwsOptions } from '../options';
import type { SoapClient } from '../soap/client';

/** What watching needs. */
export interface WatchParts {
  readonly client: SoapClient;
  readonly folders: MailboxFolders;
  readonly options: EwsOptions;
}

/** State of a group; lives as long as its watch. */
export interface Group {
  readonly mailboxes: readonly string[];
  /** Subscription id → mailbox. */
  readonly subscribed: Map<string, string>;
  /** Mailbox that cannot be watched → when it is tried again, ms. */
  readonly failed: Map<string, number>;
}

/** Where events go. */
export type Emit = (event: WatchEvent) => void;

/** Unsubscribing is politeness: Exchange forgets subscriptions by itself. */
const farewellMs = 4_000;

/** Failures that concern every mailbox alike, though a person must act. */
const sharedCodes = new Set(['certificate-not-trusted', 'access-forbidden']);

const concernsMailbox = ({ scope, code }: SyncError): boolean => scope !== 'connection' && scope !== 'login' && !sharedCodes.has(code);

const due = (group: Group): readonly string[] => {
  const subscribed = new Set(group.subscribed.values());
  const now = Date.now();
  return group.mailboxes.filter((mailbox) => !subscribed.has(mailbox) && (group.failed.get(mailbox) ?? 0) <= now);
};

/** The mailbox whose server carries the group, and whose cookies it uses: the first that works. */
export const anchorOf = (group: Group): string => group.mailboxes.find((mailbox) => !group.failed.has(mailbox)) ?? group.mailboxes[0] ?? '';

const subscribeMailbox = async (parts: WatchParts, group: Group, mailbox: string, emit: Emit, signal: AbortSignal): Promise<void> => {
  const { client, folders, options } = parts;
  const named = (distinguished: FolderName['distinguished']): FolderName => ({
    distinguished,
    mailbox: options.impersonation ? null : mailbox,
  });
  try {
    // Notifications name folders by id: without the ids nobody knows what they are about.
    await folders.of(mailbox);
    const id = await client.call(subscribe([named('calendar'), named('tasks')]), { mailbox, anchor: anchorOf(group), signal });
    group.failed.delete(mailbox);
    group.subscribed.set(id, mailbox);
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (!concernsMailbox(error)) throw error;
    group.failed.set(mailbox, Date.now() + options.mailboxRetryMs);
    emit({ type: 'mailbox-failed', mailbox, error });
  }
};

/**
 * Subscribes every mailbox that is not; one that fails is told and tried again later.
 * @throws SyncError when the failure concerns all mailboxes
 */
export const subscribeMissing = async (parts: WatchParts, group: Group, emit: Emit, signal: AbortSignal): Promise<void> => {
  const outcomes = await Promise.allSettled(due(group).map((mailbox) => subscribeMailbox(parts, group, mailbox, emit, signal)));
  const broken = outcomes.find((outcome) => outcome.status === 'rejected');
  if (broken !== undefined) throw toSyncError(broken.reason);
};

/** Forgets subscriptions that an envelope calls lost. */
export const forgetNamed = (group: Group, { failedSubscriptionIds }: StreamPart): void => {
  for (const id of failedSubscriptionIds) group.subscribed.delete(id);
};

/** Forgets all subscriptions when a failure says that some are lost but not which. */
export const forgetAfter = (group: Group, error: SyncError): void => {
  if (/Subscription/.test(String(error.params['responseCode'] ?? ''))) group.subscribed.clear();
};

/** Ends all subscriptions as far as the server is there, within a few seconds. */
export const unsubscribeAll = async ({ client }: WatchParts, group: Group): Promise<void> => {
  const signal = AbortSignal.timeout(farewellMs);
  const anchor = anchorOf(group);
  await Promise.allSettled([...group.subscribed].map(([id, mailbox]) => client.call(unsubscribe(id), { mailbox, anchor, signal })));
};
