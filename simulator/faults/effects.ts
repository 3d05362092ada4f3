import { EwsError } from '../errors';
import type { Database } from '../storage/database';
import { loseSyncStates, renewIds } from '../storage/generations';
import { findMailbox } from '../storage/mailboxes';
import type { Subscriptions } from '../notifications/subscriptions';

/** What can happen to a mailbox all at once. */
export const mailboxEffects = ['loseSyncStates', 'loseSubscriptions', 'renewIds'] as const;
export type MailboxEffect = (typeof mailboxEffects)[number];

/** What the effects work on. */
export interface MailboxStore {
  readonly database: Database;
  readonly subscriptions: Subscriptions;
}

/** Lets something happen to a mailbox. New ids cost the sync states and the subscriptions, too, as a migration does. */
export function strikeMailbox({ database, subscriptions }: MailboxStore, effect: MailboxEffect, address: string): void {
  const mailbox = findMailbox(database, address);
  if (!mailbox) throw new EwsError('ErrorNonExistentMailbox');
  if (effect === 'loseSyncStates') loseSyncStates(database, mailbox.id);
  if (effect === 'renewIds') renewIds(database, mailbox.id);
  if (effect !== 'loseSyncStates') subscriptions.closeMailbox(mailbox.id);
}
