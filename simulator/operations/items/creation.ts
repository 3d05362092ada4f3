import { createItem } from '../../items/write';
import { EwsError } from '../../errors';
import { itemKind } from '../../items/kinds';
import { resolveFolder, resolveFolderOr, type WritingSession } from '../../session';
import type { Folder } from '../../storage/folders';
import type { Item } from '../../storage/items';
import { t, type XmlElement } from '../../xml/element';

/** What a CreateItem request says for all its items. */
export interface Creation {
  readonly session: WritingSession;
  /** The folder it names, if it does. */
  readonly target: XmlElement | undefined;
  readonly disposition: string | undefined;
  readonly invitations: string | undefined;
}

/** Creates what one element asks for; answers the items whose ids the client gets. */
export type Create = (element: XmlElement, creation: Creation) => readonly Item[];

/** The folder the request names, else one of the mailbox by its distinguished name. */
export const folderOr = (creation: Creation, distinguished: string): Folder =>
  creation.target ? resolveFolderOr(creation.session, creation.target, 'ErrorSavedItemFolderNotFound') : ownFolder(creation, distinguished);

/** A folder of the acting mailbox by its distinguished name. */
export const ownFolder = (creation: Creation, distinguished: string): Folder =>
  resolveFolder(creation.session, t('DistinguishedFolderId', '', { Id: distinguished }));

/** The item a response object refers to. */
export function referenceId(element: XmlElement): XmlElement {
  const id = element.children.find(({ name }) => name === 'ReferenceItemId');
  if (!id) throw new EwsError('ErrorInvalidIdEmpty');
  return id;
}

/** Just saves an item. */
export const createPlain: Create = (element, creation) => {
  const folder = folderOr(creation, itemKind(element.name).folder);
  if (element.name === 'Contact' && folder.element !== 'ContactsFolder') throw new EwsError('ErrorCannotCreateContactInNonContactFolder');
  return [createItem(creation.session, element, folder)];
};
