/** GetFolder: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/getfolder-operation */
import { SyncError } from '../../../model/error';
import type { Result } from '../../../model/result';
import { folderElement } from '../folders';
import type { FolderName } from '../folders';
import { readBatch } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import { attributeOf, child } from '../xml/find';

/** Ids of the folders, one result each. */
export const getFolder = (folders: readonly FolderName[]): Operation<readonly Result<string>[]> => ({
  name: 'GetFolder',
  repeatable: true,
  request: element(
    'm:GetFolder',
    {},
    element('m:FolderShape', {}, element('t:BaseShape', {}, 'IdOnly')),
    element('m:FolderIds', {}, ...folders.map(folderElement)),
  ),
  read: (response) =>
    readBatch(response, folders.length, (message) => {
      const id = attributeOf(child(child(message, 'Folders')?.children[0] ?? null, 'FolderId'), 'Id');
      if (id === null) throw new SyncError('item-not-readable', 'item', 'Exchange answered without the id of the folder.');
      return id;
    }),
});
