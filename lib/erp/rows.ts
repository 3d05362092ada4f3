/** Rows of the sync tables as the model knows them. */
import type { Insertable, Selectable } from 'kysely';
import { SyncError } from '../model/error';
import type { ErpRecord, ExchangeItem } from '../model/item';
import type { JournalEntry } from '../model/journal';
import type { Link, LinkDecision, NewLink } from '../model/link';
import type { NewEntry } from './store';
import type { JournalTable, LinkTable } from './tables';

/** Columns of a journal row but `details`, which may be large. */
export const journalColumns = [
  'id',
  'direction',
  'kind',
  'operation',
  'employee_id',
  'connection',
  'erp_id',
  'exchange_id',
  'state',
  'attempt',
  'note',
  'note_code',
  'lease_owner',
  'lease_until',
  'not_before',
  'created_at',
  'finished_at',
] as const;

/** A journal row without `details`. */
export type JournalRow = Omit<Selectable<JournalTable>, 'details'>;

/** A journal row as the model knows it. */
export const entryFromRow = (row: JournalRow): JournalEntry => ({
  id: row.id,
  direction: row.direction,
  kind: row.kind,
  operation: row.operation,
  employeeId: row.employee_id,
  connection: row.connection,
  erpId: row.erp_id,
  exchangeId: row.exchange_id,
  state: row.state,
  attempt: row.attempt,
  note: row.note,
  noteCode: row.note_code,
  leaseOwner: row.lease_owner,
  leaseUntil: row.lease_until,
  notBefore: row.not_before === '' ? null : row.not_before,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

/** A row to be queued; it starts open. */
export const rowFromNewEntry = (entry: NewEntry, now: string) => ({
  direction: entry.direction,
  kind: entry.kind,
  operation: entry.operation,
  employee_id: entry.employeeId,
  connection: entry.connection,
  erp_id: entry.erpId,
  exchange_id: entry.exchangeId,
  created_at: now,
});

/** Only this program writes the columns. */
const isErpRecord = (value: unknown): value is ErpRecord =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'appointment' || value.kind === 'task');

const isExchangeItem = (value: unknown): value is ExchangeItem =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'appointment' || value.kind === 'task');

const stored = <T>(json: string, column: string, is: (value: unknown) => value is T): T => {
  const value: unknown = JSON.parse(json);
  if (is(value)) return value;
  throw new SyncError(
    'link-unreadable',
    'item',
    `sync_link.${column} holds no snapshot. Delete the link row, the item is then compared anew.`,
  );
};

/** The last synchronised record of a link, from its column. */
export const erpBaseOf = (json: string): ErpRecord => {
  const base = stored(json, 'erp_base', isErpRecord);
  // Snapshots of earlier versions have none of these.
  return Object.assign(base.kind === 'task' ? { bodyHtml: null } : { bodyHtml: null, exceptions: [], equipment: [] }, base);
};

const exchangeBaseOf = (json: string): ExchangeItem => {
  const base = stored(json, 'exchange_base', isExchangeItem);
  return Object.assign(base.kind === 'task' ? { bodyHtml: null } : { bodyHtml: null, exceptions: [] }, base);
};

const isDecision = (value: unknown): value is LinkDecision => typeof value === 'object' && value !== null && 'take' in value;

/** A link as the model knows it. */
export const linkFromRow = (row: Selectable<LinkTable>): Link => ({
  id: row.id,
  version: row.version,
  state: row.state,
  kind: row.kind,
  employeeId: row.employee_id,
  connection: row.connection,
  syncId: row.sync_id,
  erpId: row.erp_id,
  exchangeId: row.exchange_id,
  changeKey: row.change_key,
  erpBase: erpBaseOf(row.erp_base),
  exchangeBase: exchangeBaseOf(row.exchange_base),
  meetingRole: row.meeting_role,
  decision: row.decision === null ? null : stored(row.decision, 'decision', isDecision),
});

/** A link to be stored. */
export const rowFromNewLink = (link: NewLink): Insertable<LinkTable> => ({
  state: link.state,
  kind: link.kind,
  employee_id: link.employeeId,
  connection: link.connection,
  sync_id: link.syncId,
  erp_id: link.erpId,
  exchange_id: link.exchangeId,
  change_key: link.changeKey,
  erp_base: JSON.stringify(link.erpBase),
  exchange_base: JSON.stringify(link.exchangeBase),
  meeting_role: link.meetingRole ?? null,
  // What came from Exchange came from a list; what is being created there has yet to be told of.
  listed: link.state === 'active' ? 1 : 0,
});
