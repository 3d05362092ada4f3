/**
 * Items that are in the folder under other ids than their links know: after a migration, in another mailbox, or moved out and back. The sync
 * id that this product wrote leads to the link; items that it never wrote to have none and are known by their content.
 */
import type { Relinked } from '../erp/store';
import { differingFields } from '../mapping/compare';
import { createMapping, type MappingContext } from '../mapping/mapping';
import type { Employee } from '../model/employee';
import type { ExchangeEntry } from '../model/item';
import type { Kind } from '../model/kind';
import { unseenChangeKey, type Link } from '../model/link';
import { exchangeCandidate, pairEqual } from './first-run/match';
import type { ExchangeRuntime, TenantRuntime } from './runtime';

/** The mapping without a flow's own rules. */
const mapping = createMapping();

/** What mapping and comparing needs to know of a tenant. */
export const mappingContext = async (tenant: TenantRuntime): Promise<MappingContext> => {
  const { store, records } = tenant.database;
  return {
    timeZone: store.timeZone,
    activityTypes: await tenant.directory.activityTypes(),
    asStored: (record) => records.asStored(record),
  };
};

/** A link and the item that is its own now. */
export interface Found {
  readonly link: Link & { readonly exchangeId: string };
  readonly item: ExchangeEntry;
  /** The item is not as it was last synchronised. */
  readonly edited: boolean;
}

const hasItem = (link: Link): link is Found['link'] => link.exchangeId !== null;

/** Links and items that belong together, one to one: by sync id, the others by times and subject, the closest first. Pure. */
export const matchLinks = (links: readonly Link[], items: readonly ExchangeEntry[], context: MappingContext): readonly Found[] => {
  const wanted = links.filter(hasItem);
  const bySyncId = wanted.flatMap((link) => {
    const item = items.find(({ syncId }) => syncId === link.syncId);
    return item === undefined ? [] : [{ link, item }];
  });
  const [led, taken] = [new Set(bySyncId.map(({ link }) => link.id)), new Set(bySyncId.map(({ item }) => item.id))];
  const [others, free] = [new Map<string, Found['link']>(), new Map<string, ExchangeEntry>()];
  for (const link of wanted) if (!led.has(link.id)) others.set(String(link.id), link);
  // Whoever carries another sync id is somebody else: a copy that was just named, whatever its content.
  for (const item of items) if (!taken.has(item.id) && item.syncId === null) free.set(item.id, item);
  // Nobody knows who organised what a link was made of, so it is asked of neither side.
  const pairs = pairEqual(
    [...others].map(([id, { exchangeBase: item }]) => exchangeCandidate({ id, item, meeting: null }, mapping, context, [])),
    [...free].map(([id, { item }]) => exchangeCandidate({ id, item, meeting: null }, mapping, context, [])),
  );
  const byContent = pairs.flatMap(({ erpId, exchangeId }) => {
    const [link, item] = [others.get(erpId), free.get(exchangeId)];
    return link === undefined || item === undefined ? [] : [{ link, item }];
  });
  return [...bySyncId, ...byContent].map(({ link, item }) => ({
    link,
    item,
    edited: differingFields(link.exchangeBase, item.item, context.timeZone).length > 0,
  }));
};

/** Finds the items of links among those with these ids, which have no link. */
export const foundAgain = async (
  { tenant, exchange, employee }: { readonly tenant: TenantRuntime; readonly exchange: ExchangeRuntime; readonly employee: Employee },
  links: readonly Link[],
  ids: readonly string[],
): Promise<readonly Found[]> => {
  if (links.length === 0 || ids.length === 0) return [];
  const items = (await exchange.connection.getMany(employee.email ?? '', ids)).flatMap((answer) => (answer.ok ? [answer.value] : []));
  const syncIds = items.flatMap(({ syncId }) => (syncId === null ? [] : [syncId]));
  // An item that an attempt created whose answer was lost belongs to its pending link, and a copy to nobody yet.
  const known = await tenant.database.store.linksBySyncId(syncIds);
  const wanted = new Set(links.map(({ id }) => id));
  const others = new Set(known.filter(({ id }) => !wanted.has(id)).map(({ syncId }) => syncId));
  const free = items.filter(({ syncId }) => syncId === null || !others.has(syncId));
  return matchLinks(links, free, await mappingContext(tenant));
};

/** What the store is told of items that were found again. */
export const relinkedTo = (found: readonly Found[]): readonly Relinked[] =>
  found.map(({ link, item, edited }) => ({
    linkId: link.id,
    version: link.version,
    oldExchangeId: link.exchangeId,
    exchangeId: item.id,
    changeKey: edited ? unseenChangeKey : item.changeKey,
  }));

/** Active links of a folder. */
export const linksOfFolder = async (tenant: TenantRuntime, exchange: ExchangeRuntime, employeeId: string, kind: Kind) =>
  (await tenant.database.store.linksOfEmployee(employeeId, kind)).filter(
    ({ state, connection }) => state === 'active' && connection === exchange.name,
  );
