/** `item-map`: turns an item of one side into the other's shape, by the rules of its dialog. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { defaultRules } from '../lib/mapping/field-rules';
import { createMapping } from '../lib/mapping/mapping';
import { defaultPriorities } from '../lib/mapping/priority';
import { createMapper } from '../lib/sync/mapper';
import { adminAction } from './shared/admin';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { offerMapping, tenantOf } from './shared/config-nodes';
import { jsonata } from './shared/expressions';
import { onInput } from './shared/input';
import { type MappingFields, mappingOptions } from './shared/mapping-settings';
import { asSyncMessage } from './shared/sync-message';

interface Definition extends NodeDef, MappingFields {
  readonly erp?: unknown;
}

export = (RED: NodeAPI): void => {
  function ItemMap(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const mapping = createMapping(mappingOptions(definition), jsonata(RED, this));
      const source = tenantOf(RED, definition.erp);
      offerMapping(RED, this, definition.erp, mapping);
      const { service } = attach(RED, this, status, source, { create: (tenant) => createMapper({ tenant, mapping }) });
      let mapped = 0;
      onInput(RED, this, status, async (received) => {
        const message = asSyncMessage(received);
        const mapper = await service();
        const after = await mapper.map(message);
        mapped += 1;
        return { outputs: { ...received, ...after }, show: () => status.show('well', 'mapped', { count: mapped }) };
      });
    });
  }
  RED.nodes.registerType('item-map', ItemMap);

  adminAction(RED, 'item-map', 'preset', () => Promise.resolve({ rules: defaultRules, priorities: defaultPriorities }));
};
