import { EwsError } from '../../errors';
import { startPush } from '../../notifications/push';
import { resolveFolder } from '../../session';
import type { SubscriptionWish } from '../../notifications/subscriptions';
import { child, childText, isTrueText, m, type XmlElement } from '../../xml/element';
import { each, type Operation, type OperationContext } from '../operation';

const minute = 60_000;

/** A streaming subscription that no connection reads ends after this time (minutes). */
const streamingLifetime = 30;

const kinds: Readonly<Record<string, SubscriptionWish['kind']>> = {
  PullSubscriptionRequest: 'pull',
  PushSubscriptionRequest: 'push',
  StreamingSubscriptionRequest: 'streaming',
};

const lifetimes: Readonly<Record<SubscriptionWish['kind'], (wanted: XmlElement) => number>> = {
  pull: (wanted) => Number(childText(wanted, 'Timeout')),
  push: () => Infinity,
  streaming: () => streamingLifetime,
};

/** The mailbox and folders (none: all) that a request is about. */
const scopeOf = (wanted: XmlElement, { session }: OperationContext): Pick<SubscriptionWish, 'mailbox' | 'folders'> => {
  const isForAll = isTrueText(wanted.attributes['SubscribeToAllFolders']);
  const ids = child(wanted, 'FolderIds')?.children ?? [];
  if (isForAll === ids.length > 0) throw new EwsError('ErrorInvalidSubscriptionRequest');
  const folders = ids.map((id) => resolveFolder(session, id));
  const [mailbox, ...others] = new Set(isForAll ? [session.mailbox?.id] : folders.map((folder) => folder.mailbox));
  if (mailbox === undefined) throw new EwsError('ErrorMissingEmailAddress');
  if (others.length > 0)
    throw new EwsError('ErrorInvalidSubscriptionRequest', { text: 'All folders of a subscription must be in the same mailbox.' });
  if (!session.isService && session.mailbox?.id !== mailbox) throw new EwsError('ErrorSubscriptionDelegateAccessNotSupported');
  return { mailbox, folders: isForAll ? undefined : new Set(folders.map((folder) => folder.id)) };
};

const longestUrl = 2083;

const urlOf = (wanted: XmlElement): string => {
  const url = (childText(wanted, 'URL') ?? '').trim();
  const isHttp = URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
  if (!isHttp || url.length >= longestUrl) throw new EwsError('ErrorInvalidPushSubscriptionUrl');
  return url;
};

/** Subscribe: https://learn.microsoft.com/exchange/client-developer/web-service-reference/subscribe-operation */
export const subscribe: Operation = (request, context) => {
  const { session, subscriptions, caller } = context;
  return each(context, 'Subscribe', request.children.slice(0, 1), (wanted) => {
    const kind = kinds[wanted.name] ?? 'streaming';
    const scope = scopeOf(wanted, context);
    const url = kind === 'push' ? urlOf(wanted) : '';
    const subscription = subscriptions.open({
      ...scope,
      kind,
      owner: caller,
      eventTypes: new Set((child(wanted, 'EventTypes')?.children ?? []).map((type) => type.text.trim())),
      lifetime: lifetimes[kind](wanted) * minute,
      watermark: childText(wanted, 'Watermark'),
    });
    if (kind === 'push')
      startPush(session.database, subscriptions, subscription, { url, statusMinutes: Number(childText(wanted, 'StatusFrequency')) });
    const id = m('SubscriptionId', subscription.id);
    return kind === 'streaming' ? [id] : [id, m('Watermark', subscriptions.watermarks.encode(scope.mailbox, subscription.place))];
  });
};
