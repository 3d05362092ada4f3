/** The journal: one row per change that has to reach the other side ("synchronisation data", design section 2). */
import type { Direction, Kind, Operation } from './kind';

/** `open → leased → done | skipped | conflict | failed`; `open` again by `reopen` or when a lease ends. */
export const journalStates = ['open', 'leased', 'done', 'skipped', 'conflict', 'failed'] as const;
/** State of a journal row. */
export type JournalState = (typeof journalStates)[number];
/** States after which nothing happens any more by itself. */
export type EndState = 'done' | 'skipped' | 'conflict' | 'failed';

/**
 * What a row is about: an item's change, or `connect`: a mailbox or connection that cannot be reached, kept as a row
 * so that the list of synchronisation data shows it (it is closed when the mailbox answers again).
 */
export type JournalOperation = Operation | 'connect';

/** One row of `sync_journal`. Times are UTC instants. */
export interface JournalEntry {
  readonly id: number;
  readonly direction: Direction;
  readonly kind: Kind;
  readonly operation: JournalOperation;
  readonly employeeId: string;
  /** Exchange connection; null on outbound rows, which are written by triggers or collected. */
  readonly connection: string | null;
  readonly erpId: string | null;
  readonly exchangeId: string | null;
  readonly state: JournalState;
  /** How often the row was leased. */
  readonly attempt: number;
  /** Result or cause, for a person; never an item's content. */
  readonly note: string | null;
  /** Stable code that goes with the note, such as `echo` or `mailbox-not-found`. */
  readonly noteCode: string | null;
  readonly leaseOwner: string | null;
  readonly leaseUntil: string | null;
  /** Not claimed before this instant; null: at once. Of a row that ended `outside-window`: when it is opened again; null: never. */
  readonly notBefore: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** How a row ends. */
export interface JournalOutcome {
  readonly state: EndState;
  readonly note: string;
  readonly noteCode: string;
  /** Both versions of a conflict and the lost side of a decided one, as JSON; null otherwise. */
  readonly details?: unknown;
  /** The row's item is looked at again by a row of its own, on the side that it tells of. */
  readonly looksAgain?: boolean;
  /** Instant with milliseconds from which on the row is opened again by itself, see `SyncStore.reopenDue`; left out: never. */
  readonly comesAgainAt?: string;
}
