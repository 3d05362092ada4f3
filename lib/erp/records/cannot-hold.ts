/** What an ERP has no place for is refused, never flattened silently. */
import { SyncError } from '../../model/error';

/** `erp-cannot-hold` (item). `field`: of the record; `why`: a clause. */
export const cannotHold = (field: string, why: string): SyncError =>
  new SyncError(
    'erp-cannot-hold',
    'item',
    `The ERP cannot hold this item: ${why}. Give the schema mapping a place for ${field}, or leave the item out in the flow.`,
    { field },
  );
