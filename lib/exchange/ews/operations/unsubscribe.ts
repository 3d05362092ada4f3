/** Unsubscribe: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/unsubscribe-operation */
import { readSingle } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';

/** Ends a subscription. */
export const unsubscribe = (subscriptionId: string): Operation<null> => ({
  name: 'Unsubscribe',
  repeatable: false,
  request: element('m:Unsubscribe', {}, element('m:SubscriptionId', {}, subscriptionId)),
  read: (response) => readSingle(response, () => null),
});
