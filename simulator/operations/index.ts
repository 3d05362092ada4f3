import { createItem } from './create-item';
import { deleteItem } from './delete-item';
import { findItem } from './find-item';
import { getFolder } from './get-folder';
import { getItem } from './get-item';
import { moveItem } from './move-item';
import type { Operation } from './operation';
import { subscribe } from './subscribe';
import { syncFolderItems } from './sync-folder-items';
import { unsubscribe } from './unsubscribe';
import { updateItem } from './update-item';

/** The operations by the name of their request element; GetStreamingEvents, whose answer is endless, stands apart. */
export const operations: Readonly<Record<string, Operation>> = {
  CreateItem: createItem,
  DeleteItem: deleteItem,
  FindItem: findItem,
  GetFolder: getFolder,
  GetItem: getItem,
  MoveItem: moveItem,
  Subscribe: subscribe,
  SyncFolderItems: syncFolderItems,
  Unsubscribe: unsubscribe,
  UpdateItem: updateItem,
};

/** Operations that change mailboxes. */
export const writingOperations: ReadonlySet<string> = new Set(['CreateItem', 'DeleteItem', 'MoveItem', 'UpdateItem']);
