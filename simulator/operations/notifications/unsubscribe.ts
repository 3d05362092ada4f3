import { EwsError } from '../../errors';
import { childText } from '../../xml/element';
import { each, type Operation } from '../operation';

/** Unsubscribe: https://learn.microsoft.com/exchange/client-developer/web-service-reference/unsubscribe-operation */
export const unsubscribe: Operation = (request, context) =>
  each(context, 'Unsubscribe', [request], () => {
    if (!context.subscriptions.close(childText(request, 'SubscriptionId') ?? '')) throw new EwsError('ErrorSubscriptionNotFound');
    return [];
  });
