import type { DatabaseSync } from 'node:sqlite';

const first = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS mailbox (
    id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL, password TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox INTEGER NOT NULL, parent INTEGER, distinguished TEXT, element TEXT NOT NULL,
    class TEXT, name TEXT NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS folder_distinguished ON folder (mailbox, distinguished);
  CREATE INDEX IF NOT EXISTS folder_parent ON folder (parent);
  CREATE TABLE IF NOT EXISTS item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox INTEGER NOT NULL, folder INTEGER NOT NULL, element TEXT NOT NULL,
    created_sequence INTEGER NOT NULL, sequence INTEGER NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL,
    starts INTEGER, ends INTEGER, properties TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS item_created ON item (folder, created_sequence);
  CREATE INDEX IF NOT EXISTS item_sequence ON item (folder, sequence);
  CREATE INDEX IF NOT EXISTS item_period ON item (folder, starts, ends);
  CREATE TABLE IF NOT EXISTS extended (folder INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, item INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS extended_value ON extended (folder, name, value);
  CREATE INDEX IF NOT EXISTS extended_item ON extended (item);
  CREATE TABLE IF NOT EXISTS tombstone (
    folder INTEGER NOT NULL, sequence INTEGER NOT NULL, created_sequence INTEGER NOT NULL, item INTEGER NOT NULL,
    PRIMARY KEY (folder, sequence)) WITHOUT ROWID;
`;

/** Generations: see `generations.ts`. */
const accounts = `
  ALTER TABLE mailbox ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE mailbox ADD COLUMN id_generation INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE mailbox ADD COLUMN state_generation INTEGER NOT NULL DEFAULT 0;
`;

/** `item` is the item that holds it, however deeply; `parent` the attached item it lies in. An attached item has `element` and `properties`. */
const attachments = `
  CREATE TABLE attachment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    parent INTEGER REFERENCES attachment (id) ON DELETE CASCADE,
    name TEXT NOT NULL, content_type TEXT, content_id TEXT, content_location TEXT, inline INTEGER NOT NULL, photo INTEGER NOT NULL,
    size INTEGER NOT NULL, modified TEXT NOT NULL, content BLOB, element TEXT, properties TEXT);
  CREATE INDEX attachment_item ON attachment (item, parent);
  CREATE INDEX attachment_parent ON attachment (parent);
`;

/** `content_sequence`: the last change of more than the read flag; 0 where there was none. `unread`, `associated`: see `unread.ts`, `changes.ts`. */
const itemFlags = `
  ALTER TABLE item ADD COLUMN content_sequence INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE item ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE item ADD COLUMN associated INTEGER NOT NULL DEFAULT 0;
  UPDATE item SET content_sequence = sequence, unread =
    element IN ('Message', 'MeetingMessage', 'MeetingRequest', 'MeetingResponse', 'MeetingCancellation', 'PostItem')
    AND coalesce(json_extract(properties, '$.p.IsRead'), '') NOT IN ('true', '1');
  CREATE INDEX item_unread ON item (folder) WHERE unread = 1;
  ALTER TABLE tombstone ADD COLUMN associated INTEGER NOT NULL DEFAULT 0;
`;

/** Occurrences of a series that differ from it, by their day; those without a start are deleted. */
const exceptions = `
  CREATE TABLE exception (
    item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, day INTEGER NOT NULL, starts INTEGER, ends INTEGER,
    properties TEXT, removed TEXT, PRIMARY KEY (item, day)) WITHOUT ROWID;
  CREATE INDEX exception_period ON exception (item, starts, ends);
`;

/**
 * `place` is the folder's number, negative for its associated items. Triggers keep the counts.
 * `extended` holds keys (see `search/comparison.ts`) instead of texts from here on; `items/filing.ts` fills what older stores hold.
 */
const keys = `
  CREATE TABLE item_key (
    item INTEGER PRIMARY KEY, place INTEGER NOT NULL,
    received INTEGER, sent INTEGER, created INTEGER, modified INTEGER, starts INTEGER, ends INTEGER, due INTEGER,
    subject TEXT, class TEXT, message_id TEXT, file_as TEXT, display_name TEXT, email TEXT, object_id TEXT, is_read INTEGER, importance INTEGER,
    sensitivity INTEGER);
  ${['received', 'modified', 'subject'].map((column) => `CREATE INDEX key_${column} ON item_key (place, ${column});`).join('\n  ')}
  ${['starts', 'due', 'file_as', 'display_name', 'email', 'message_id', 'object_id']
    .map((column) => `CREATE INDEX key_${column} ON item_key (place, ${column}) WHERE ${column} IS NOT NULL;`)
    .join('\n  ')}
  CREATE INDEX key_unread ON item_key (place, received) WHERE is_read = 0;
  CREATE INDEX item_long ON item (folder, starts, ends) WHERE ends - starts > 604800000;
  CREATE TABLE item_count (place INTEGER PRIMARY KEY, items INTEGER NOT NULL);
  CREATE TRIGGER item_key_added AFTER INSERT ON item_key BEGIN
    INSERT INTO item_count VALUES (NEW.place, 1) ON CONFLICT DO UPDATE SET items = items + 1;
  END;
  CREATE TRIGGER item_key_removed AFTER DELETE ON item_key BEGIN
    UPDATE item_count SET items = items - 1 WHERE place = OLD.place;
  END;
`;

/** `parts` are the given ones of Dictionary, XmlData and BinaryData. */
const userConfigurations = `
  CREATE TABLE user_configuration (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
    name TEXT NOT NULL COLLATE NOCASE, sequence INTEGER NOT NULL, parts TEXT NOT NULL);
  CREATE UNIQUE INDEX user_configuration_name ON user_configuration (folder, name);
`;

/** `entry` is JSON, see `mailboxes.ts`; `members` of a group are addresses as JSON, `rooms` is 1 for a list of rooms. */
const directory = `
  ALTER TABLE mailbox ADD COLUMN entry TEXT NOT NULL DEFAULT '{}';
  CREATE TABLE directory_group (
    address TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL, members TEXT NOT NULL, rooms INTEGER NOT NULL);
`;

/** Changes of folders (`folder_past`: where one lay before a move or removal), who created an item, and who acts for whom. */
const hierarchy = `
  ALTER TABLE folder ADD COLUMN created_sequence INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE folder ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE folder ADD COLUMN created TEXT NOT NULL DEFAULT '';
  ALTER TABLE folder ADD COLUMN modified TEXT NOT NULL DEFAULT '';
  ALTER TABLE folder ADD COLUMN properties TEXT NOT NULL DEFAULT '{"p":{},"e":[]}';
  CREATE TABLE folder_past (
    mailbox INTEGER NOT NULL, sequence INTEGER NOT NULL, folder INTEGER NOT NULL, parent INTEGER, created_sequence INTEGER NOT NULL,
    PRIMARY KEY (mailbox, sequence)) WITHOUT ROWID;
  ALTER TABLE item ADD COLUMN creator INTEGER;
  ALTER TABLE mailbox ADD COLUMN deliver_meeting_requests TEXT NOT NULL DEFAULT 'DelegatesAndSendInformationToMe';
  CREATE TABLE delegate (
    mailbox INTEGER NOT NULL, user INTEGER NOT NULL, receives_copies INTEGER NOT NULL, views_private INTEGER NOT NULL,
    PRIMARY KEY (mailbox, user)) WITHOUT ROWID;
`;

/** The UserOofSettings of a mailbox, see `properties.ts`. */
const outOfOffice = 'ALTER TABLE mailbox ADD COLUMN oof TEXT';

/** The last change of each property of an item, so that changes of others can be merged. */
const fieldChanges = `
  CREATE TABLE field_change (
    item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, name TEXT NOT NULL, sequence INTEGER NOT NULL,
    PRIMARY KEY (item, name)) WITHOUT ROWID;
`;

/** The day of the one occurrence of a series that an attachment belongs to. */
const occurrenceAttachments = 'ALTER TABLE attachment ADD COLUMN occurrence INTEGER';

/** Folders of which no times were kept are as old as this step. */
const folderTimes =
  "UPDATE folder SET created = strftime('%Y-%m-%dT%H:%M:%SZ'), modified = strftime('%Y-%m-%dT%H:%M:%SZ') WHERE created = ''";

/** Each step brings a store from one version to the next; what has been released is never changed. The first finds stores from before versions. */
const steps: readonly string[] = [
  first,
  accounts,
  attachments,
  itemFlags,
  exceptions,
  keys,
  userConfigurations,
  directory,
  hierarchy,
  outOfOffice,
  fieldChanges,
  occurrenceAttachments,
  folderTimes,
];

const versionOf = (sqlite: DatabaseSync): number => Number(sqlite.prepare('PRAGMA user_version').get()?.['user_version']);

/** Creates the tables of a new store, or adds to an older one what it lacks. A store of a later version is refused. */
export function bringUpToDate(sqlite: DatabaseSync): void {
  const version = versionOf(sqlite);
  if (version > steps.length)
    throw new Error('The state file was written by a later version of the simulator. Use that version, or start with a new file.');
  for (const [index, step] of steps.entries())
    if (index >= version) sqlite.exec(`BEGIN; ${step}; PRAGMA user_version = ${index + 1}; COMMIT`);
}
