/** What one employee's mailbox and the ERP hold of one kind in a period, paired by links. */
import { inWindow } from '../mapping/window';
import { localFromInstant } from '../mapping/local-time';
import type { Mapping, MappingContext } from '../mapping/mapping';
import { SyncError, toSyncError } from '../model/error';
import type { ErpEntry, ExchangeEntry } from '../model/item';
import type { Kind } from '../model/kind';
import type { Link } from '../model/link';
import type { ExchangeRuntime, TenantRuntime } from '../sync/runtime';

/** One side of a pair: there, gone for certain, or neither could be told. */
export type Presence<T> =
  { readonly state: 'there'; readonly entry: T } | { readonly state: 'gone' } | { readonly state: 'unknown'; readonly error: SyncError };

/** A record and an item that belong together, or one of them without a link. */
export interface Pair {
  readonly link: Link | null;
  readonly erp: Presence<ErpEntry>;
  readonly exchange: Presence<ExchangeEntry>;
}

/** What to read. */
export interface MailboxQuestion {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly mapping: Mapping;
  readonly context: MappingContext;
  readonly employeeId: string;
  readonly mailbox: string;
  readonly kind: Kind;
  /** UTC instants. */
  readonly from: string;
  readonly to: string;
}

const gone = { state: 'gone' } as const;
const there = <T>(entry: T): Presence<T> => ({ state: 'there', entry });

const unknown = (error: SyncError): Presence<never> => ({ state: 'unknown', error });

/** An item that cannot be mapped is kept: it is shown with its cause instead of being overlooked. */
const exchangeInWindow = ({ item }: ExchangeEntry, mapping: Mapping, { context, from, to }: MailboxQuestion): boolean => {
  try {
    const [localFrom, localTo] = [localFromInstant(from, context.timeZone), localFromInstant(to, context.timeZone)];
    return inWindow(mapping.toErp(item, context), localFrom, localTo, context.timeZone);
  } catch (error) {
    if (error instanceof SyncError) return true;
    throw error;
  }
};

/** Records that the list did not hold, read by key: only what the key does not find any more is gone. */
const readRecords = async (question: MailboxQuestion, ids: readonly string[]): Promise<ReadonlyMap<string, Presence<ErpEntry>>> => {
  if (ids.length === 0) return new Map();
  const presences = new Map<string, Presence<ErpEntry>>();
  const found = await question.tenant.database.records.read(question.kind, ids, (id, error) => presences.set(id, unknown(error)));
  const mine = found.filter(({ employeeIds }) => employeeIds.includes(question.employeeId));
  for (const entry of mine) presences.set(entry.id, there(entry));
  return presences;
};

const readItems = async (question: MailboxQuestion, ids: readonly string[]): Promise<ReadonlyMap<string, Presence<ExchangeEntry>>> => {
  if (ids.length === 0) return new Map();
  const results = await question.exchange.connection.getMany(question.mailbox, ids);
  const presences = ids.map((id, at): readonly [string, Presence<ExchangeEntry>] => {
    const result = results[at];
    if (result === undefined) return [id, unknown(toSyncError(new Error('Exchange gave no result for the item.')))];
    if (result.ok) return [id, there(result.value)];
    return [id, result.error.code === 'item-not-found' ? gone : unknown(result.error)];
  });
  return new Map(presences);
};

/**
 * Pairs that touch the period on at least one side. "Gone from a list" is no deletion: the missing side of a link is read by its id.
 * Rejects with a SyncError when mailbox or ERP cannot be read.
 */
export const readPairs = async (question: MailboxQuestion): Promise<readonly Pair[]> => {
  const { tenant, exchange, employeeId, mailbox, kind, from, to, context } = question;
  // A record that cannot be read is told when its link is looked up by key; without a link its journal row tells.
  const leaveOut = () => undefined;
  const [localFrom, localTo] = [localFromInstant(from, context.timeZone), localFromInstant(to, context.timeZone)];
  const records = await tenant.database.records.listWindow(kind, employeeId, localFrom, localTo, leaveOut);
  const items = await exchange.connection.listWindow(mailbox, kind, from, to);
  const links = (await tenant.database.store.linksOfEmployee(employeeId, kind)).filter(({ connection }) => connection === exchange.name);

  const recordById = new Map(records.map((entry) => [entry.id, entry]));
  const itemById = new Map(items.map((entry) => [entry.id, entry]));
  const shownRecords = new Set(records.filter(({ record }) => inWindow(record, localFrom, localTo, context.timeZone)).map(({ id }) => id));
  const mapping = await question.mapping.prepared(
    items.map(({ item }) => item),
    context,
  );
  const shownItems = new Set(items.filter((entry) => exchangeInWindow(entry, mapping, question)).map(({ id }) => id));
  const shownLinks = links.filter(
    ({ erpId, exchangeId }) => shownRecords.has(erpId) || (exchangeId !== null && shownItems.has(exchangeId)),
  );

  const otherRecords = await readRecords(
    question,
    shownLinks.map(({ erpId }) => erpId).filter((id) => !recordById.has(id)),
  );
  const otherItems = await readItems(
    question,
    shownLinks.flatMap(({ exchangeId }) => (exchangeId === null || itemById.has(exchangeId) ? [] : [exchangeId])),
  );
  const erpSide = (id: string): Presence<ErpEntry> => {
    const listed = recordById.get(id);
    return listed === undefined ? (otherRecords.get(id) ?? gone) : there(listed);
  };
  const exchangeSide = (id: string | null): Presence<ExchangeEntry> => {
    const listed = id === null ? undefined : itemById.get(id);
    return listed === undefined ? ((id === null ? undefined : otherItems.get(id)) ?? gone) : there(listed);
  };

  const linkedRecords = new Set(links.map(({ erpId }) => erpId));
  const linkedItems = new Set(links.map(({ exchangeId }) => exchangeId));
  return [
    ...shownLinks.map((link) => ({ link, erp: erpSide(link.erpId), exchange: exchangeSide(link.exchangeId) })),
    ...records
      .filter(({ id }) => shownRecords.has(id) && !linkedRecords.has(id))
      .map((entry) => ({ link: null, erp: there(entry), exchange: gone })),
    ...items
      .filter(({ id }) => shownItems.has(id) && !linkedItems.has(id))
      .map((entry) => ({ link: null, erp: gone, exchange: there(entry) })),
  ];
};
