import { EwsError } from '../../errors';
import { idOnly, showItem } from '../../items/shape';
import { itemKind, itemKinds } from '../../items/kinds';
import { createItem as store } from '../../items/write';
import { resolveFolder } from '../../session';
import { child, m, t } from '../../xml/element';
import { each, type Operation } from '../operation';

/** CreateItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/createitem-operation */
export const createItem: Operation = (request, context) => {
  const { session } = context;
  const target = child(request, 'SavedItemFolderId')?.children[0];
  const { SendMeetingInvitations: invitations, MessageDisposition: disposition } = request.attributes;
  const items = child(request, 'Items')?.children ?? [];
  return each(
    context,
    'CreateItem',
    items,
    (element) => {
      if (!itemKinds[element.name]) throw new EwsError('ErrorInvalidRequest', { text: `${element.name} cannot be created here.` });
      const kind = itemKind(element.name);
      if (element.name === 'CalendarItem' && invitations === undefined) throw new EwsError('ErrorSendMeetingInvitationsRequired');
      if (kind.prefix === 'message' && disposition === undefined) throw new EwsError('ErrorMessageDispositionRequired');
      const folder = resolveFolder(session, target ?? t('DistinguishedFolderId', '', { Id: sentFolder(disposition) ?? kind.folder }));
      if (element.name === 'Contact' && folder.element !== 'ContactsFolder')
        throw new EwsError('ErrorCannotCreateContactInNonContactFolder');
      return [m('Items', [showItem(store(session, element, folder), idOnly, 'list', session)])];
    },
    [m('Items')],
  );
};

const sentFolder = (disposition: string | undefined): string | undefined => (disposition === 'SendAndSaveCopy' ? 'sentitems' : undefined);
