/**
 * Reads the changes of one mailbox folder since its last state into the journal (requirement T4). The caller holds the mailbox's lock, so
 * that every change key of our own writes is in its link by now.
 */
import type { ChangePage, FolderChange } from '../exchange/connection';
import type { InboundPage, Relinked } from '../erp/store';
import { SyncError } from '../model/error';
import type { Employee } from '../model/employee';
import type { Kind } from '../model/kind';
import { unseenChangeKey } from '../model/link';
import { foundAgain, relinkedTo } from './found-again';
import type { ExchangeRuntime, TenantRuntime } from './runtime';

type InboundChange = InboundPage['changes'][number];

/** Leaves out echoes of our own writes, and deletions of items that were never known (our own deletions among them). */
export const newsOf = async (
  tenant: TenantRuntime,
  connection: string,
  changes: readonly FolderChange[],
): Promise<readonly InboundChange[]> => {
  const { store } = tenant.database;
  const ids = changes.map((change) => change.id);
  if (ids.length === 0) return [];
  const deleted = changes.filter((change) => change.type === 'delete').map((change) => change.id);
  // Asked before the links: a row that ends in between has its link by then.
  const unfinished = new Set(deleted.length === 0 ? [] : await store.unfinishedExchangeIds(connection, deleted));
  const links = new Map((await store.linksByExchangeId(connection, ids)).map((link) => [link.exchangeId, link]));
  const inThisPage = new Set(changes.filter((change) => change.type !== 'delete').map((change) => change.id));
  return changes.flatMap((change): readonly InboundChange[] => {
    const link = links.get(change.id);
    if (change.type !== 'delete') {
      return link?.changeKey === change.changeKey ? [] : [{ operation: change.type, exchangeId: change.id, changeKey: change.changeKey }];
    }
    const known = link !== undefined || unfinished.has(change.id) || inThisPage.has(change.id);
    return known ? [{ operation: 'delete', exchangeId: change.id, changeKey: null }] : [];
  });
};

/**
 * What has become of items that the sync created and that no list told of. An item that is created and deleted between two lists is in
 * neither, so its deletion has to be asked for; only "there is no such item" counts as an answer.
 */
export const outcomeOfUnlisted = async (
  exchange: ExchangeRuntime,
  mailbox: string,
  unlisted: readonly string[],
): Promise<Pick<InboundPage, 'changes'> & { readonly listed: readonly string[] }> => {
  const results = unlisted.length === 0 ? [] : await exchange.connection.getMany(mailbox, unlisted);
  const gone = unlisted.filter((_, at) => {
    const result = results[at];
    return result?.ok === false && result.error.code === 'item-not-found';
  });
  const there = unlisted.filter((_, at) => results[at]?.ok === true);
  const changes = gone.map((exchangeId) => ({ operation: 'delete', exchangeId, changeKey: null }) as const);
  return { changes, listed: [...gone, ...there] };
};

/** A folder of a mailbox. */
export interface FolderReading {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly employee: Employee;
  readonly kind: Kind;
}

/** All pages from a state on; null when the server refuses a state. */
export const allPages = async (
  { exchange, employee, kind }: Omit<FolderReading, 'tenant'>,
  from: string | null,
): Promise<readonly ChangePage[] | null> => {
  const pages: ChangePage[] = [];
  try {
    do pages.push(await exchange.connection.changesSince(employee.email ?? '', kind, pages.at(-1)?.syncState ?? from));
    while (pages.at(-1)?.more === true);
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.code === 'sync-state-invalid') return null;
    throw thrown;
  }
  return pages;
};

/** Ids of the items that pages tell to be there. */
export const listedIn = (pages: readonly ChangePage[]): readonly string[] => [
  ...new Set(pages.flatMap(({ changes }) => changes.flatMap(({ id, type }) => (type === 'delete' ? [] : [id])))),
];

/** Items that were moved out and back, or got new ids: the end of the old one and the beginning of an equal one are told together. */
const toldUnderNewIds = async (reading: FolderReading, news: readonly InboundChange[]): Promise<readonly Relinked[]> => {
  const { tenant, exchange, employee, kind } = reading;
  const idsOf = (deleted: boolean) =>
    news.filter(({ operation }) => (operation === 'delete') === deleted).map(({ exchangeId }) => exchangeId);
  const [ended, begun] = [idsOf(true), idsOf(false).filter((id) => !idsOf(true).includes(id))];
  if (ended.length === 0 || begun.length === 0) return [];
  const { store } = tenant.database;
  const gone = (await store.linksByExchangeId(exchange.name, ended)).filter(
    (link) => link.state === 'active' && link.employeeId === employee.id && link.kind === kind,
  );
  return gone.length === 0 ? [] : relinkedTo(await foundAgain(reading, gone, begun));
};

/**
 * Reads what is new and stores it page by page, each with its state. The number of rows written, null when the folder has no state: it was
 * never read, or its state was refused (it is forgotten then). What is there has to be listed anew and compared.
 */
export const readFolderChanges = async (reading: FolderReading): Promise<number | null> => {
  const { tenant, exchange, employee, kind } = reading;
  const { store } = tenant.database;
  const mailbox = employee.email ?? '';
  const folder = { connection: exchange.name, employeeId: employee.id, kind, mailbox };
  // Created before the first page is asked for, so the pages tell of them or they are gone.
  const unlisted = new Set(await store.unlistedItems(exchange.name, employee.id, kind));
  let state = await store.folderState(exchange.name, employee.id, kind);
  if (state === null) return null;
  const pages = await allPages(reading, state);
  if (pages === null) {
    // Starting over lists what is there; what is missing from the list is not deleted, the check finds it (complaint 1).
    await store.resetFolderState(exchange.name, employee.id, kind);
    return null;
  }
  const told = await Promise.all(pages.map(({ changes }) => newsOf(tenant, exchange.name, changes)));
  const relinked = await toldUnderNewIds(reading, told.flat());
  const settled = new Set(relinked.flatMap(({ exchangeId, oldExchangeId }) => [exchangeId, oldExchangeId]));
  let rows = relinked.filter(({ changeKey }) => changeKey === unseenChangeKey).length;
  for (const [at, page] of pages.entries()) {
    const changes = (told[at] ?? []).filter(({ exchangeId }) => !settled.has(exchangeId));
    const listed = page.changes.flatMap(({ id }) => (unlisted.delete(id) ? [id] : []));
    const moved = at === 0 ? { relinked } : {};
    if (changes.length > 0 || listed.length > 0 || relinked.length > 0 || page.syncState !== state) {
      await store.appendInbound({ ...folder, syncState: page.syncState, changes, listed, ...moved });
    }
    state = page.syncState;
    rows += changes.length;
  }
  const outcome = await outcomeOfUnlisted(exchange, mailbox, [...unlisted]);
  if (outcome.listed.length > 0) await store.appendInbound({ ...folder, syncState: state, ...outcome });
  return rows + outcome.changes.length;
};
