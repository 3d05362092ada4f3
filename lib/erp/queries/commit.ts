/** Carrying out inbound writes: record, link and journal row change together or not at all. */
import type { Transaction } from 'kysely';
import groupBy from 'lodash/groupBy';
import isEqual from 'lodash/isEqual';
import pick from 'lodash/pick';
import { SyncError, toSyncError } from '../../model/error';
import type { ErpEntry, ErpRecord, Fields } from '../../model/item';
import type { Engine } from '../engine';
import { inHalves } from '../halves';
import { changeRecord, checkRecord } from '../record-check';
import { compiledKind, type CompiledKinds } from '../records/compile';
import { writeExceptions } from '../records/exception-rows';
import { holdRecords, readRecords } from '../records/read';
import { entryOrThrow, type Reading } from '../records/reading';
import { removeSeries, writeSeries } from '../records/series-writes';
import { insertRecords, leaveRecords, removeRecords, updateRecord, type WriteContext } from '../records/write';
import type { InboundResult, InboundWrite } from '../store';
import type { Tables } from '../tables';
import { endLeased, queueRows } from './journal';
import { insertLinks, removeLinks, updateLink } from './links';
import { endParkedOfRemoved, settleParked } from './parked';

type Action = InboundWrite['action'];
type WriteOf<Type extends Action['type']> = InboundWrite & { readonly action: Extract<Action, { readonly type: Type }> };

const isCreate = (write: InboundWrite): write is WriteOf<'create'> => write.action.type === 'create';
const isUpdate = (write: InboundWrite): write is WriteOf<'update'> => write.action.type === 'update';
const isDelete = (write: InboundWrite): write is WriteOf<'delete'> => write.action.type === 'delete';

/** A write that was carried out, with the key of its record. */
type Written = readonly [write: InboundWrite, erpId: string];

/** Takes the write back: something is no longer what the writer expected. */
const changed = () => new SyncError('erp-changed', 'retry', 'The record or its link changed meanwhile; the write was not carried out.');
const removedAtOnce = () => new SyncError('erp-refused', 'item', 'The ERP removed the record as soon as it was written.');

const byId = (readings: readonly Reading[]): ReadonlyMap<string, Reading> => new Map(readings.map((reading) => [reading.id, reading]));

const readNow = async ({ engine, trx, kind }: WriteContext, ids: readonly string[]): Promise<ReadonlyMap<string, Reading>> =>
  byId(await readRecords(engine, trx, kind, ids));

const isLinked = async (trx: Transaction<Tables>, { action: { link } }: WriteOf<'create'>): Promise<boolean> => {
  const row = await trx
    .selectFrom('sync_link')
    .select('id')
    .where((where) =>
      where.or([
        where('sync_id', '=', link.syncId),
        where.and([where('connection', '=', link.connection), where('exchange_id', '=', link.exchangeId)]),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
};

/** The record that was written under a key. A key that the ERP spells differently is known by being the only one. */
const readBackOf = (found: ReadonlyMap<string, Reading>, key: string | undefined, count: number): ErpEntry => {
  const [only] = found.values();
  const reading = found.get(key ?? '') ?? (count === 1 && found.size === 1 ? only : undefined);
  if (reading === undefined) throw removedAtOnce();
  return entryOrThrow(reading);
};

/** That an item is linked already shows in the links' unique keys, and is told when it is tried alone. */
const createTogether = async (context: WriteContext, writes: readonly WriteOf<'create'>[]): Promise<readonly Written[]> => {
  if (writes.length === 0) return [];
  const records = writes.map(({ action }) => checkRecord(action.record));
  const keys = await insertRecords(
    context,
    records.map((record) => ({ record })),
  );
  for (const [index, record] of records.entries()) {
    await writeSeries(context, keys[index] ?? '', null, record);
    await writeExceptions(context, keys[index] ?? '', null, record);
  }
  const found = await readNow(context, keys);
  const entries = writes.map((write, index) => ({ write, entry: readBackOf(found, keys[index], writes.length) }));
  await insertLinks(
    context.trx,
    entries.map(({ write, entry }) => ({ ...write.action.link, erpId: entry.id, erpBase: entry.record })),
  );
  return entries.map(({ write, entry }) => [write, entry.id]);
};

/** What a record was before a write, and what it was to become. */
interface Change {
  readonly write: WriteOf<'update'>;
  readonly before: ErpRecord;
  readonly after: ErpRecord;
}

/**
 * The record's base after an update: what was written is what the ERP holds now. Everything else keeps its base, so that the ERP's own
 * changes, which have not travelled yet, still differ from it.
 */
const erpBaseAfter = (base: ErpRecord, written: readonly string[], now: ErpRecord): ErpRecord => {
  const own: Fields = pick(now, written);
  return { ...base, ...own };
};

const fieldsOf = (record: ErpRecord): ReadonlyMap<string, unknown> => new Map(Object.entries(record));

/** Fields whose base is what was written. The writer gave another one where only a part of what was written came from Exchange. */
const baseIsWritten = ({ write: { action } }: Change, written: readonly string[]): readonly string[] => {
  const [given, base] = [new Map(Object.entries(action.changes)), fieldsOf(action.link.erpBase)];
  return written.filter((field) => !given.has(field) || isEqual(base.get(field), given.get(field)));
};

/** Stores what the ERP holds after its updates. Fields that the ERP's own triggers changed with them are queued for Exchange. */
const readBackUpdates = async (context: WriteContext, changes: readonly Change[]): Promise<void> => {
  const { engine, trx, employeeId } = context;
  const found = await readNow(
    context,
    changes.map(({ write }) => write.action.erpId),
  );
  for (const change of changes) {
    const { erpId, link } = change.write.action;
    const now = readBackOf(found, erpId, changes.length).record;
    const [before, after] = [fieldsOf(change.before), fieldsOf(change.after)];
    const written = [...after.keys()].filter(
      (field) => field in change.write.action.changes || !isEqual(before.get(field), after.get(field)),
    );
    if (!(await updateLink(trx, { ...link, erpBase: erpBaseAfter(link.erpBase, baseIsWritten(change, written), now) }))) throw changed();
    const byTheErp = [...fieldsOf(now)].some(([field, value]) => !written.includes(field) && !isEqual(value, before.get(field)));
    if (!byTheErp) continue;
    const shared = { kind: change.write.kind, employeeId, erpId } as const;
    await queueRows(engine, trx, [{ ...shared, direction: 'outbound', operation: 'update', connection: null, exchangeId: null }]);
  }
};

const updateTogether = async (
  context: WriteContext,
  writes: readonly WriteOf<'update'>[],
  found: ReadonlyMap<string, Reading>,
): Promise<readonly Written[]> => {
  const changes: Change[] = [];
  for (const write of writes) {
    const { erpId, expected } = write.action;
    const before = recordExpected(found, erpId, expected).record;
    const after = changeRecord(before, write.action.changes);
    await updateRecord(context, erpId, before, after);
    await writeSeries(context, erpId, before, after);
    changes.push({ write, before, after });
  }
  if (changes.length > 0) await readBackUpdates(context, changes);
  const moved = writes.map(({ journalId, action }) => ({ journalId, linkId: action.link.id }));
  await settleParked(context.engine, context.trx, moved);
  return writes.map((write) => [write, write.action.erpId]);
};

/** The entry as the writer knew it. */
const recordExpected = (found: ReadonlyMap<string, Reading>, erpId: string, expected: ErpRecord): ErpEntry => {
  const reading = found.get(erpId);
  const entry = reading === undefined ? null : entryOrThrow(reading);
  if (entry === null || !isEqual(entry.record, expected)) throw changed();
  return entry;
};

/** Who only takes part leaves a record, which stays for the others. */
const deleteTogether = async (
  context: WriteContext,
  writes: readonly WriteOf<'delete'>[],
  found: ReadonlyMap<string, Reading>,
): Promise<readonly Written[]> => {
  if (writes.length === 0) return [];
  const isTheirs = ({ action }: WriteOf<'delete'>): boolean => {
    const { employeeIds } = recordExpected(found, action.erpId, action.expected);
    return found.get(action.erpId)?.inCharge === context.employeeId || employeeIds.length < 2;
  };
  const theirs = writes.filter(isTheirs).map(({ action }) => action.erpId);
  const others = writes.map(({ action }) => action.erpId).filter((id) => !theirs.includes(id));
  await removeSeries(context, theirs);
  await removeRecords(context, theirs);
  await leaveRecords(context, others);
  const linkIds = writes.map(({ action }) => action.linkId);
  await endParkedOfRemoved(context.engine, context.trx, linkIds);
  if (
    !(await removeLinks(
      context.trx,
      writes.map(({ action }) => action),
    ))
  )
    throw changed();
  return writes.map((write) => [write, write.action.erpId]);
};

/** The writes of one employee and kind. */
const carryOutTogether = async (context: WriteContext, writes: readonly InboundWrite[]): Promise<readonly Written[]> => {
  const created = await createTogether(context, writes.filter(isCreate));
  const known = writes.flatMap(({ action }) => (action.type === 'create' ? [] : [action.erpId]));
  const found = byId(await holdRecords(context.engine, context.trx, context.kind, known));
  const updated = await updateTogether(context, writes.filter(isUpdate), found);
  const deleted = await deleteTogether(context, writes.filter(isDelete), found);
  return [...created, ...updated, ...deleted];
};

/** All writes or none: throws when one of them cannot be carried out. */
const commitTogether = async (
  engine: Engine,
  kinds: CompiledKinds,
  trx: Transaction<Tables>,
  writes: readonly InboundWrite[],
): Promise<readonly InboundResult[]> => {
  const keys = new Map<InboundWrite, string>();
  for (const group of Object.values(groupBy(writes, (write) => JSON.stringify([write.employeeId, write.kind])))) {
    const [first] = group;
    if (first === undefined) continue;
    const context = { engine, trx, kind: compiledKind(kinds, first.kind), employeeId: first.employeeId };
    const written = await engine.writingFor(trx, first.employeeId, () => carryOutTogether(context, group));
    for (const [write, key] of written) keys.set(write, key);
  }
  const keyOf = (write: InboundWrite) => keys.get(write) ?? '';
  const ends = writes.map((write) => ({ ...write, erpId: keyOf(write) }));
  if (!(await endLeased(engine, trx, ends))) throw changed();
  return writes.map((write) => ({ status: 'written', erpId: keyOf(write) }));
};

/** What concerns the whole database is no matter of one write. */
const isOfOne = (thrown: unknown): boolean => !['connection', 'configuration', 'login'].includes(toSyncError(thrown).scope);

/** One write in a transaction of its own. What concerns the whole database rejects. */
const commitOne = async (engine: Engine, kinds: CompiledKinds, write: InboundWrite): Promise<InboundResult> => {
  try {
    const [result] = await engine.write(async (trx) => {
      if (isCreate(write) && (await isLinked(trx, write))) throw changed();
      return commitTogether(engine, kinds, trx, [write]);
    });
    return result ?? { status: 'changed' };
  } catch (thrown) {
    if (!isOfOne(thrown)) throw thrown;
    const error = toSyncError(thrown);
    return error.code === 'erp-changed' ? { status: 'changed' } : { status: 'failed', error };
  }
};

/** Carries out writes in as few transactions as possible; a poison record alone fails. */
export const commitMany = (engine: Engine, kinds: CompiledKinds, writes: readonly InboundWrite[]): Promise<readonly InboundResult[]> =>
  inHalves(writes, {
    together: (part) => engine.write((trx) => commitTogether(engine, kinds, trx, part)),
    alone: (write) => commitOne(engine, kinds, write),
    isOfOne,
  });
