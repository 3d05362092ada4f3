import { EwsError } from './errors';
import { seesFolder, seesItem } from './permissions/access';
import type { Database } from './storage/database';
import { encodeId, decodeId, type DecodedId } from './storage/ids';
import { distinguishedFolder, folderById, type Folder } from './storage/folders';
import { itemById, type Item } from './storage/items';
import { findMailbox, mailboxById, type Mailbox } from './storage/mailboxes';
import { childText, child, t, type XmlElement } from './xml/element';
import { encodeChangeKey } from './storage/ids';

/** One request's view of the store: who acts, in which zone its times are read and shown, and what time it is. */
export interface Session {
  readonly database: Database;
  /** The mailbox the request acts as; a service account that impersonates nobody has none. */
  readonly mailbox: Mailbox | undefined;
  /** May open every mailbox. */
  readonly isService: boolean;
  /** IANA zone of the request's TimeZoneContext. */
  readonly zone: string;
  readonly now: () => Date;
}

/** A session that knows the Windows id of its zone, which new appointments get. */
export interface WritingSession extends Session {
  readonly zoneId: string;
}

const ownerOf = (session: Session, distinguished: XmlElement): Mailbox => {
  const address = childText(child(distinguished, 'Mailbox'), 'EmailAddress');
  if (address === undefined) {
    if (!session.mailbox) throw new EwsError('ErrorMissingEmailAddress');
    return session.mailbox;
  }
  const mailbox = findMailbox(session.database, address.trim());
  if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
  return mailbox;
};

const namedFolder = (session: Session, element: XmlElement): Folder => {
  const owner = ownerOf(session, element);
  const name = element.attributes['Id'] ?? '';
  if (name === 'publicfoldersroot') throw new EwsError('ErrorNoPublicFolderServerAvailable');
  const folder = distinguishedFolder(session.database, owner.id, name);
  if (!folder || !seesFolder(session, folder)) throw new EwsError('ErrorFolderNotFound');
  return folder;
};

/**
 * The folder that a FolderId or DistinguishedFolderId names. One that the caller has no rights in is not found, as if it were not there:
 * by its id an `ErrorItemNotFound`, by its name an `ErrorFolderNotFound`.
 */
export function resolveFolder(session: Session, element: XmlElement | undefined): Folder {
  if (element?.name === 'DistinguishedFolderId') return namedFolder(session, element);
  if (element?.name !== 'FolderId') throw new EwsError('ErrorFolderNotFound');
  const id = decodeId(session.database, element.attributes['Id'] ?? '');
  if (id.kind !== 'folder') throw new EwsError('ErrorCannotUseItemIdForFolderId');
  const folder = folderById(session.database, id.number);
  if (!folder || !seesFolder(session, folder)) throw new EwsError('ErrorItemNotFound');
  return folder;
}

/** As `resolveFolder`, where the operation has a code of its own for a folder that is not there, e.g. `ErrorToFolderNotFound`. */
export function resolveFolderOr(session: Session, element: XmlElement | undefined, code: string): Folder {
  try {
    return resolveFolder(session, element);
  } catch (error) {
    const isMissing = error instanceof EwsError && ['ErrorFolderNotFound', 'ErrorItemNotFound'].includes(error.code);
    throw isMissing ? new EwsError(code) : error;
  }
}

/** The item that an ItemId names, and its decoded id (which may point at one occurrence of it); not found where the caller may not read it. */
export function resolveItem(session: Session, element: XmlElement | undefined): { readonly item: Item; readonly id: DecodedId } {
  const id = decodeId(session.database, element?.attributes['Id'] ?? '');
  if (id.kind !== 'item') throw new EwsError('ErrorCannotUseFolderIdForItemId');
  const item = itemById(session.database, id.number);
  if (!item || !seesItem(session, item)) throw new EwsError('ErrorItemNotFound');
  return { item, id };
}

/** The mailbox an item or folder lies in. */
export function mailboxOf(session: Session, held: { readonly mailbox: number }): Mailbox {
  const mailbox = mailboxById(session.database, held.mailbox);
  if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
  return mailbox;
}

/** An item's id element with its current change key. */
export const itemIdOf = (
  session: Session,
  item: Pick<Item, 'mailbox' | 'id' | 'sequence'>,
  occurrence?: number,
  name = 'ItemId',
): XmlElement =>
  t(name, '', {
    Id: encodeId(session.database, {
      kind: 'item',
      mailbox: item.mailbox,
      number: item.id,
      ...(occurrence === undefined ? {} : { occurrence }),
    }),
    ChangeKey: encodeChangeKey(item.sequence),
  });

/** A folder's id element, with its current change key where its number is known. */
export const folderIdOf = (
  session: Session,
  folder: { readonly mailbox: number; readonly id: number; readonly sequence?: number },
  name = 'FolderId',
): XmlElement =>
  t(name, '', {
    Id: encodeId(session.database, { kind: 'folder', mailbox: folder.mailbox, number: folder.id }),
    ChangeKey: folder.sequence === undefined ? 'AQAAAA==' : encodeChangeKey(folder.sequence),
  });
