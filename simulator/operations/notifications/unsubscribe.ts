import { EwsError } from '../../errors';
import { childText } from '../../xml/element';
import { each, type Operation } from '../operation';

/** Unsubscribe; push subscriptions end by their listener's answer: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxwsntif */
export const unsubscribe: Operation = (request, context) =>
  each(context, 'Unsubscribe', [request], () => {
    const { subscriptions, caller } = context;
    const subscription = subscriptions.use(childText(request, 'SubscriptionId') ?? '', caller);
    if (subscription.kind === 'push') throw new EwsError('ErrorInvalidSubscription');
    subscriptions.close(subscription, 'ErrorSubscriptionUnsubscribed');
    return [];
  });
