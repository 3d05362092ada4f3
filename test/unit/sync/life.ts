/** One life of the service between a database and a mailbox, step by step: what of it is tested decides what is carried out next. */
import assert from 'node:assert/strict';
import type { ClaimedEntry, ErpDatabase } from '../../../lib/erp/store';
import type { ExchangeConnection } from '../../../lib/exchange/connection';
import { createMapping } from '../../../lib/mapping/mapping';
import type { SyncMessage } from '../../../lib/model/message';
import { createExchangeRuntime, createTenantRuntime } from '../../../lib/sync/create-runtime';
import { createExchangeWriter } from '../../../lib/sync/exchange-writer';
import { createMapper } from '../../../lib/sync/mapper';
import { buildInbound } from '../../../lib/sync/messages/inbound';
import { buildOutbound } from '../../../lib/sync/messages/outbound';
import { createResolver } from '../../../lib/sync/resolver';
import { claimOf, page } from '../../contract/erp/subject';

/** Begins a life; what a former one held is given back. */
export const liveOn = async (database: ErpDatabase, connection: ExchangeConnection) => {
  const tenant = await createTenantRuntime(database, { name: 'ERP', userFolder: '/u', leaseMs: 60_000, maxAttempts: 3 });
  const exchange = createExchangeRuntime(connection, { name: 'main', employees: '', batchSize: 10 });
  const mapper = createMapper({ tenant, mapping: createMapping() });
  const resolver = createResolver({ tenant, exchange, rule: 'last', conferences: 'sync' });
  const writer = createExchangeWriter({ tenant, exchange }, (error) => assert.fail(error));
  const pass = async (message: SyncMessage) => {
    const resolution = await resolver.resolve(await mapper.map(message));
    if (resolution.output === 'write') await writer.write(resolution.message);
  };
  /** Messages of claimed inbound rows; rows without one are ended. */
  const built = async (claimed: readonly ClaimedEntry[]) => {
    const { messages, closings } = await buildInbound(tenant, exchange, claimed);
    await tenant.database.store.close(closings);
    return { messages, codes: closings.map(({ outcome }) => outcome.noteCode) };
  };
  return {
    tenant,
    mapper,
    resolver,
    /** Carries out what is queued; the number of messages. */
    outbound: async (): Promise<number> => {
      const claimed = await tenant.database.store.claim(claimOf('outbound', tenant.instance));
      const { messages, closings } = await buildOutbound(tenant, claimed);
      await tenant.database.store.close(closings);
      for (const message of messages) await pass(message);
      return messages.length;
    },
    built,
    /** What a notification of an item leads to. */
    inbound: async (exchangeId: string) => {
      await tenant.database.store.appendInbound(page([exchangeId]));
      return built(await tenant.database.store.claim(claimOf('inbound', tenant.instance)));
    },
  };
};
