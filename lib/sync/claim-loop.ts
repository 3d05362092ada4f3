/**
 * Claims journal rows of one direction, turns them into messages and sends them, as many at a time as the flow may hold. Looks when woken
 * and every interval; one look at a time.
 */
import type { ClaimedEntry } from '../erp/store';
import { SyncError, toSyncError } from '../model/error';
import type { Direction, Kind } from '../model/kind';
import { finishBuilt } from './finish-built';
import { deletionRowsOf, guardDeletions, type DeletionLimits } from './guard';
import type { Health } from './health';
import { todayOf, type Built } from './messages/built';
import type { FeedEvents, TenantRuntime } from './runtime';

/** What a claim loop works on. */
export interface ClaimLoopOptions {
  readonly tenant: TenantRuntime;
  readonly direction: Direction;
  readonly kinds: readonly Kind[];
  /** Inbound: the connection whose rows are claimed. */
  readonly connection: string | null;
  /** ms between looks. */
  readonly intervalMs: number;
  readonly maxInFlight: number;
  /** Deletions beyond them wait for a person's word. */
  readonly deletions: DeletionLimits;
  readonly health: Health;
  readonly build: (claimed: readonly ClaimedEntry[]) => Promise<Built>;
  readonly events: Pick<FeedEvents, 'emit' | 'error'>;
  /** Told after every look: rows on the wires, or the failure of the look. */
  readonly looked: (result: { readonly inFlight: number } | { readonly error: SyncError; readonly retryInMs: number }) => void;
}

/** A claim loop. */
export interface ClaimLoop {
  readonly start: () => void;
  /** Looks as soon as the look under way has ended. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

/** At most so many rows are read at once, so that reading never holds up the event loop for long. */
const claimBatch = 100;

/** Every message that ends wakes the loop; so long they are let come together, ms. */
const gatherMs = 10;

const reportExpired = async (options: ClaimLoopOptions): Promise<void> => {
  for (const entry of await options.tenant.database.store.expireLeases(options.tenant.maxAttempts)) {
    const text = `Row ${entry.id} (${entry.direction} ${entry.kind}) was sent ${entry.attempt} times and never finished: the flow drops its message.`;
    options.events.error(new SyncError('lease-expired', 'item', text, { journalId: entry.id, attempts: entry.attempt }), null);
  }
};

/** In an ERP without triggers nobody but us queues its changes. */
const collectChanges = async ({ tenant, direction, events }: ClaimLoopOptions): Promise<void> => {
  if (direction === 'inbound') return;
  const { notices } = await tenant.database.store.collectChanges();
  for (const notice of notices) events.error(notice, null);
};

/** One look: claims until nothing is due or the flow is full; the number of rows on the wires. */
const look = async (options: ClaimLoopOptions, stopped: () => boolean): Promise<number> => {
  const { tenant, direction, connection } = options;
  const { store } = tenant.database;
  for (;;) {
    const held = await store.leasedCount(tenant.instance, direction, connection);
    const limit = Math.min(claimBatch, options.maxInFlight - held);
    if (limit <= 0 || stopped()) return held;
    const claimed = await store.claim({
      direction,
      kinds: options.kinds,
      instance: tenant.instance,
      limit,
      leaseMs: tenant.leaseMs,
      ...(connection === null ? {} : { connection }),
    });
    if (claimed.length === 0) return held;
    const { built, notices } = await guardDeletions(tenant, await options.build(claimed), options.deletions, deletionRowsOf(claimed));
    for (const error of await finishBuilt(tenant, options.health, built)) options.events.error(error, null);
    for (const notice of notices) options.events.error(notice, null);
    for (const message of built.messages) options.events.emit(message);
  }
};

/** A claim loop; nothing happens before `start`. */
export const createClaimLoop = (options: ClaimLoopOptions): ClaimLoop => {
  const { tenant, health } = options;
  const key = `look ${options.direction} ${options.connection ?? ''}`;
  let state: 'idle' | 'gathering' | 'looking' | 'again' | 'stopped' = 'stopped';
  let timer: NodeJS.Timeout | null = null;
  let current: Promise<void> = Promise.resolve();
  let failure: { readonly error: SyncError; readonly at: string } | null = null;
  let unlisten: () => void = () => undefined;
  let expiredAt = Number.NEGATIVE_INFINITY;
  /** Day on which rows were opened that time let through; null: not since the start. */
  let openedOn: string | null = null;

  const isStopped = () => state === 'stopped';

  /** The database could not note its own failure while it lasted; it is noted afterwards. */
  const noteRecovery = async (): Promise<void> => {
    if (failure === null) return;
    const problem = {
      connection: options.connection ?? '',
      employeeId: '',
      kind: options.kinds[0] ?? 'appointment',
      code: failure.error.code,
    };
    await tenant.database.store.noteProblem({ ...problem, text: `${failure.error.message} (since ${failure.at})` });
    await tenant.database.store.clearProblems(problem.connection, problem.employeeId);
    failure = null;
  };

  /** Once per interval: under load looks follow each other without a pause, and leases last for minutes. */
  const expire = async (): Promise<void> => {
    if (performance.now() - expiredAt < options.intervalMs) return;
    await reportExpired(options);
    expiredAt = performance.now();
  };

  /** Windows of employees move on at midnight, in the tenant's zone. */
  const openWhatEnters = async (): Promise<void> => {
    const { day } = todayOf(tenant);
    if (day === openedOn) return;
    await tenant.database.store.reopenDue(options.direction, options.kinds);
    openedOn = day;
  };

  const run = async (): Promise<number> => {
    try {
      await expire();
      await openWhatEnters();
      await collectChanges(options);
      const inFlight = await look(options, isStopped);
      await noteRecovery();
      health.succeed(key);
      options.looked({ inFlight });
      return options.intervalMs;
    } catch (thrown) {
      const error = toSyncError(thrown);
      const { waitMs, tell } = health.fail(key, error);
      failure ??= { error, at: new Date().toISOString() };
      options.looked({ error, retryInMs: waitMs });
      if (tell) options.events.error(error, null);
      return waitMs;
    }
  };

  const begin = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    state = 'looking';
    current = run().then((waitMs) => {
      if (state === 'stopped') return;
      if (state === 'again') gather();
      else {
        state = 'idle';
        timer = setTimeout(begin, waitMs);
      }
    });
  };

  const gather = (): void => {
    if (timer !== null) clearTimeout(timer);
    state = 'gathering';
    timer = setTimeout(begin, gatherMs);
  };

  const wake = (): void => {
    // During an outage of the database only the timer looks, so that waking does not undo the waiting.
    if (state === 'looking') state = failure === null ? 'again' : state;
    else if (state === 'idle' && failure === null) gather();
  };

  return {
    wake,
    start: () => {
      if (state !== 'stopped') return;
      unlisten = tenant.workWaiting.listen(wake);
      begin();
    },
    stop: async () => {
      state = 'stopped';
      unlisten();
      if (timer !== null) clearTimeout(timer);
      await current;
    },
  };
};
