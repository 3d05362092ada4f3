/** SyncFolderItems: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/syncfolderitems-operation */
import { SyncError } from '../../../model/error';
import type { ChangePage, FolderChange } from '../../connection';
import { folderElement } from '../folders';
import type { FolderName } from '../folders';
import { readSingle } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import { attributeOf, child, textOf } from '../xml/find';
import type { XmlElement } from '../xml/read';

/** Most changes that Exchange tells in one page. */
const pageSize = 512;

const changeOf = (change: XmlElement, deletedItemsId: string | null): FolderChange | null => {
  if (change.name === 'ReadFlagChange') return null;
  const item = change.name === 'Delete' ? change : (change.children[0] ?? null);
  const itemId = child(item, 'ItemId');
  const id = attributeOf(itemId, 'Id');
  if (id === null) throw new SyncError('answer-incomplete', 'connection', 'Exchange told a change without the id of its item.');
  if (change.name === 'Delete') return { type: 'delete', id };
  // Some servers report a move to Deleted Items as an update. Only that folder counts: any other parent is no deletion.
  const parent = attributeOf(child(item, 'ParentFolderId'), 'Id');
  if (parent !== null && parent === deletedItemsId) return { type: 'delete', id };
  return { type: change.name === 'Create' ? 'create' : 'update', id, changeKey: attributeOf(itemId, 'ChangeKey') ?? '' };
};

/**
 * A page of changes of a folder since a state, ids only, in the server's order.
 * @param deletedItemsId id of Deleted Items; items that lie there count as deleted
 */
export const syncFolderItems = (folder: FolderName, syncState: string | null, deletedItemsId: string | null): Operation<ChangePage> => ({
  name: 'SyncFolderItems',
  repeatable: true,
  request: element(
    'm:SyncFolderItems',
    {},
    element(
      'm:ItemShape',
      {},
      element('t:BaseShape', {}, 'IdOnly'),
      element('t:AdditionalProperties', {}, element('t:FieldURI', { FieldURI: 'item:ParentFolderId' })),
    ),
    element('m:SyncFolderId', {}, folderElement(folder)),
    syncState === null ? null : element('m:SyncState', {}, syncState),
    element('m:MaxChangesReturned', {}, String(pageSize)),
  ),
  read: (response) =>
    readSingle(response, (message) => {
      const nextState = textOf(message, 'SyncState');
      const last = textOf(message, 'IncludesLastItemInRange');
      if (nextState === null || last === null) {
        throw new SyncError('answer-incomplete', 'connection', 'Exchange told changes without the state that goes with them.');
      }
      const changes = (child(message, 'Changes')?.children ?? []).map((change) => changeOf(change, deletedItemsId));
      return { changes: changes.filter((change) => change !== null), syncState: nextState, more: last.trim() !== 'true' };
    }),
});
