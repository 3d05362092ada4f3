import { EwsError } from '../../errors';
import { isMessage, itemKinds } from '../../items/kinds';
import { idOnly, showItem } from '../../items/shape';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';
import { cancelMeeting, createCalendarItem, removeMeeting, respondToMeeting } from './create-meeting';
import { createAnswer, createMessage, suppressReadReceipt } from './create-message';
import { createPlain, type Create } from './creation';

/** Elements that are more than an item to save. */
const special: Readonly<Record<string, Create>> = {
  CalendarItem: createCalendarItem,
  ReplyToItem: createAnswer,
  ReplyAllToItem: createAnswer,
  ForwardItem: createAnswer,
  SuppressReadReceipt: suppressReadReceipt,
  AcceptItem: respondToMeeting,
  TentativelyAcceptItem: respondToMeeting,
  DeclineItem: respondToMeeting,
  CancelCalendarItem: cancelMeeting,
  RemoveItem: removeMeeting,
};

const creatorOf = (name: string): Create => {
  const found = special[name] ?? (isMessage(name) ? createMessage : itemKinds[name] && createPlain);
  if (!found) throw new EwsError('ErrorInvalidRequest', { text: `${name} cannot be created here.` });
  return found;
};

/** CreateItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/createitem-operation */
export const createItem: Operation = (request, context) => {
  const { session } = context;
  const creation = {
    session,
    target: child(request, 'SavedItemFolderId')?.children[0],
    disposition: request.attributes['MessageDisposition'],
    invitations: request.attributes['SendMeetingInvitations'],
  };
  return each(
    context,
    'CreateItem',
    child(request, 'Items')?.children ?? [],
    (element) => {
      const created = creatorOf(element.name)(element, creation);
      return [
        m(
          'Items',
          created.map((item) => showItem(item, idOnly, 'list', session)),
        ),
      ];
    },
    [m('Items')],
  );
};
