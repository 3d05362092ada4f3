/**
 * Port to a Microsoft Exchange: what the sync asks of it, whichever protocol answers.
 *
 * Every method acts in one employee's mailbox, named by its SMTP address. A batch gives one result per member, in
 * order; a member that fails does not fail the others. What concerns the whole call (server unreachable, login refused,
 * mailbox unknown) rejects with a SyncError of scope `connection`, `login` or `configuration`.
 * Error codes every adapter uses: `server-unreachable`, `server-busy`, `not-xml`, `login-refused`, `certificate-not-trusted`,
 * `mailbox-not-found`, `impersonation-denied`, `sync-state-invalid`, `item-not-found`, `item-changed`, `item-refused`; moreover
 * `access-forbidden`, `setting-invalid` (configuration), `answer-incomplete`, `connection-closed` (connection), `server-error`,
 * `server-timeout`, `folder-unsteady` (retry), `item-not-readable`, `item-kind-unknown`, `text-not-representable`, `time-zone-unknown`, `category-list-unreadable` (item).
 */
import type { MailboxCategory } from '../model/category-colour';
import type { ExchangeEntry, ExchangeItem, Fields } from '../model/item';
import type { Kind } from '../model/kind';
import type { Result } from '../model/result';

/** One change of a folder, without content. */
export type FolderChange =
  | { readonly type: 'create' | 'update'; readonly id: string; readonly changeKey: string }
  | { readonly type: 'delete'; readonly id: string };

/** A page of changes, in the order in which the server told them. */
export interface ChangePage {
  readonly changes: readonly FolderChange[];
  /** To be stored together with the changes; opaque, of any length. */
  readonly syncState: string;
  /** More pages follow. */
  readonly more: boolean;
}

/** Identity of an item after a write. */
export interface ItemIdentity {
  readonly id: string;
  readonly changeKey: string;
}

/** An item to create. */
export interface ItemToCreate {
  readonly item: ExchangeItem;
  /** Null for an item that the sync does not know, such as an imported one: after an unknown outcome it fails instead of being found again. */
  readonly syncId: string | null;
}

/** An item to change. Fails with `item-changed` (scope `retry`) when its change key is no longer `changeKey`. */
export interface ItemToUpdate {
  readonly id: string;
  readonly changeKey: string;
  /** The item as it will be, exceptions included: fields that belong together (start, zone, recurrence) are written together. */
  readonly item: ExchangeItem;
  /** Fields of `item` that changed; only these are written, and what Exchange wants beside them. */
  readonly changes: Fields;
  /** Null for an item that the sync does not know: it gets none. */
  readonly syncId: string | null;
}

/** An item to delete; goes to Deleted Items. */
export interface ItemToDelete {
  readonly id: string;
  /**
   * The item as it was when its deletion was decided: with another change key it is left alone and fails with `item-changed` (scope `retry`).
   * It then bears the sync id, by which it is found in Deleted Items. Left out: it is deleted, whatever it has become.
   */
  readonly expected?: { readonly changeKey: string; readonly syncId: string };
}

/** Where an item with a sync id was found. */
export interface FoundItem extends ItemIdentity {
  readonly syncId: string;
  /** It lies in Deleted Items. */
  readonly deleted: boolean;
}

/** What `watch` tells. Notifications are hints: the truth is `changesSince`. */
export type WatchEvent =
  /** Something changed in this mailbox. */
  | { readonly type: 'changed'; readonly mailbox: string; readonly kind: Kind }
  /** These mailboxes are watched from now on; whatever happened before must be caught up. */
  | { readonly type: 'connected'; readonly mailboxes: readonly string[] }
  /** The stream broke or went silent; it is being opened again. */
  | { readonly type: 'lost'; readonly error: Error; readonly retryInMs: number }
  /** This one mailbox cannot be watched; the others are. */
  | { readonly type: 'mailbox-failed'; readonly mailbox: string; readonly error: Error };

/** One line of a connection check. */
export interface CheckStep {
  /** Key of the step: `address`, `connect`, `login`, `mailbox`, `calendar`, `tasks`, `notifications`. */
  readonly step: string;
  readonly ok: boolean;
  /** English text: what was found or what is wrong; never a secret. */
  readonly text: string;
}

/** A connection to one Exchange. */
export interface ExchangeConnection {
  /** Changes of the mailbox's folder of this kind since `syncState` (null: everything there is). */
  changesSince(mailbox: string, kind: Kind, syncState: string | null): Promise<ChangePage>;
  /** Items by id, bodies and the exceptions of series included. A vanished one fails with `item-not-found`. */
  getMany(mailbox: string, ids: readonly string[]): Promise<readonly Result<ExchangeEntry>[]>;
  /** A series is created without its exceptions: an update brings them once the item is known. */
  createMany(mailbox: string, items: readonly ItemToCreate[]): Promise<readonly Result<ItemIdentity>[]>;
  /**
   * Attendees are never touched, and told only where the connection is set to tell those of the mailbox's own meetings.
   * After the update of a series, all exceptions of `item` hold, and no others; one for which the series has no occurrence is none. It may be
   * repeated after a failure in the middle. The change key is the one after the last request; an empty one says that somebody else changed the
   * series meanwhile, so that it has to be read and compared.
   */
  updateMany(mailbox: string, items: readonly ItemToUpdate[]): Promise<readonly Result<ItemIdentity>[]>;
  /** Deleting what is gone already succeeds. */
  deleteMany(mailbox: string, kind: Kind, items: readonly ItemToDelete[]): Promise<readonly Result<null>[]>;
  /** Items of the folder of this kind and of Deleted Items that carry one of the sync ids. */
  findBySyncId(mailbox: string, kind: Kind, syncIds: readonly string[]): Promise<readonly FoundItem[]>;
  /**
   * All items of the folder that may touch the window: single appointments that overlap it, every series master, every task.
   * `from`, `to`: UTC instants.
   */
  listWindow(mailbox: string, kind: Kind, from: string, to: string): Promise<readonly ExchangeEntry[]>;
  /**
   * Adds the categories that the mailbox does not list yet; one that it lists keeps its colour. Asks nothing when all are known to be there.
   * Fails with `category-list-unreadable` (scope `item`) rather than write over a list that it cannot read.
   */
  ensureCategories(mailbox: string, categories: readonly MailboxCategory[]): Promise<void>;
  /** Watches mailboxes until `signal` aborts; reconnects by itself, never throws for a lost connection. */
  watch(mailboxes: readonly string[], signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** Checks the connection step by step, with a mailbox where one is given; ends with the first failure. */
  check(mailbox: string | null): AsyncIterable<CheckStep>;
  /** A refused login is not repeated for 50 minutes, so that the account is not locked; after this call the next request asks again. */
  tryLoginAgain(): void;
  /** Ends every open request and connection. */
  close(): Promise<void>;
}
