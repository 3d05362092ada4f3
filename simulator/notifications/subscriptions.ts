import { randomBytes } from 'node:crypto';
import { EwsError } from '../errors';
import { createEventLog, type LoggedEvent } from './event-log';
import type { Schedule } from './schedule';
import type { Database } from '../storage/database';
import { createWatermarks, type Watermarks } from './watermarks';

/** What a client subscribes to. */
export interface SubscriptionWish {
  readonly kind: 'pull' | 'push' | 'streaming';
  /** The account that subscribes, impersonating or not; nobody else may use the subscription. */
  readonly owner: string;
  readonly mailbox: number;
  /** None: all folders. */
  readonly folders: ReadonlySet<number> | undefined;
  readonly eventTypes: ReadonlySet<string>;
  /** Unused for so long (ms), it ends; a push subscription ends by its deliveries. */
  readonly lifetime: number;
  /** The watermark to begin at; absent: now. */
  readonly watermark: string | undefined;
}

/** Where the events of a subscription go: an open stream, or the deliveries to a listener. */
export interface Outlet {
  /** There may be new events. */
  readonly wake: () => void;
  /** The subscription is over, or its events go elsewhere; the code says why. */
  readonly end: (code: string) => void;
}

/** A subscription; `used` is when its client last asked (ms). */
export interface Subscription extends Omit<SubscriptionWish, 'watermark'> {
  readonly id: string;
  /** In the mailbox's log: no event up to here is of interest to the client any more. */
  place: number;
  used: number;
  outlet: Outlet | undefined;
}

/** The subscriptions of a server; they live in memory and end with it, as Exchange's do. */
export interface Subscriptions {
  readonly watermarks: Watermarks;
  readonly schedule: Schedule;
  readonly open: (wish: SubscriptionWish) => Subscription;
  /** The subscription of that id, whose owner this is; it counts as used. */
  readonly use: (id: string, owner: string) => Subscription;
  /** What happened behind a place that the subscription asks for, in order; undefined where some of it is forgotten. */
  readonly after: (subscription: Subscription, place: number) => readonly LoggedEvent[] | undefined;
  /** The place of the last event in a mailbox's log. */
  readonly last: (mailbox: number) => number;
  /** Ends a subscription, and what its events go to with this code. */
  readonly close: (subscription: Subscription, code: string) => void;
  /** False for one that is over. */
  readonly isOpen: (subscription: Subscription) => boolean;
  /** Loses subscriptions without a word: those of a mailbox, or all. */
  readonly closeMailbox: (mailbox: number) => void;
  readonly closeAll: () => void;
  readonly stop: () => void;
}

/** As Exchange's ids: the server's name, and a GUID. */
const newId = (): string => {
  const server = Buffer.from('simulator.local');
  return Buffer.concat([Buffer.from([server.length, 0]), server, Buffer.from([16, 0, 0, 0]), randomBytes(24)]).toString('base64');
};

const foldersOf = (event: LoggedEvent): readonly number[] =>
  'item' in event
    ? [event.folder, ...(event.from ? [event.from.folder] : [])]
    : [event.folder, event.parent, ...(event.from ? [event.from.parent] : [])];

const concerns = ({ folders, eventTypes }: Subscription, event: LoggedEvent): boolean =>
  eventTypes.has(event.kind) && (!folders || foldersOf(event).some((folder) => folders.has(folder)));

/** What subscriptions need besides the store; `most` is how many an account may have of one mailbox. */
export interface SubscriptionParts {
  readonly now: () => Date;
  readonly schedule: Schedule;
  readonly most: number;
}

/** Follows the committed changes of a store. */
export function createSubscriptions(database: Database, { now, schedule, most }: SubscriptionParts): Subscriptions {
  const byId = new Map<string, Subscription>();
  const watermarks = createWatermarks(database);
  const after = (subscription: Subscription, place: number): readonly LoggedEvent[] | undefined =>
    log.after(subscription.mailbox, place)?.filter((event) => concerns(subscription, event));
  /** Passes over new events that do not concern a subscription for which nothing waits, so that they never count as missed. */
  const look = (subscription: Subscription, added: ReadonlyMap<number, number>): void => {
    const { mailbox, place, outlet } = subscription;
    const last = log.last(mailbox);
    const waitsForNothing = place === last - (added.get(mailbox) ?? 0);
    if (waitsForNothing && after(subscription, place)?.length === 0) subscription.place = last;
    else outlet?.wake();
  };
  const log = createEventLog(database, (added) => {
    for (const subscription of [...byId.values()]) if (added.has(subscription.mailbox)) look(subscription, added);
  });

  const close = (subscription: Subscription, code: string): void => {
    byId.delete(subscription.id);
    subscription.outlet?.end(code);
  };
  /** Nobody is told; a stream notices when it next gives a sign of life. */
  const forget = (isMeant: (subscription: Subscription) => boolean): void => {
    for (const subscription of [...byId.values()].filter(isMeant)) {
      byId.delete(subscription.id);
      if (subscription.kind === 'push') subscription.outlet?.end('ErrorSubscriptionNotFound');
    }
  };
  const isExpired = ({ outlet, used, lifetime }: Subscription): boolean => !outlet && now().getTime() - used > lifetime;
  const checkCount = ({ owner, mailbox }: SubscriptionWish): void => {
    forget(isExpired);
    const others = [...byId.values()].filter((other) => other.owner === owner && other.mailbox === mailbox);
    if (others.length >= most) throw new EwsError('ErrorExceededSubscriptionCount');
  };
  const firstPlace = (mailbox: number, watermark: string | undefined): number => {
    if (watermark === undefined) return log.last(mailbox);
    const place = watermarks.decode(mailbox, watermark);
    if (place > log.last(mailbox) || !log.after(mailbox, place)) throw new EwsError('ErrorInvalidWatermark');
    return place;
  };

  return {
    watermarks,
    schedule,
    open: (wish) => {
      checkCount(wish);
      const { watermark, ...wanted } = wish;
      log.watch(wish.mailbox);
      const place = firstPlace(wish.mailbox, watermark);
      const subscription: Subscription = { ...wanted, id: newId(), place, used: now().getTime(), outlet: undefined };
      byId.set(subscription.id, subscription);
      return subscription;
    },
    use: (id, owner) => {
      const subscription = byId.get(id.trim());
      if (!subscription) throw new EwsError('ErrorSubscriptionNotFound');
      if (subscription.owner !== owner) throw new EwsError('ErrorSubscriptionAccessDenied');
      if (isExpired(subscription)) {
        close(subscription, 'ErrorExpiredSubscription');
        throw new EwsError('ErrorExpiredSubscription');
      }
      subscription.used = now().getTime();
      return subscription;
    },
    after,
    last: log.last,
    close,
    isOpen: ({ id }) => byId.has(id),
    closeMailbox: (mailbox) => forget((subscription) => subscription.mailbox === mailbox),
    closeAll: () => forget(() => true),
    stop: () => {
      log.stop();
      forget(() => true);
    },
  };
}
