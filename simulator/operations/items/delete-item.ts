import { EwsError } from '../../errors';
import type { ShownItem } from '../../items/computed';
import { deleteItem as remove, deleteTaskOccurrence } from '../../items/delete';
import { cancelledByOrganiser } from '../../meetings/assistant';
import { attendeesOf } from '../../meetings/attendees';
import { isAnnounced, sendCancellation } from '../../meetings/organise';
import { child } from '../../xml/element';
import { announcementOf } from './create-meeting';
import { targetItem } from './item-target';
import { each, type Operation } from '../operation';
import type { WritingSession } from '../../session';

/** Tells the attendees of a meeting that is deleted, where they are to be told; answers it as it is deleted. */
const callOff = (session: WritingSession, item: ShownItem, cancellations: string): ShownItem => {
  if (item.element !== 'CalendarItem' || cancellations === 'SendToNone' || !isAnnounced(item)) return item;
  sendCancellation(session, item, attendeesOf(item.properties), announcementOf(session, cancellations).saveTo);
  return item.occurrence ? item : { ...item, properties: cancelledByOrganiser(item.properties) };
};

/** DeleteItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/deleteitem-operation */
export const deleteItem: Operation = (request, context) => {
  const {
    DeleteType: deleteType = 'HardDelete',
    SendMeetingCancellations: cancellations,
    AffectedTaskOccurrences: affected,
  } = request.attributes;
  return each(context, 'DeleteItem', child(request, 'ItemIds')?.children ?? [], (id) => {
    const item = targetItem(context.session, id);
    if (item.element === 'CalendarItem' && cancellations === undefined) throw new EwsError('ErrorSendMeetingCancellationsRequired');
    if (item.element === 'Task' && affected === undefined) throw new EwsError('ErrorAffectedTaskOccurrencesRequired');
    if (item.element === 'Task' && affected === 'SpecifiedOccurrenceOnly') deleteTaskOccurrence(context.session, item);
    else remove(context.session, callOff(context.session, item, cancellations ?? 'SendToNone'), deleteType);
    return [];
  });
};
