import { EwsError } from '../../errors';
import { isMessage } from '../../items/kinds';
import { idOnly, showItem } from '../../items/shape';
import { updateItem as store } from '../../items/write';
import { sendItem } from '../../mail/send';
import { resolveFolder } from '../../session';
import type { Item } from '../../storage/items';
import { child, m, t, type XmlElement } from '../../xml/element';
import { isCurrent, targetItem } from './item-target';
import { each, type Operation } from '../operation';

const checkConflict = (item: Item, id: XmlElement, resolution: string): void => {
  if (resolution === 'AlwaysOverwrite') {
    isCurrent(item, id);
    return;
  }
  if (id.name === 'ItemId' && id.attributes['ChangeKey'] === undefined) throw new EwsError('ErrorChangeKeyRequired');
  if (!isCurrent(item, id)) throw new EwsError('ErrorIrresolvableConflict');
};

/** UpdateItem: https://learn.microsoft.com/exchange/client-developer/web-service-reference/updateitem-operation */
export const updateItem: Operation = (request, context) => {
  const { session } = context;
  const {
    ConflictResolution: resolution = 'NeverOverwrite',
    SendMeetingInvitationsOrCancellations: invitations,
    MessageDisposition: disposition,
  } = request.attributes;
  const target = child(request, 'SavedItemFolderId')?.children[0] ?? t('DistinguishedFolderId', '', { Id: 'sentitems' });
  return each(
    context,
    'UpdateItem',
    child(request, 'ItemChanges')?.children ?? [],
    (change) => {
      const id = change.children[0];
      if (!id) throw new EwsError('ErrorInvalidIdEmpty');
      const item = targetItem(session, id);
      if (item.element === 'CalendarItem' && invitations === undefined)
        throw new EwsError('ErrorSendMeetingInvitationsOrCancellationsRequired');
      if (isMessage(item.element) && disposition === undefined) throw new EwsError('ErrorMessageDispositionRequired');
      checkConflict(item, id, resolution);
      const changed = store(session, item, child(change, 'Updates')?.children ?? []);
      const isSent = isMessage(item.element) && disposition !== 'SaveOnly';
      if (isSent) sendItem(session, changed, disposition === 'SendOnly' ? undefined : resolveFolder(session, target));
      return [m('Items', isSent ? [] : [showItem(changed, idOnly, 'list', session)]), m('ConflictResults', [t('Count', 0)])];
    },
    [m('Items')],
  );
};
