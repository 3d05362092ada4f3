/** CreateItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/createitem-operation */
import type { Result } from '../../../model/result';
import type { ItemIdentity } from '../../connection';
import { folderElement } from '../folders';
import type { FolderName } from '../folders';
import { itemIdentity, readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import type { ComposedXml } from '../xml/compose';

/** Creates items in a folder; nobody is invited. */
export const createItem = (folder: FolderName, items: readonly ComposedXml[]): Operation<readonly Result<ItemIdentity>[]> => ({
  name: 'CreateItem',
  repeatable: false,
  request: element(
    'm:CreateItem',
    { MessageDisposition: 'SaveOnly', SendMeetingInvitations: 'SendToNone' },
    element('m:SavedItemFolderId', {}, folderElement(folder)),
    element('m:Items', {}, ...items),
  ),
  read: (response) => readBatch(response, items.length, itemIdentity),
});
