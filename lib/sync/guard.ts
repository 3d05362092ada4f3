/**
 * The guard against mass deletion (requirement N4): were many items deleted, or is it an emptied calendar, a wrong filter, a restored
 * backup? Deletions of one employee, kind and direction beyond both limits wait for a person's word.
 */
import groupBy from 'lodash/groupBy';
import type { ClaimedEntry, Closing, DeletionCounts } from '../erp/store';
import { SyncError } from '../model/error';
import { deletionHeld } from '../model/held';
import type { Direction } from '../model/kind';
import type { SyncMessage } from '../model/message';
import type { Built } from './messages/built';
import type { TenantRuntime } from './runtime';

/** Deletions beyond both are held. */
export interface DeletionLimits {
  /** So many pass, whatever their share. */
  readonly count: number;
  /** Share of the employee's items of the kind, 0 to 1. */
  readonly share: number;
}

/** Where nobody said otherwise. */
export const defaultLimits: DeletionLimits = { count: 10, share: 0.1 };

/** Deletions that were carried out count so long: who deletes one after the other empties a calendar, too. */
const recentMs = 10 * 60_000;

/** How many items are gone at once, and of how many. */
export interface Extent {
  readonly deleted: number;
  readonly of: number;
}

/** What is deleted at once; `unseen`: deletions among the messages that the counts do not know as such. Pure. */
export const extentOf = ({ queued, held, done, links }: DeletionCounts, unseen: number): Extent => ({
  deleted: queued + held + done + unseen,
  of: links + done,
});

/** Whether so many deletions need a person's word. Pure. */
export const isTooMuch = ({ deleted, of }: Extent, limits: DeletionLimits): boolean =>
  deleted > limits.count && deleted > limits.share * of;

const placeOf = (direction: Direction): string => (direction === 'inbound' ? 'Exchange' : 'ERP');

const closingOf = (tenant: TenantRuntime, { sync }: SyncMessage, { deleted, of }: Extent): Closing => {
  const note =
    `${deleted} of ${of} linked items were deleted in ${placeOf(sync.direction)} at once. Release this row to delete the item on the ` +
    'other side, too, or finish it to keep the item there.';
  return {
    journalId: sync.journalId,
    instance: tenant.instance,
    outcome: { state: 'conflict', note, noteCode: deletionHeld },
    link: { type: 'keep' },
  };
};

const noticeOf = ({ direction, kind, employee }: SyncMessage['sync'], { deleted, of }: Extent): SyncError => {
  const place = placeOf(direction);
  const text =
    `${deleted} of ${of} items (${kind}) of employee ${employee.id} were deleted in ${place} at once; nothing was deleted on the other side. ` +
    'Look there, then release the rows with the note deletion-held to delete, or finish them to keep.';
  return new SyncError('deletions-held', 'configuration', text, {
    kind,
    table: place,
    count: deleted,
    employees: 1,
    employee: employee.id,
  });
};

/** What the guard let through and held, and what it has to tell: once, until everything that is held was decided. */
export interface Guarded {
  readonly built: Built;
  readonly notices: readonly SyncError[];
}

/** A deletion that no person released. */
const isJudged = ({ sync }: SyncMessage): boolean => sync.operation === 'delete' && sync.chosen?.take !== 'deletion';

/** Holds deletions among built messages that are too many. `deletionRows`: rows that say delete themselves, which the counts know. */
export const guardDeletions = async (
  tenant: TenantRuntime,
  built: Built,
  limits: DeletionLimits,
  deletionRows: ReadonlySet<number>,
): Promise<Guarded> => {
  const judged = built.messages.filter(isJudged);
  const held = new Map<SyncMessage, Closing>();
  const notices: SyncError[] = [];
  const since = new Date(Date.now() - recentMs).toISOString();
  for (const group of Object.values(groupBy(judged, ({ sync }) => JSON.stringify([sync.employee.id, sync.kind, sync.direction])))) {
    const [first] = group;
    if (first === undefined) continue;
    const { employee, kind, direction } = first.sync;
    const counts = await tenant.database.store.deletionCounts(employee.id, kind, direction, since);
    const extent = extentOf(counts, group.filter(({ sync }) => !deletionRows.has(sync.journalId)).length);
    if (!isTooMuch(extent, limits)) continue;
    for (const message of group) held.set(message, closingOf(tenant, message, extent));
    if (counts.held === 0) notices.push(noticeOf(first.sync, extent));
  }
  if (held.size === 0) return { built, notices };
  const messages = built.messages.filter((message) => !held.has(message));
  return { built: { ...built, messages, closings: [...built.closings, ...held.values()] }, notices };
};

/** Rows that say themselves that an item was deleted. */
export const deletionRowsOf = (claimed: readonly ClaimedEntry[]): ReadonlySet<number> =>
  new Set(claimed.filter(({ entry }) => entry.operation === 'delete').map(({ entry }) => entry.id));
