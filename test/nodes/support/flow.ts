/** Loads nodes into a test flow and listens to what comes out of them. */
import type { Node, NodeAPI, NodeInitializer, NodeMessage, NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import { until } from '../../../testing/wait';

/** What arrived in one node of type `helper`. */
export const received = (id: string): NodeMessage[] => {
  const messages: NodeMessage[] = [];
  helper.getNode(id).on('input', (message: NodeMessage) => messages.push(message));
  return messages;
};

/** Status nodes of the core turn what a node shows into messages. */
export const statusOf = (message: NodeMessage | undefined): NodeStatus => {
  const status: unknown = message?.['status'];
  return typeof status === 'object' && status !== null ? status : {};
};

/** What a catch node told. */
export const errorOf = (message: NodeMessage | undefined): { readonly code?: unknown; readonly message?: unknown } => {
  const error: unknown = message?.['error'];
  return typeof error === 'object' && error !== null ? error : {};
};

/** A flow around the nodes under test: everything they tell is caught in `errors` and `statuses`. */
export const flowAround = (nodes: readonly object[]): readonly object[] => [
  { id: 'tab', type: 'tab', label: 'test' },
  ...nodes.map((node, index) => ({ z: 'tab', x: 100 + 100 * index, y: 100, ...node })),
  { id: 'catch', type: 'catch', z: 'tab', x: 100, y: 300, wires: [['errors']] },
  { id: 'status', type: 'status', z: 'tab', x: 100, y: 400, wires: [['statuses']] },
  { id: 'errors', type: 'helper', z: 'tab', x: 300, y: 300, wires: [] },
  { id: 'statuses', type: 'helper', z: 'tab', x: 300, y: 400, wires: [] },
];

/** A node that tells nothing: its type must be there, its work is done by a test. */
export const standIn =
  (type: string, construct: (node: Node, RED: NodeAPI) => void): NodeInitializer =>
  (RED) => {
    RED.nodes.registerType(type, function (this: Node, definition) {
      RED.nodes.createNode(this, definition);
      construct(this, RED);
    });
  };

/** The first message that fits, waited for. */
export const arrived = (
  what: string,
  messages: readonly NodeMessage[],
  fits: (message: NodeMessage) => boolean = () => true,
): Promise<NodeMessage> => until(what, () => messages.find(fits));
