/** Carrying out one inbound write: record, link and journal row change together or not at all. */
import type { Transaction } from 'kysely';
import isEqual from 'lodash/isEqual';
import { SyncError, toSyncError } from '../../model/error';
import type { ErpEntry, ErpRecord } from '../../model/item';
import { changeAppointment, changeTask, checkRecord } from '../record-check';
import type { Engine } from '../engine';
import type { InboundResult, InboundWrite } from '../store';
import type { Tables } from '../tables';
import { endLeased } from './journal';
import { insertLink, removeLink, updateLink } from './links';
import { deleteRecord, insertAppointment, insertTask, updateAppointment, updateTask } from './record-writes';
import { readRecords } from './records';

type Action = InboundWrite['action'];
type Create = Extract<Action, { readonly type: 'create' }>;
type Update = Extract<Action, { readonly type: 'update' }>;
type Delete = Extract<Action, { readonly type: 'delete' }>;

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

const create = async (engine: Engine, trx: Transaction<Tables>, write: InboundWrite, action: Create): Promise<string> => {
  if (await isLinked(trx, action.link)) throw changed();
  const erpId = await insertRecord(engine, trx, write.employeeId, checkRecord(action.record));
  const readBack = await readOne(engine, trx, write, erpId);
  if (readBack === null) throw new SyncError('erp-refused', 'item', 'The ERP removed the record as soon as it was written.');
  await insertLink(trx, { ...action.link, erpId, erpBase: readBack.record });
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
  await removeLink(trx, action.linkId);
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

/** One write as a part of a transaction; what fails is taken back alone. What concerns the whole database rejects. */
export const commitOne = async (engine: Engine, trx: Transaction<Tables>, write: InboundWrite): Promise<InboundResult> => {
  try {
    const erpId = await engine.part(trx, () =>
      engine.writingFor(trx, write.employeeId, async () => {
        const key = await carryOut(engine, trx, write);
        if (!(await endLeased(trx, write.journalId, write.instance, write.outcome, engine.now(), key))) throw changed();
        return key;
      }),
    );
    return { status: 'written', erpId };
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (error.scope === 'connection' || error.scope === 'configuration') throw error;
    return error.code === 'erp-changed' ? { status: 'changed' } : { status: 'failed', error };
  }
};
