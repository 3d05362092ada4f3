/** A mailbox in memory behind the port of Exchange: what a test of the writers needs of it, and no more. */
import type { ExchangeConnection, ItemIdentity } from '../../../lib/exchange/connection';
import { SyncError } from '../../../lib/model/error';
import type { ExchangeEntry, ExchangeItem } from '../../../lib/model/item';
import { fail, ok } from '../../../lib/model/result';

/** The mailbox and what a test does to it. */
export interface MemoryMailbox {
  readonly connection: ExchangeConnection;
  readonly items: ReadonlyMap<string, ExchangeEntry>;
  /** What was sent by `createMany`, in order. */
  readonly created: readonly ExchangeItem[];
  /** A person's edit. */
  readonly edit: (id: string, change: (item: ExchangeItem) => ExchangeItem) => void;
  /** Runs after each write that was carried out; what it throws is all that the sync hears of the write. */
  readonly after: { write: () => void };
}

const unused = (): never => {
  throw new Error('not part of this mailbox');
};

/** An empty mailbox. */
export const memoryMailbox = (): MemoryMailbox => {
  const items = new Map<string, ExchangeEntry>();
  /** Deleted Items, where each has a new id. */
  const bin = new Map<string, ExchangeEntry>();
  const created: ExchangeItem[] = [];
  const after = { write: (): void => undefined };
  let versions = 0;
  const put = (id: string, syncId: string | null, item: ExchangeItem): ItemIdentity => {
    versions += 1;
    const changeKey = `version ${versions}`;
    items.set(id, { id, changeKey, syncId, modifiedAt: '2026-01-01T00:00:00Z', meeting: null, regenerates: false, item });
    return { id, changeKey };
  };
  const gone = (id: string) => fail(new SyncError('item-not-found', 'item', `There is no ${id}.`));
  const connection: ExchangeConnection = {
    getMany: (_, ids) =>
      Promise.resolve(
        ids.map((id) => {
          const entry = items.get(id) ?? bin.get(id);
          return entry === undefined ? gone(id) : ok(entry);
        }),
      ),
    createMany: (_, wanted) =>
      Promise.resolve().then(() => {
        const results = wanted.map(({ item, syncId }) => {
          created.push(item);
          return ok(put(`item ${items.size + 1}`, syncId, item));
        });
        after.write();
        return results;
      }),
    updateMany: (_, updates) =>
      Promise.resolve().then(() => {
        const results = updates.map(({ id, changeKey, item, syncId }) => {
          const entry = items.get(id);
          if (entry === undefined) return gone(id);
          if (entry.changeKey !== changeKey) return fail(new SyncError('item-changed', 'retry', 'changed'));
          return ok(put(id, syncId, item));
        });
        after.write();
        return results;
      }),
    findBySyncId: (_mailbox, _kind, syncIds) =>
      Promise.resolve(
        [...items.values(), ...bin.values()].flatMap(({ id, changeKey, syncId }) =>
          syncId !== null && syncIds.includes(syncId) ? [{ id, changeKey, syncId, deleted: bin.has(id) }] : [],
        ),
      ),
    deleteMany: (_mailbox, _kind, doomed) =>
      Promise.resolve().then(() => {
        const results = doomed.map(({ id }) => {
          const entry = items.get(id);
          if (entry !== undefined) bin.set(`deleted ${id}`, { ...entry, id: `deleted ${id}` });
          return items.delete(id) ? ok(null) : gone(id);
        });
        after.write();
        return results;
      }),
    changesSince: unused,
    listWindow: unused,
    ensureCategories: unused,
    watch: unused,
    check: unused,
    tryLoginAgain: unused,
    close: () => Promise.resolve(),
  };
  return {
    connection,
    items,
    created,
    after,
    edit: (id, change) => {
      const entry = items.get(id);
      if (entry !== undefined) put(id, entry.syncId, change(entry.item));
    },
  };
};
