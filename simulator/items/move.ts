import { omit } from 'lodash';
import { checkCreate, checkDelete } from '../permissions/access';
import type { Session } from '../session';
import { copyAttachments, moveAttachments } from '../storage/attachments';
import { copyExceptions } from '../storage/exceptions';
import type { Folder } from '../storage/folders';
import { insertItem, removeItem, type Item } from '../storage/items';
import { formatUtc } from '../time';
import { keyedBy } from './filing';
import { recordIfBusy } from './free-busy-event';
import { creatorIn, periodFor, record } from './store';

const insertInto = (session: Session, item: Item, folder: Folder, created?: string): Item =>
  insertItem(
    session.database,
    { ...item, folder: folder.id, mailbox: folder.mailbox },
    formatUtc(session.now()),
    keyedBy(session),
    periodFor(session, item.element, item.properties, item.id),
    created,
  );

/** Moves an item whoever the caller is. */
export const relocate = (session: Session, item: Item, folder: Folder): Item => {
  const moved = insertInto(session, item, folder, item.created);
  moveAttachments(session.database, item.id, moved.id);
  copyExceptions(session.database, item.id, moved.id);
  removeItem(session.database, item);
  record(session, 'MovedEvent', moved, { folder: item.folder, item: item.id });
  recordIfBusy(session, item);
  return moved;
};

/** Moves an item: it gets a new id there, and is gone from where it was. */
export function moveItem(session: Session, item: Item, folder: Folder): Item {
  checkDelete(session, item);
  checkCreate(session, folder);
  return relocate(session, item, folder);
}

/** Copies an item with its attachments. */
export function copyItem(session: Session, item: Item, folder: Folder): Item {
  checkCreate(session, folder);
  const copied = insertInto(session, { ...omit(item, 'creator'), ...creatorIn(session, folder) }, folder);
  copyAttachments(session.database, { item: item.id }, { item: copied.id });
  copyExceptions(session.database, item.id, copied.id);
  record(session, 'CopiedEvent', copied, { folder: item.folder, item: item.id });
  return copied;
}
