/** `erp-outbox-in`: what changed in the ERP, one message per item. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createOutboundFeed } from '../lib/sync/outbound-feed';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { tenantOf } from './shared/config-nodes';
import { feedEvents, started } from './shared/feed';
import { type KindTicks, tickedKinds } from './shared/kinds';
import { numberBetween } from './shared/settings';

interface Definition extends NodeDef, KindTicks {
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
      };
      const events = feedEvents(RED, this, status);
      attach(this, status, tenantOf(RED, definition.erp), (tenant) => started(createOutboundFeed({ tenant, events, settings })), null);
    });
  }
  RED.nodes.registerType('erp-outbox-in', ErpOutboxIn);
};
