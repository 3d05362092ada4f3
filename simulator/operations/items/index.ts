import type { OperationGroup } from '../operation';
import { copyItem } from './copy-item';
import { createItem } from './create-item';
import { deleteItem } from './delete-item';
import { getItem } from './get-item';
import { moveItem } from './move-item';
import { updateItem } from './update-item';

/** Operations on items (MS-OXWSCORE and its relatives per kind of item). */
export const itemOperations: OperationGroup = {
  CopyItem: copyItem,
  CreateItem: createItem,
  DeleteItem: deleteItem,
  GetItem: getItem,
  MoveItem: moveItem,
  UpdateItem: updateItem,
};
