/** What the tables hold, in words that do not depend on keys and times: two databases in which the same happened read the same. */
import type { Statements } from './subject';

type Rows = readonly Readonly<Record<string, unknown>>[];

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '-');

/** Names a record by its place among all of its kind that any table knows of. */
const placesOf = (records: Rows, journal: Rows, links: Rows, kind: string): ((key: unknown) => string) => {
  const named = [...journal, ...links].filter((row) => row['kind'] === kind && row['erp_id'] !== null).map((row) => row['erp_id']);
  const keys = [...new Set([...records.map((row) => row['id']), ...named].map(Number))].sort((a, b) => a - b);
  return (key) => (key === null ? '-' : `${kind} ${keys.indexOf(Number(key)) + 1}`);
};

/** The contents as sorted lines. */
export const contents = async (erp: Statements): Promise<readonly string[]> => {
  const appointments = await erp.all('SELECT id, employee_id, subject, body FROM appointment');
  const participants = await erp.all('SELECT appointment_id, employee_id FROM appointment_participant');
  const exceptions = await erp.all('SELECT appointment_id, original_start, deleted, subject FROM appointment_exception');
  const tasks = await erp.all('SELECT id, employee_id, subject, status, percent_complete FROM task');
  const journal = await erp.all(
    'SELECT direction, kind, operation, employee_id, exchange_id, erp_id, state, attempt, note_code, lease_owner FROM sync_journal',
  );
  const links = await erp.all('SELECT kind, employee_id, state, version, sync_id, exchange_id, change_key, erp_id, listed FROM sync_link');
  const folders = await erp.all('SELECT employee_id, kind, sync_state FROM sync_folder_state');
  const places: Readonly<Record<string, (key: unknown) => string>> = {
    appointment: placesOf(appointments, journal, links, 'appointment'),
    task: placesOf(tasks, journal, links, 'task'),
  };
  const place = (row: Rows[number], key: string, kind = text(row['kind'])): string => places[kind]?.(row[key]) ?? '-';
  /** Ids that the runs make of the record's key. */
  const named = (row: Rows[number], column: string): string =>
    text(row[column]).replace(/^((?:X-)?s-\w+-\d+)-\d+$/, (_whole, start: string) => `${start}-${place(row, 'erp_id')}`);
  const line = (...parts: readonly unknown[]): string => parts.map(text).join(' | ');
  return [
    ...appointments.map((row) => line(place(row, 'id', 'appointment'), row['employee_id'], row['subject'], row['body'])),
    ...participants.map((row) => line('takes part', place(row, 'appointment_id', 'appointment'), row['employee_id'])),
    ...exceptions.map((row) => line('except', place(row, 'appointment_id', 'appointment'), row['deleted'], row['subject'])),
    ...tasks.map((row) => line(place(row, 'id', 'task'), row['employee_id'], row['subject'], row['status'], row['percent_complete'])),
    ...journal.map((row) =>
      line(
        ...['direction', 'operation', 'employee_id'].map((column) => row[column]),
        row['direction'] === 'inbound' ? text(row['exchange_id']).replace(/^(X-s-\w+-\d+)-\d+$/, '$1') : '-',
        place(row, 'erp_id'),
        ...['state', 'attempt', 'note_code', 'lease_owner'].map((column) => row[column]),
      ),
    ),
    ...links.map((row) =>
      line(
        'link',
        ...['employee_id', 'state', 'version', 'change_key', 'listed'].map((column) => row[column]),
        named(row, 'sync_id'),
        named(row, 'exchange_id'),
        place(row, 'erp_id'),
      ),
    ),
    ...folders.map((row) => line('folder', row['employee_id'], row['kind'], row['sync_state'])),
  ].sort();
};
