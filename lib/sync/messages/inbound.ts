/**
 * Turns claimed inbound rows into messages: reads the item as it is now, finds its link, and closes rows that turn out to need nothing.
 * The operation in the journal is a hint; what the message says comes from the state of both sides.
 */
import groupBy from 'lodash/groupBy';
import type { ClaimedEntry, Closing, NewEntry } from '../../erp/store';
import type { FoundItem } from '../../exchange/connection';
import { differingFields } from '../../mapping/compare';
import type { Employee } from '../../model/employee';
import { SyncError } from '../../model/error';
import type { ExchangeEntry } from '../../model/item';
import type { JournalEntry } from '../../model/journal';
import { unseenChangeKey } from '../../model/link';
import type { Link } from '../../model/link';
import type { Result } from '../../model/result';
import { movedItems, nameCopies, stillThere, type Moved } from '../relink';
import type { ExchangeRuntime, TenantRuntime } from '../runtime';
import { forgetEmptyLinks, withoutRecord } from './empty-links';
import { closing, collect, exclude, messageOf, todayOf, unknownEmployee, type Admitting, type Built, type BuiltRow } from './built';

/** Link that the item's sync id leads to: our own item whose answer was lost, or null when it is new or a copy of another item. */
const pendingLinkOf = (item: ExchangeEntry, links: readonly Link[], employee: Employee): Link | null =>
  links.find((link) => link.syncId === item.syncId && link.state === 'pending' && link.employeeId === employee.id) ?? null;

/** Rows with the links that came into being since they were claimed: another process that serves the mailbox has created these items. */
const withLinkSince = (claimed: readonly ClaimedEntry[], links: readonly Link[], exchange: ExchangeRuntime): readonly ClaimedEntry[] =>
  claimed.map((row) => {
    const { exchangeId } = row.entry;
    const since = links.find((link) => link.connection === exchange.name && link.exchangeId !== null && link.exchangeId === exchangeId);
    return row.link === null && since !== undefined ? { ...row, link: since } : row;
  });

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
  // The row that created our own item is still there, and looks at the ERP again by itself.
  const isMoved = how === movedItem;
  const found = closing(tenant, entry, 'skipped', how.code, how.note, { type: 'update', update, ...(isMoved ? { moved: true } : {}) });
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
  const moved = closing(tenant, entry, 'skipped', movedItem.code, movedItem.note, { type: 'update', update, moved: true });
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
  if (left === 'remove') return inboundDeletion(build, claimed, { removal: true });
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
  const { entry, link } = claimed;
  if (link?.decision?.take === 'deletion' && link.decision.side === 'exchange') {
    const note = 'Deleted in Exchange by a person’s word, which concerns Exchange only';
    const ended = closing(build.admitting.tenant, entry, 'skipped', 'own-deletion', note, {
      type: 'remove',
      linkId: link.id,
      version: link.version,
    });
    return { closing: ended };
  }
  const left = claimed.link === null ? null : exclude(build.admitting, claimed, null);
  return left === null || left === 'remove' ? inboundDeletion(build, claimed) : left;
};

const inboundDeletion = (
  { admitting: { tenant }, exchange, employee }: InboundBuild,
  claimed: ClaimedEntry,
  how: { readonly removal?: true } = {},
): BuiltRow => {
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
      ...how,
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

/** Rows whose item is gone, and which took the place of the row that told so. */
const unheededDeletions = async (
  { admitting: { tenant }, exchange }: InboundBuild,
  claimed: readonly ClaimedEntry[],
  items: readonly Result<ExchangeEntry>[],
): Promise<readonly ClaimedEntry[]> => {
  const gone = claimed.filter(({ link }, at) => {
    const item = items[at];
    return link !== null && item?.ok === false && item.error.code === 'item-not-found';
  });
  if (gone.length === 0) return [];
  const ids = gone.flatMap(({ entry }) => entry.exchangeId ?? []);
  const told = new Set(await tenant.database.store.unheededDeletions(exchange.name, ids));
  return gone.filter(({ entry }) => told.has(entry.exchangeId ?? ''));
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
  const toRead = rows.filter((row) => row.entry.operation !== 'delete');
  const ids = toRead.map((row) => row.entry.exchangeId ?? '');
  const items = ids.length === 0 ? [] : await exchange.connection.getMany(employee.email ?? '', ids);
  const syncIds = items.flatMap((item) => (item.ok && item.value.syncId !== null ? [item.value.syncId] : []));
  const links = syncIds.length === 0 ? [] : await tenant.database.store.linksBySyncId(syncIds);
  const changes = withLinkSince(toRead, links, exchange);
  const unheeded = await unheededDeletions(build, changes, items);
  const unlinked = items.flatMap((item, at) => (item.ok && changes[at]?.link === null ? [item.value] : []));
  const mailbox = employee.email ?? '';
  const moved = await movedItems(exchange, mailbox, employee.id, unlinked, links);
  const goneOf = new Map((await goneRows(build, unheeded)).map((row, at) => [unheeded[at], row]));
  const built = changes.map((claimed, index): BuiltRow => {
    const item = items[index];
    if (item === undefined)
      return { failure: { claimed, error: new SyncError('unexpected', 'item', 'Exchange gave no answer for this item') } };
    if (item.ok) return inboundRow(build, claimed, item.value, links, moved);
    const gone = goneOf.get(claimed);
    if (gone !== undefined) return gone;
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
  return forgetEmptyLinks(await collect(tenant, rows.flat()), claimed, (links) => withoutRecord(tenant, links));
};
