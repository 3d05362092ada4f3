/**
 * Items that come under a new id: after a migration of the mailbox, or when one was moved out of its folder and back. The sync id that
 * this product wrote into them leads to their link. An item whose link still has an item of its own is a copy, and gets its own sync id.
 */
import { randomUUID } from 'node:crypto';
import type { FoundItem } from '../exchange/connection';
import type { ExchangeEntry } from '../model/item';
import type { Kind } from '../model/kind';
import type { Link } from '../model/link';
import type { SyncMessage } from '../model/message';
import { fail, type Result } from '../model/result';
import { incomplete } from './exchange-batches';
import type { ExchangeRuntime } from './runtime';
import { targetChangedError } from './writing';

/** Links by the id under which their item is found now. */
export type Moved = ReadonlyMap<string, Link>;

const isWhere = (link: Link, exchange: ExchangeRuntime, employeeId: string): boolean =>
  link.state === 'active' && link.connection === exchange.name && link.employeeId === employeeId;

/** Links that items without a link take over, because the link's own item is gone; only "there is no such item" counts as gone. */
export const movedItems = async (
  exchange: ExchangeRuntime,
  mailbox: string,
  employeeId: string,
  items: readonly ExchangeEntry[],
  links: readonly Link[],
): Promise<Moved> => {
  const wanted = links.filter((link) => isWhere(link, exchange, employeeId));
  const candidates = wanted.flatMap((link) => {
    // Of several the first takes over; the others are copies of it.
    const item = items.find(({ syncId }) => syncId === link.syncId);
    return item === undefined || link.exchangeId === null || item.id === link.exchangeId
      ? []
      : [{ link, id: item.id, old: link.exchangeId }];
  });
  if (candidates.length === 0) return new Map();
  const answers = await exchange.connection.getMany(
    mailbox,
    candidates.map(({ old }) => old),
  );
  const gone = candidates.filter((_, at) => {
    const answer = answers[at];
    return answer?.ok === false && answer.error.code === 'item-not-found';
  });
  return new Map(gone.map(({ id, link }) => [id, link]));
};

/** Where items of links are found whose deletion was told: in the folder still, under another id. By link id. */
export const stillThere = async (
  exchange: ExchangeRuntime,
  mailbox: string,
  kind: Kind,
  links: readonly Link[],
): Promise<ReadonlyMap<number, FoundItem>> => {
  if (links.length === 0) return new Map();
  const syncIds = links.map(({ syncId }) => syncId);
  const found = (await exchange.connection.findBySyncId(mailbox, kind, syncIds)).filter(({ deleted }) => !deleted);
  return new Map(
    links.flatMap((link) => {
      const item = found.find(({ syncId, id }) => syncId === link.syncId && id !== link.exchangeId);
      return item === undefined ? [] : [[link.id, item] as const];
    }),
  );
};

/** Writes a sync id of its own into each copy, so that it is never taken for its original; the messages as they go on. */
export const nameCopies = async (
  exchange: ExchangeRuntime,
  mailbox: string,
  copies: readonly { readonly message: SyncMessage; readonly item: ExchangeEntry }[],
): Promise<readonly Result<SyncMessage>[]> => {
  if (copies.length === 0) return [];
  const updates = copies.map(({ item: { id, changeKey, item } }) => ({ id, changeKey, item, changes: {}, syncId: randomUUID() }));
  const results = await exchange.connection.updateMany(mailbox, updates);
  return copies.map(({ message }, at): Result<SyncMessage> => {
    const [result, update] = [results[at], updates[at]];
    if (result === undefined || update === undefined) return fail(incomplete());
    // Deleted since it was read: it is read again, and found to be gone.
    if (!result.ok) return result.error.code === 'item-not-found' ? fail(targetChangedError()) : result;
    const { syncId } = update;
    return { ok: true, value: { ...message, sync: { ...message.sync, syncId, changeKey: result.value.changeKey } } };
  });
};
