import { EwsError } from '../../errors';
import { deleteItem as remove, deleteTaskOccurrence } from '../../items/write';
import { child } from '../../xml/element';
import { targetItem } from './item-target';
import { each, type Operation } from '../operation';

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
    else remove(context.session, item, deleteType);
    return [];
  });
};
