/**
 * Port to one ERP database (tenant): its records, and the sync tables that live beside them.
 *
 * Times are UTC instants as ISO text unless said otherwise, ids are text. Methods reject with a SyncError:
 * `erp-locked`, `erp-unreachable` (scope `connection`), `erp-schema-missing`, `erp-version-too-new` (scope `configuration`),
 * `erp-refused` (scope `item`: the database refused this record, for example a constraint).
 */
import type { ActivityType } from '../model/activity-type';
import type { Employee } from '../model/employee';
import type { EmployeeOptions, KindOptions } from '../model/employee-options';
import type { SyncError } from '../model/error';
import type { FirstRun, FirstRunCounts, FirstRunSettings, FirstRunState } from '../model/first-run';
import type { ErpEntry, ErpRecord, ExchangeItem, Fields } from '../model/item';
import type { EndState, JournalEntry, JournalOutcome, JournalState } from '../model/journal';
import type { Direction, Kind, Operation } from '../model/kind';
import type { Link, LinkDecision, NewLink } from '../model/link';

export type { ActivityType };

/** Hears of a record that is there and cannot be read (`erp-value-unreadable`); it is then left out, and the others are read. */
export type TellUnreadable = (id: string, error: SyncError) => void;

/** Reads the ERP's own tables. Without `tellUnreadable` an unreadable record rejects the call. */
export interface ErpRecords {
  employees(): Promise<readonly Employee[]>;
  activityTypes(): Promise<readonly ActivityType[]>;
  /** Records by key; what does not exist is left out. */
  read(kind: Kind, ids: readonly string[], tellUnreadable?: TellUnreadable): Promise<readonly ErpEntry[]>;
  /**
   * Records of an employee that may touch the window: single appointments that overlap it, every series, every task.
   * `from`, `to`: local times of the tenant.
   */
  listWindow(kind: Kind, employeeId: string, from: string, to: string, tellUnreadable?: TellUnreadable): Promise<readonly ErpEntry[]>;
  /**
   * The record as reading would give it after it was written: without what the ERP has no column for, in the precision and the codes that
   * its columns have. Pure.
   */
  asStored(record: ErpRecord): ErpRecord;
}

/** Inbound changes of one folder page; stored with the folder's new sync state in one transaction. */
export interface InboundPage {
  readonly connection: string;
  readonly employeeId: string;
  readonly kind: Kind;
  /** Address of the mailbox that was read. */
  readonly mailbox: string;
  readonly syncState: string;
  readonly changes: readonly { readonly operation: Operation; readonly exchangeId: string; readonly changeKey: string | null }[];
  /** The employee's ERP records that have neither a link nor a row, all or these, are queued outbound in the same transaction. */
  readonly records?: 'unlinked' | readonly string[];
  /** Equal items of both sides: they are linked in the same transaction. */
  readonly pairs?: readonly PairToLink[];
  /** Items that were found again under new ids: their links are moved to them in the same transaction. */
  readonly relinked?: readonly Relinked[];
  /** The first synchronisation that the page is part of; its end when it is the last. Rejects with `first-run-stopped` when it was stopped. */
  readonly run?: { readonly id: number; readonly left: FirstRunCounts['left']; readonly last: boolean };
  /** Items of links that the folder's state is now known to cover: their deletion will be told from here on. */
  readonly listed?: readonly string[];
}

/**
 * Two items that are one, and the directions in which rows are queued for it. Should one of the two have been linked meanwhile, the Exchange
 * item is queued like any other.
 */
export interface PairToLink {
  readonly link: NewLink & { readonly exchangeId: string };
  readonly inbound: boolean;
  readonly outbound: boolean;
}

/**
 * A link whose item has a new id. Should the link have moved on, or the deletion of the item be on its way to the ERP already, the link is
 * left alone; the rows of a page then tell of the new item and of the end of the old one.
 */
export interface Relinked {
  readonly linkId: number;
  /** The version of the link that was read. */
  readonly version: number;
  readonly oldExchangeId: string;
  readonly exchangeId: string;
  /** Unseen when the item differs from the link's base; it is then queued inbound. */
  readonly changeKey: string;
}

/** What is known of the links of a folder when it has to be listed anew, or its mailbox has another address. */
export interface Relisting {
  readonly connection: string;
  readonly employeeId: string;
  readonly kind: Kind;
  readonly mailbox: string;
  readonly relinked: readonly Relinked[];
  /** Exchange ids of links whose items are not there: nobody asks for them any more as for items that were never listed. */
  readonly missing: readonly string[];
  /** Links into another mailbox: they are removed, and their records queued outbound. */
  readonly left: readonly Pick<Link, 'id' | 'version' | 'erpId'>[];
  /** Whether the folder's state goes on to hold. */
  readonly keepState: boolean;
}

/** The mailbox that the state of a folder belongs to, null where nobody noted it. */
export interface FolderMailbox extends Folder {
  readonly mailbox: string | null;
}

/** A mailbox folder. */
export interface Folder {
  readonly employeeId: string;
  readonly kind: Kind;
}

/** Which first synchronisations to list. */
export interface FirstRunFilter {
  readonly connection?: string;
  readonly states?: readonly FirstRunState[];
  /** Only those that were not told of yet. */
  readonly unreported?: boolean;
}

/** First synchronisations (requirement S6): one run a folder and connection. */
export interface FirstRunStore {
  /** A run that waits for each of the folders that has neither a state nor a run; a folder that lost its state gets the settings of its last run. */
  plan(connection: string, folders: readonly Folder[], settings: FirstRunSettings): Promise<void>;
  /** Runs anew, in place of those under way: what is linked stays linked. */
  restart(connection: string, folders: readonly Folder[], settings: FirstRunSettings): Promise<void>;
  /** Begins a waiting run and forgets its folder's state; false when it does not wait any more. */
  begin(id: number): Promise<boolean>;
  /** Oldest first. */
  list(filter: FirstRunFilter): Promise<readonly FirstRun[]>;
  /** How many rows of each running run have not ended, by the run's id; runs without any are left out. */
  unfinishedRows(): Promise<ReadonlyMap<number, number>>;
  /** Ends running runs with what became of their rows. */
  finish(ids: readonly number[]): Promise<void>;
  /** Notes that runs were told of. */
  reported(ids: readonly number[]): Promise<void>;
}

/** What to claim. */
export interface ClaimRequest {
  readonly direction: Direction;
  readonly kinds: readonly Kind[];
  /** Inbound: rows of this connection only. */
  readonly connection?: string;
  readonly instance: string;
  readonly limit: number;
  readonly leaseMs: number;
}

/** A claimed row: the newest of its item; older open rows of the same item were closed as superseded. */
export interface ClaimedEntry {
  readonly entry: JournalEntry;
  readonly link: Link | null;
}

/** New state of a link after a write. */
export interface LinkUpdate {
  readonly id: number;
  /** The version that the writer knew. */
  readonly version: number;
  readonly erpBase: ErpRecord;
  readonly exchangeBase: ExchangeItem;
  readonly exchangeId: string;
  readonly changeKey: string;
  /** Left out: as it was. */
  readonly meetingRole?: Link['meetingRole'];
}

/** One change to carry out in the ERP; record, link and journal row are written in one transaction. */
export interface InboundWrite {
  readonly journalId: number;
  readonly instance: string;
  readonly outcome: JournalOutcome;
  readonly kind: Kind;
  readonly employeeId: string;
  readonly action:
    /** `link.erpId` is filled in by the store from the new key. */
    | { readonly type: 'create'; readonly record: ErpRecord; readonly link: Omit<NewLink, 'erpId'> }
    | { readonly type: 'update'; readonly erpId: string; readonly changes: Fields; readonly expected: ErpRecord; readonly link: LinkUpdate }
    /** `version`: of the link when the deletion was decided; a link that moved on, perhaps to another item, keeps its record. */
    | { readonly type: 'delete'; readonly erpId: string; readonly expected: ErpRecord; readonly linkId: number; readonly version: number };
}

/** Outcome of one inbound write. `changed`: record or link is no longer what was expected, nothing was written. */
export type InboundResult =
  | { readonly status: 'written'; readonly erpId: string }
  | { readonly status: 'changed' }
  | { readonly status: 'failed'; readonly error: SyncError };

/** End of one row without a write to the ERP's tables, with what happens to the link. */
export interface Closing {
  readonly journalId: number;
  readonly instance: string;
  readonly outcome: JournalOutcome;
  readonly link:
    | { readonly type: 'keep' }
    /** The row waits for a person: an older one of the link that does ends as superseded. */
    | { readonly type: 'park'; readonly linkId: number }
    /** `moved`: the item was found under another id than the link's. */
    | { readonly type: 'update'; readonly update: LinkUpdate; readonly moved?: true }
    /** `version`: as of a deletion, see `InboundWrite`. */
    | { readonly type: 'remove'; readonly linkId: number; readonly version: number };
  /** Rows to be queued in the same transaction. */
  readonly enqueue?: readonly NewEntry[];
  /** Options that left the item out. When the employee has others by now the row is left as it is: what they let through opens ended rows only. */
  readonly judgedBy?: JudgedBy;
}

/** Options of an employee and kind by which a row was judged. */
export interface JudgedBy {
  readonly employeeId: string;
  readonly kind: Kind;
  readonly options: KindOptions;
}

/** A row to be queued. */
export interface NewEntry {
  readonly direction: Direction;
  readonly kind: Kind;
  readonly operation: Operation;
  readonly employeeId: string;
  readonly connection: string | null;
  readonly erpId: string | null;
  readonly exchangeId: string | null;
}

/** Which rows to list; newest first. */
export interface JournalFilter {
  readonly states?: readonly JournalState[];
  readonly employeeId?: string;
  readonly kind?: Kind;
  readonly direction?: Direction;
  readonly noteCode?: string;
  /** At most so many, default 100, limit 1000. */
  readonly limit?: number;
  /** Only rows with a smaller id, for paging. */
  readonly before?: number;
}

/** What became of a look for changes in an ERP without triggers. */
export interface Collected {
  /** Rows that were queued. */
  readonly queued: number;
  /** What a person has to know, told once: deletions that are held, a history that was cut. */
  readonly notices: readonly SyncError[];
}

/** An employee's options of a kind as they are stored, to be read with `readEmployeeOptions`. */
export interface StoredOptions {
  readonly employeeId: string;
  readonly kind: Kind;
  readonly options: unknown;
}

/** What a change of options does to rows of one kind and direction. */
export interface OptionEffect {
  readonly kind: Kind;
  readonly direction: Direction;
  /** Rows that options ended with these codes are opened again. */
  readonly reopen: readonly string[];
  /** Rows that ask about a removal are opened again, because the items travel. */
  readonly settle: boolean;
  /** Links about whose removal from the other side a person is asked, with the row's note. */
  readonly ask: { readonly links: readonly Link[]; readonly note: string } | null;
}

/** Numbers of rows that a change of options opened, opened instead of asking, and parked. */
export interface OptionEffects {
  readonly reopened: number;
  readonly settled: number;
  readonly asked: number;
}

/** How many rows of an employee and kind are in a state. */
export interface EmployeeCount {
  readonly employeeId: string;
  readonly kind: Kind;
  readonly state: JournalState;
  readonly noteCode: string | null;
  readonly count: number;
}

/** What the guard judges by. */
export interface DeletionCounts {
  /** Waiting or on their way, of items that are linked; released ones are not counted. */
  readonly queued: number;
  readonly held: number;
  /** Carried out, of rows that were written since. */
  readonly done: number;
  readonly links: number;
}

/** A mailbox or connection that cannot be reached. */
export interface Problem {
  readonly connection: string;
  readonly employeeId: string;
  readonly kind: Kind;
  readonly code: string;
  readonly text: string;
}

/** What a write is about to overwrite, see `SyncStore.keepDetails`. */
export interface KeptDetails {
  readonly journalId: number;
  readonly details: object;
}

/** The sync tables of one ERP database. */
export interface SyncStore {
  /** The tenant's IANA time zone, in which ERP local times are read. */
  readonly timeZone: string;

  /** Stored sync state of a folder, null before its first synchronisation. */
  folderState(connection: string, employeeId: string, kind: Kind): Promise<string | null>;
  /** Forgets the state after `sync-state-invalid`: the next synchronisation lists everything and compares. */
  resetFolderState(connection: string, employeeId: string, kind: Kind): Promise<void>;
  /** Which mailboxes the states of a connection's folders belong to. */
  folderMailboxes(connection: string): Promise<readonly FolderMailbox[]>;
  /** Moves, keeps and removes the links of a folder in one transaction. */
  relist(relisting: Relisting): Promise<void>;
  /** First synchronisations. */
  readonly firstRuns: FirstRunStore;
  /** Keys of the employee's records in the filter that have no link. */
  unlinkedRecords(employeeId: string, kind: Kind): Promise<readonly string[]>;
  /** Writes rows and state in one transaction. */
  appendInbound(page: InboundPage): Promise<void>;
  /** Exchange ids of finished links of a folder that no list of changes has told of yet: items that the sync created. */
  unlistedItems(connection: string, employeeId: string, kind: Kind): Promise<readonly string[]>;
  /** Links by Exchange id, for echo suppression. */
  linksByExchangeId(connection: string, exchangeIds: readonly string[]): Promise<readonly Link[]>;
  /** Links by sync id, to tell copies and to complete pending ones. */
  linksBySyncId(syncIds: readonly string[]): Promise<readonly Link[]>;
  /** All active and pending links of an employee. */
  linksOfEmployee(employeeId: string, kind: Kind): Promise<readonly Link[]>;

  /** Queues what changed in an ERP that has no triggers. Does nothing with triggers, or before its interval is over. */
  collectChanges(): Promise<Collected>;
  /** Leases open rows: newest per item, oldest item first, no item of which another row is leased, none before its `notBefore`. */
  claim(request: ClaimRequest): Promise<readonly ClaimedEntry[]>;
  /**
   * Queues rows and leases them at once: for messages that do not come from an in-node. A row whose item is leased already stays open
   * and is left out of the answer.
   */
  appendLeased(entries: readonly NewEntry[], instance: string, leaseMs: number): Promise<readonly ClaimedEntry[]>;
  /** How many rows of a direction (and, inbound, connection) this instance holds. */
  leasedCount(instance: string, direction: Direction, connection: string | null): Promise<number>;
  /** Those of the Exchange ids that have an open or leased inbound row. */
  unfinishedExchangeIds(connection: string, exchangeIds: readonly string[]): Promise<readonly string[]>;
  /** Those of the Exchange ids whose deletion the journal knows of, whatever became of it. */
  toldDeletions(connection: string, exchangeIds: readonly string[]): Promise<readonly string[]>;
  /** Those of the items whose newest told deletion gave way to a newer row of the item, which has to see to it. */
  unheededDeletions(connection: string, exchangeIds: readonly string[]): Promise<readonly string[]>;
  /**
   * Gives a row back: open again, not before `waitMs` from now. `counts`: whether the attempt counts towards the limit
   * (an unreachable server does not).
   */
  release(
    journalIds: readonly number[],
    instance: string,
    how: { readonly waitMs: number; readonly counts: boolean; readonly note: string; readonly noteCode: string },
  ): Promise<void>;
  /** Opens rows whose lease ended; those that reached `maxAttempts` become `failed` (`lease-expired`) and are returned. */
  expireLeases(maxAttempts: number): Promise<readonly JournalEntry[]>;
  /** Opens rows that ended with a time at which they come again (`JournalOutcome.comesAgainAt`) once it has come; the number of rows. */
  reopenDue(direction: Direction, kinds: readonly Kind[]): Promise<number>;
  /** Instances that hold leases, run out or not. */
  leaseOwners(): Promise<readonly string[]>;
  /** Opens the rows that another life of this instance had leased, at start. */
  releaseOwn(instance: string): Promise<number>;

  /** Carries out inbound writes; each record, link and row in one transaction, a poison record alone fails. */
  commitInbound(writes: readonly InboundWrite[]): Promise<readonly InboundResult[]>;
  /** Ends rows; false where lease or link moved on, or another link holds the Exchange item (the row is then left as it is). */
  close(closings: readonly Closing[]): Promise<readonly boolean[]>;
  /** Stores pending links before the Exchange items are created; an existing link of the same record and employee is returned instead. */
  savePending(links: readonly NewLink[]): Promise<readonly Link[]>;

  list(filter: JournalFilter): Promise<readonly JournalEntry[]>;
  entry(id: number): Promise<{ readonly entry: JournalEntry; readonly details: unknown } | null>;
  /** Number of rows per direction and state, and the age of the oldest open one in ms; `connect` rows are no work and not counted. */
  counts(): Promise<{
    readonly rows: readonly { readonly direction: Direction; readonly state: JournalState; readonly count: number }[];
    readonly oldestOpenMs: number | null;
  }>;
  /** Opens an ended row again; false when there is none in an end state. */
  reopen(id: number): Promise<boolean>;
  /**
   * Stores what a person decided about the item of a row that waits for him, and opens the row again; a row that was superseded meanwhile
   * stands for its successor. False when nothing of the item waits for a person any more.
   */
  decide(journalId: number, decision: LinkDecision): Promise<boolean>;
  /**
   * Before exceptions of series are written anew in Exchange, which takes several requests and loses them in between: should the service die
   * there, their absence is nobody's edit. Stored as a decision for the ERP's exceptions, where a person has not decided otherwise.
   */
  expectRewrites(linkIds: readonly number[]): Promise<void>;
  /**
   * Before a write to Exchange that overwrites what a person entered there: should its answer be lost, the next attempt finds the item as
   * wanted and knows of no conflict any more. What earlier attempts of the row kept stays in it as `earlier`.
   */
  keepDetails(kept: readonly KeptDetails[]): Promise<void>;
  /** Ends an open, leased or conflicting row by a person's decision; false when it had ended. */
  finish(id: number, state: EndState, note: string): Promise<boolean>;
  /** Makes waiting rows due at once, of one employee or all; the number of rows. */
  hurry(employeeId: string | null): Promise<number>;
  /** Shows a problem as a `connect` row, one per employee, kind and code. True when it is new. */
  noteProblem(problem: Problem): Promise<boolean>;
  /** Ends the problems of a connection's employee, because it answered again; the number of rows. */
  clearProblems(connection: string, employeeId: string): Promise<number>;

  /** Options of all employees for whom they are not the defaults. */
  employeeOptions(): Promise<readonly StoredOptions[]>;
  /** Stores an employee's options of all kinds, and what the change does to rows, in one transaction. */
  saveEmployeeOptions(employeeId: string, options: EmployeeOptions, effects?: readonly OptionEffect[]): Promise<OptionEffects>;
  /** Number of rows that wait for a person. */
  parkedCount(): Promise<number>;
  /** Open and parked rows by employee, kind and code of the note. */
  employeeCounts(): Promise<readonly EmployeeCount[]>;
  /** Those of the rows about whose item a person was asked `removal-held` already, and which did not travel since; their ids. */
  askedRemovals(entries: readonly JournalEntry[]): Promise<readonly number[]>;
  /** Deletions of an employee's items and the links that there are, for the guard. `since`: instant from which carried-out ones count. */
  deletionCounts(employeeId: string, kind: Kind, direction: Direction, since: string): Promise<DeletionCounts>;
  /** Opens held rows again with a person's word that they are carried out, whatever the guard says; the number of rows. */
  releaseHeld(ids: readonly number[]): Promise<number>;
}

/** One ERP database: its records and its sync tables over one connection. */
export interface ErpDatabase {
  /** The kinds that its schema mapping names. */
  readonly kinds: readonly Kind[];
  readonly store: SyncStore;
  readonly records: ErpRecords;
  close(): Promise<void>;
}
