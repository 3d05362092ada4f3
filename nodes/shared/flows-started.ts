/** The moment from which a node may send: while the flows are being started, the nodes behind it may not be there yet. */
import type { NodeAPI } from 'node-red';

let starting: Promise<void> | null = null;

/** Resolves when the start that a node's constructor is part of has ended. One listener serves all nodes. */
export const flowsStarted = (RED: NodeAPI): Promise<void> => {
  starting ??= new Promise((resolve) => {
    RED.events.once('flows:started', () => {
      starting = null;
      resolve();
    });
  });
  return starting;
};
