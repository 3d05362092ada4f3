/** Binds a working node to what its config nodes own: its service lives as long as they are open. */
import type { Node, NodeAPI } from 'node-red';
import { SyncError, toSyncError } from '../../lib/model/error';
import { flowsStarted } from './flows-started';
import type { Status } from './status';
import type { SharedState, Source } from './shared-connection';
import { within } from './within';

/** Hands out the service. */
export interface Attachment<S> {
  /** Waits while the connections are being opened; rejects with the reason why there is none. */
  readonly service: () => Promise<S>;
}

/** Longest wait for the end of a service; Node-RED itself gives up after 15 s. */
const stopLimitMs = 10_000;

const closing = (): SyncError => new SyncError('node-closing', 'retry', 'The node is being closed; the item comes again.');

/** How a service begins and ends. */
export interface Life<T, S> {
  readonly create: (runtime: T) => S;
  readonly stop?: (service: S) => Promise<void>;
  /** The service shows its own status; otherwise the node is shown as ready when its connections are open. */
  readonly showsItself?: boolean;
}

/** Starts a service when the connections are open and stops it when one is closed, or the node itself. */
export const attach = <T, S>(
  RED: NodeAPI,
  node: Node,
  status: Status,
  source: Source<T>,
  { create, stop, showsItself = false }: Life<T, S>,
): Attachment<S> => {
  let service: { readonly value: S } | null = null;
  let why: SyncError | null = null;
  let waiting: { readonly resolve: (service: S) => void; readonly reject: (error: SyncError) => void }[] = [];

  const answer = (tell: (waiter: (typeof waiting)[number]) => void) => {
    const waiters = waiting;
    waiting = [];
    waiters.forEach(tell);
  };
  const fail = (error: SyncError) => {
    why = error;
    status.failed(error);
    answer(({ reject }) => reject(error));
  };
  const start = (runtime: T) => {
    try {
      const started = create(runtime);
      service = { value: started };
      why = null;
      if (!showsItself) status.show('well', 'ready');
      answer(({ resolve }) => resolve(started));
    } catch (thrown) {
      fail(toSyncError(thrown));
    }
  };
  const end = async () => {
    const was = service;
    service = null;
    if (was !== null && stop) await within(stopLimitMs, stop(was.value));
  };
  const changed = (state: SharedState<T>) => {
    if (state.state === 'open') {
      start(state.runtime);
      return;
    }
    void end();
    if (state.state === 'failed') fail(state.error);
    else {
      why = null;
      status.show('waiting', 'connecting');
    }
  };
  let leave: (() => Promise<void>) | null = null;
  let closed = false;
  void flowsStarted(RED).then(() => {
    if (!closed) leave = source.use({ node, changed });
  });
  node.on('close', (done: () => void) => {
    closed = true;
    answer(({ reject }) => reject(closing()));
    void end()
      .then(() => leave?.())
      .finally(() => done());
  });
  return {
    service: () => {
      if (service) return Promise.resolve(service.value);
      if (why) return Promise.reject(why);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  };
};
