/** `erp-outbox-in`: what changed in the ERP, one message per item. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createOutboundFeed } from '../lib/sync/outbound-feed';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { tenantOf } from './shared/config-nodes';
import { type DeletionFields, deletionLimits } from './shared/deletions';
import { runFeed } from './shared/feed';
import { type KindTicks, tickedKinds } from './shared/kinds';
import { numberBetween } from './shared/settings';

interface Definition extends NodeDef, KindTicks, DeletionFields {
  readonly erp?: unknown;
  readonly intervalSeconds?: unknown;
  readonly maxInFlight?: unknown;
}

export = (RED: NodeAPI): void => {
  function ErpOutboxIn(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const settings = {
        kinds: tickedKinds(definition),
        intervalMs: 1000 * numberBetween(definition.intervalSeconds, 'Interval', { min: 0.1, max: 3600, or: 0.5 }),
        maxInFlight: numberBetween(definition.maxInFlight, 'In flight', { min: 1, max: 10_000, or: 200 }),
        deletions: deletionLimits(definition),
      };
      attach(RED, this, status, tenantOf(RED, definition.erp), {
        create: (tenant) => runFeed(RED, this, status, tenant, (events) => createOutboundFeed({ tenant, events, settings })),
        stop: (feed) => feed.stop(),
        showsItself: true,
      });
    });
  }
  RED.nodes.registerType('erp-outbox-in', ErpOutboxIn);
};
