/**
 * What the config nodes own and what the working nodes are built from. The nodes in `nodes/` only translate between
 * Node-RED and these interfaces.
 */
import type { ExchangeConnection } from '../exchange/connection';
import type { ErpDatabase } from '../erp/store';
import type { Employee } from '../model/employee';
import type { SyncError } from '../model/error';
import type { FirstRunSettings } from '../model/first-run';
import type { Kind } from '../model/kind';
import type { SyncMessage } from '../model/message';
import type { MailboxLocks } from './mailbox-locks';
import type { Directory } from './directory';
import type { FirstRunStatus } from './first-run/report';
import type { Health } from './health';
import type { Signal } from './signal';

/** An open ERP database with what the nodes of one flow share. */
export interface TenantRuntime {
  /** Name of the erp-config. */
  readonly name: string;
  /** This process and erp-config, owner of the leases. */
  readonly instance: string;
  readonly database: ErpDatabase;
  /** Milliseconds a message may stay in the flow before its row is opened again. */
  readonly leaseMs: number;
  /** After so many attempts that count a row becomes `failed`. */
  readonly maxAttempts: number;
  /** Employees and activity types, read at most every few seconds. */
  readonly directory: Directory;
  /** In-nodes of this tenant by a key of their own, for "synchronise now" and the status. */
  readonly feeds: Map<string, { readonly feed: Feed; readonly status: FeedStatus }>;
  /** Raised when rows ended or became due: in-nodes look for work. */
  readonly workWaiting: Signal;
}

/** An Exchange connection with what the nodes of one flow share. */
export interface ExchangeRuntime {
  /** Name of the ews-config: the key of links, folder states and inbound rows. */
  readonly name: string;
  readonly connection: ExchangeConnection;
  /** A mailbox is either read or written, so that our own write is never taken for someone's change. */
  readonly locks: MailboxLocks;
  /** Whether this connection serves an employee (setting `employees`: e-mail patterns). */
  readonly serves: (employee: Employee) => boolean;
  /** Tells how long to wait after failures, and whether a failure is news. */
  readonly health: Health;
  /** How many items go into one request. */
  readonly batchSize: number;
  /** Asked before an item is written to Exchange. */
  readonly writeGates: Set<WriteGate>;
}

/**
 * Whether an in-node holds an item back: a new one as long as its first synchronisation may yet find an equal one in Exchange, every one as
 * long as the links of a folder lead into another mailbox than the employee's. An error: what keeps the mailbox from being looked at.
 */
export type WriteGate = (employee: Pick<Employee, 'id' | 'email'>, kind: Kind, isNew: boolean) => 'open' | 'held' | SyncError;

/** What an in-node is doing, for its status. */
export type FeedStatus =
  | { readonly state: 'connecting' }
  /** Everything works; `mailboxes` watched or employees served, `inFlight` messages on the wires. */
  | {
      readonly state: 'running';
      readonly mailboxes: number;
      readonly inFlight: number;
      readonly failedMailboxes: number;
      /** One of the failed mailboxes does not heal by itself. */
      readonly needsPerson: boolean;
      /** First synchronisations under way; null when there are none. */
      readonly firstRun: FirstRunStatus | null;
    }
  /** Waits and tries again by itself. */
  | { readonly state: 'waiting'; readonly error: SyncError; readonly retryInMs: number }
  | { readonly state: 'stopped' };

/** How an in-node tells its surroundings what happens. */
export interface FeedEvents {
  readonly emit: (message: SyncMessage) => void;
  readonly status: (status: FeedStatus) => void;
  /** A failure that someone may want to catch; told once per cause. `message` where one item is concerned. */
  readonly error: (error: SyncError, message: SyncMessage | null) => void;
}

/** A running in-node. */
export interface Feed {
  /** Starts; returns at once. */
  readonly start: () => void;
  /** Ends within 15 s; messages on the wires keep their leases. */
  readonly stop: () => Promise<void>;
  /** Looks for changes now, of one employee or all. */
  readonly synchroniseNow: (employeeId: string | null) => Promise<void>;
  /** Starts first synchronisations anew; the number of folders. Null where the in-node reads no mailboxes. */
  readonly startFirstRuns: ((request: FirstRunRequest) => Promise<number>) | null;
}

/** Whose first synchronisation is to be started, and how; `null`: all that the in-node serves. */
export interface FirstRunRequest {
  readonly employeeIds: readonly string[] | null;
  readonly kinds: readonly Kind[] | null;
  readonly settings: FirstRunSettings;
}

/** Where `conflict-resolve` sends a message. */
export interface Resolution {
  readonly output: 'write' | 'conflict' | 'nothing';
  readonly message: SyncMessage;
  /** Note that the row got, or will get; for the status. */
  readonly note: string;
}

/** What a writer did with one message. */
export interface WriteReport {
  readonly message: SyncMessage;
  /** `waiting`: the row was given back and comes again (the target changed, or the server asked to wait). */
  readonly state: 'done' | 'waiting';
  readonly note: string;
}

/** A node that decides or writes one message at a time; batching happens inside. Rejects with a SyncError after the journal row was dealt with. */
export interface Resolver {
  readonly resolve: (message: SyncMessage) => Promise<Resolution>;
}
/** See Resolver. */
export interface Writer {
  readonly write: (message: SyncMessage) => Promise<WriteReport>;
  /** Waits for the batches under way. */
  readonly stop: () => Promise<void>;
}
