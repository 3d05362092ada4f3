import { EwsError } from '../../errors';
import type { Session } from '../../session';
import type { Outlet, Subscription, Subscriptions } from '../../notifications/subscriptions';
import { child, childText, m, type XmlElement } from '../../xml/element';
import { failure, response, success } from '../operation';
import { mostEvents, notification, showEvent, statusEvent } from './notification';

/** How a stream is written: each call of `send` is one envelope of the endless answer. */
export interface Stream {
  readonly send: (response: XmlElement) => void;
  readonly end: () => void;
  /** False while the client has not taken in what it was sent. */
  readonly hasRoom: () => boolean;
  /** Calls back each time the client has taken in all it was sent. */
  readonly onRoom: (callback: () => void) => void;
  /** Calls back when the client has gone. */
  readonly onGone: (callback: () => void) => void;
}

/** Whose stream it is, and how long (ms) it may be silent. */
export interface StreamContext {
  readonly session: Session;
  readonly subscriptions: Subscriptions;
  /** Address of the account that listens. */
  readonly caller: string;
  readonly statusInterval: number;
}

const name = 'GetStreamingEvents';
const minute = 60_000;

/** More subscriptions cannot be heard over one connection. */
const mostSubscriptions = 200;

const envelope = (content: readonly XmlElement[]): XmlElement => response(name, [success(name, content)]);
const status = (value: 'OK' | 'Closed'): XmlElement => m('ConnectionStatus', value);

/** Exchange writes these ids in the namespace of messages, whatever the schema says. */
const failed = (code: string, ids: readonly string[]): XmlElement => {
  const named = ids.map((id) => m('SubscriptionId', id));
  return response(name, [failure(name, new EwsError(code), [m('ErrorSubscriptionIds', named), status('Closed')])]);
};

interface Refused {
  readonly id: string;
  readonly code: string;
}

const findStreaming = ({ subscriptions, caller }: StreamContext, id: string): Subscription | Refused => {
  try {
    const subscription = subscriptions.use(id, caller);
    return subscription.kind === 'streaming' ? subscription : { id, code: 'ErrorInvalidSubscription' };
  } catch (error) {
    if (error instanceof EwsError) return { id, code: error.code };
    throw error;
  }
};

/** Sends what waits for some subscriptions, then what comes; status events in between, until the time is over or the client goes. */
const listen = (context: StreamContext, open: readonly Subscription[], minutes: number, stream: Stream): void => {
  const { session, subscriptions, statusInterval } = context;
  let cancelBeat = (): void => undefined;
  let isOver = false;
  const outlets = new Map<Subscription, Outlet>();

  const leave = (): void => {
    isOver = true;
    cancelBeat();
    cancelEnd();
    for (const [subscription, outlet] of outlets) {
      if (subscription.outlet !== outlet) continue;
      subscription.outlet = undefined;
      subscription.used = session.now().getTime();
    }
  };
  const finish = (last: XmlElement): void => {
    if (isOver) return;
    leave();
    stream.send(last);
    stream.end();
  };
  const beat = (): void => {
    const lost = open.filter((subscription) => !subscriptions.isOpen(subscription)).map(({ id }) => id);
    if (lost.length > 0) {
      finish(failed('ErrorSubscriptionNotFound', lost));
      return;
    }
    if (stream.hasRoom())
      stream.send(
        envelope([
          m(
            'Notifications',
            open.map(({ id }) => notification(id, [statusEvent()])),
          ),
        ]),
      );
    cancelBeat = subscriptions.schedule(beat, statusInterval);
  };
  const flush = (subscription: Subscription): void => {
    if (isOver || !stream.hasRoom()) return;
    const waiting = subscriptions.after(subscription, subscription.place);
    if (!waiting) {
      subscriptions.close(subscription, 'ErrorMissedNotificationEvents');
      return;
    }
    subscription.place = subscriptions.last(subscription.mailbox);
    for (let sent = 0; sent < waiting.length; sent += mostEvents) {
      const events = waiting.slice(sent, sent + mostEvents).map((event) => showEvent(session.database, event, session.zone));
      stream.send(envelope([m('Notifications', [notification(subscription.id, events)])]));
    }
  };

  const cancelEnd = subscriptions.schedule(() => finish(envelope([status('Closed')])), minutes * minute);
  stream.onGone(leave);
  stream.send(envelope([status('OK')]));
  for (const subscription of open) {
    const outlet = { wake: () => flush(subscription), end: (code: string) => finish(failed(code, [subscription.id])) };
    // A subscription has one connection: the earlier one is told so and ends.
    subscription.outlet?.end('ErrorNewEventStreamConnectionOpened');
    subscription.outlet = outlet;
    outlets.set(subscription, outlet);
  }
  stream.onRoom(() => open.forEach(flush));
  cancelBeat = subscriptions.schedule(beat, statusInterval);
  open.forEach(flush);
};

/** GetStreamingEvents: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getstreamingevents-operation */
export function streamEvents(request: XmlElement, context: StreamContext, stream: Stream): void {
  const ids = new Set((child(request, 'SubscriptionIds')?.children ?? []).map((id) => id.text.trim()));
  const found = [...ids].map((id) => findStreaming(context, id));
  const open = found.flatMap((one) => ('code' in one ? [] : [one]));
  const refused = found.flatMap((one) => ('code' in one ? [one] : []));
  if (refused[0]) {
    const refusedIds = refused.map(({ id }) => id);
    stream.send(failed(refused[0].code, refusedIds));
    stream.end();
  } else listen(context, open, Number(childText(request, 'ConnectionTimeout')), stream);
}

/** Throws where a request asks for more than one connection can give. */
export function checkStreamRequest(request: XmlElement): void {
  if ((child(request, 'SubscriptionIds')?.children.length ?? 0) > mostSubscriptions)
    throw new EwsError('ErrorInvalidRequest', { text: `A connection can serve at most ${mostSubscriptions} subscriptions.` });
}
