/** Batched requests of `ews-write` that create and change, with what becomes of links and journal rows; `exchange-deletions.ts` deletes. */
import { randomUUID } from 'node:crypto';
import omit from 'lodash/omit';
import type { Closing, NewEntry } from '../erp/store';
import type { FoundItem, ItemIdentity } from '../exchange/connection';
import { SyncError } from '../model/error';
import type { AnyItem, ErpRecord, ExchangeItem } from '../model/item';
import { goneChangeKey, unseenChangeKey } from '../model/link';
import type { Link, NewLink } from '../model/link';
import type { Decision, SyncMessage } from '../model/message';
import { fail, ok } from '../model/result';
import type { Result } from '../model/result';
import type { ExchangeRuntime, TenantRuntime } from './runtime';
import { basesAfter, isErpRecord, isExchangeItem, wrongShape } from './shapes';
import { lostVersions, outcomeOf, targetChangedError } from './writing';

/** Where a batch is written to. */
export interface ExchangeTarget {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
}

interface TaskWith<Chosen extends Decision> {
  readonly message: SyncMessage;
  readonly decision: Chosen;
}
/** A message whose item is to be created. */
export type CreateTask = TaskWith<Extract<Decision, { action: 'create' }>>;
/** A message whose item is to be changed. */
export type UpdateTask = TaskWith<Extract<Decision, { action: 'update' }>>;
/** A message whose item is to be deleted. */
export type DeleteTask = TaskWith<Extract<Decision, { action: 'delete' }>>;
/** One message on its way into a request. */
export type Task = CreateTask | UpdateTask | DeleteTask;

/** What a batch did for one message: how its row ends. */
export type Ended = Result<Closing>;

/** `message-incomplete`: the flow changed `msg.sync`. */
export const incomplete = (): SyncError =>
  new SyncError('message-incomplete', 'item', 'msg.sync is incomplete: the flow changed it, which it may only read.');

/** Exchange creates a series first and takes its exceptions then: so whatever dies in between, there is never a second series. */
const withoutExceptions = <Item extends ExchangeItem | ErpRecord>(item: Item): Item =>
  item.kind === 'appointment' ? { ...item, exceptions: [] } : item;

const hasExceptions = (item: AnyItem): boolean => item.kind === 'appointment' && item.exceptions.length > 0;

/** What a create leaves as bases: what was not sent with it, differs from them and travels by the row that `activated` queues. */
const createdBases = (source: ErpRecord, item: ExchangeItem) =>
  hasExceptions(item)
    ? { erpBase: withoutExceptions(source), exchangeBase: withoutExceptions(item) }
    : { erpBase: source, exchangeBase: item };

const newLinkOf = (exchange: ExchangeRuntime, { message, decision }: CreateTask): NewLink => {
  const { sync } = message;
  if (sync.source === null || !isErpRecord(sync.source)) throw wrongShape('source');
  if (!isExchangeItem(decision.item)) throw wrongShape('target');
  if (sync.erpId === null) throw incomplete();
  return {
    state: 'pending',
    kind: sync.kind,
    employeeId: sync.employee.id,
    connection: exchange.name,
    syncId: sync.syncId ?? randomUUID(),
    erpId: sync.erpId,
    exchangeId: null,
    changeKey: null,
    ...createdBases(sync.source, decision.item),
  };
};

/** How the row of a message ends that was written. */
export const closing = (tenant: TenantRuntime, task: Task, link: Closing['link']): Closing => {
  // What a write overwrites was kept before it.
  const outcome = omit(outcomeOf(task.message, task.decision), 'details');
  return { journalId: task.message.sync.journalId, instance: tenant.instance, outcome, link };
};

/** Keeps what the writes take from a person in Exchange: their answers may be lost. */
export const keepLost = async ({ database: { store } }: TenantRuntime, tasks: readonly (UpdateTask | DeleteTask)[]): Promise<void> => {
  const losing = tasks.filter(({ decision }) => decision.lost !== null);
  if (losing.length === 0) return;
  await store.keepDetails(
    losing.map(({ message: { sync }, decision }) => ({ journalId: sync.journalId, details: lostVersions(sync, decision) })),
  );
};

const activated = (tenant: TenantRuntime, task: Task, link: Link, identity: ItemIdentity): Closing =>
  closing(tenant, task, {
    type: 'update',
    update: {
      id: link.id,
      version: link.version,
      erpBase: link.erpBase,
      exchangeBase: link.exchangeBase,
      exchangeId: identity.id,
      changeKey: identity.changeKey,
    },
  });

/** The row that brings what a create left out, or what the ERP changed since. */
const updateOf = ({ kind, employeeId, erpId }: Link): NewEntry => ({
  direction: 'outbound',
  kind,
  operation: 'update',
  employeeId,
  connection: null,
  erpId,
  exchangeId: null,
});

/** Found in Deleted Items: it was created and then deleted by a person. That deletion travels now, as an inbound change. */
const deletedMeanwhile = (tenant: TenantRuntime, exchange: ExchangeRuntime, task: Task, link: Link, found: FoundItem): Closing => ({
  ...activated(tenant, task, link, { id: found.id, changeKey: goneChangeKey }),
  enqueue: [
    {
      direction: 'inbound',
      kind: link.kind,
      operation: 'delete',
      employeeId: link.employeeId,
      connection: exchange.name,
      erpId: null,
      exchangeId: found.id,
    },
  ],
});

/**
 * The item exists with the content of the first attempt. What the ERP changed since is written by a row of its own; what a person changed
 * since is compared when the list of changes tells of the item.
 */
const adopted = (tenant: TenantRuntime, task: Task, link: Link, found: FoundItem): Closing => ({
  ...activated(tenant, task, link, { id: found.id, changeKey: unseenChangeKey }),
  enqueue: [updateOf(link)],
});

/** Creates items; those of an attempt with unknown outcome are looked for by their sync id first. */
export const runCreates = async (
  { tenant, exchange }: ExchangeTarget,
  mailbox: string,
  tasks: readonly CreateTask[],
): Promise<readonly Ended[]> => {
  const announced = tasks.map((task) => newLinkOf(exchange, task));
  const links = await tenant.database.store.savePending(announced);
  const stored = tasks.map((task, index) => ({ task, link: links[index], announcedId: announced[index]?.syncId }));
  // A link that was there before, or a repeated attempt: the outcome of an earlier request is unknown.
  const doubtful = stored.filter(
    ({ task, link, announcedId }) =>
      link?.state === 'pending' && (task.message.sync.attempt > 1 || task.message.sync.link !== null || link.syncId !== announcedId),
  );
  const kind = tasks[0]?.message.sync.kind ?? 'appointment';
  const doubtfulIds = doubtful.flatMap(({ link }) => (link === undefined ? [] : [link.syncId]));
  const found = doubtfulIds.length === 0 ? [] : await exchange.connection.findBySyncId(mailbox, kind, doubtfulIds);
  const foundOf = (link: Link) =>
    found.find((item) => item.syncId === link.syncId && !item.deleted) ?? found.find((item) => item.syncId === link.syncId);

  const toCreate = stored.flatMap(({ task, link }) =>
    link?.state === 'pending' && foundOf(link) === undefined && isExchangeItem(task.decision.item)
      ? [{ link, item: task.decision.item }]
      : [],
  );
  const created =
    toCreate.length === 0
      ? []
      : await exchange.connection.createMany(
          mailbox,
          toCreate.map(({ link, item }) => ({ item: withoutExceptions(item), syncId: link.syncId })),
        );
  const createdOf = new Map(toCreate.map(({ link }, index) => [link.id, created[index]]));

  return stored.map(({ task, link }): Ended => {
    if (link === undefined) return fail(incomplete());
    // Somebody else's attempt finished first.
    if (link.state === 'active') return fail(targetChangedError());
    const existing = foundOf(link);
    if (existing !== undefined) {
      return ok(existing.deleted ? deletedMeanwhile(tenant, exchange, task, link, existing) : adopted(tenant, task, link, existing));
    }
    const result = createdOf.get(link.id);
    if (result === undefined) return fail(incomplete());
    if (!result.ok) return result;
    // The pending link may stem from an older attempt: what was sent now is the base.
    const { sync } = task.message;
    const { item } = task.decision;
    const sent =
      sync.source !== null && isErpRecord(sync.source) && isExchangeItem(item) ? { ...link, ...createdBases(sync.source, item) } : link;
    const ended = activated(tenant, task, sent, result.value);
    return ok(hasExceptions(item) ? { ...ended, enqueue: [updateOf(link)] } : ended);
  });
};

const mergedItem = (expected: ExchangeItem, changes: Readonly<Record<string, unknown>>): ExchangeItem => ({ ...expected, ...changes });

const spanFields = ['recurrence', 'start', 'end', 'allDay', 'timeZone', 'exceptions'];

/** Whether a change writes exceptions anew: Exchange forgets them with the old pattern, and a deleted occurrence comes back that way only. */
const rewritesExceptions = ({ decision: { expected, changes } }: UpdateTask, item: ExchangeItem): boolean =>
  spanFields.some((field) => field in changes) && (hasExceptions(expected) || hasExceptions(item));

/** Changes items; one that is no longer as it was when the change was decided comes again. */
export const runUpdates = async (
  { tenant, exchange }: ExchangeTarget,
  mailbox: string,
  tasks: readonly UpdateTask[],
): Promise<readonly Ended[]> => {
  const updates = tasks.map(({ message, decision }) => {
    const { exchangeId, syncId } = message.sync;
    if (exchangeId === null || syncId === null || decision.expectedChangeKey === null) throw incomplete();
    if (!isExchangeItem(decision.expected)) throw wrongShape('target');
    const item = mergedItem(decision.expected, decision.changes);
    return { id: exchangeId, changeKey: decision.expectedChangeKey, item, changes: decision.changes, syncId };
  });
  const rewritten = tasks.filter((task, index) => {
    const item = updates[index]?.item;
    return item !== undefined && rewritesExceptions(task, item);
  });
  if (rewritten.length > 0) await tenant.database.store.expectRewrites(rewritten.flatMap(({ message }) => message.sync.link?.id ?? []));
  await keepLost(tenant, tasks);
  const results = await exchange.connection.updateMany(mailbox, updates);
  return tasks.map((task, index): Ended => {
    const result = results[index];
    const { sync } = task.message;
    const bases = basesAfter(sync, { ...task.decision.changes, ...task.decision.rebase });
    if (result === undefined || bases === null || sync.link === null || sync.changeKey === null) return fail(incomplete());
    // Deleted since the decision: what becomes of the change is decided anew.
    if (!result.ok) return result.error.code === 'item-not-found' ? fail(targetChangedError()) : result;
    const changeKey = task.decision.targetChanged ? sync.changeKey : result.value.changeKey;
    return ok(closing(tenant, task, { type: 'update', update: { ...sync.link, ...bases, exchangeId: result.value.id, changeKey } }));
  });
};
