/** The sync tables as Kysely sees them; the ERP's own tables are known by the schema mapping alone (`records/`). */
import type { Generated } from 'kysely';
import type { FirstRunState } from '../model/first-run';
import type { JournalOperation, JournalState } from '../model/journal';
import type { Direction, Kind } from '../model/kind';
import type { Link, LinkState } from '../model/link';

/** `sync_journal`. Times are UTC instants; `not_before` is empty for "at once", so that an index can order by it. */
export interface JournalTable {
  id: Generated<number>;
  direction: Direction;
  kind: Kind;
  operation: JournalOperation;
  employee_id: string;
  connection: string | null;
  erp_id: string | null;
  exchange_id: string | null;
  state: Generated<JournalState>;
  attempt: Generated<number>;
  note: string | null;
  note_code: string | null;
  details: string | null;
  lease_owner: string | null;
  lease_until: string | null;
  not_before: Generated<string>;
  created_at: Generated<string>;
  finished_at: string | null;
}

/** `sync_link`. */
export interface LinkTable {
  id: Generated<number>;
  version: Generated<number>;
  state: LinkState;
  kind: Kind;
  employee_id: string;
  connection: string;
  sync_id: string;
  erp_id: string;
  exchange_id: string | null;
  change_key: string | null;
  /** JSON. */
  erp_base: string;
  /** JSON. */
  exchange_base: string;
  /** 1 when the folder's sync state covers the item. */
  listed: Generated<number>;
  /** When a comparison of keys found the record missing; its deletion is queued or held. */
  gone_at: string | null;
  /** JSON of a `LinkDecision`. */
  decision: string | null;
  meeting_role: Link['meetingRole'];
}

/** `sync_employee`: an employee's options of a kind, where they are not the defaults. */
export interface EmployeeTable {
  employee_id: string;
  kind: Kind;
  /** JSON of `KindOptions`. */
  options: string;
  updated_at: string;
}

/** `sync_run`: first synchronisations. Its rows in the journal are those of employee and kind from `first_entry` to `last_entry`. */
export interface RunTable {
  id: Generated<number>;
  connection: string;
  employee_id: string;
  kind: Kind;
  state: FirstRunState;
  /** JSON of the run's settings. */
  settings: string;
  /** JSON of `FirstRunCounts`. */
  counts: string;
  /** JSON of `FirstRunOutcome`, when it is done. */
  outcome: string | null;
  first_entry: number | null;
  last_entry: number | null;
  created_at: string;
  started_at: string | null;
  /** When everything was listed and queued. */
  listed_at: string | null;
  finished_at: string | null;
  /** When it was told of; null: a report is due when it is done. */
  reported_at: string | null;
}

/** `sync_folder_state`. */
export interface FolderStateTable {
  connection: string;
  employee_id: string;
  kind: Kind;
  sync_state: string;
  updated_at: string;
  /** Address of the mailbox that the state belongs to; null in a database of an earlier version. */
  mailbox: string | null;
}

/** `sync_change_mark`: how far the changes of an ERP without triggers were collected. Times are UTC instants. */
export interface ChangeMarkTable {
  kind: Kind;
  /** Grows with every look; who has not the newest one queues nothing. */
  version: number;
  /** How changes are found; a mark of another source means nothing. */
  source: string;
  mark: string;
  collected_at: string;
  /** When keys were compared last; empty: to be done. */
  compared_at: string;
}

/** `sync_change_seen`: what records looked like that the next look will list again. */
export interface ChangeSeenTable {
  kind: Kind;
  erp_id: string;
  digest: string;
}

/** `sync_writing`: the employee on whose behalf the current transaction writes (decision 0002). */
export interface WritingTable {
  employee_id: string;
}

/** `sync_series`: the rule of a series of which the ERP holds occurrences only. */
export interface SeriesTable {
  kind: Kind;
  erp_id: string;
  recurrence_rule: string;
  /** IANA zone; null: the tenant's. */
  time_zone: string | null;
  /** Local time of the tenant before which all occurrences are written. */
  expanded_until: string | null;
}

/** `sync_occurrence`: which row is which occurrence of such a series; under an empty start the series itself. */
export interface OccurrenceTable {
  kind: Kind;
  erp_id: string;
  original_start: string;
  row_key: string | null;
  /** JSON. */
  content: string | null;
  /** When a comparison found the row missing. */
  gone_at: string | null;
}

/** All tables. */
export interface Tables {
  sync_journal: JournalTable;
  sync_link: LinkTable;
  sync_folder_state: FolderStateTable;
  sync_series: SeriesTable;
  sync_occurrence: OccurrenceTable;
  sync_change_mark: ChangeMarkTable;
  sync_change_seen: ChangeSeenTable;
  sync_employee: EmployeeTable;
  sync_run: RunTable;
  sync_writing: WritingTable;
}
