/** One message in: status, then exactly one of `done()` and `done(error)`. Nothing is ever thrown into Node-RED. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import { toSyncError } from '../../lib/model/error';
import type { Status } from './status';
import { shownError } from './texts';

/** What a node sends: one message, or one place per output. */
export type Outputs = NodeMessage | (NodeMessage | NodeMessage[] | null)[];

/** Result of handling a message. */
export interface Handled {
  /** Null: nothing is sent. */
  readonly outputs: Outputs | null;
  /** Shows the result; not called while other messages are still being handled. */
  readonly show: () => void;
}

/** Calls `handle` for every message; several may be under way at once. */
export const onInput = (RED: NodeAPI, node: Node, status: Status, handle: (message: NodeMessageInFlow) => Promise<Handled>): void => {
  let underWay = 0;
  const shown = (show: () => void) => {
    if (underWay === 0) show();
    else status.show('busy', 'busy', { count: underWay });
  };
  node.on('input', (message, send, done) => {
    underWay += 1;
    status.show('busy', 'busy', { count: underWay });
    // A handler that throws before its first promise is a failure like any other.
    const work = Promise.resolve().then(() => handle(message));
    work.then(
      ({ outputs, show }) => {
        underWay -= 1;
        if (outputs !== null) send(outputs);
        shown(show);
        done();
      },
      (thrown: unknown) => {
        underWay -= 1;
        const error = toSyncError(thrown);
        status.failed(error);
        done(shownError(RED, error));
      },
    );
  });
};
