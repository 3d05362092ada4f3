import { EwsError } from '../../errors';
import type { ShownItem } from '../../items/computed';
import { resolveConflicts, type Resolved } from '../../items/conflict';
import { isMessage } from '../../items/kinds';
import { idOnly, showItem } from '../../items/shape';
import { updateItem as store } from '../../items/write';
import { sendItem } from '../../mail/send';
import { announceChange } from '../../meetings/organise';
import { resolveFolder, type Session } from '../../session';
import { decodeChangeKey } from '../../storage/ids';
import { child, m, t, type XmlElement } from '../../xml/element';
import { announcementOf } from './create-meeting';
import { isCurrent, targetItem } from './item-target';
import { each, type Operation } from '../operation';

/** The updates that may be made although the item may have changed since the client read it. */
const resolved = (session: Session, item: ShownItem, id: XmlElement, updates: readonly XmlElement[], resolution: string): Resolved => {
  const key = id.attributes['ChangeKey'];
  const isUnchanged = isCurrent(item, id);
  if (resolution === 'AlwaysOverwrite') return { updates, conflicts: 0 };
  if (id.name === 'ItemId' && key === undefined) throw new EwsError('ErrorChangeKeyRequired');
  if (isUnchanged) return { updates, conflicts: 0 };
  const isMerged = resolution === 'AutoResolve' && key !== undefined && item.occurrence === undefined;
  if (!isMerged) throw new EwsError('ErrorIrresolvableConflict');
  return resolveConflicts(session.database, item, updates, decodeChangeKey(key));
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
      const { updates, conflicts } = resolved(session, item, id, child(change, 'Updates')?.children ?? [], resolution);
      const stored = updates.length === 0 ? item : store(session, item, updates);
      const changed =
        item.element === 'CalendarItem'
          ? announceChange(session, item, stored, announcementOf(session, invitations ?? 'SendToNone'))
          : stored;
      const isSent = isMessage(item.element) && disposition !== 'SaveOnly';
      if (isSent) sendItem(session, changed, disposition === 'SendOnly' ? undefined : resolveFolder(session, target));
      return [m('Items', isSent ? [] : [showItem(changed, idOnly, 'list', session)]), m('ConflictResults', [t('Count', conflicts)])];
    },
    [m('Items')],
  );
};
