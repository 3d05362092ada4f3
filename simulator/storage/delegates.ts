import type { Database } from './database';
import type { Row } from './row';

/** Someone who acts for the owner of a mailbox; `user` is the number of his own mailbox. What he may do in folders their permissions say. */
export interface Delegate {
  readonly user: number;
  readonly receivesCopies: boolean;
  readonly viewsPrivate: boolean;
}

const toDelegate = (row: Row): Delegate => ({
  user: Number(row['user']),
  receivesCopies: row['receives_copies'] === 1,
  viewsPrivate: row['views_private'] === 1,
});

/** The delegates of a mailbox. */
export const delegatesOf = (database: Database, mailbox: number): readonly Delegate[] =>
  database.statement('SELECT * FROM delegate WHERE mailbox = ? ORDER BY user').all(mailbox).map(toDelegate);

/** A user as delegate of a mailbox, where he is one. */
export function delegateOf(database: Database, mailbox: number, user: number): Delegate | undefined {
  const row = database.statement('SELECT * FROM delegate WHERE mailbox = ? AND user = ?').get(mailbox, user);
  return row && toDelegate(row);
}

/** Makes someone a delegate, or changes what he is. */
export const putDelegate = (database: Database, mailbox: number, delegate: Delegate): void =>
  void database
    .statement('INSERT OR REPLACE INTO delegate VALUES (?, ?, ?, ?)')
    .run(mailbox, delegate.user, Number(delegate.receivesCopies), Number(delegate.viewsPrivate));

/** Makes someone a delegate no more; false where he was none. */
export const removeDelegate = (database: Database, mailbox: number, user: number): boolean =>
  database.statement('DELETE FROM delegate WHERE mailbox = ? AND user = ?').run(mailbox, user).changes > 0;

/** To whom meeting requests for a mailbox go (DeliverMeetingRequestsType). */
export const meetingDelivery = (database: Database, mailbox: number): string =>
  String(database.statement('SELECT deliver_meeting_requests AS choice FROM mailbox WHERE id = ?').get(mailbox)?.['choice'] ?? '');

/** Sets to whom meeting requests for a mailbox go. */
export const setMeetingDelivery = (database: Database, mailbox: number, choice: string): void =>
  void database.statement('UPDATE mailbox SET deliver_meeting_requests = ? WHERE id = ?').run(choice, mailbox);
