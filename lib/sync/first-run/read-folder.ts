/**
 * The first reading of a folder (requirement S6): items that both sides hold already are linked, the others queued or left alone as the
 * run's settings say. Each page is stored with the folder's state in one transaction, so that a death at any point is gone on from there;
 * what only the ERP holds is queued with the last page, when every equal item is linked.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import chunk from 'lodash/chunk';
import countBy from 'lodash/countBy';
import type { InboundPage, PairToLink } from '../../erp/store';
import type { ChangePage } from '../../exchange/connection';
import { createMapping, type MappingContext } from '../../mapping/mapping';
import { SyncError } from '../../model/error';
import type { Employee } from '../../model/employee';
import type { FirstRun, FirstRunCounts, LeftReason } from '../../model/first-run';
import type { ErpEntry, ErpRecord, ExchangeEntry } from '../../model/item';
import { unseenChangeKey } from '../../model/link';
import { listedIn, newsOf, outcomeOfUnlisted } from '../folder-changes';
import { linksOfFolder, mappingContext } from '../found-again';
import { relistLost } from '../relist';
import type { ExchangeRuntime, TenantRuntime } from '../runtime';
import { pairBases } from './bases';
import { erpCandidate, exchangeCandidate, pairEqual } from './match';
import { leftAlone } from './selection';

/** What to read. */
export interface FirstReading {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly employee: Employee;
  readonly run: FirstRun;
}

/** Before and after everything that calendars hold, UTC. */
const everything = { from: '1900-01-01T00:00:00Z', to: '4500-01-01T00:00:00Z' };

/** The mapping without a flow's own rules: what it does not know to be equal goes through the flow. */
const mapping = createMapping();

/** Members between which other work of the process gets its turn. */
const partSize = 100;

const inParts = async <A, B>(members: readonly A[], work: (member: A) => B): Promise<readonly B[]> => {
  const results: B[] = [];
  for (const part of chunk(members, partSize)) {
    results.push(...part.map(work));
    await setImmediate();
  }
  return results;
};

/** What becomes of the items of one side alone, and of those that both sides hold. */
interface Plan {
  /** Of an Exchange item without a link. */
  readonly fateOf: (exchangeId: string) => PairToLink | LeftReason | 'queue';
  readonly records: NonNullable<InboundPage['records']>;
  readonly erpLeft: FirstRunCounts['left'];
}

const isPair = (fate: PairToLink | LeftReason | 'queue'): fate is PairToLink => typeof fate === 'object';

/** One side holds nothing, and nothing is asked of the other's items: they need not be read. */
const planOfOneSide = ({ run }: FirstReading, unlinked: readonly string[]): Plan => {
  const { mode } = run.settings;
  const erpLeft = mode === 'exchange' && unlinked.length > 0 ? { mode: unlinked.length } : {};
  return { fateOf: () => (mode === 'erp' ? 'mode' : 'queue'), records: mode === 'exchange' ? [] : 'unlinked', erpLeft };
};

/** Exchange items that have no link, and are not our own of which the answer was lost. */
const unlinkedItems = async ({ tenant, exchange, employee, run }: FirstReading): Promise<readonly ExchangeEntry[]> => {
  const { store } = tenant.database;
  const all = await exchange.connection.listWindow(employee.email ?? '', run.kind, everything.from, everything.to);
  const links = await store.linksByExchangeId(
    exchange.name,
    all.map(({ id }) => id),
  );
  const syncIds = all.flatMap(({ syncId }) => (syncId === null ? [] : [syncId]));
  const pending = (await store.linksBySyncId(syncIds)).filter(({ state, employeeId }) => state === 'pending' && employeeId === employee.id);
  const linked = new Set(links.map(({ exchangeId }) => exchangeId));
  const own = new Set(pending.map(({ syncId }) => syncId));
  return all.filter(({ id, syncId }) => !linked.has(id) && (syncId === null || !own.has(syncId)));
};

/** Why an item of one side alone is left alone; what cannot be compared is queued, and its row tells why. */
const reasonFor = (read: () => ErpRecord, modifiedAt: string | null, { run }: FirstReading, timeZone: string): LeftReason | null => {
  try {
    return leftAlone(read(), modifiedAt, run.settings, timeZone);
  } catch (error) {
    if (error instanceof SyncError) return null;
    throw error;
  }
};

/** An item that was copied has its original's sync id. */
const freeSyncIds = async ({ tenant }: FirstReading, items: readonly ExchangeEntry[]): Promise<(item: ExchangeEntry) => string> => {
  const wanted = items.flatMap(({ syncId }) => (syncId === null ? [] : [syncId]));
  const taken = new Set((await tenant.database.store.linksBySyncId(wanted)).map(({ syncId }) => syncId));
  return ({ syncId }) => {
    const own = syncId === null || taken.has(syncId) ? randomUUID() : syncId;
    taken.add(own);
    return own;
  };
};

const pairToLink = (reading: FirstReading, erp: ErpEntry, item: ExchangeEntry, syncId: string, context: MappingContext): PairToLink => {
  const { exchange, employee, run } = reading;
  const { settings, kind } = run;
  const asked = (side: ErpRecord, modifiedAt: string | null) => reasonFor(() => side, modifiedAt, reading, context.timeZone) === null;
  // What the run leaves alone is linked all the same: it would be doubled as soon as somebody touches it.
  const wanted = asked(erp.record, erp.modifiedAt) || asked(erp.record, item.modifiedAt);
  const bases = wanted
    ? pairBases(erp.record, item.item, settings.mode, mapping, context)
    : { erpBase: erp.record, exchangeBase: item.item, inbound: false, outbound: false };
  return {
    link: {
      state: 'active',
      kind,
      employeeId: employee.id,
      connection: exchange.name,
      syncId,
      erpId: erp.id,
      exchangeId: item.id,
      changeKey: bases.inbound ? unseenChangeKey : item.changeKey,
      erpBase: bases.erpBase,
      exchangeBase: bases.exchangeBase,
    },
    inbound: bases.inbound,
    outbound: bases.outbound,
  };
};

/** Reads what both sides hold and finds what is equal. */
const planOfBoth = async (reading: FirstReading, unlinked: readonly string[]): Promise<Plan> => {
  const { tenant, run } = reading;
  const { mode } = run.settings;
  const context = await mappingContext(tenant);
  const employees = await tenant.directory.employees();
  const items = await unlinkedItems(reading);
  const unreadable: string[] = [];
  const entries = await tenant.database.records.read(run.kind, unlinked, (id) => unreadable.push(id));

  const erp = await inParts(entries, (entry) => erpCandidate(entry, context));
  const exchange = await inParts(items, (item) => exchangeCandidate(item, mapping, context, employees));
  const entryOf = new Map(entries.map((entry) => [entry.id, entry]));
  const itemOf = new Map(items.map((item) => [item.id, item]));
  const syncIdOf = await freeSyncIds(reading, items);
  const pairs = await inParts(pairEqual(erp, exchange), ({ erpId, exchangeId }): readonly PairToLink[] => {
    const [entry, item] = [entryOf.get(erpId), itemOf.get(exchangeId)];
    return entry === undefined || item === undefined ? [] : [pairToLink(reading, entry, item, syncIdOf(item), context)];
  });
  const pairOf = new Map(pairs.flat().map((pair) => [pair.link.exchangeId, pair]));
  const paired = new Set(pairs.flat().map(({ link }) => link.erpId));

  const { timeZone } = context;
  const fates = await inParts(items, ({ id, item, modifiedAt }) => {
    const alone = mode === 'erp' ? ('mode' as const) : reasonFor(() => mapping.toErp(item, context), modifiedAt, reading, timeZone);
    return [id, pairOf.get(id) ?? alone ?? ('queue' as const)] as const;
  });
  const fateOf = new Map(fates);
  const alone = entries.filter(({ id }) => !paired.has(id));
  const reasons = await inParts(alone, ({ record, modifiedAt }) =>
    mode === 'exchange' ? ('mode' as const) : reasonFor(() => record, modifiedAt, reading, timeZone),
  );
  const queued = alone.filter((_, index) => reasons[index] === null).map(({ id }) => id);
  return {
    fateOf: (id) => fateOf.get(id) ?? (mode === 'erp' ? 'mode' : 'queue'),
    records: mode === 'exchange' ? [] : [...queued, ...unreadable],
    erpLeft: countBy(reasons.filter((reason) => reason !== null)),
  };
};

/** A page as it is stored. */
const pageOf = async (reading: FirstReading, page: ChangePage, plan: Plan) => {
  const { tenant, exchange } = reading;
  const news = await newsOf(tenant, exchange.name, page.changes);
  const links = await tenant.database.store.linksByExchangeId(
    exchange.name,
    news.map(({ exchangeId }) => exchangeId),
  );
  const linked = new Set(links.map(({ exchangeId }) => exchangeId));
  const fated = news.map((change) => ({
    change,
    fate: change.operation === 'delete' || linked.has(change.exchangeId) ? ('queue' as const) : plan.fateOf(change.exchangeId),
  }));
  return {
    changes: fated.flatMap(({ change, fate }) => (fate === 'queue' ? [change] : [])),
    pairs: fated.flatMap(({ fate }) => (isPair(fate) ? [fate] : [])),
    left: countBy(fated.flatMap(({ fate }) => (isPair(fate) || fate === 'queue' ? [] : [fate]))),
  };
};

const added = (a: FirstRunCounts['left'], b: FirstRunCounts['left']): FirstRunCounts['left'] => {
  const sum: Partial<Record<LeftReason, number>> = { ...a };
  for (const reason of ['mode', 'before-start-date', 'unchanged-since'] as const) {
    if (b[reason] !== undefined) sum[reason] = (sum[reason] ?? 0) + b[reason];
  }
  return sum;
};

/** Pages from a state on, each asked for when it is wanted. */
async function* pagesFrom({ exchange, employee, run }: FirstReading, first: ChangePage): AsyncGenerator<ChangePage> {
  let page = first;
  yield page;
  while (page.more) {
    page = await exchange.connection.changesSince(employee.email ?? '', run.kind, page.syncState);
    yield page;
  }
}

const all = async (pages: AsyncIterable<ChangePage>): Promise<readonly ChangePage[]> => {
  const read: ChangePage[] = [];
  for await (const page of pages) read.push(page);
  return read;
};

/** Reads a folder from where the run stands to its end. The caller holds the mailbox's lock. */
export const readFirstRun = async (reading: FirstReading): Promise<void> => {
  const { tenant, exchange, employee, run } = reading;
  const { store } = tenant.database;
  const mailbox = employee.email ?? '';
  const folder = { connection: exchange.name, employeeId: employee.id, kind: run.kind, mailbox };
  const state = await store.folderState(exchange.name, employee.id, run.kind);
  const created = await store.unlistedItems(exchange.name, employee.id, run.kind);
  let anew = state === null;
  const first = await exchange.connection.changesSince(mailbox, run.kind, state).catch(async (thrown: unknown) => {
    if (!(thrown instanceof SyncError) || thrown.code !== 'sync-state-invalid' || state === null) throw thrown;
    await store.resetFolderState(exchange.name, employee.id, run.kind);
    anew = true;
    return exchange.connection.changesSince(mailbox, run.kind, null);
  });
  const relisted = anew && (await linksOfFolder(tenant, exchange, employee.id, run.kind)).length > 0;
  const known = relisted ? await all(pagesFrom(reading, first)) : null;
  if (known !== null) await relistLost({ ...reading, kind: run.kind }, listedIn(known));
  const still = new Set(await store.unlistedItems(exchange.name, employee.id, run.kind));
  // Created before the first page was asked for, so the pages tell of them or they are gone.
  const unlisted = new Set(created.filter((id) => still.has(id)));
  const unlinked = await store.unlinkedRecords(employee.id, run.kind);
  const mailboxEmpty = first.changes.length === 0 && !first.more;
  const selective = run.settings.startDate !== null || run.settings.changedSince !== null;
  const together = selective ? unlinked.length > 0 || !mailboxEmpty : unlinked.length > 0 && !mailboxEmpty;
  // Everything is known before the first page is stored, so that the closest of equal items find each other.
  const pages = known ?? (together ? await all(pagesFrom(reading, first)) : pagesFrom(reading, first));
  const plan = together ? await planOfBoth(reading, unlinked) : planOfOneSide(reading, unlinked);
  for await (const page of pages) {
    const { changes, pairs, left } = await pageOf(reading, page, plan);
    const listed = page.changes.flatMap(({ id }) => (unlisted.delete(id) ? [id] : []));
    const last = !page.more;
    await store.appendInbound({
      ...folder,
      syncState: page.syncState,
      changes,
      pairs,
      listed,
      ...(last ? { records: plan.records } : {}),
      run: { id: run.id, left: last ? added(left, plan.erpLeft) : left, last },
    });
    await setImmediate();
    if (!last) continue;
    const outcome = await outcomeOfUnlisted(exchange, mailbox, [...unlisted]);
    if (outcome.listed.length > 0) await store.appendInbound({ ...folder, syncState: page.syncState, ...outcome });
  }
};
