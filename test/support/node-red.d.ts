/** Node-RED's runtime has `getNode`; its type package leaves it out. */
import type { Node, NodeMessage } from '@node-red/registry';

declare module '@node-red/runtime' {
  interface InternalNodesModule {
    getNode(id: string): Node & { on(event: 'input', listener: (message: NodeMessage) => void): void };
  }
}
