/** The part of node-red-node-test-helper that the tests use; the package brings no types. */
declare module 'node-red-node-test-helper' {
  import type { EventEmitter } from 'node:events';
  import type { Node, NodeInitializer } from 'node-red';

  interface Answer {
    readonly body: Readonly<Record<string, unknown>>;
    readonly status: number;
  }
  interface Helper {
    readonly startServer: () => Promise<void>;
    readonly stopServer: () => Promise<void>;
    readonly load: (
      nodes: readonly NodeInitializer[],
      flow: readonly object[],
      credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>,
    ) => Promise<void>;
    readonly unload: () => Promise<void>;
    readonly getNode: (id: string) => Node & EventEmitter;
    readonly request: () => { readonly post: (path: string) => { readonly send: (body: object) => Promise<Answer> } };
  }
  const helper: Helper;
  export = helper;
}
