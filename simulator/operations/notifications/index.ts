import type { OperationGroup } from '../operation';
import { subscribe } from './subscribe';
import { unsubscribe } from './unsubscribe';

/** Operations on subscriptions (MS-OXWSNTIF) that have one answer; GetStreamingEvents, whose answer is endless, stands apart. */
export const notificationOperations: OperationGroup = { Subscribe: subscribe, Unsubscribe: unsubscribe };
