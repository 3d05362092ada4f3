/** `item-map`: maps one message; an item that cannot be mapped ends its journal row with the reason. */
import type { Mapping } from '../mapping/mapping';
import type { SyncMessage } from '../model/message';
import { dealWithFailure } from './failures';
import { mapMessage } from './map-message';
import type { TenantRuntime } from './runtime';
import { expectTenant } from './writing';

/** Maps messages of one item-map node. Rejects with a SyncError after the journal row was dealt with. */
export interface Mapper {
  readonly map: (message: SyncMessage) => Promise<SyncMessage>;
}

/** A mapper for one item-map node. */
export const createMapper = ({ tenant, mapping }: { readonly tenant: TenantRuntime; readonly mapping: Mapping }): Mapper => ({
  map: async (message) => {
    expectTenant(tenant, message.sync.tenant);
    try {
      const activityTypes = await tenant.directory.activityTypes();
      const { store, records } = tenant.database;
      return await mapMessage(message, mapping, {
        timeZone: store.timeZone,
        activityTypes,
        asStored: (record) => records.asStored(record),
      });
    } catch (thrown) {
      throw (await dealWithFailure(tenant, null, 'map', message.sync, thrown)).error;
    }
  },
});
