/**
 * Turns claimed outbound rows into messages: reads the record as it is now and closes rows that turn out to need nothing. The operation in
 * the journal is a hint; what the message says comes from the state of both sides.
 */
import groupBy from 'lodash/groupBy';
import isEqual from 'lodash/isEqual';
import type { ClaimedEntry, Closing, TellUnreadable } from '../../erp/store';
import type { Employee } from '../../model/employee';
import { defaultOptions, type EmployeeOptions } from '../../model/employee-options';
import { SyncError } from '../../model/error';
import type { ErpEntry } from '../../model/item';
import type { JournalEntry } from '../../model/journal';
import type { Kind } from '../../model/kind';
import type { TenantRuntime } from '../runtime';
import { forgetEmptyLinks, withoutItem } from './empty-links';
import { closing, collect, exclude, messageOf, todayOf, unknownEmployee, type Admitting, type Built, type BuiltRow } from './built';

/** The records of claimed rows; `unreadable`: those that are there and cannot be read, by `recordOf`. */
interface RecordsRead {
  readonly records: readonly ErpEntry[];
  readonly unreadable: ReadonlyMap<string, SyncError>;
}

const recordOf = (kind: Kind, erpId: string | null): string => JSON.stringify([kind, erpId]);

/** What the tables of one kind lack concerns the rows of this kind, each of which tells it; the other kind goes on. */
const readOfKind = async (
  tenant: TenantRuntime,
  kind: Kind,
  ids: readonly string[],
  tell: TellUnreadable,
): Promise<readonly ErpEntry[]> => {
  try {
    return await tenant.database.records.read(kind, ids, tell);
  } catch (thrown) {
    if (!(thrown instanceof SyncError) || thrown.scope !== 'configuration') throw thrown;
    for (const id of ids) tell(id, thrown);
    return [];
  }
};

const readRecords = async (tenant: TenantRuntime, claimed: readonly ClaimedEntry[]): Promise<RecordsRead> => {
  const unreadable = new Map<string, SyncError>();
  const records = await Promise.all(
    Object.values(groupBy(claimed, (row) => row.entry.kind)).flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { kind } = first.entry;
      const ids = [...new Set(group.flatMap((row) => (row.entry.erpId === null ? [] : [row.entry.erpId])))];
      return [readOfKind(tenant, kind, ids, (id, error) => unreadable.set(recordOf(kind, id), error))];
    }),
  );
  return { records: records.flat(), unreadable };
};

/** A creation whose item is there: an attempt that never heard so made it, or it was linked with an equal one while the row waited. */
const nothingLeftToDo = (tenant: TenantRuntime, entry: JournalEntry): Closing =>
  entry.operation === 'create'
    ? closing(tenant, entry, 'skipped', 'adopted', 'The item is in Exchange already and was linked')
    : closing(tenant, entry, 'skipped', 'no-change', 'Nothing changed since the last synchronisation');

const isDeletionOff = (row: ReturnType<typeof exclude>): boolean =>
  row !== null && row !== 'remove' && 'closing' in row && row.closing.outcome.noteCode === 'deletion-off';

const outboundRow = (
  admitting: Admitting,
  employees: readonly Employee[],
  { records, unreadable }: RecordsRead,
  claimed: ClaimedEntry,
  force: boolean,
): BuiltRow => {
  const { tenant } = admitting;
  const { entry, link } = claimed;
  const error = unreadable.get(recordOf(entry.kind, entry.erpId));
  if (error !== undefined) return { failure: { claimed, error } };
  const found = records.find((record) => record.id === entry.erpId && record.kind === entry.kind);
  const record = found?.employeeIds.includes(entry.employeeId) === true ? found : undefined;
  if (record === undefined && link === null)
    return { closing: closing(tenant, entry, 'skipped', 'never-linked', 'Deleted before it was ever synchronised') };
  if (link === null && record?.inFilter === false)
    return { closing: closing(tenant, entry, 'skipped', 'outside-filter', "The schema mapping's filter keeps the record out of the sync") };
  const employee = employees.find((candidate) => candidate.id === entry.employeeId);
  if (employee === undefined) return { failure: { claimed, error: unknownEmployee(entry) } };
  if (!employee.active || (employee.email ?? '') === '')
    return { closing: closing(tenant, entry, 'skipped', 'no-mailbox', 'The employee is not active or has no e-mail address') };
  const left = exclude(admitting, claimed, record?.record ?? null);
  // Whether an unanswered creation made an item is found out first; then its deletion is judged like any other.
  const isUnanswered = link?.state === 'pending' && isDeletionOff(left);
  if (left !== null && left !== 'remove' && !isUnanswered) return left;
  const removed = record === undefined || left === 'remove';
  const unchanged = !removed && link?.state === 'active' && isEqual(record.record, link.erpBase);
  if (unchanged && !force && link.decision === null) return { closing: nothingLeftToDo(tenant, entry) };
  return {
    message: messageOf(tenant, {
      entry,
      operation: removed ? 'delete' : link?.state === 'active' ? 'update' : 'create',
      employee,
      connection: link?.connection ?? null,
      link,
      erpId: entry.erpId,
      exchangeId: link?.exchangeId ?? null,
      changeKey: link?.changeKey ?? null,
      syncId: link?.syncId ?? null,
      source: removed ? null : record.record,
      sourceModifiedAt: removed ? null : record.modifiedAt,
      meeting: null,
      participants: removed ? 0 : record.employeeIds.length,
      ...(left === 'remove' ? { removal: true } : {}),
    }),
  };
};

/** Options of the rows' employees; those that cannot be read fail their employee's rows only. */
const optionsByEmployee = async (
  tenant: TenantRuntime,
  claimed: readonly ClaimedEntry[],
): Promise<ReadonlyMap<string, EmployeeOptions | SyncError>> => {
  const ids = [...new Set(claimed.map(({ entry }) => entry.employeeId))];
  const read = async (id: string): Promise<readonly [string, EmployeeOptions | SyncError]> => {
    try {
      return [id, await tenant.directory.options(id)];
    } catch (thrown) {
      if (thrown instanceof SyncError && thrown.code === 'options-invalid') return [id, thrown];
      throw thrown;
    }
  };
  return new Map(await Promise.all(ids.map(read)));
};

/** Messages for claimed outbound rows. */
export const buildOutbound = async (tenant: TenantRuntime, claimed: readonly ClaimedEntry[], force = false): Promise<Built> => {
  const employees = await tenant.directory.employees();
  const read = await readRecords(tenant, claimed);
  const optionsOf = await optionsByEmployee(tenant, claimed);
  const today = todayOf(tenant);
  const rows = claimed.map((row): BuiltRow => {
    const options = optionsOf.get(row.entry.employeeId) ?? defaultOptions;
    if (options instanceof SyncError) return { failure: { claimed: row, error: options } };
    return outboundRow({ tenant, options, today }, employees, read, row, force);
  });
  return forgetEmptyLinks(await collect(tenant, rows), claimed, (links) => withoutItem(tenant, links));
};
