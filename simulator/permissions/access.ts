/** What the caller of a request may see and do in folders; everything in his own mailbox, elsewhere what the folder's permissions say. */
import { EwsError } from '../errors';
import type { Session } from '../session';
import { delegateOf } from '../storage/delegates';
import { folderById, type Folder } from '../storage/folders';
import type { Item } from '../storage/items';
import { sidOf } from '../storage/mailboxes';
import { text } from '../storage/properties';
import { t, type XmlElement } from '../xml/element';
import { noRights, ownerRights, type Rights, type Scope } from './levels';
import { permissionsOf } from './permission-set';

type Held = Pick<Item, 'mailbox' | 'folder' | 'creator' | 'properties'>;

/** True where the caller is the owner of a mailbox, or may do as if. */
export const actsAsOwner = (session: Session, mailbox: number): boolean => session.isService || session.mailbox?.id === mailbox;

/** The caller's rights in a folder. */
export function rightsOf(session: Session, folder: Folder): Rights {
  if (actsAsOwner(session, folder.mailbox)) return ownerRights;
  if (!session.mailbox) return noRights;
  const sid = sidOf(session.database, session.mailbox.id);
  const permissions = permissionsOf(folder);
  const own = permissions.find(({ user }) => user === sid) ?? permissions.find(({ user }) => user === 'Default');
  return own?.rights ?? noRights;
}

/** True where the folder exists for the caller. */
export function seesFolder(session: Session, folder: Folder): boolean {
  const { isOwner, isVisible, read } = rightsOf(session, folder);
  return isOwner || isVisible || read === 'FullDetails';
}

/** True where private items of a mailbox are shown to the caller. */
export const viewsPrivate = (session: Session, mailbox: number): boolean =>
  actsAsOwner(session, mailbox) ||
  (session.mailbox !== undefined && delegateOf(session.database, mailbox, session.mailbox.id)?.viewsPrivate === true);

const rightsAt = (session: Session, item: Held): Rights => {
  if (actsAsOwner(session, item.mailbox)) return ownerRights;
  const folder = folderById(session.database, item.folder);
  return folder ? rightsOf(session, folder) : noRights;
};

const covers = (scope: Scope, session: Session, item: Held): boolean =>
  scope === 'All' || (scope === 'Owned' && item.creator !== undefined && item.creator === session.mailbox?.id);

const isHidden = (session: Session, item: Held): boolean =>
  text(item.properties, 'Sensitivity') === 'Private' && !viewsPrivate(session, item.mailbox);

/** True where the caller may read an item: in full, or because he may create items there and created this one. */
export function seesItem(session: Session, item: Held): boolean {
  if (actsAsOwner(session, item.mailbox)) return true;
  const { read, createItems } = rightsAt(session, item);
  return (read === 'FullDetails' || (createItems && covers('Owned', session, item))) && !isHidden(session, item);
}

/** What the caller sees of a folder's items that he may read: private ones of others are not there for him. */
export const seenItems = <Seen extends Held>(session: Session, folder: Folder, items: readonly Seen[]): readonly Seen[] =>
  viewsPrivate(session, folder.mailbox) ? items : items.filter((item) => !isHidden(session, item));

const demand = (isAllowed: boolean, code = 'ErrorAccessDenied'): void => {
  if (!isAllowed) throw new EwsError(code);
};

/** Refuses to list a folder's items where the caller may not read them. */
export const checkRead = (session: Session, folder: Folder): void => demand(rightsOf(session, folder).read === 'FullDetails');

/** Refuses new items where the caller may not create them. */
export const checkCreate = (session: Session, folder: Folder, code?: string): void => demand(rightsOf(session, folder).createItems, code);

/** Refuses new folders where the caller may not create them. */
export const checkCreateFolder = (session: Session, folder: Folder, code?: string): void =>
  demand(rightsOf(session, folder).createSubFolders, code);

/** Refuses to change (or delete, or move) a folder that is not the caller's. */
export const checkOwner = (session: Session, folder: Folder): void => demand(rightsOf(session, folder).isOwner);

/** Refuses to change an item. */
export const checkEdit = (session: Session, item: Held): void => demand(covers(rightsAt(session, item).edit, session, item));

/** Refuses to delete (or move away) an item. */
export const checkDelete = (session: Session, item: Held): void => demand(covers(rightsAt(session, item).delete, session, item));

const shown = (rights: Readonly<Record<string, boolean>>): XmlElement =>
  t(
    'EffectiveRights',
    Object.entries(rights).map(([name, value]) => t(name, value)),
  );

/** EffectiveRights of a folder. */
export function folderEffectiveRights(session: Session, folder: Folder): XmlElement {
  const rights = rightsOf(session, folder);
  return shown({
    CreateAssociated: rights.isOwner,
    CreateContents: rights.createItems,
    CreateHierarchy: rights.createSubFolders,
    Delete: rights.isOwner,
    Modify: rights.isOwner,
    Read: rights.read === 'FullDetails',
    ViewPrivateItems: viewsPrivate(session, folder.mailbox),
  });
}

/** EffectiveRights of an item. */
export function itemEffectiveRights(session: Session, item: Held): XmlElement {
  const rights = rightsAt(session, item);
  return shown({
    CreateAssociated: false,
    CreateContents: false,
    CreateHierarchy: false,
    Delete: covers(rights.delete, session, item),
    Modify: covers(rights.edit, session, item),
    Read: seesItem(session, item),
    ViewPrivateItems: viewsPrivate(session, item.mailbox),
  });
}
