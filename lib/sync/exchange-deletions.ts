/** The batched request of `ews-write` that deletes, and what it must not take along: an item nobody compared, an edit of the last moment. */
import type { Closing } from '../erp/store';
import type { FoundItem, ItemToDelete } from '../exchange/connection';
import { unseenChangeKey } from '../model/link';
import { ok } from '../model/result';
import { closing, keepLost } from './exchange-batches';
import type { DeleteTask, Ended, ExchangeTarget } from './exchange-batches';
import { findLostEdits } from './lost-edits';
import type { TenantRuntime } from './runtime';

/** An item on its way to Deleted Items. */
interface Doomed {
  readonly task: DeleteTask;
  readonly item: ItemToDelete;
}

const doomedOf = (task: DeleteTask, id: string): Doomed => {
  const { syncId } = task.message.sync;
  const { expectedChangeKey: changeKey } = task.decision;
  return { task, item: changeKey === null || syncId === null ? { id } : { id, expected: { changeKey, syncId } } };
};

/**
 * The item is there, and the answer of its creation was lost: nobody has compared it since. A person may have changed it meanwhile, so
 * the deletion comes again as a row of its own, which compares it as any other.
 */
const foundUnseen = (tenant: TenantRuntime, task: DeleteTask, found: FoundItem): Closing | null => {
  const { link, base, kind, employee, erpId } = task.message.sync;
  if (link === null || base === null) return null;
  const { journalId } = task.message.sync;
  return {
    journalId,
    instance: tenant.instance,
    outcome: {
      state: 'skipped',
      note: 'Created unanswered before; the deletion follows when the item has been compared',
      noteCode: 'superseded',
    },
    link: {
      type: 'update',
      update: { ...link, erpBase: base.erp, exchangeBase: base.exchange, exchangeId: found.id, changeKey: unseenChangeKey },
    },
    enqueue: [{ direction: 'outbound', kind, operation: 'delete', employeeId: employee.id, connection: null, erpId, exchangeId: null }],
  };
};

/** Deletes items that are still as they were when it was decided. One that was never confirmed to exist is looked for by its sync id. */
export const runDeletes = async (target: ExchangeTarget, mailbox: string, tasks: readonly DeleteTask[]): Promise<readonly Ended[]> => {
  const { tenant, exchange } = target;
  const kind = tasks[0]?.message.sync.kind ?? 'appointment';
  const unknown = tasks.flatMap(({ message: { sync } }) => (sync.exchangeId === null && sync.syncId !== null ? [sync.syncId] : []));
  const found = unknown.length === 0 ? [] : await exchange.connection.findBySyncId(mailbox, kind, unknown);
  const unseen = new Map(
    tasks.flatMap((task) => {
      const { exchangeId, syncId } = task.message.sync;
      const item = exchangeId === null ? found.find((one) => one.syncId === syncId && !one.deleted) : undefined;
      const ended = item === undefined ? null : foundUnseen(tenant, task, item);
      return ended === null ? [] : [[task, ended] as const];
    }),
  );
  const doomed = tasks.flatMap((task) => {
    const { exchangeId } = task.message.sync;
    return exchangeId === null ? [] : [doomedOf(task, exchangeId)];
  });
  await keepLost(tenant, tasks);
  const results =
    doomed.length === 0
      ? []
      : await exchange.connection.deleteMany(
          mailbox,
          kind,
          doomed.map(({ item }) => item),
        );
  const resultOf = new Map(doomed.map(({ task }, index) => [task, results[index]]));
  const edits = await findLostEdits(
    target,
    mailbox,
    kind,
    doomed.flatMap(({ task, item: { expected: named } }) => {
      const { expected } = task.decision;
      return named === undefined || expected === null || resultOf.get(task)?.ok !== true ? [] : [{ syncId: named.syncId, expected }];
    }),
  );
  const afterDeletion = (task: DeleteTask): DeleteTask => {
    const edit = edits.get(task.message.sync.syncId ?? '');
    const { decision } = task;
    return edit === undefined
      ? task
      : { ...task, decision: { ...decision, expected: edit.item, lost: { ...decision.lost, ...edit.lost } } };
  };
  await keepLost(
    tenant,
    tasks.map(afterDeletion).filter((task, at) => task !== tasks[at]),
  );
  return tasks.map((task): Ended => {
    const compared = unseen.get(task);
    if (compared !== undefined) return ok(compared);
    const result = resultOf.get(task);
    if (result !== undefined && !result.ok) return result;
    const { link } = task.message.sync;
    return ok(
      closing(tenant, afterDeletion(task), link === null ? { type: 'keep' } : { type: 'remove', linkId: link.id, version: link.version }),
    );
  });
};
