/** FindItem: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/finditem-operation */
import { SyncError } from '../../../model/error';
import { folderElement } from '../folders';
import type { FolderName } from '../folders';
import { syncIdField, syncIdOf } from '../items/sync-id';
import { readSingle } from '../soap/answer';
import type { Operation } from '../soap/operation';
import { element } from '../xml/compose';
import type { XmlNode } from '../xml/compose';
import { attributeOf, child } from '../xml/find';
import type { XmlElement } from '../xml/read';

/** An item of a page, without content. */
export interface FoundRow {
  /** Name of its element, `CalendarItem`. */
  readonly element: string;
  readonly id: string;
  readonly changeKey: string;
  readonly syncId: string | null;
}

/** A page of a folder. */
export interface FoundPage {
  readonly rows: readonly FoundRow[];
  /** Offset of the next page; null after the last. */
  readonly nextOffset: number | null;
  /** Items that match, over all pages. */
  readonly total: number;
}

const numberAttribute = (parent: XmlElement | null, name: string): number => {
  const value = Number(attributeOf(parent, name) ?? 'none');
  if (!Number.isInteger(value)) throw new SyncError('answer-incomplete', 'connection', `Exchange told a page without ${name}.`);
  return value;
};

const rowOf = (item: XmlElement): FoundRow => {
  const itemId = child(item, 'ItemId');
  const id = attributeOf(itemId, 'Id');
  if (id === null) throw new SyncError('answer-incomplete', 'connection', 'Exchange listed an item without its id.');
  return { element: item.name, id, changeKey: attributeOf(itemId, 'ChangeKey') ?? '', syncId: syncIdOf(item) };
};

const pageOf = (message: XmlElement, offset: number): FoundPage => {
  const root = child(message, 'RootFolder');
  const rows = (child(root, 'Items')?.children ?? []).map(rowOf);
  const total = numberAttribute(root, 'TotalItemsInView');
  if (attributeOf(root, 'IncludesLastItemInRange') === 'true') return { rows, nextOffset: null, total };
  const nextOffset = numberAttribute(root, 'IndexedPagingOffset');
  if (nextOffset <= offset) throw new SyncError('answer-incomplete', 'connection', 'Exchange did not move on to the next page.');
  return { rows, nextOffset, total };
};

/** Page sizes that stay below Exchange's find limit. */
const pageSize = (restriction: XmlNode | null): number => (restriction === null ? 1000 : 250);

/** One page of the items of a folder that match a restriction, with their sync ids. */
export const findItem = (folder: FolderName, restriction: XmlNode | null, offset: number): Operation<FoundPage> => ({
  name: 'FindItem',
  repeatable: true,
  request: element(
    'm:FindItem',
    { Traversal: 'Shallow' },
    element('m:ItemShape', {}, element('t:BaseShape', {}, 'IdOnly'), element('t:AdditionalProperties', {}, syncIdField)),
    element('m:IndexedPageItemView', {
      MaxEntriesReturned: String(pageSize(restriction)),
      Offset: String(offset),
      BasePoint: 'Beginning',
    }),
    restriction === null ? null : element('m:Restriction', {}, restriction),
    element('m:ParentFolderIds', {}, folderElement(folder)),
  ),
  read: (response) => readSingle(response, (message) => pageOf(message, offset)),
});
