import { EwsError } from '../../errors';
import { userIdOf } from '../../permissions/permission-set';
import type { Session } from '../../session';
import {
  delegateOf,
  delegatesOf,
  meetingDelivery,
  putDelegate,
  removeDelegate as remove,
  setMeetingDelivery,
  type Delegate,
} from '../../storage/delegates';
import { mailboxById, type Mailbox } from '../../storage/mailboxes';
import { child, childText, isTrueText, m, t, type XmlElement } from '../../xml/element';
import { delegateMailbox, delegateOperation } from './delegate-answer';
import { givenLevels, grantLevels, revokeLevels, shownLevels } from './delegate-permissions';

const show = (session: Session, user: Mailbox, delegate: Delegate, permissions?: XmlElement): XmlElement =>
  m('DelegateUser', [
    userIdOf(session.database, user),
    permissions,
    t('ReceiveCopiesOfMeetingMessages', delegate.receivesCopies),
    t('ViewPrivateItems', delegate.viewsPrivate),
  ]);

const known = (session: Session, mailbox: Mailbox, user: Mailbox): Delegate => {
  const delegate = delegateOf(session.database, mailbox.id, user.id);
  if (!delegate) throw new EwsError('ErrorNotDelegate');
  return delegate;
};

const store = (session: Session, mailbox: Mailbox, user: Mailbox, element: XmlElement, before: Delegate): XmlElement => {
  const copies = childText(element, 'ReceiveCopiesOfMeetingMessages');
  const views = childText(element, 'ViewPrivateItems');
  const delegate = {
    user: user.id,
    receivesCopies: copies === undefined ? before.receivesCopies : isTrueText(copies),
    viewsPrivate: views === undefined ? before.viewsPrivate : isTrueText(views),
  };
  putDelegate(session.database, mailbox.id, delegate);
  grantLevels(session, mailbox, user, givenLevels(element));
  return show(session, user, delegate);
};

const setDelivery = (session: Session, mailbox: Mailbox, request: XmlElement): void => {
  const choice = childText(request, 'DeliverMeetingRequests');
  if (choice !== undefined) setMeetingDelivery(session.database, mailbox.id, choice.trim());
};

/** GetDelegate: https://learn.microsoft.com/exchange/client-developer/web-service-reference/getdelegate-operation */
export const getDelegate = delegateOperation('GetDelegate', (request, session, mailbox) => {
  const everyone = delegatesOf(session.database, mailbox.id).flatMap(({ user }) => mailboxById(session.database, user) ?? []);
  return {
    users: child(request, 'UserIds')?.children ?? everyone.map((user) => userIdOf(session.database, user)),
    answer: (userId) => {
      const user = delegateMailbox(session, userId);
      const delegate = known(session, mailbox, user);
      const withLevels = isTrueText(request.attributes['IncludePermissions']);
      return show(session, user, delegate, withLevels ? shownLevels(session, mailbox, user) : undefined);
    },
    rest: () => [m('DeliverMeetingRequests', meetingDelivery(session.database, mailbox.id))],
  };
});

/** AddDelegate: https://learn.microsoft.com/exchange/client-developer/web-service-reference/adddelegate-operation */
export const addDelegate = delegateOperation('AddDelegate', (request, session, mailbox) => {
  setDelivery(session, mailbox, request);
  return {
    users: child(request, 'DelegateUsers')?.children ?? [],
    answer: (element) => {
      const user = delegateMailbox(session, child(element, 'UserId'));
      if (user.id === mailbox.id) throw new EwsError('ErrorDelegateCannotAddOwner');
      if (delegateOf(session.database, mailbox.id, user.id)) throw new EwsError('ErrorDelegateAlreadyExists');
      return store(session, mailbox, user, element, { user: user.id, receivesCopies: false, viewsPrivate: false });
    },
  };
});

/** UpdateDelegate: https://learn.microsoft.com/exchange/client-developer/web-service-reference/updatedelegate-operation */
export const updateDelegate = delegateOperation('UpdateDelegate', (request, session, mailbox) => {
  setDelivery(session, mailbox, request);
  return {
    users: child(request, 'DelegateUsers')?.children ?? [],
    answer: (element) => {
      const user = delegateMailbox(session, child(element, 'UserId'));
      return store(session, mailbox, user, element, known(session, mailbox, user));
    },
  };
});

/** RemoveDelegate: https://learn.microsoft.com/exchange/client-developer/web-service-reference/removedelegate-operation */
export const removeDelegate = delegateOperation('RemoveDelegate', (request, session, mailbox) => ({
  users: child(request, 'UserIds')?.children ?? [],
  answer: (userId) => {
    const user = delegateMailbox(session, userId);
    if (!remove(session.database, mailbox.id, user.id)) throw new EwsError('ErrorNotDelegate');
    revokeLevels(session, mailbox, user);
    return undefined;
  },
}));
