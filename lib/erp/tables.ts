/** The tables as Kysely sees them: the reference ERP schema and the sync tables. SQLite keeps flags as 0 and 1. */
import type { Generated } from 'kysely';
import type { FreeBusy, Sensitivity, TaskStatus } from '../model/item';
import type { JournalOperation, JournalState } from '../model/journal';
import type { Direction, Kind } from '../model/kind';
import type { LinkState } from '../model/link';

/** A primary key of the ERP; text towards the outside. */
export type Key = string | number;

/** Author and time of creation and change; UTC instants. */
interface Stamps {
  created_at: Generated<string | null>;
  created_by: string | null;
  updated_at: Generated<string | null>;
  updated_by: string | null;
}

/** `employee`. */
export interface EmployeeTable {
  id: Key;
  name: string;
  email: string | null;
  active: number;
}

/** `activity_type`. */
export interface ActivityTypeTable {
  id: Key;
  no: Key;
  description: string;
  colour: string | null;
}

/** `appointment`. `start_at`, `end_at`: local times. */
export interface AppointmentTable extends Stamps {
  id: Generated<Key>;
  employee_id: Key;
  subject: string;
  body: string | null;
  location: string | null;
  start_at: string;
  end_at: string;
  all_day: number | null;
  time_zone: string | null;
  reminder_minutes: number | null;
  free_busy: FreeBusy | null;
  sensitivity: Sensitivity | null;
  priority: number | null;
  activity_type_id: Key | null;
  /** Separated by `; `. */
  categories: string | null;
  recurrence_rule: string | null;
}

/** `appointment_participant`: employees besides the one in charge. */
export interface AppointmentParticipantTable {
  appointment_id: Key;
  employee_id: Key;
}

/** `task`. `completed_at`, `reminder_at`: local times. */
export interface TaskTable extends Stamps {
  id: Generated<Key>;
  employee_id: Key;
  subject: string;
  body: string | null;
  start_date: string | null;
  due_date: string | null;
  status: TaskStatus | null;
  percent_complete: number | null;
  completed_at: string | null;
  reminder_at: string | null;
  sensitivity: Sensitivity | null;
  priority: number | null;
  activity_type_id: Key | null;
  categories: string | null;
}

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
}

/** `sync_folder_state`. */
export interface FolderStateTable {
  connection: string;
  employee_id: string;
  kind: Kind;
  sync_state: string;
  updated_at: string;
}

/** `sync_writing`: the employee on whose behalf the current transaction writes (decision 0002). */
export interface WritingTable {
  employee_id: string;
}

/** All tables. */
export interface Tables {
  employee: EmployeeTable;
  activity_type: ActivityTypeTable;
  appointment: AppointmentTable;
  appointment_participant: AppointmentParticipantTable;
  task: TaskTable;
  sync_journal: JournalTable;
  sync_link: LinkTable;
  sync_folder_state: FolderStateTable;
  sync_writing: WritingTable;
}
