import { deletionTarget } from '../folders/tree';
import { checkDelete } from '../permissions/access';
import type { Session } from '../session';
import { folderById } from '../storage/folders';
import { itemById, removeItem, type Item } from '../storage/items';
import { withoutCurrent } from '../tasks/turn-over';
import type { ShownItem } from './computed';
import { relocate } from './move';
import { record, replaceStored } from './store';
import { deleteOccurrence } from './write-occurrence';

const deleteWhole = (session: Session, item: Item, deleteType: string): void => {
  const folder = folderById(session.database, item.folder);
  const target = folder && deletionTarget(session.database, folder, deleteType);
  if (target) {
    relocate(session, item, target);
    return;
  }
  const sequence = removeItem(session.database, item);
  record(session, 'DeletedEvent', { ...item, sequence });
};

/** Deletes an item for good, or moves it to where the DeleteType says. One occurrence is taken out of its series; the last one takes it along. */
export function deleteItem(session: Session, item: ShownItem, deleteType: string): void {
  checkDelete(session, item);
  const series = item.occurrence && deleteOccurrence(session, item, item.occurrence);
  if (series) {
    replaceStored(session, series);
    return;
  }
  const whole = item.occurrence ? itemById(session.database, item.id) : item;
  if (whole) deleteWhole(session, whole, deleteType);
}

/** Takes the current occurrence out of a recurring task, which goes on with the next one. */
export const deleteTaskOccurrence = (session: Session, task: Item): Item =>
  replaceStored(session, { ...task, properties: withoutCurrent(session, task) });
