/** `ews-notify-in`: what changed in Exchange, one message per item. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { firstRunModes } from '../lib/model/first-run';
import { createInboundFeed } from '../lib/sync/inbound-feed';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { exchangeOf, tenantOf } from './shared/config-nodes';
import { type DeletionFields, deletionLimits } from './shared/deletions';
import { runFeed } from './shared/feed';
import { type KindTicks, tickedKinds } from './shared/kinds';
import { numberBetween, oneOf, optionalDay } from './shared/settings';
import { both } from './shared/shared-connection';

interface Definition extends NodeDef, KindTicks, DeletionFields {
  readonly exchange?: unknown;
  readonly erp?: unknown;
  readonly sweepMinutes?: unknown;
  readonly maxInFlight?: unknown;
  readonly firstRun?: unknown;
  readonly startDate?: unknown;
  readonly atOnce?: unknown;
}

export = (RED: NodeAPI): void => {
  function EwsNotifyIn(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const settings = {
        kinds: tickedKinds(definition),
        sweepMs: 60_000 * numberBetween(definition.sweepMinutes, 'Sweep', { min: 0.05, max: 1440, or: 15 }),
        firstRun: {
          mode: oneOf(definition.firstRun, 'First synchronisation', firstRunModes),
          startDate: optionalDay(definition.startDate, 'Start date'),
          atOnce: numberBetween(definition.atOnce, 'At once', { min: 1, max: 1000, or: 10 }),
        },
        maxInFlight: numberBetween(definition.maxInFlight, 'In flight', { min: 1, max: 10_000, or: 200 }),
        deletions: deletionLimits(definition),
      };
      const source = both(exchangeOf(RED, definition.exchange), tenantOf(RED, definition.erp));
      attach(RED, this, status, source, {
        create: (runtimes) => runFeed(RED, this, status, runtimes.tenant, (events) => createInboundFeed({ ...runtimes, events, settings })),
        stop: (feed) => feed.stop(),
        showsItself: true,
      });
    });
  }
  RED.nodes.registerType('ews-notify-in', EwsNotifyIn);
};
