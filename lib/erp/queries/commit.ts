/** Carrying out one inbound write: record, link and journal row change together or not at all. */
import type { Transaction } from 'kysely';
import groupBy from 'lodash/groupBy';
import isEqual from 'lodash/isEqual';
import { SyncError, toSyncError } from '../../model/error';
import type { ErpEntry, ErpRecord } from '../../model/item';
import { changeAppointment, changeTask, checkRecord } from '../record-check';
import type { Engine } from '../engine';
import { inHalves } from '../halves';
import type { InboundResult, InboundWrite } from '../store';
import type { Tables } from '../tables';
import { endLeased } from './journal';
import { insertLinks, removeLinks, updateLink } from './links';
import { deleteRecord, insertAppointment, insertTask, updateAppointment, updateTask } from './record-writes';
import { readRecords } from './records';

type Action = InboundWrite['action'];
type Create = Extract<Action, { readonly type: 'create' }>;
type Update = Extract<Action, { readonly type: 'update' }>;
type Delete = Extract<Action, { readonly type: 'delete' }>;
type CreateWrite = InboundWrite & { readonly action: Create };

const isCreate = (write: InboundWrite): write is CreateWrite => write.action.type === 'create';

/** Takes the write back: something is no longer what the writer expected. */
const changed = () => new SyncError('erp-changed', 'retry', 'The record or its link changed meanwhile; the write was not carried out.');

const readOne = async (engine: Engine, trx: Transaction<Tables>, write: InboundWrite, erpId: string): Promise<ErpEntry | null> =>
  (await readRecords(trx, write.kind, [erpId], engine.timeZone))[0] ?? null;

const readExpected = async (engine: Engine, trx: Transaction<Tables>, write: InboundWrite, action: Update | Delete): Promise<ErpEntry> => {
  const entry = await readOne(engine, trx, write, action.erpId);
  if (entry === null || !isEqual(entry.record, action.expected)) throw changed();
  return entry;
};

const insertRecord = (engine: Engine, trx: Transaction<Tables>, employeeId: string, record: ErpRecord): Promise<string> =>
  record.kind === 'appointment' ? insertAppointment(engine, trx, employeeId, record) : insertTask(engine, trx, employeeId, record);

const isLinked = async (trx: Transaction<Tables>, link: Create['link']): Promise<boolean> => {
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

const removedAtOnce = () => new SyncError('erp-refused', 'item', 'The ERP removed the record as soon as it was written.');

const create = async (engine: Engine, trx: Transaction<Tables>, write: InboundWrite, action: Create): Promise<string> => {
  if (await isLinked(trx, action.link)) throw changed();
  const erpId = await insertRecord(engine, trx, write.employeeId, checkRecord(action.record));
  const readBack = await readOne(engine, trx, write, erpId);
  if (readBack === null) throw removedAtOnce();
  await insertLinks(trx, [{ ...action.link, erpId, erpBase: readBack.record }]);
  return erpId;
};

const update = async (engine: Engine, trx: Transaction<Tables>, write: InboundWrite, action: Update): Promise<string> => {
  const { record: before } = await readExpected(engine, trx, write, action);
  if (before.kind === 'appointment') await updateAppointment(engine, trx, action.erpId, before, changeAppointment(before, action.changes));
  else await updateTask(engine, trx, action.erpId, before, changeTask(before, action.changes));
  if (!(await updateLink(trx, action.link))) throw changed();
  return action.erpId;
};

const remove = async (engine: Engine, trx: Transaction<Tables>, write: InboundWrite, action: Delete): Promise<string> => {
  await deleteRecord(trx, await readExpected(engine, trx, write, action), write.employeeId);
  await removeLinks(trx, [action.linkId]);
  return action.erpId;
};

const carryOut = (engine: Engine, trx: Transaction<Tables>, write: InboundWrite): Promise<string> => {
  switch (write.action.type) {
    case 'create':
      return create(engine, trx, write, write.action);
    case 'update':
      return update(engine, trx, write, write.action);
    case 'delete':
      return remove(engine, trx, write, write.action);
  }
};

/** What concerns the whole database is no matter of one write. */
const isOfOne = (thrown: unknown): boolean => !['connection', 'configuration', 'login'].includes(toSyncError(thrown).scope);

/** One write in a transaction of its own. What concerns the whole database rejects. */
const commitOne = async (engine: Engine, write: InboundWrite): Promise<InboundResult> => {
  try {
    const erpId = await engine.write((trx) =>
      engine.writingFor(trx, write.employeeId, async () => {
        const key = await carryOut(engine, trx, write);
        if (!(await endLeased(trx, [{ ...write, erpId: key }], engine.now()))) throw changed();
        return key;
      }),
    );
    return { status: 'written', erpId };
  } catch (thrown) {
    if (!isOfOne(thrown)) throw thrown;
    const error = toSyncError(thrown);
    return error.code === 'erp-changed' ? { status: 'changed' } : { status: 'failed', error };
  }
};

/** Creates of one employee and kind. That an item is linked already shows in the links' unique keys, and is told when it is tried alone. */
const createTogether = async (engine: Engine, trx: Transaction<Tables>, writes: readonly CreateWrite[]): Promise<readonly string[]> => {
  const keys: string[] = [];
  for (const { employeeId, action } of writes) keys.push(await insertRecord(engine, trx, employeeId, checkRecord(action.record)));
  const [first] = writes;
  const found = first === undefined ? [] : await readRecords(trx, first.kind, keys, engine.timeZone);
  const records = new Map(found.map((entry) => [entry.id, entry.record]));
  const links = writes.map(({ action }, index) => {
    const erpId = keys[index] ?? '';
    const erpBase = records.get(erpId);
    if (erpBase === undefined) throw removedAtOnce();
    return { ...action.link, erpId, erpBase };
  });
  await insertLinks(trx, links);
  return keys;
};

/** The writes of one employee; answers their keys. */
const carryOutTogether = async (
  engine: Engine,
  trx: Transaction<Tables>,
  writes: readonly InboundWrite[],
): Promise<readonly (readonly [InboundWrite, string])[]> => {
  const keys: (readonly [InboundWrite, string])[] = [];
  for (const creates of Object.values(groupBy(writes.filter(isCreate), (write) => write.kind))) {
    const created = await createTogether(engine, trx, creates);
    for (const [index, write] of creates.entries()) keys.push([write, created[index] ?? '']);
  }
  for (const write of writes) if (!isCreate(write)) keys.push([write, await carryOut(engine, trx, write)]);
  return keys;
};

/** All writes or none: throws when one of them cannot be carried out. */
const commitTogether = async (
  engine: Engine,
  trx: Transaction<Tables>,
  writes: readonly InboundWrite[],
): Promise<readonly InboundResult[]> => {
  const keys = new Map<InboundWrite, string>();
  for (const [employeeId, group] of Object.entries(groupBy(writes, (write) => write.employeeId))) {
    const written = await engine.writingFor(trx, employeeId, () => carryOutTogether(engine, trx, group));
    for (const [write, key] of written) keys.set(write, key);
  }
  const keyOf = (write: InboundWrite) => keys.get(write) ?? '';
  const ends = writes.map((write) => ({ ...write, erpId: keyOf(write) }));
  if (!(await endLeased(trx, ends, engine.now()))) throw changed();
  return writes.map((write) => ({ status: 'written', erpId: keyOf(write) }));
};

/** Carries out writes in as few transactions as possible; a poison record alone fails. */
export const commitMany = (engine: Engine, writes: readonly InboundWrite[]): Promise<readonly InboundResult[]> =>
  inHalves(writes, {
    together: (part) => engine.write((trx) => commitTogether(engine, trx, part)),
    alone: (write) => commitOne(engine, write),
    isOfOne,
  });
