/** Push subscriptions: SendNotification requests to the subscriber's listener, repeated where it does not answer (MS-OXWSNTIF). */
import { postSoap } from '../http/post-soap';
import { mostEvents, notification, showEvent, statusEvent } from '../operations/notifications/notification';
import { success } from '../operations/operation';
import { requestEnvelope } from '../soap';
import type { Database } from '../storage/database';
import type { Subscription, Subscriptions } from './subscriptions';
import { descend, m, namespaces, type XmlElement } from '../xml/element';
import { parseXml } from '../xml/parse';

/** Where to push, and how often at least. */
export interface PushTarget {
  readonly url: string;
  readonly statusMinutes: number;
}

/** The first retry comes after this time (s), each further one when twice as long has passed since the first attempt. */
const firstRetry = 30;

/** A listener that has not answered within this time (s), that of .NET's web requests, did not answer. */
const patience = 100;

type Outcome = 'OK' | 'Unsubscribe' | undefined;

/** What a listener answered; undefined where that says nothing. */
const outcomeOf = (answer: string | undefined): Outcome => {
  try {
    const status = answer && descend(parseXml(answer), 'Body', 'SendNotificationResult', 'SubscriptionStatus')?.text.trim();
    return status === 'OK' || status === 'Unsubscribe' ? status : undefined;
  } catch {
    return undefined;
  }
};

interface Delivery {
  readonly body: XmlElement;
  /** The place the client is at when it has accepted this. */
  readonly place: number;
}

const deliveryOf = (database: Database, subscriptions: Subscriptions, subscription: Subscription): Delivery | undefined => {
  const { mailbox, place, id } = subscription;
  const mark = (at: number): string => subscriptions.watermarks.encode(mailbox, at);
  const waiting = subscriptions.after(subscription, place);
  if (!waiting) return undefined;
  const events = waiting.slice(0, mostEvents);
  const isAll = events.length === waiting.length;
  const end = isAll ? subscriptions.last(mailbox) : (events.at(-1)?.number ?? place);
  const shown = events.map((event) => showEvent(database, event, 'UTC', mark(event.number)));
  const position = { previous: mark(place), more: !isAll };
  const content = notification(id, shown.length > 0 ? shown : [statusEvent(mark(end))], position);
  return { body: m('SendNotification', [m('ResponseMessages', [success('SendNotification', [content])])]), place: end };
};

/** Delivers from now on: first a status event, to see that the listener is there. Ends with the subscription. */
export function startPush(database: Database, subscriptions: Subscriptions, subscription: Subscription, target: PushTarget): void {
  const { schedule } = subscriptions;
  const longestRetry = target.statusMinutes * 60;
  let isBusy = false;
  let abort = new AbortController();
  let cancelTimer = (): void => undefined;

  const drop = (): void => subscriptions.close(subscription, 'ErrorSubscriptionNotFound');
  const later = (work: () => void, seconds: number): void => {
    cancelTimer();
    cancelTimer = schedule(work, seconds * 1000);
  };
  const rest = (): void => {
    isBusy = false;
    if (subscriptions.after(subscription, subscription.place)?.length === 0) later(deliver, target.statusMinutes * 60);
    else deliver();
  };
  const deliver = (): void => {
    isBusy = true;
    void attempt(0);
  };
  /** `elapsed`: seconds since the first attempt of this delivery. */
  const attempt = async (elapsed: number): Promise<void> => {
    const delivery = deliveryOf(database, subscriptions, subscription);
    if (!delivery) {
      drop();
      return;
    }
    const controller = new AbortController();
    abort = controller;
    later(() => controller.abort(), patience);
    const action = `${namespaces.m}/SendNotification`;
    const outcome = outcomeOf(await postSoap(target.url, action, requestEnvelope(delivery.body), controller.signal));
    cancelTimer();
    if (subscription.outlet !== outlet) return;
    const next = elapsed === 0 ? firstRetry : elapsed * 2;
    if (outcome === 'OK') {
      subscription.place = delivery.place;
      rest();
    } else if (outcome === 'Unsubscribe' || next > longestRetry) drop();
    else later(() => void attempt(next), next - elapsed);
  };
  const outlet = {
    wake: (): void => {
      if (!isBusy) deliver();
    },
    end: (): void => {
      subscription.outlet = undefined;
      cancelTimer();
      abort.abort();
    },
  };
  subscription.outlet = outlet;
  deliver();
}
