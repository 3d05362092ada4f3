import { EwsError } from '../../errors';
import { actsAsOwner } from '../../permissions/access';
import { mailboxOfUserId } from '../../permissions/permission-set';
import type { Session } from '../../session';
import { findMailbox, type Mailbox } from '../../storage/mailboxes';
import { child, childText, m, type XmlElement } from '../../xml/element';
import type { Operation } from '../operation';
import { failed, succeeded } from '../response-message';

/** Only the owner of a mailbox manages its delegates. */
const ownMailbox = (session: Session, request: XmlElement): Mailbox => {
  const mailbox = findMailbox(session.database, childText(child(request, 'Mailbox'), 'EmailAddress')?.trim() ?? '');
  if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
  if (!actsAsOwner(session, mailbox.id)) throw new EwsError('ErrorAccessDenied');
  return mailbox;
};

/** The mailbox of the delegate that a UserId names. */
export function delegateMailbox(session: Session, userId: XmlElement | undefined): Mailbox {
  if (child(userId, 'DistinguishedUser')) throw new EwsError('ErrorDistinguishedUserNotSupported');
  if (!child(userId, 'PrimarySmtpAddress') && !child(userId, 'SID')) throw new EwsError('ErrorInvalidDelegateUserId');
  const mailbox = mailboxOfUserId(session.database, userId);
  if (!mailbox) throw new EwsError('ErrorDelegateNoUser');
  return mailbox;
}

const userMessage = 'DelegateUserResponseMessageType';

/** What an operation on delegates does once it is known whose: which users it is about, what to answer for each, and what for all. */
export interface DelegateWork {
  readonly users: readonly XmlElement[];
  readonly answer: (user: XmlElement) => XmlElement | undefined;
  readonly rest?: () => readonly XmlElement[];
}

/**
 * An operation on delegates: its response is itself a response message, with one more inside for each user. What fails for one user is undone
 * and reported in its place.
 */
export const delegateOperation =
  (name: string, work: (request: XmlElement, session: Session, mailbox: Mailbox) => DelegateWork): Operation =>
  (request, { session }) => {
    const answerUser = (answer: DelegateWork['answer'], user: XmlElement): XmlElement => {
      try {
        const shown = session.database.transaction(() => answer(user));
        return succeeded(userMessage, [shown]);
      } catch (error) {
        if (error instanceof EwsError) return failed(userMessage, error);
        throw error;
      }
    };
    try {
      const { users, answer, rest } = work(request, session, ownMailbox(session, request));
      const messages = users.map((user) => answerUser(answer, user));
      const inner = messages.length > 0 ? m('ResponseMessages', messages) : undefined;
      return succeeded(`${name}Response`, [inner, ...(rest?.() ?? [])]);
    } catch (error) {
      if (error instanceof EwsError) return failed(`${name}Response`, error);
      throw error;
    }
  };
