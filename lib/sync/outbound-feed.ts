/** `erp-outbox-in`: open outbound rows, written by the ERP's triggers or collected from its tables, become messages. */
import type { Kind } from '../model/kind';
import { createClaimLoop } from './claim-loop';
import type { DeletionLimits } from './guard';
import { createHealth } from './health';
import { mappedKinds, tellUnmapped } from './mapped-kinds';
import { buildOutbound } from './messages/outbound';
import type { Feed, FeedEvents, TenantRuntime } from './runtime';

/** Settings of an outbound feed. */
export interface OutboundFeedOptions {
  readonly tenant: TenantRuntime;
  readonly events: FeedEvents;
  readonly settings: {
    readonly intervalMs: number;
    readonly maxInFlight: number;
    readonly kinds: readonly Kind[];
    readonly deletions: DeletionLimits;
  };
}

/** A feed of outbound messages; nothing happens before `start`. */
export const createOutboundFeed = ({ tenant, events, settings }: OutboundFeedOptions): Feed => {
  const loop = createClaimLoop({
    tenant,
    direction: 'outbound',
    kinds: mappedKinds(tenant, settings.kinds),
    connection: null,
    intervalMs: settings.intervalMs,
    maxInFlight: settings.maxInFlight,
    deletions: settings.deletions,
    health: createHealth(),
    build: (claimed) => buildOutbound(tenant, claimed),
    events,
    looked: (result) => {
      if ('error' in result) events.status({ state: 'waiting', ...result });
      else
        events.status({
          state: 'running',
          mailboxes: 0,
          inFlight: result.inFlight,
          failedMailboxes: 0,
          needsPerson: false,
          firstRun: null,
        });
    },
  });
  return {
    start: () => {
      events.status({ state: 'connecting' });
      tellUnmapped(tenant, settings.kinds, events);
      loop.start();
    },
    stop: async () => {
      await loop.stop();
      events.status({ state: 'stopped' });
    },
    synchroniseNow: async (employeeId) => {
      await tenant.database.store.hurry(employeeId);
      loop.wake();
    },
    startFirstRuns: null,
  };
};
