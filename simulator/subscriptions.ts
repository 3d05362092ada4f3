import { randomBytes } from 'node:crypto';
import type { Database, StoreEvent } from './storage/database';

/** A streaming subscription: whose mailbox, which folders (none: all) and kinds of events; events wait until they are fetched. */
export interface Subscription {
  readonly id: string;
  readonly mailbox: number;
  readonly folders: ReadonlySet<number> | undefined;
  readonly kinds: ReadonlySet<string>;
  waiting: StoreEvent[];
  /** Called when events wait; set while a connection is open. */
  wake: (() => void) | undefined;
}

/** The subscriptions of a server; they live in memory and end with it, as Exchange's do. */
export interface Subscriptions {
  readonly open: (wanted: Pick<Subscription, 'mailbox' | 'folders' | 'kinds'>) => Subscription;
  readonly find: (id: string) => Subscription | undefined;
  readonly close: (id: string) => boolean;
  readonly closeMailbox: (mailbox: number) => void;
  readonly closeAll: () => void;
  readonly stop: () => void;
}

/** A subscription that nobody reads from keeps this many events at most. */
const mostWaiting = 10_000;

/** The folders whose subscribers hear of an event: those that hold what changed, and a folder that changed itself. */
const placesOf = (event: StoreEvent): readonly number[] =>
  'item' in event
    ? [event.folder, ...(event.from ? [event.from.folder] : [])]
    : [event.folder, event.parent, ...(event.from ? [event.from.parent] : [])];

const concerns = (subscription: Subscription, event: StoreEvent): boolean => {
  const { folders } = subscription;
  const isInFolder = !folders || placesOf(event).some((folder) => folders.has(folder));
  return subscription.mailbox === event.mailbox && isInFolder && subscription.kinds.has(event.kind);
};

/** Follows the committed changes of a store. */
export function createSubscriptions(database: Database): Subscriptions {
  const byId = new Map<string, Subscription>();
  const byMailbox = new Map<number, Set<Subscription>>();
  const stop = database.listen((events) => {
    const woken = new Set<Subscription>();
    for (const event of events) {
      for (const subscription of byMailbox.get(event.mailbox) ?? []) {
        if (!concerns(subscription, event)) continue;
        subscription.waiting.push(event);
        if (subscription.waiting.length > mostWaiting) subscription.waiting.shift();
        woken.add(subscription);
      }
    }
    for (const subscription of woken) subscription.wake?.();
  });
  return {
    open: (wanted) => {
      const id = Buffer.concat([Buffer.from('JQ'), randomBytes(22)]).toString('base64');
      const subscription: Subscription = { ...wanted, id, waiting: [], wake: undefined };
      byId.set(id, subscription);
      const others = byMailbox.get(wanted.mailbox) ?? new Set();
      byMailbox.set(wanted.mailbox, others.add(subscription));
      return subscription;
    },
    find: (id) => byId.get(id),
    close: (id) => {
      const subscription = byId.get(id);
      if (subscription) byMailbox.get(subscription.mailbox)?.delete(subscription);
      return byId.delete(id);
    },
    closeMailbox: (mailbox) => {
      for (const { id } of byMailbox.get(mailbox) ?? []) byId.delete(id);
      byMailbox.delete(mailbox);
    },
    closeAll: () => {
      byId.clear();
      byMailbox.clear();
    },
    stop,
  };
}
