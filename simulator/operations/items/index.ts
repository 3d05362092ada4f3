import type { OperationGroup } from '../operation';
import { copyItem } from './copy-item';
import { createItem } from './create-item';
import { deleteItem } from './delete-item';
import { getItem } from './get-item';
import { markAllItemsAsRead } from './mark-all-items-as-read';
import { markAsJunk } from './mark-as-junk';
import { moveItem } from './move-item';
import { sendItem } from './send-item';
import { updateItem } from './update-item';

/** Operations on items (MS-OXWSCORE and its relatives per kind of item). */
export const itemOperations: OperationGroup = {
  CopyItem: copyItem,
  CreateItem: createItem,
  DeleteItem: deleteItem,
  GetItem: getItem,
  MarkAllItemsAsRead: markAllItemsAsRead,
  MarkAsJunk: markAsJunk,
  MoveItem: moveItem,
  SendItem: sendItem,
  UpdateItem: updateItem,
};
