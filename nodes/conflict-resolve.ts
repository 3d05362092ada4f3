/** `conflict-resolve`: three-way compare, merge and rule; outputs: write, conflict for a person, nothing to do. */
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { createResolver } from '../lib/sync/resolver';
import type { Resolution } from '../lib/sync/runtime';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { exchangeOf, tenantOf } from './shared/config-nodes';
import { onInput } from './shared/input';
import { oneOf } from './shared/settings';
import { both } from './shared/shared-connection';
import type { Look } from './shared/status';
import { asSyncMessage } from './shared/sync-message';

interface Definition extends NodeDef {
  readonly exchange?: unknown;
  readonly erp?: unknown;
  readonly rule?: unknown;
  readonly conferences?: unknown;
}

const outputs: readonly Resolution['output'][] = ['write', 'conflict', 'nothing'];
const looks: Readonly<Record<Resolution['output'], Look>> = { write: 'well', conflict: 'act', nothing: 'idle' };

/** The message at its output, nothing at the others. */
const atOutput = (output: Resolution['output'], message: NodeMessage) => outputs.map((place) => (place === output ? message : null));

export = (RED: NodeAPI): void => {
  function ConflictResolve(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const rule = oneOf(definition.rule, 'Rule', ['erp', 'exchange', 'last', 'manual']);
      const conferences = oneOf(definition.conferences, 'Conferences', ['skip', 'sync']);
      const source = both(exchangeOf(RED, definition.exchange), tenantOf(RED, definition.erp));
      const { service } = attach(RED, this, status, source, {
        create: (runtimes) => createResolver({ ...runtimes, rule, conferences }),
      });
      onInput(RED, this, status, async (received) => {
        const message = asSyncMessage(received);
        const resolver = await service();
        const { output, message: after, note } = await resolver.resolve(message);
        return {
          outputs: atOutput(output, { ...received, ...after, note }),
          show: () => status.show(looks[output], `decided-${output}`),
        };
      });
    });
  }
  RED.nodes.registerType('conflict-resolve', ConflictResolve);
};
