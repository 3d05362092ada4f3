import type { OperationGroup } from '../operation';
import { createFolder } from './create-folder';
import { deleteFolder } from './delete-folder';
import { emptyFolder } from './empty-folder';
import { findFolder } from './find-folder';
import { getFolder } from './get-folder';
import { copyFolder, moveFolder } from './move-copy-folder';
import { syncFolderHierarchy } from './sync-folder-hierarchy';
import { updateFolder } from './update-folder';

/** Operations on folders (MS-OXWSFOLD) and what changed among them (MS-OXWSSYNC). */
export const folderOperations: OperationGroup = {
  CopyFolder: copyFolder,
  CreateFolder: createFolder,
  DeleteFolder: deleteFolder,
  EmptyFolder: emptyFolder,
  FindFolder: findFolder,
  GetFolder: getFolder,
  MoveFolder: moveFolder,
  SyncFolderHierarchy: syncFolderHierarchy,
  UpdateFolder: updateFolder,
};
