import { EwsError } from '../../errors';
import { childText, type XmlElement } from '../../xml/element';
import { each, type Operation } from '../operation';
import { mostEvents, notification, showEvent, statusEvent } from './notification';

/** GetEvents: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getevents-operation */
export const getEvents: Operation = (request, context) => {
  const { session, subscriptions, caller } = context;
  const { watermarks } = subscriptions;
  const text = (element: XmlElement, name: string): string => childText(element, name) ?? '';
  return each(context, 'GetEvents', [request], () => {
    const subscription = subscriptions.use(text(request, 'SubscriptionId'), caller);
    if (subscription.kind !== 'pull') throw new EwsError('ErrorInvalidPullSubscriptionId');
    const { mailbox } = subscription;
    const place = watermarks.decode(mailbox, text(request, 'Watermark'));
    const last = subscriptions.last(mailbox);
    if (place > last) throw new EwsError('ErrorInvalidWatermark');
    const waiting = subscriptions.after(subscription, place);
    if (!waiting) {
      subscriptions.close(subscription, 'ErrorEventNotFound');
      throw new EwsError('ErrorEventNotFound');
    }
    const events = waiting
      .slice(0, mostEvents)
      .map((event) => showEvent(session.database, event, session.zone, watermarks.encode(mailbox, event.number)));
    const position = { previous: watermarks.encode(mailbox, place), more: waiting.length > mostEvents };
    const shown = events.length > 0 ? events : [statusEvent(watermarks.encode(mailbox, last))];
    return [notification(subscription.id, shown, position)];
  });
};
