/** `ews-write`: carries out in Exchange what `conflict-resolve` decided. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createExchangeWriter } from '../lib/sync/exchange-writer';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { exchangeOf, tenantOf } from './shared/config-nodes';
import { both } from './shared/shared-connection';
import { shownError } from './shared/texts';
import { writeMessages } from './shared/writer';

interface Definition extends NodeDef {
  readonly exchange?: unknown;
  readonly erp?: unknown;
}

export = (RED: NodeAPI): void => {
  function EwsWrite(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const source = both(exchangeOf(RED, definition.exchange), tenantOf(RED, definition.erp));
      const attachment = attach(RED, this, status, source, {
        create: (target) => createExchangeWriter(target, (error) => this.error(shownError(RED, error), {})),
        stop: (writer) => writer.stop(),
      });
      writeMessages(RED, this, status, attachment);
    });
  }
  RED.nodes.registerType('ews-write', EwsWrite);
};
