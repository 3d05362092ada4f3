/** Properties of folders that the server fills: by their EWS name, and by the MAPI tags that clients ask for. */
import { tagKey } from '../items/extended';
import { actsAsOwner, folderEffectiveRights, rightsOf } from '../permissions/access';
import { showPermissionSet } from '../permissions/permission-set';
import { folderIdOf, mailboxOf, type Session } from '../session';
import { defaultFolders } from '../storage/distinguished';
import { childCount, contentSize, lastContentChange } from '../storage/folder-counts';
import { folderById, type Folder } from '../storage/folders';
import { itemCount, placeOf } from '../storage/keys';
import { unreadCount } from '../storage/unread';
import { t, type XmlElement } from '../xml/element';

type Compute = (folder: Folder, session: Session) => XmlElement | string | number | boolean | undefined;

const parentId: Compute = (folder, session) => {
  const parent = folder.parent === undefined ? folder : folderById(session.database, folder.parent);
  return parent && folderIdOf(session, parent, 'ParentFolderId');
};

const displayName = (folder: Folder, session: Session): string =>
  folder.distinguished === 'root' ? mailboxOf(session, folder).name : folder.name;

/** A root is its own parent, as Exchange shows it. Absent counts are those a type of folder does not have. */
const named: Readonly<Record<string, Compute>> = {
  FolderId: (folder, session) => folderIdOf(session, folder),
  ParentFolderId: parentId,
  FolderClass: (folder) => folder.folderClass,
  DisplayName: displayName,
  TotalCount: (folder, session) => itemCount(session.database, placeOf(folder.id, false)),
  ChildFolderCount: (folder, session) => childCount(session.database, folder.id),
  UnreadCount: (folder, session) => unreadCount(session.database, folder.id),
  EffectiveRights: (folder, session) => folderEffectiveRights(session, folder),
  DistinguishedFolderId: (folder) => folder.distinguished,
  PermissionSet: (folder, session) => (rightsOf(session, folder).isOwner ? showPermissionSet(session.database, folder) : undefined),
  SharingEffectiveRights: (folder, session) => (actsAsOwner(session, folder.mailbox) ? undefined : rightsOf(session, folder).read),
  SearchParameters: (folder) => folder.properties['SearchParameters'],
};

const isHidden: Compute = (folder) => folder.distinguished !== undefined && defaultFolders.get(folder.distinguished)?.isHidden === true;

/**
 * PR_LOCAL_COMMIT_TIME_MAX: differs after every change of what the folder holds, also after two within a second: the milliseconds count on.
 */
const commitTime: Compute = (folder, session) => {
  const { sequence, time = folder.modified } = lastContentChange(session.database, folder.id);
  return time.replace('Z', `.${String(sequence % 1000).padStart(3, '0')}Z`);
};

/** By the key of the tag and type. */
const tagged: Readonly<Record<string, Compute>> = {
  [tagKey(0x0e08, 'Integer')]: (folder, session) => contentSize(session.database, folder.id),
  [tagKey(0x0e08, 'Long')]: (folder, session) => contentSize(session.database, folder.id),
  [tagKey(0x10f4, 'Boolean')]: isHidden,
  [tagKey(0x3001, 'String')]: displayName,
  [tagKey(0x3007, 'SystemTime')]: (folder) => folder.created,
  [tagKey(0x3008, 'SystemTime')]: (folder) => folder.modified,
  [tagKey(0x3601, 'Integer')]: (folder) => (folder.distinguished === 'root' ? 0 : folder.element === 'SearchFolder' ? 2 : 1),
  [tagKey(0x3602, 'Integer')]: (folder, session) => itemCount(session.database, placeOf(folder.id, false)),
  [tagKey(0x3603, 'Integer')]: (folder, session) => unreadCount(session.database, folder.id),
  [tagKey(0x360a, 'Boolean')]: (folder, session) => childCount(session.database, folder.id) > 0,
  [tagKey(0x3613, 'String')]: (folder) => folder.folderClass,
  [tagKey(0x670a, 'SystemTime')]: commitTime,
};

/** A named property of a folder; absent where it has none. */
export function computedProperty(folder: Folder, name: string, session: Session): XmlElement | undefined {
  const value = named[name]?.(folder, session);
  return value === undefined || typeof value === 'object' ? value : t(name, value);
}

/** The value of an extended property that the server fills, by its key. */
export function computedExtended(folder: Folder, key: string, session: Session): string | undefined {
  const value = tagged[key]?.(folder, session);
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}
