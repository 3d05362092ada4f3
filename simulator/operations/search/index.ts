import type { OperationGroup } from '../operation';
import { findItem } from './find-item';

/** Operations that search (MS-OXWSSRCH). */
export const searchOperations: OperationGroup = { FindItem: findItem };
