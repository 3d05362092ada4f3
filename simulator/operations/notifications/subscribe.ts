import { EwsError } from '../../errors';
import { resolveFolder } from '../../session';
import { child, m } from '../../xml/element';
import { each, type Operation } from '../operation';

/** Subscribe (streaming): https://learn.microsoft.com/exchange/client-developer/web-service-reference/subscribe-operation */
export const subscribe: Operation = (request, context) => {
  const { session, subscriptions } = context;
  return each(context, 'Subscribe', request.children.slice(0, 1), (wanted) => {
    if (wanted.name !== 'StreamingSubscriptionRequest')
      throw new EwsError('ErrorInvalidSubscriptionRequest', { text: 'The simulator offers streaming subscriptions only.' });
    const isForAll = ['true', '1'].includes(wanted.attributes['SubscribeToAllFolders'] ?? '');
    const ids = child(wanted, 'FolderIds')?.children ?? [];
    if (isForAll === ids.length > 0) throw new EwsError('ErrorInvalidSubscriptionRequest');
    const folders = ids.map((id) => resolveFolder(session, id));
    const mailboxes = new Set(isForAll ? [session.mailbox?.id] : folders.map((folder) => folder.mailbox));
    const [mailbox] = mailboxes;
    if (mailbox === undefined) throw new EwsError('ErrorMissingEmailAddress');
    if (mailboxes.size > 1)
      throw new EwsError('ErrorInvalidSubscriptionRequest', { text: 'All folders of a subscription must be in the same mailbox.' });
    const subscription = subscriptions.open({
      mailbox,
      folders: isForAll ? undefined : new Set(folders.map((folder) => folder.id)),
      kinds: new Set((child(wanted, 'EventTypes')?.children ?? []).map((type) => type.text.trim())),
    });
    return [m('SubscriptionId', subscription.id)];
  });
};
