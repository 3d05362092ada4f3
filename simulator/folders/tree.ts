import { groupBy } from 'lodash';
import type { Database } from '../storage/database';
import { childFolders, distinguishedFolder, folderById, foldersOfMailbox, type Folder } from '../storage/folders';

/** The folders below one of them, each before what it holds. */
export function below(folders: readonly Folder[], root: number): readonly Folder[] {
  const byParent = groupBy(folders, ({ parent }) => parent);
  const walk = (at: number): readonly Folder[] => (byParent[at] ?? []).flatMap((folder) => [folder, ...walk(folder.id)]);
  return walk(root);
}

/** A folder's subfolders: the direct ones, or all (each before what it holds). */
export const subfolders = (database: Database, folder: Folder, isDeep: boolean): readonly Folder[] =>
  isDeep ? below(foldersOfMailbox(database, folder.mailbox), folder.id) : childFolders(database, folder.id);

/** A folder and those it lies in, up to the root. */
export function lineage(database: Database, folder: Folder): readonly Folder[] {
  const parent = folder.parent === undefined ? undefined : folderById(database, folder.parent);
  return parent ? [folder, ...lineage(database, parent)] : [folder];
}

/**
 * Where a DeleteType puts what is (or lies in) a folder: what is deleted to where it already lies goes one step further, from Deleted Items
 * to what can be recovered, from there for good (undefined).
 */
export function deletionTarget(database: Database, folder: Folder, deleteType: string): Folder | undefined {
  const places = lineage(database, folder).map(({ distinguished }) => distinguished);
  if (deleteType === 'HardDelete' || places.includes('recoverableitemsroot')) return undefined;
  const isRecoverable = deleteType === 'SoftDelete' || places.includes('deleteditems');
  return distinguishedFolder(database, folder.mailbox, isRecoverable ? 'recoverableitemsdeletions' : 'deleteditems');
}
