import type { OperationGroup } from '../operation';
import { createAttachment } from './create-attachment';
import { deleteAttachment } from './delete-attachment';
import { getAttachment } from './get-attachment';

/** Operations on attachments (MS-OXWSATT). */
export const attachmentOperations: OperationGroup = {
  CreateAttachment: createAttachment,
  DeleteAttachment: deleteAttachment,
  GetAttachment: getAttachment,
};
