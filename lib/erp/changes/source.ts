/** Where the changes of one kind are read from: a change stamp, or Change Tracking. */
import type { Kysely } from 'kysely';
import type { Tables } from '../tables';

/** A record whose key is listed as changed, or a row of an occurrence, which stands for its series (see `occurrences.ts`). */
export interface Changed {
  readonly erpId: string;
  /** The ERP itself says that it was deleted; otherwise a record that cannot be found may have been. */
  readonly deleted: boolean;
}

/** A way to learn of changes. A mark is text that only its source understands. */
export interface ChangeSource {
  /** Names the way and its column: marks of another source mean nothing. */
  readonly name: string;
  /** The mark of now: nothing before it is news. */
  readonly start: (db: Kysely<Tables>) => Promise<string>;
  /** Whether what happened since the mark is still known. Asked before and after listing: the server forgets when it likes. */
  readonly isKnown: (db: Kysely<Tables>, mark: string) => Promise<boolean>;
  /**
   * The mark that the next look begins from, and whether there may be anything to list. Asked before anything is listed, so that what
   * changes meanwhile is listed by the next look, too.
   */
  readonly next: (db: Kysely<Tables>, mark: string) => Promise<{ readonly mark: string; readonly anything: boolean }>;
  /** Keys of records that changed since the mark, in an order of the server's: a page; null: the first. */
  readonly changed: (db: Kysely<Tables>, mark: string, after: string | null, limit: number) => Promise<readonly Changed[]>;
}
