import { attachmentOperations } from './attachments';
import { configurationOperations } from './configuration';
import { delegateOperations } from './delegates';
import { directoryOperations } from './directory';
import { folderOperations } from './folders';
import { itemOperations } from './items';
import { notificationOperations } from './notifications';
import type { OperationGroup } from './operation';
import { otherOperations } from './other';
import { searchOperations } from './search';
import { synchronisationOperations } from './synchronisation';

/** The operations by the name of their request element; GetStreamingEvents, whose answer is endless, stands apart. */
export const operations: OperationGroup = {
  ...otherOperations,
  ...attachmentOperations,
  ...configurationOperations,
  ...delegateOperations,
  ...directoryOperations,
  ...folderOperations,
  ...itemOperations,
  ...notificationOperations,
  ...searchOperations,
  ...synchronisationOperations,
};

/** Operations that change mailboxes. */
export const writingOperations: ReadonlySet<string> = new Set([
  'AddDelegate',
  'CopyFolder',
  'CopyItem',
  'CreateAttachment',
  'CreateFolder',
  'CreateItem',
  'CreateUserConfiguration',
  'DeleteAttachment',
  'DeleteFolder',
  'DeleteItem',
  'DeleteUserConfiguration',
  'EmptyFolder',
  'MarkAllItemsAsRead',
  'MarkAsJunk',
  'MoveFolder',
  'MoveItem',
  'SendItem',
  'RemoveDelegate',
  'UpdateDelegate',
  'UpdateFolder',
  'SetUserOofSettingsRequest',
  'UpdateItem',
  'UpdateUserConfiguration',
]);
