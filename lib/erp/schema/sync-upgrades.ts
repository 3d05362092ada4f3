/** How a SQLite file comes from each earlier version of the sync tables to the next. A released version is never edited, a new one is added. */

const utcNow = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
const waitingWork = "state = 'open' AND operation <> 'connect'";

const version1 = [
  `CREATE TABLE sync_journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  kind TEXT NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('create', 'update', 'delete', 'connect')),
  employee_id TEXT NOT NULL,
  connection TEXT NULL,
  erp_id TEXT NULL,
  exchange_id TEXT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'leased', 'done', 'skipped', 'conflict', 'failed')),
  attempt INTEGER NOT NULL DEFAULT 0,
  note TEXT NULL,
  note_code TEXT NULL,
  details TEXT NULL,
  lease_owner TEXT NULL,
  lease_until TEXT NULL,
  not_before TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL DEFAULT (${utcNow}),
  finished_at TEXT NULL
)`,
  // What is open or leased is a small part of the table: claiming costs the batch, however long the history is.
  `CREATE INDEX sync_journal_outbound_waiting ON sync_journal (kind, not_before, id) WHERE direction = 'outbound' AND ${waitingWork}`,
  `CREATE INDEX sync_journal_inbound_waiting ON sync_journal (connection, kind, not_before, id) WHERE direction = 'inbound' AND ${waitingWork}`,
  `CREATE INDEX sync_journal_outbound_item ON sync_journal (employee_id, kind, erp_id)
  WHERE direction = 'outbound' AND (state = 'open' OR state = 'leased')`,
  `CREATE INDEX sync_journal_inbound_item ON sync_journal (connection, exchange_id)
  WHERE direction = 'inbound' AND (state = 'open' OR state = 'leased')`,
  "CREATE INDEX sync_journal_leased ON sync_journal (lease_until) WHERE state = 'leased'",
  'CREATE INDEX sync_journal_state ON sync_journal (state, direction)',
  `CREATE UNIQUE INDEX sync_journal_problem ON sync_journal (connection, employee_id, kind, note_code)
  WHERE operation = 'connect' AND state = 'open'`,
  `CREATE TABLE sync_link (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  version INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL CHECK (state IN ('pending', 'active')),
  kind TEXT NOT NULL,
  employee_id TEXT NOT NULL,
  connection TEXT NOT NULL,
  sync_id TEXT NOT NULL UNIQUE,
  erp_id TEXT NOT NULL,
  exchange_id TEXT NULL,
  change_key TEXT NULL,
  erp_base TEXT NOT NULL,
  exchange_base TEXT NOT NULL,
  UNIQUE (connection, exchange_id),
  UNIQUE (employee_id, kind, erp_id)
)`,
  'CREATE INDEX sync_link_record ON sync_link (kind, erp_id)',
  `CREATE TABLE sync_folder_state (
  connection TEXT NOT NULL,
  employee_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  sync_state TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (connection, employee_id, kind)
)`,
  'CREATE TABLE sync_writing (employee_id TEXT NOT NULL)',
];

/** Whether the sync state of the item's folder covers it, see decision 0005. Links of version 1 are looked up once. */
const version2 = [
  'ALTER TABLE sync_link ADD COLUMN listed INTEGER NOT NULL DEFAULT 0',
  `CREATE INDEX sync_link_unlisted ON sync_link (connection, employee_id, kind) WHERE listed = 0 AND state = 'active'`,
];

/** Series of an ERP that holds occurrences only, and an ERP without triggers. A printed script may have made the new tables already. */
const version3 = [
  'ALTER TABLE sync_link ADD COLUMN gone_at TEXT NULL',
  `CREATE TABLE IF NOT EXISTS sync_series (
  kind TEXT NOT NULL,
  erp_id TEXT NOT NULL,
  recurrence_rule TEXT NOT NULL,
  time_zone TEXT NULL,
  expanded_until TEXT NULL,
  CONSTRAINT sync_series_key PRIMARY KEY (kind, erp_id)
)`,
  `CREATE TABLE IF NOT EXISTS sync_change_mark (
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  source TEXT NOT NULL,
  mark TEXT NOT NULL,
  collected_at TEXT NOT NULL,
  compared_at TEXT NOT NULL,
  CONSTRAINT sync_change_mark_key PRIMARY KEY (kind)
)`,
  `CREATE TABLE IF NOT EXISTS sync_change_seen (
  kind TEXT NOT NULL,
  erp_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  CONSTRAINT sync_change_seen_key PRIMARY KEY (kind, erp_id)
)`,
];

/** Which row is which occurrence, decisions of persons, employees' options, first synchronisations, mailboxes of sync states. */
const version4 = [
  'ALTER TABLE sync_link ADD COLUMN decision TEXT NULL',
  'ALTER TABLE sync_link ADD COLUMN meeting_role TEXT NULL',
  'ALTER TABLE sync_folder_state ADD COLUMN mailbox TEXT NULL',
  `CREATE INDEX IF NOT EXISTS sync_journal_outbound_parked ON sync_journal (employee_id, kind, erp_id)
  WHERE direction = 'outbound' AND state = 'conflict'`,
  `CREATE INDEX IF NOT EXISTS sync_journal_inbound_parked ON sync_journal (connection, exchange_id)
  WHERE direction = 'inbound' AND state = 'conflict'`,
  `CREATE INDEX IF NOT EXISTS sync_journal_coming ON sync_journal (direction, kind, not_before)
  WHERE state = 'skipped' AND note_code = 'outside-window'`,
  `CREATE TABLE IF NOT EXISTS sync_employee (
  employee_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  options TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  CONSTRAINT sync_employee_key PRIMARY KEY (employee_id, kind)
)`,
  `CREATE TABLE IF NOT EXISTS sync_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  connection TEXT NOT NULL,
  employee_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'stopped')),
  settings TEXT NOT NULL,
  counts TEXT NOT NULL,
  outcome TEXT NULL,
  first_entry INTEGER NULL,
  last_entry INTEGER NULL,
  created_at TEXT NOT NULL,
  started_at TEXT NULL,
  listed_at TEXT NULL,
  finished_at TEXT NULL,
  reported_at TEXT NULL
)`,
  `CREATE TABLE IF NOT EXISTS sync_occurrence (
  kind TEXT NOT NULL,
  erp_id TEXT NOT NULL,
  original_start TEXT NOT NULL,
  row_key TEXT NULL,
  content TEXT NULL,
  gone_at TEXT NULL,
  CONSTRAINT sync_occurrence_key PRIMARY KEY (kind, erp_id, original_start)
)`,
  'CREATE INDEX IF NOT EXISTS sync_occurrence_row ON sync_occurrence (kind, row_key)',
];

/** Statements per version, oldest first: version n is reached by running the first n entries. */
export const sqliteUpgrades: readonly (readonly string[])[] = [version1, version2, version3, version4];
