import type { OperationGroup } from '../operation';
import { getEvents } from './get-events';
import { subscribe } from './subscribe';
import { unsubscribe } from './unsubscribe';

/** Operations on subscriptions (MS-OXWSNTIF) that have one answer; GetStreamingEvents, whose answer is endless, stands apart. */
export const notificationOperations: OperationGroup = { GetEvents: getEvents, Subscribe: subscribe, Unsubscribe: unsubscribe };
