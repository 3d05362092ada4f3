/**
 * The sync of the shipped flow without Node-RED: feeds, mapper, resolver and writers wired the same way, in a process that can die at any
 * statement or request. What is dead writes nothing any more and hears no answer; the next life finds what it left behind.
 */
import { once } from 'node:events';
import { openErpDatabase } from '../../lib/erp/open';
import type { ErpDatabase } from '../../lib/erp/store';
import type { ExchangeConnection } from '../../lib/exchange/connection';
import { createEwsConnection } from '../../lib/exchange/ews';
import { createMapping } from '../../lib/mapping/mapping';
import { toSyncError, type SyncError } from '../../lib/model/error';
import { kinds } from '../../lib/model/kind';
import type { SyncMessage } from '../../lib/model/message';
import { control } from '../../lib/sync/control/control';
import { createExchangeRuntime, createTenantRuntime } from '../../lib/sync/create-runtime';
import { createErpWriter } from '../../lib/sync/erp-writer';
import { createExchangeWriter } from '../../lib/sync/exchange-writer';
import { createInboundFeed } from '../../lib/sync/inbound-feed';
import { createMapper } from '../../lib/sync/mapper';
import { createOutboundFeed } from '../../lib/sync/outbound-feed';
import { createResolver } from '../../lib/sync/resolver';
import type { ExchangeRuntime, Feed, FeedEvents, TenantRuntime, Writer } from '../../lib/sync/runtime';
import type { ConflictRule } from '../../lib/model/employee-options';

/** Nobody is there to release what the guard holds; it has tests of its own. */
const noLimits = { count: Number.POSITIVE_INFINITY, share: 1 };

/** What a life of the sync works on. */
export interface EngineOptions {
  readonly file: string;
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly timeZone: string;
  readonly rule: ConflictRule;
  /** Hears what catch nodes would. */
  readonly error: (error: SyncError) => void;
  /** Sees every statement of this life; true: it dies at it. */
  readonly diesAt: (sql: string) => boolean;
}

/** One life of the sync. */
export interface Engine {
  /** Dies at once. */
  readonly kill: () => void;
  readonly isDead: () => boolean;
  /** Looks for work on both sides now, whatever waits for its time; resolves when both folders of every mailbox were read. */
  readonly lookNow: () => Promise<void>;
  /** What `sync-control` answers; null when this life ends before it does. */
  readonly ask: (request: object) => Promise<unknown>;
  /** Tells that the ERP was written: its interval is over. */
  readonly erpWritten: () => void;
}

const never = new Promise<never>(() => undefined);

/** A connection whose answers a dead process does not hear, and that sends nothing for it. */
const mortal = (connection: ExchangeConnection, isDead: () => boolean): ExchangeConnection => {
  const heard = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isDead()) return never;
    try {
      const value = await call();
      return isDead() ? await never : value;
    } catch (thrown) {
      if (isDead()) return never;
      throw thrown;
    }
  };
  return {
    ...connection,
    changesSince: (...given) => heard(() => connection.changesSince(...given)),
    getMany: (...given) => heard(() => connection.getMany(...given)),
    createMany: (...given) => heard(() => connection.createMany(...given)),
    updateMany: (...given) => heard(() => connection.updateMany(...given)),
    deleteMany: (...given) => heard(() => connection.deleteMany(...given)),
    findBySyncId: (...given) => heard(() => connection.findBySyncId(...given)),
    listWindow: (...given) => heard(() => connection.listWindow(...given)),
  };
};

/** What a living sync holds. */
interface Parts {
  readonly tenant: TenantRuntime;
  readonly exchange: ExchangeRuntime;
  readonly feeds: readonly Feed[];
}

const wire = (tenant: TenantRuntime, exchange: ExchangeRuntime, { rule, error }: EngineOptions, isDead: () => boolean): Parts => {
  const mapper = createMapper({ tenant, mapping: createMapping() });
  const resolver = createResolver({ tenant, exchange, rule, conferences: 'skip' });
  const through = async (message: SyncMessage, writer: Writer): Promise<void> => {
    try {
      const mapped = await mapper.map(structuredClone(message));
      const { output, message: decided } = await resolver.resolve(structuredClone(mapped));
      if (output === 'write') await writer.write(structuredClone(decided));
    } catch (thrown) {
      if (!isDead()) error(toSyncError(thrown));
    }
  };
  const eventsOf = (writer: Writer): FeedEvents => ({
    emit: (message) => void through(message, writer),
    status: () => undefined,
    error: (failure) => {
      if (!isDead()) error(failure);
    },
  });
  const inbound = createInboundFeed({
    tenant,
    exchange,
    events: { ...eventsOf(createErpWriter({ tenant })), report: () => undefined },
    settings: { maxInFlight: 200, sweepMs: 600_000, kinds, deletions: noLimits, firstRun: { mode: 'merge', startDate: null, atOnce: 10 } },
  });
  const outbound = createOutboundFeed({
    tenant,
    events: eventsOf(createExchangeWriter({ tenant, exchange }, error)),
    settings: { intervalMs: 200, maxInFlight: 200, kinds, deletions: noLimits },
  });
  return { tenant, exchange, feeds: [inbound, outbound] };
};

const connectionOf = ({ url, user, password, timeZone }: EngineOptions): ExchangeConnection =>
  createEwsConnection({
    url,
    user,
    password,
    timeZone,
    allowPlainHttp: true,
    timeoutMs: 1_000,
    streamSilenceMs: 1_500,
    retryBaseMs: 3,
    batchSize: 8,
    mailboxRetryMs: 20,
  });

/** Starts a life in the background; a file that is locked is tried again, as an erp-config does. */
export const startEngine = (options: EngineOptions): Engine => {
  let dead = false;
  const isDead = (): boolean => dead;
  let parts: Parts | null = null;
  let database: ErpDatabase | null = null;
  const death = new AbortController();
  const connection = connectionOf(options);

  const kill = (): void => {
    if (dead) return;
    dead = true;
    death.abort();
    for (const feed of parts?.feeds ?? []) void feed.stop();
    void connection.close();
    void database?.close();
  };
  const beforeStatement = (sql: string): void => {
    if (!dead && options.diesAt(sql)) kill();
    // What a process leaves open is rolled back by whoever opens the file next.
    if (dead && sql !== 'rollback') throw new Error('this life is over');
  };
  const open = async (): Promise<ErpDatabase> => {
    for (;;) {
      try {
        const { file, timeZone } = options;
        return await openErpDatabase({ connection: { driver: 'sqlite', file }, timeZone, lockTimeoutMs: 300, beforeStatement });
      } catch (thrown) {
        if (dead || toSyncError(thrown).code !== 'erp-locked') throw thrown;
      }
    }
  };
  const live = async (): Promise<void> => {
    database = await open();
    if (isDead()) return database.close();
    const settings = { name: 'erp', userFolder: 'histories', leaseMs: 120_000, maxAttempts: 50 };
    const tenant = await createTenantRuntime(database, settings);
    const exchange = createExchangeRuntime(mortal(connection, isDead), { name: 'exchange', employees: '', batchSize: 8 });
    parts = wire(tenant, exchange, options, isDead);
    for (const feed of parts.feeds) feed.start();
  };
  const lives = live().catch((thrown: unknown) => {
    if (!dead) options.error(toSyncError(thrown));
  });

  const look = async (): Promise<void> => {
    await lives;
    if (parts === null || dead) return;
    const { feeds, exchange, tenant } = parts;
    for (const feed of feeds) await feed.synchroniseNow(null).catch(() => undefined);
    for (const { email } of await tenant.directory.employees()) await exchange.locks.hold(email ?? '', () => Promise.resolve());
  };

  const answer = async (request: object): Promise<unknown> => {
    await lives;
    return parts === null || dead ? null : control(parts.tenant, request);
  };

  return {
    kill,
    isDead,
    ask: (request) => Promise.race([answer(request), once(death.signal, 'abort').then(() => null)]),
    erpWritten: () => parts?.tenant.workWaiting.raise(),
    lookNow: () => Promise.race([look(), once(death.signal, 'abort').then(() => undefined)]),
  };
};
