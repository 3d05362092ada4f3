import type { OperationGroup } from '../operation';
import { getFolder } from './get-folder';

/** Operations on folders (MS-OXWSFOLD). */
export const folderOperations: OperationGroup = { GetFolder: getFolder };
