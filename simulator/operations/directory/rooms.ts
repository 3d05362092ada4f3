import { directoryObject, mailboxElement } from '../../directory/entries';
import { EwsError } from '../../errors';
import { findGroup, listGroups } from '../../storage/groups';
import { child, childText, m, t } from '../../xml/element';
import type { Operation } from '../operation';
import { failed, succeeded } from '../response-message';

/** GetRoomLists: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getroomlists-operation */
export const getRoomLists: Operation = (_request, { session }) => {
  const lists = listGroups(session.database).filter(({ rooms }) => rooms);
  const elements = lists.map((list) => mailboxElement({ ...list, mailboxType: 'PublicDL', entry: {} }, 'Address'));
  return succeeded('GetRoomListsResponse', [m('RoomLists', elements)]);
};

/** GetRooms: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getrooms-operation */
export const getRooms: Operation = (request, { session }) => {
  const address = childText(child(request, 'RoomList'), 'EmailAddress')?.trim();
  const list = address === undefined ? undefined : findGroup(session.database, address);
  if (list?.rooms !== true) return failed('GetRoomsResponse', new EwsError('ErrorNameResolutionNoResults'));
  const rooms = list.members.flatMap((member) => {
    const room = directoryObject(session.database, member);
    return room?.mailboxType === 'Mailbox' ? [t('Room', [mailboxElement(room, 'Id')])] : [];
  });
  return succeeded('GetRoomsResponse', [m('Rooms', rooms)]);
};
