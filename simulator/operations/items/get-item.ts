import { readShape, showItem } from '../../items/shape';
import { child, m } from '../../xml/element';
import { targetItem } from './item-target';
import { each, type Operation } from '../operation';

/** GetItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getitem-operation */
export const getItem: Operation = (request, context) => {
  const shape = readShape(child(request, 'ItemShape'), 'item');
  return each(
    context,
    'GetItem',
    child(request, 'ItemIds')?.children ?? [],
    (id) => [m('Items', [showItem(targetItem(context.session, id), shape, 'item', context.session)])],
    [m('Items')],
  );
};
