/** `erp-write`: carries out in the ERP what `conflict-resolve` decided. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createErpWriter } from '../lib/sync/erp-writer';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { tenantOf } from './shared/config-nodes';
import { writeMessages } from './shared/writer';

interface Definition extends NodeDef {
  readonly erp?: unknown;
}

export = (RED: NodeAPI): void => {
  function ErpWrite(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const source = tenantOf(RED, definition.erp);
      const attachment = attach(RED, this, status, source, {
        create: (tenant) => createErpWriter({ tenant }),
        stop: (writer) => writer.stop(),
      });
      writeMessages(RED, this, status, attachment);
    });
  }
  RED.nodes.registerType('erp-write', ErpWrite);
};
