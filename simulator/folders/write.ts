/** Changes of folders with what follows from them: checks of rights and names, events, what lies inside. */
import { EwsError } from '../errors';
import { deleteItem } from '../items/delete';
import { copyItem } from '../items/move';
import { checkCreateFolder, checkOwner, checkRead } from '../permissions/access';
import type { Rights } from '../permissions/levels';
import { keptPermissions, permissionsOf, withPermission } from '../permissions/permission-set';
import type { Session } from '../session';
import type { FolderEvent } from '../storage/database';
import { childFolders, childNamed, insertFolder, removeFolder, replaceFolder, type Folder } from '../storage/folders';
import { itemsOfFolder, removeItem } from '../storage/items';
import { formatUtc } from '../time';
import type { XmlElement } from '../xml/element';
import { applyFolderUpdates, readNewFolder } from './read';
import { deletionTarget, lineage, subfolders } from './tree';

const record = (session: Session, kind: FolderEvent['kind'], folder: Folder, from?: FolderEvent['from']): void =>
  session.database.record({
    kind,
    mailbox: folder.mailbox,
    folder: folder.id,
    parent: folder.parent ?? folder.id,
    sequence: folder.sequence,
    time: formatUtc(session.now()),
    ...(from ? { from } : {}),
  });

const checkName = (session: Session, parent: Folder, name: string, except?: Folder): void => {
  const found = childNamed(session.database, parent.id, name);
  if (found && found.id !== except?.id) throw new EwsError('ErrorFolderExists');
};

const checkParent = (session: Session, parent: Folder, code?: string): void => {
  if (parent.element === 'SearchFolder') throw new EwsError('ErrorInvalidParentFolder');
  checkCreateFolder(session, parent, code);
};

/** Creates a folder of a CreateFolder request; its permissions are those of its parent unless it brings its own. */
export function createFolder(session: Session, parent: Folder, element: XmlElement): Folder {
  checkParent(session, parent, 'ErrorCreateSubfolderAccessDenied');
  const { PermissionSet } = parent.properties;
  const written = readNewFolder(session.database, element, PermissionSet ? { PermissionSet } : {});
  checkName(session, parent, written.name);
  const draft = { ...written, mailbox: parent.mailbox, parent: parent.id, distinguished: undefined };
  const folder = insertFolder(session.database, draft, formatUtc(session.now()));
  record(session, 'CreatedEvent', folder);
  return folder;
}

/** Applies the change descriptions of an UpdateFolder request. */
export function updateFolder(session: Session, folder: Folder, updates: readonly XmlElement[]): Folder {
  checkOwner(session, folder);
  const written = applyFolderUpdates(session.database, folder, updates);
  const [, parent] = lineage(session.database, folder);
  if (parent) checkName(session, parent, written.name, folder);
  const changed = replaceFolder(session.database, folder, written, formatUtc(session.now()));
  record(session, 'ModifiedEvent', changed);
  return changed;
}

/** Gives an account rights in a folder (or none any more). */
export function grant(session: Session, folder: Folder, sid: string, rights: Rights): void {
  const PermissionSet = keptPermissions(withPermission(permissionsOf(folder), sid, rights));
  const properties = { ...folder.properties, PermissionSet };
  record(session, 'ModifiedEvent', replaceFolder(session.database, folder, { properties }, formatUtc(session.now())));
}

const relocate = (session: Session, folder: Folder, target: Folder, name = folder.name): Folder => {
  const moved = replaceFolder(session.database, folder, { parent: target.id, name }, formatUtc(session.now()));
  record(session, 'MovedEvent', moved, { folder: folder.id, parent: folder.parent ?? folder.id });
  return moved;
};

const checkTarget = (session: Session, folder: Folder, target: Folder): void => {
  if (folder.mailbox !== target.mailbox) throw new EwsError('ErrorCrossMailboxMoveCopy');
  if (lineage(session.database, target).some(({ id }) => id === folder.id)) throw new EwsError('ErrorMoveCopyFailed');
  checkParent(session, target);
};

/** Moves a folder with all it holds; ids stay. */
export function moveFolder(session: Session, folder: Folder, target: Folder): Folder {
  if (folder.distinguished !== undefined) throw new EwsError('ErrorMoveDistinguishedFolder');
  checkTarget(session, folder, target);
  checkOwner(session, folder);
  checkName(session, target, folder.name, folder);
  return relocate(session, folder, target);
}

const copyInto = (session: Session, folder: Folder, target: Folder): Folder => {
  checkRead(session, folder);
  const draft = { ...folder, parent: target.id, distinguished: undefined };
  const copied = insertFolder(session.database, draft, formatUtc(session.now()));
  for (const item of itemsOfFolder(session.database, folder.id)) copyItem(session, item, copied);
  for (const inner of childFolders(session.database, folder.id)) copyInto(session, inner, copied);
  return copied;
};

/** Copies a folder with all it holds; everything gets new ids. */
export function copyFolder(session: Session, folder: Folder, target: Folder): Folder {
  checkTarget(session, folder, target);
  checkName(session, target, folder.name);
  const copied = copyInto(session, folder, target);
  record(session, 'CopiedEvent', copied, { folder: folder.id, parent: folder.parent ?? folder.id });
  return copied;
}

const destroy = (session: Session, folder: Folder): void => {
  for (const inner of childFolders(session.database, folder.id)) destroy(session, inner);
  for (const item of itemsOfFolder(session.database, folder.id)) removeItem(session.database, item);
  record(session, 'DeletedEvent', { ...folder, sequence: removeFolder(session.database, folder) });
};

const freeName = (session: Session, target: Folder, name: string): string => {
  for (let count = 0; ; count += 1) {
    const candidate = count === 0 ? name : `${name}${count}`;
    if (!childNamed(session.database, target.id, candidate)) return candidate;
  }
};

/** Deletes a folder with all it holds, for good or to where the DeleteType says; there it gets another name where its own is taken. */
export function deleteFolder(session: Session, folder: Folder, deleteType: string): void {
  if (folder.distinguished !== undefined) throw new EwsError('ErrorDeleteDistinguishedFolder');
  checkOwner(session, folder);
  const target = deletionTarget(session.database, folder, deleteType);
  if (target) relocate(session, folder, target, freeName(session, target, folder.name));
  else destroy(session, folder);
}

const roots = ['root', 'msgfolderroot', 'recoverableitemsroot'];

/** Deletes the items of a folder and, if wanted, its subfolders. Calendars and search folders cannot be emptied, nor the roots. */
export function emptyFolder(session: Session, folder: Folder, deleteType: string, withSubfolders: boolean): void {
  const isRefused = ['CalendarFolder', 'SearchFolder'].includes(folder.element) || roots.includes(folder.distinguished ?? '');
  const hasDefault = withSubfolders && subfolders(session.database, folder, true).some(({ distinguished }) => distinguished !== undefined);
  if (isRefused || hasDefault) throw new EwsError('ErrorCannotEmptyFolder');
  checkRead(session, folder);
  for (const item of itemsOfFolder(session.database, folder.id)) deleteItem(session, item, deleteType);
  if (withSubfolders) for (const inner of childFolders(session.database, folder.id)) deleteFolder(session, inner, deleteType);
}
