import { isTrue } from '../../storage/properties';
import type { Computed } from './compute';

/** Properties of messages (MS-OXWSMSG). */
export const messageComputed: Computed = {
  IsRead: (item) => isTrue(item.properties, 'IsRead'),
  IsReadReceiptRequested: (item) => isTrue(item.properties, 'IsReadReceiptRequested'),
  IsDeliveryReceiptRequested: (item) => isTrue(item.properties, 'IsDeliveryReceiptRequested'),
};
