/** `item-map`: turns an item of one side into the other's shape, by the rules of its dialog. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createMapping } from '../lib/mapping/mapping';
import { createMapper } from '../lib/sync/mapper';
import type { TenantRuntime } from '../lib/sync/runtime';
import { adminAction, type DialogFields } from './shared/admin';
import { attach } from './shared/attach';
import { buildNode } from './shared/build-node';
import { offerMapping, tenantOf } from './shared/config-nodes';
import { jsonata } from './shared/expressions';
import { onInput } from './shared/input';
import { presetOf, previewOf, type TenantContext } from './shared/mapping-preview';
import { type MappingFields, mappingOptions } from './shared/mapping-settings';
import { asSyncMessage } from './shared/sync-message';

interface Definition extends NodeDef, MappingFields {
  readonly erp?: unknown;
}

export = (RED: NodeAPI): void => {
  /** Databases of the deployed nodes while they are open, for their dialogs. */
  const tenants = new Map<string, TenantRuntime>();

  function ItemMap(this: Node, definition: Definition): void {
    RED.nodes.createNode(this, definition);
    buildNode(RED, this, (status) => {
      const mapping = createMapping(mappingOptions(definition), jsonata(RED, this));
      const source = tenantOf(RED, definition.erp);
      offerMapping(RED, this, definition.erp, mapping);
      const { service } = attach(RED, this, status, source, {
        create: (tenant) => {
          tenants.set(this.id, tenant);
          return createMapper({ tenant, mapping });
        },
        stop: () => {
          tenants.delete(this.id);
          return Promise.resolve();
        },
      });
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

  const tenantOfDialog = async ({ id }: DialogFields): Promise<TenantContext> => {
    const tenant = typeof id === 'string' ? tenants.get(id) : undefined;
    if (tenant === undefined) return null;
    return { timeZone: tenant.database.store.timeZone, activityTypes: await tenant.directory.activityTypes() };
  };
  adminAction(RED, 'item-map', 'preset', async (fields) => presetOf(await tenantOfDialog(fields)));
  adminAction(RED, 'item-map', 'preview', async (fields) => previewOf(RED, fields, await tenantOfDialog(fields)));
};
