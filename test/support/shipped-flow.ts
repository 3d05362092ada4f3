import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from './site';
import type { FlowNode } from './site';

const isFlow = (value: unknown): value is readonly FlowNode[] =>
  Array.isArray(value) && value.every((node: unknown) => typeof node === 'object');

/** A shipped flow by file name, as it is. */
export const shippedFlow = (name: string): readonly FlowNode[] => {
  const nodes: unknown = JSON.parse(readFileSync(path.join(packageFolder, 'flows', name), 'utf8'));
  if (!isFlow(nodes)) throw new Error(`${name} is no flow`);
  return nodes;
};

/** Changes properties of nodes by id. */
export const withChanges = (flow: readonly FlowNode[], changes: Readonly<Record<string, object>>): readonly FlowNode[] =>
  flow.map((node) => ({ ...node, ...changes[node.id] }));

/** The shipped flow as a further tab: ids, variables and the tenant's name differ, nothing else. */
export const asTenant = (flow: readonly FlowNode[], number: number, name: string): readonly FlowNode[] => {
  const text = JSON.stringify(flow)
    .replaceAll(/(?<!"type":)"sync-/g, `"tenant${number}-`)
    .replaceAll(/\b(EWS|ERP)_(?=[A-Z])/g, `$1${number}_`);
  const nodes: unknown = JSON.parse(text);
  if (!isFlow(nodes)) throw new Error('no flow');
  return nodes.map((node) => (node.type === 'erp-config' ? { ...node, name } : node));
};
