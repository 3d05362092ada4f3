/** Finds what a config node owns, by the id that a working node stores. */
import type { Node, NodeAPI } from 'node-red';
import { SyncError } from '../../lib/model/error';
import { createMapping, type Mapping } from '../../lib/mapping/mapping';
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

const mappings = new WeakMap<object, Map<Node, Mapping>>();

/** Makes the rules of an `item-map` known to the check of the same ERP, until the node is closed. */
export const offerMapping = (RED: NodeAPI, node: Node, erpId: unknown, mapping: Mapping): void => {
  if (typeof erpId !== 'string') return;
  const erp = RED.nodes.getNode(erpId);
  const known = mappings.get(erp) ?? new Map<Node, Mapping>();
  mappings.set(erp, known.set(node, mapping));
  node.on('close', () => {
    known.delete(node);
  });
};

/** Rules of the first `item-map` of an ERP; the standard rules where there is none. */
export const mappingOf = (RED: NodeAPI, erpId: unknown): Mapping => {
  const known = typeof erpId === 'string' ? find(RED, mappings, erpId) : undefined;
  return known?.values().next().value ?? createMapping();
};
