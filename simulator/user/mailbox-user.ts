import { findWindows } from 'windows-iana';
import { EwsError } from '../errors';
import { deleteItem } from '../items/delete';
import { createItem, updateItem } from '../items/write';
import { itemIdOf, resolveItem, type WritingSession } from '../session';
import type { Database } from '../storage/database';
import { distinguishedFolder } from '../storage/folders';
import type { Item } from '../storage/items';
import { findMailbox } from '../storage/mailboxes';
import { itemKind } from '../items/kinds';
import { t, type XmlElement } from '../xml/element';
import { elementOf, propertiesOf, type ItemForm } from './form';

/** Where a person sits: whose mailbox, in which zone, at what time. */
export interface UserContext {
  readonly database: Database;
  readonly now: () => Date;
}

/** The session of a person who works in his own mailbox in a zone (IANA), as in Outlook. */
export function userSession(context: UserContext, address: string, zone: string): WritingSession {
  const mailbox = findMailbox(context.database, address);
  if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
  return { database: context.database, mailbox, isService: false, zone, zoneId: findWindows(zone)[0] ?? 'UTC', now: context.now };
}

/** The id text of an item, as EWS clients see it. */
export const idOf = (session: WritingSession, item: Item): string => itemIdOf(session, item).attributes['Id'] ?? '';

/** The item with that id, of the session's mailbox. */
export const itemOf = (session: WritingSession, id: string): Item => resolveItem(session, t('ItemId', '', { Id: id })).item;

/** Creates what a person filled in; a folder other than the kind's own by its distinguished name. */
export function createFromForm(session: WritingSession, form: ItemForm, folderName = itemKind(elementOf(form)).folder): Item {
  const folder = distinguishedFolder(session.database, session.mailbox?.id ?? 0, folderName);
  if (!folder) throw new EwsError('ErrorFolderNotFound');
  const properties = propertiesOf(form, session.zone).flatMap(([, property]) => property ?? []);
  return session.database.transaction(() => createItem(session, t(elementOf(form), properties), folder));
}

const uriOf = (name: string): XmlElement => t('FieldURI', '', { FieldURI: `item:${name}` });

/** Changes what a form mentions, and nothing else. */
export function updateFromForm(session: WritingSession, id: string, form: ItemForm): Item {
  return session.database.transaction(() => {
    const item = itemOf(session, id);
    const changes = propertiesOf(form, session.zone, item.properties['Start']?.text).map(([name, property]) =>
      property ? t('SetItemField', [uriOf(name), t(item.element, [property])]) : t('DeleteItemField', [uriOf(name)]),
    );
    return updateItem(session, item, changes);
  });
}

/** Deletes as a person does: into Deleted Items, or for good. */
export function deleteAsUser(session: WritingSession, id: string, forGood = false): void {
  session.database.transaction(() => deleteItem(session, itemOf(session, id), forGood ? 'HardDelete' : 'MoveToDeletedItems'));
}
