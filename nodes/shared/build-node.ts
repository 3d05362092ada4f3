/** Frame of a working node: whatever its settings are, the constructor never throws and says what is wrong. */
import type { Node, NodeAPI } from 'node-red';
import { toSyncError } from '../../lib/model/error';
import { flowsStarted } from './flows-started';
import { createStatus, type Status } from './status';
import { shownError } from './texts';

/** Runs the body of a node's constructor; a setting that cannot be used becomes status and error of the node. */
export const buildNode = (RED: NodeAPI, node: Node, body: (status: Status) => void): void => {
  const status = createStatus(RED, node);
  try {
    body(status);
  } catch (thrown) {
    const error = toSyncError(thrown);
    status.failed(error);
    // Told when the flow has started, so that its catch nodes are there.
    void flowsStarted(RED).then(() => node.error(shownError(RED, error), {}));
    // A message is not lost in a node that cannot work: it fails, and its row comes again when its lease ends.
    node.on('input', (_message, _send, done) => done(shownError(RED, error)));
  }
};
