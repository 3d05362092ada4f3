import type { OperationGroup } from '../operation';
import { syncFolderItems } from './sync-folder-items';

/** Operations that tell what changed (MS-OXWSSYNC). */
export const synchronisationOperations: OperationGroup = { SyncFolderItems: syncFolderItems };
