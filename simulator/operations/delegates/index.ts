import type { OperationGroup } from '../operation';
import { addDelegate, getDelegate, removeDelegate, updateDelegate } from './operations';

/** Operations on delegates (MS-OXWSDLGM). */
export const delegateOperations: OperationGroup = {
  AddDelegate: addDelegate,
  GetDelegate: getDelegate,
  RemoveDelegate: removeDelegate,
  UpdateDelegate: updateDelegate,
};
