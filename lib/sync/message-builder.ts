/**
 * Turns claimed journal rows into messages: reads the item as it is now, finds its link, and closes rows that turn out to need nothing.
 * The operation in the journal is a hint; what the message says comes from the state of both sides.
 */
import isEqual from 'lodash/isEqual';
import groupBy from 'lodash/groupBy';
import type { ClaimedEntry, Closing, NewEntry, TellUnreadable } from '../erp/store';
import type { FoundItem } from '../exchange/connection';
import type { Employee } from '../model/employee';
import { differingFields } from '../mapping/compare';
import { localFromInstant, utcText } from '../mapping/local-time';
import { defaultOptions, type EmployeeOptions } from '../model/employee-options';
import { SyncError } from '../model/error';
import type { AnyItem, ErpEntry, ExchangeEntry, Meeting } from '../model/item';
import type { JournalEntry } from '../model/journal';
import type { Kind, Operation } from '../model/kind';
import { unseenChangeKey } from '../model/link';
import type { Link } from '../model/link';
import { topicOf } from '../model/message';
import type { Result } from '../model/result';
import type { KeptPart, SyncMessage } from '../model/message';
import { exclusionOf, removalNote, type Exclusion, type Today } from './admission';
import { removalHeld } from '../model/held';
import { movedItems, nameCopies, stillThere, type Moved } from './relink';
import type { ExchangeRuntime, TenantRuntime } from './runtime';

/** A row that failed while it was read. */
export interface RowFailure {
  readonly claimed: ClaimedEntry;
  readonly error: SyncError;
}

/** Result of building: messages to send, rows to close, rows that failed. */
export interface Built {
  readonly messages: readonly SyncMessage[];
  readonly closings: readonly Closing[];
  readonly failures: readonly RowFailure[];
}

type BuiltRow =
  | { readonly message: SyncMessage }
  | { readonly closing: Closing }
  | { readonly failure: RowFailure }
  /** A linked item became private: a person is asked, unless that was done. */
  | { readonly asked: ClaimedEntry; readonly exclusion: Exclusion };

const collect = async (tenant: TenantRuntime, rows: readonly BuiltRow[]): Promise<Built> => ({
  messages: rows.flatMap((row) => ('message' in row ? [row.message] : [])),
  closings: [
    ...rows.flatMap((row) => ('closing' in row ? [row.closing] : [])),
    ...(await askForRemovals(
      tenant,
      rows.flatMap((row) => ('asked' in row ? [row] : [])),
    )),
  ],
  failures: rows.flatMap((row) => ('failure' in row ? [row.failure] : [])),
});

const closing = (
  tenant: TenantRuntime,
  entry: JournalEntry,
  state: 'done' | 'skipped' | 'conflict',
  noteCode: string,
  note: string,
  link: Closing['link'] = { type: 'keep' },
): Closing => ({ journalId: entry.id, instance: tenant.instance, outcome: { state, note, noteCode }, link });

/** Asks once for each link, and again only after the item travelled in between. */
const askForRemovals = async (
  tenant: TenantRuntime,
  rows: readonly { readonly asked: ClaimedEntry; readonly exclusion: Exclusion }[],
): Promise<readonly Closing[]> => {
  if (rows.length === 0) return [];
  const known = new Set(await tenant.database.store.askedRemovals(rows.map(({ asked }) => asked.entry)));
  return rows.map(({ asked: { entry }, exclusion }) =>
    known.has(entry.id)
      ? closing(tenant, entry, 'skipped', exclusion.code, exclusion.note)
      : closing(tenant, entry, 'conflict', removalHeld, removalNote(entry.direction)),
  );
};

/** Ends a row that the employee's options leave out; null: they let it through, or a person released the removal. */
const exclude = ({ tenant, options, today }: Admitting, claimed: ClaimedEntry, now: AnyItem | null): BuiltRow | 'remove' | null => {
  const { entry, link } = claimed;
  const base = link === null ? null : entry.direction === 'inbound' ? link.exchangeBase : link.erpBase;
  const exclusion = exclusionOf({ direction: entry.direction, now, base }, options[entry.kind], today);
  if (exclusion === null) return null;
  if (exclusion.code === 'private-not-synchronised' && link?.decision?.take === 'deletion') return 'remove';
  if (exclusion.asks) return { asked: claimed, exclusion };
  return { closing: closing(tenant, entry, 'skipped', exclusion.code, exclusion.note) };
};

/** What is needed to apply an employee's options. */
interface Admitting {
  readonly tenant: TenantRuntime;
  readonly options: EmployeeOptions;
  readonly today: Today;
}

const todayOf = ({ database: { store } }: TenantRuntime): Today => {
  const { timeZone } = store;
  return { day: localFromInstant(utcText(new Date().toISOString()), timeZone).slice(0, 10), timeZone };
};

interface MessageParts {
  readonly entry: JournalEntry;
  readonly operation: Operation;
  readonly employee: Employee;
  readonly connection: string | null;
  readonly link: Link | null;
  readonly erpId: string | null;
  readonly exchangeId: string | null;
  readonly changeKey: string | null;
  readonly syncId: string | null;
  readonly source: AnyItem | null;
  readonly sourceModifiedAt: string | null;
  readonly meeting: Meeting | null;
  readonly kept?: readonly KeptPart[];
  readonly participants?: number;
}

const messageOf = (tenant: TenantRuntime, parts: MessageParts): SyncMessage => {
  const { entry, operation, employee, link } = parts;
  return {
    topic: topicOf(entry.direction, entry.kind, operation),
    payload: parts.source,
    sync: {
      journalId: entry.id,
      direction: entry.direction,
      kind: entry.kind,
      operation,
      employee: { id: employee.id, name: employee.name, email: employee.email ?? '' },
      tenant: tenant.name,
      connection: parts.connection,
      erpId: parts.erpId,
      exchangeId: parts.exchangeId,
      changeKey: parts.changeKey,
      syncId: parts.syncId,
      link: link === null ? null : { id: link.id, version: link.version },
      base: link === null ? null : { erp: link.erpBase, exchange: link.exchangeBase },
      source: parts.source,
      sourceModifiedAt: parts.sourceModifiedAt,
      attempt: entry.attempt,
      // That a deletion was released says nothing about an item that is there again.
      chosen: link?.decision?.take === 'deletion' && operation !== 'delete' ? null : (link?.decision ?? null),
      meeting: parts.meeting,
      ...(parts.kept === undefined ? {} : { kept: parts.kept }),
      ...(parts.participants === undefined ? {} : { participants: parts.participants }),
    },
  };
};

const unknownEmployee = (entry: JournalEntry): SyncError =>
  new SyncError(
    'employee-unknown',
    'item',
    `There is no employee ${entry.employeeId} in the ERP's employee table. Enter the employee, then reopen this row.`,
    { employee: entry.employeeId },
  );

/** Link that the item's sync id leads to: our own item whose answer was lost, or null when it is new or a copy of another item. */
const pendingLinkOf = (item: ExchangeEntry, links: readonly Link[], employee: Employee): Link | null =>
  links.find((link) => link.syncId === item.syncId && link.state === 'pending' && link.employeeId === employee.id) ?? null;

/** A copy made by a user carries the sync id of its original; it gets its own. */
const ownSyncId = (item: ExchangeEntry, links: readonly Link[]): string | null =>
  item.syncId !== null && !links.some((link) => link.syncId === item.syncId) ? item.syncId : null;

/** How a link found its item. */
const ownItem = { code: 'echo', note: 'Own item, found by its sync id' } as const;
const movedItem = { code: 'relinked', note: 'The item has a new id; its sync id led to its link' } as const;

/** Both sides of a link that got another item: what either changed while the link led nowhere had no target. */
const lookAgain = (exchange: ExchangeRuntime, { kind, employeeId, erpId }: Link, exchangeId: string): readonly NewEntry[] => {
  const shared = { kind, operation: 'update', employeeId } as const;
  return [
    { ...shared, direction: 'inbound', connection: exchange.name, erpId: null, exchangeId },
    { ...shared, direction: 'outbound', connection: null, erpId, exchangeId: null },
  ];
};

/**
 * The link's item under the id that it has now: created by an attempt that never heard so, or moved. What a person changed since comes
 * again, now with a base to compare with.
 */
const itemFound = (
  { admitting: { tenant }, exchange }: InboundBuild,
  entry: JournalEntry,
  item: ExchangeEntry,
  link: Link,
  how: typeof ownItem | typeof movedItem,
): Closing => {
  const { id, version, erpBase, exchangeBase } = link;
  const edited = differingFields(exchangeBase, item.item, tenant.database.store.timeZone).length > 0;
  const update = { id, version, erpBase, exchangeBase, exchangeId: item.id, changeKey: edited ? unseenChangeKey : item.changeKey };
  const found = closing(tenant, entry, 'skipped', how.code, how.note, { type: 'update', update });
  // The row that created our own item is still there, and looks at the ERP again by itself.
  const isMoved = how === movedItem;
  const wanted = lookAgain(exchange, link, item.id).filter(({ direction }) => (direction === 'inbound' ? edited : isMoved));
  return { ...found, enqueue: wanted };
};

/** A told deletion whose item is in the folder under another id: it is looked at there. */
const movedAway = (
  { admitting: { tenant }, exchange }: InboundBuild,
  entry: JournalEntry,
  link: Link,
  { id: exchangeId }: FoundItem,
): Closing => {
  const { id, version, erpBase, exchangeBase } = link;
  const update = { id, version, erpBase, exchangeBase, exchangeId, changeKey: unseenChangeKey };
  const moved = closing(tenant, entry, 'skipped', movedItem.code, movedItem.note, { type: 'update', update });
  return { ...moved, enqueue: lookAgain(exchange, link, exchangeId) };
};

const inboundRow = (
  build: InboundBuild,
  claimed: ClaimedEntry,
  item: ExchangeEntry,
  linksBySyncId: readonly Link[],
  moved: Moved,
): BuiltRow => {
  const { admitting, exchange, employee, force } = build;
  const { tenant } = admitting;
  const { entry, link } = claimed;
  const pending = link === null ? pendingLinkOf(item, linksBySyncId, employee) : null;
  if (pending !== null) return { closing: itemFound(build, entry, item, pending, ownItem) };
  const own = link === null ? moved.get(item.id) : undefined;
  if (own !== undefined) return { closing: itemFound(build, entry, item, own, movedItem) };
  const left = exclude(admitting, claimed, item.item);
  if (left === 'remove') return inboundDeletion(build, claimed);
  if (left !== null) return left;
  if (!force && link !== null && link.decision === null && link.changeKey === item.changeKey) {
    return { closing: closing(tenant, entry, 'skipped', 'echo', 'Own change, nothing to do') };
  }
  return {
    message: messageOf(tenant, {
      entry,
      operation: link === null ? 'create' : 'update',
      employee,
      connection: exchange.name,
      link,
      erpId: link?.erpId ?? null,
      exchangeId: item.id,
      changeKey: item.changeKey,
      syncId: link?.syncId ?? ownSyncId(item, linksBySyncId),
      source: item.item,
      sourceModifiedAt: item.modifiedAt,
      meeting: item.meeting,
      kept: item.regenerates ? ['recurrence'] : [],
    }),
  };
};

/** What an inbound row is built with. */
interface InboundBuild {
  readonly admitting: Admitting;
  readonly exchange: ExchangeRuntime;
  readonly employee: Employee;
  /** A correction of the check, which does not stop at an own change. */
  readonly force: boolean;
}

/** The item is gone from Exchange. */
const inboundGone = (build: InboundBuild, claimed: ClaimedEntry): BuiltRow => {
  const left = claimed.link === null ? null : exclude(build.admitting, claimed, null);
  return left === null || left === 'remove' ? inboundDeletion(build, claimed) : left;
};

const inboundDeletion = ({ admitting: { tenant }, exchange, employee }: InboundBuild, claimed: ClaimedEntry): BuiltRow => {
  const { entry, link } = claimed;
  if (link === null) return { closing: closing(tenant, entry, 'skipped', 'never-linked', 'Deleted before it was ever synchronised') };
  return {
    message: messageOf(tenant, {
      entry,
      operation: 'delete',
      employee,
      connection: exchange.name,
      link,
      erpId: link.erpId,
      exchangeId: link.exchangeId,
      changeKey: null,
      syncId: link.syncId,
      source: null,
      sourceModifiedAt: null,
      meeting: link.meetingRole === null ? null : { role: link.meetingRole, organizer: '', attendees: 0, cancelled: false },
    }),
  };
};

/** Rows that tell of deletions. */
const goneRows = async (build: InboundBuild, rows: readonly ClaimedEntry[]): Promise<readonly BuiltRow[]> => {
  const { exchange, employee } = build;
  const found = new Map<number, FoundItem>();
  for (const group of Object.values(groupBy(rows, ({ entry }) => entry.kind))) {
    const links = group.flatMap(({ link }) => link ?? []);
    const kind = group[0]?.entry.kind ?? 'appointment';
    for (const [id, item] of await stillThere(exchange, employee.email ?? '', kind, links)) found.set(id, item);
  }
  return rows.map((row): BuiltRow => {
    const item = row.link === null ? undefined : found.get(row.link.id);
    return row.link === null || item === undefined ? inboundGone(build, row) : { closing: movedAway(build, row.entry, row.link, item) };
  });
};

/** New items that carry the sync id of another one get their own before they go on. */
const withNamedCopies = async (
  { exchange, employee }: InboundBuild,
  claimed: readonly ClaimedEntry[],
  items: readonly Result<ExchangeEntry>[],
  built: readonly BuiltRow[],
): Promise<readonly BuiltRow[]> => {
  const copies = built.flatMap((row, at) => {
    const item = items[at];
    const isCopy = 'message' in row && row.message.sync.operation === 'create' && row.message.sync.syncId === null;
    return isCopy && item?.ok === true && item.value.syncId !== null ? [{ at, message: row.message, item: item.value }] : [];
  });
  const named = await nameCopies(exchange, employee.email ?? '', copies);
  const resultOf = new Map(copies.map(({ at }, index) => [at, named[index]]));
  return built.map((row, at): BuiltRow => {
    const [result, own] = [resultOf.get(at), claimed[at]];
    if (result === undefined || own === undefined) return row;
    return result.ok ? { message: result.value } : { failure: { claimed: own, error: result.error } };
  });
};

const inboundOfEmployee = async (build: InboundBuild, rows: readonly ClaimedEntry[]): Promise<readonly BuiltRow[]> => {
  const { admitting, exchange, employee } = build;
  const { tenant } = admitting;
  const deletions = rows.filter((row) => row.entry.operation === 'delete');
  const changes = rows.filter((row) => row.entry.operation !== 'delete');
  const ids = changes.map((row) => row.entry.exchangeId ?? '');
  const items = ids.length === 0 ? [] : await exchange.connection.getMany(employee.email ?? '', ids);
  const syncIds = items.flatMap((item) => (item.ok && item.value.syncId !== null ? [item.value.syncId] : []));
  const links = syncIds.length === 0 ? [] : await tenant.database.store.linksBySyncId(syncIds);
  const unlinked = items.flatMap((item, at) => (item.ok && changes[at]?.link === null ? [item.value] : []));
  const mailbox = employee.email ?? '';
  const moved = await movedItems(exchange, mailbox, employee.id, unlinked, links);
  const built = changes.map((claimed, index): BuiltRow => {
    const item = items[index];
    if (item === undefined)
      return { failure: { claimed, error: new SyncError('unexpected', 'item', 'Exchange gave no answer for this item') } };
    if (item.ok) return inboundRow(build, claimed, item.value, links, moved);
    // Its deletion or move comes as a change of its own; being unreadable is never taken for a deletion.
    if (item.error.code === 'item-not-found')
      return { closing: closing(tenant, claimed.entry, 'skipped', 'gone-before-read', 'Gone from the folder before it was read') };
    return { failure: { claimed, error: item.error } };
  });
  return [...(await goneRows(build, deletions)), ...(await withNamedCopies(build, changes, items, built))];
};

/**
 * Messages for claimed inbound rows. Reading one mailbox may fail as a whole: then all its rows fail with that error.
 * `force`: a correction of the check, which does not stop at an own change.
 */
export const buildInbound = async (
  tenant: TenantRuntime,
  exchange: ExchangeRuntime,
  claimed: readonly ClaimedEntry[],
  force = false,
): Promise<Built> => {
  const employees = await tenant.directory.employees();
  const today = todayOf(tenant);
  const rows = await Promise.all(
    Object.entries(groupBy(claimed, (row) => row.entry.employeeId)).map(async ([employeeId, group]): Promise<readonly BuiltRow[]> => {
      const employee = employees.find((candidate) => candidate.id === employeeId);
      if (employee === undefined) return group.map((row) => ({ failure: { claimed: row, error: unknownEmployee(row.entry) } }));
      try {
        const options = await tenant.directory.options(employeeId);
        return await inboundOfEmployee({ admitting: { tenant, options, today }, exchange, employee, force }, group);
      } catch (thrown) {
        if (!(thrown instanceof SyncError)) throw thrown;
        return group.map((row) => ({ failure: { claimed: row, error: thrown } }));
      }
    }),
  );
  return collect(tenant, rows.flat());
};

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
  if (left !== null && left !== 'remove') return left;
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
  return collect(tenant, rows);
};
