/** Finds what a config node owns, by the id that a working node stores. */
import type { Node, NodeAPI } from 'node-red';
import { SyncError } from '../../lib/model/error';
import type { ExchangeRuntime, TenantRuntime } from '../../lib/sync/runtime';
import type { SharedConnection, Source } from './shared-connection';

const exchanges = new WeakMap<object, SharedConnection<ExchangeRuntime>>();
const tenants = new WeakMap<object, SharedConnection<TenantRuntime>>();

/** Makes the connection of an `ews-config` known. */
export const offerExchange = (node: Node, connection: SharedConnection<ExchangeRuntime>): void => {
  exchanges.set(node, connection);
};

/** Makes the database of an `erp-config` known. */
export const offerTenant = (node: Node, connection: SharedConnection<TenantRuntime>): void => {
  tenants.set(node, connection);
};

const find = <T>(RED: NodeAPI, known: WeakMap<object, T>, id: unknown): T | undefined => {
  if (typeof id !== 'string' || id === '') return undefined;
  // Node-RED answers null for an id that is not there or whose node is disabled.
  const node: unknown = RED.nodes.getNode(id);
  return typeof node === 'object' && node !== null ? known.get(node) : undefined;
};

/** The Exchange connection that a node refers to. */
export const exchangeOf = (RED: NodeAPI, id: unknown): Source<ExchangeRuntime> => {
  const found = find(RED, exchanges, id);
  if (found) return found;
  throw new SyncError('exchange-not-chosen', 'configuration', 'No Exchange connection is chosen, or it is disabled.');
};

/** The ERP database that a node refers to. */
export const tenantOf = (RED: NodeAPI, id: unknown): Source<TenantRuntime> => {
  const found = find(RED, tenants, id);
  if (found) return found;
  throw new SyncError('erp-not-chosen', 'configuration', 'No ERP database is chosen, or it is disabled.');
};
