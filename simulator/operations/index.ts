import { folderOperations } from './folders';
import { itemOperations } from './items';
import { notificationOperations } from './notifications';
import type { OperationGroup } from './operation';
import { searchOperations } from './search';
import { synchronisationOperations } from './synchronisation';

/** The operations by the name of their request element; GetStreamingEvents, whose answer is endless, stands apart. */
export const operations: OperationGroup = {
  ...folderOperations,
  ...itemOperations,
  ...notificationOperations,
  ...searchOperations,
  ...synchronisationOperations,
};

/** Operations that change mailboxes. */
export const writingOperations: ReadonlySet<string> = new Set(['CreateItem', 'DeleteItem', 'MoveItem', 'UpdateItem']);
