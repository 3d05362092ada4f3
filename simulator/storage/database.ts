import { randomBytes } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { bringUpToDate } from './schema';

/** A change of an item that subscriptions hear of, once it is committed. Item and folder are numbers of the store. */
export interface ItemEvent {
  readonly kind: FolderEvent['kind'] | 'NewMailEvent' | 'FreeBusyChangedEvent';
  readonly mailbox: number;
  readonly folder: number;
  readonly item: number;
  readonly sequence: number;
  readonly time: string;
  readonly from?: { readonly folder: number; readonly item: number };
}

/** A change of a folder itself: `folder` was created, changed, moved, copied or deleted in `parent`; `from` says where it came from. */
export interface FolderEvent {
  readonly kind: 'CreatedEvent' | 'ModifiedEvent' | 'DeletedEvent' | 'MovedEvent' | 'CopiedEvent';
  readonly mailbox: number;
  readonly folder: number;
  readonly parent: number;
  readonly sequence: number;
  readonly time: string;
  readonly from?: { readonly folder: number; readonly parent: number };
}

/** What happens in a store; the event of an item has an `item`, that of a folder has none. */
export type StoreEvent = ItemEvent | FolderEvent;

/** The open store: one SQLite database, statements by their text, and the sequence that numbers every change of any item. */
export interface Database {
  /** Bytes that mark ids and states as this store's own. */
  readonly key: string;
  /** Prepares once, then reuses. */
  readonly statement: (sql: string) => StatementSync;
  /** The next number of the change sequence. */
  readonly nextSequence: () => number;
  /** The number of the last change. */
  readonly lastSequence: () => number;
  /** Runs in one transaction (or, inside another, a savepoint): an error undoes all of it. */
  readonly transaction: <Result>(work: () => Result) => Result;
  /** Tells the listeners of a change as soon as the running transaction is committed. */
  readonly record: (event: StoreEvent) => void;
  /** Hears of committed changes until the returned function is called. */
  readonly listen: (listener: (events: readonly StoreEvent[]) => void) => () => void;
  readonly close: () => void;
}

const storeKey = (sqlite: DatabaseSync): string => {
  sqlite.prepare("INSERT OR IGNORE INTO meta VALUES ('key', ?)").run(randomBytes(8).toString('hex'));
  return String(sqlite.prepare("SELECT value FROM meta WHERE name = 'key'").get()?.['value']);
};

const mostStatements = 500;

/** Opens (and creates) the store in a file, or in memory without one. Committed work survives a killed process. */
export function openDatabase(file?: string): Database {
  const sqlite = new DatabaseSync(file ?? ':memory:');
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  bringUpToDate(sqlite);
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? sqlite.prepare(sql);
    // Searches are worded by clients: without a bound their statements would pile up.
    if (statements.size >= mostStatements) statements.clear();
    statements.set(sql, known);
    return known;
  };
  const tables = ['item', 'tombstone', 'folder', 'folder_past'];
  const highest = statement(`SELECT max(${tables.map((table) => `(SELECT coalesce(max(sequence), 0) FROM ${table})`).join(', ')}) AS last`);
  let sequence = Number(highest.get()?.['last'] ?? 0);
  let depth = 0;
  let pending: StoreEvent[] = [];
  const listeners = new Set<(events: readonly StoreEvent[]) => void>();

  const publish = (): void => {
    const events = pending;
    pending = [];
    if (events.length > 0) for (const listener of [...listeners]) listener(events);
  };

  const transaction = <Result>(work: () => Result): Result => {
    const name = `level${depth}`;
    sqlite.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${name}`);
    const outer = depth === 0;
    const recorded = pending.length;
    depth += 1;
    try {
      const result = work();
      sqlite.exec(outer ? 'COMMIT' : `RELEASE ${name}`);
      if (outer) setImmediate(publish);
      return result;
    } catch (error) {
      sqlite.exec(outer ? 'ROLLBACK' : `ROLLBACK TO ${name}`);
      if (!outer) sqlite.exec(`RELEASE ${name}`);
      pending = pending.slice(0, recorded);
      throw error;
    } finally {
      depth -= 1;
    }
  };

  return {
    key: storeKey(sqlite),
    statement,
    nextSequence: () => (sequence += 1),
    lastSequence: () => sequence,
    transaction,
    record: (event) => void pending.push(event),
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      sqlite.close();
    },
  };
}
