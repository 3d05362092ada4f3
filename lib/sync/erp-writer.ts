/** `erp-write`: writes ERP record, link and journal row in one transaction each, many transactions a batch. */
import { randomUUID } from 'node:crypto';
import type { InboundResult, InboundWrite } from '../erp/store';
import { SyncError } from '../model/error';
import type { SyncMessage } from '../model/message';
import { ok } from '../model/result';
import { createBatcher } from './batcher';
import type { TenantRuntime, WriteReport, Writer } from './runtime';
import { basesAfter, isErpRecord, isExchangeItem, wrongShape } from './shapes';
import { decisionOf, expectDirection, outcomeOf, reportWrite, targetChangedError } from './writing';

/** Settings of an ERP writer. */
export interface ErpWriterOptions {
  readonly tenant: TenantRuntime;
}

const batchSize = 100;

const incomplete = (what: string): SyncError =>
  new SyncError('message-incomplete', 'item', `msg.sync.${what} is missing: the flow changed msg.sync, which it may only read.`, { what });

const need = <T>(value: T | null, what: string): T => {
  if (value === null) throw incomplete(what);
  return value;
};

const actionOf = (message: SyncMessage): InboundWrite['action'] => {
  const { sync } = message;
  const decision = decisionOf(message);
  switch (decision.action) {
    case 'create': {
      if (!isErpRecord(decision.item)) throw wrongShape('target');
      const source = need(sync.source, 'source');
      if (!isExchangeItem(source)) throw wrongShape('source');
      const link = {
        state: 'active',
        kind: sync.kind,
        employeeId: sync.employee.id,
        connection: need(sync.connection, 'connection'),
        syncId: sync.syncId ?? randomUUID(),
        exchangeId: sync.exchangeId,
        changeKey: sync.changeKey,
        erpBase: decision.item,
        exchangeBase: source,
        meetingRole: sync.meeting?.role ?? null,
      } as const;
      return { type: 'create', record: decision.item, link };
    }
    case 'update': {
      if (!isErpRecord(decision.expected)) throw wrongShape('target');
      const bases = need(basesAfter(sync, { ...decision.changes, ...decision.rebase }), 'base');
      const link = {
        ...need(sync.link, 'link'),
        ...bases,
        exchangeId: need(sync.exchangeId, 'exchangeId'),
        changeKey: need(sync.changeKey, 'changeKey'),
        meetingRole: sync.meeting?.role ?? null,
      };
      return { type: 'update', erpId: need(sync.erpId, 'erpId'), changes: decision.changes, expected: decision.expected, link };
    }
    case 'delete': {
      const expected = need(decision.expected, 'decision.expected');
      if (!isErpRecord(expected)) throw wrongShape('target');
      const { id: linkId, version } = need(sync.link, 'link');
      return { type: 'delete', erpId: need(sync.erpId, 'erpId'), expected, linkId, version };
    }
  }
};

const writeOf = (tenant: TenantRuntime, message: SyncMessage): InboundWrite => ({
  journalId: message.sync.journalId,
  instance: tenant.instance,
  outcome: outcomeOf(message, decisionOf(message)),
  kind: message.sync.kind,
  employeeId: message.sync.employee.id,
  action: actionOf(message),
});

/** A writer for one erp-write node. */
export const createErpWriter = ({ tenant }: ErpWriterOptions): Writer => {
  const batches = createBatcher<InboundWrite, InboundResult>({
    // What the tables of one kind lack is no matter of the other.
    keyOf: ({ kind }) => kind,
    size: batchSize,
    run: async (writes) => (await tenant.database.store.commitInbound(writes)).map(ok),
  });

  const write = async (message: SyncMessage): Promise<WriteReport> => {
    expectDirection(message, 'inbound');
    const result = await batches.add(writeOf(tenant, message));
    switch (result.status) {
      case 'written': {
        const written = { ...message, sync: { ...message.sync, erpId: result.erpId } };
        return { message: written, state: 'done', note: decisionOf(message).action };
      }
      case 'changed':
        throw targetChangedError();
      case 'failed':
        throw result.error;
    }
  };

  return { write: (message) => reportWrite(tenant, null, message, () => write(message)), stop: () => batches.idle() };
};
