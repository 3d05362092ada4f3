/** What both writers share: one message in, the same message with the result out. */
import type { Node, NodeAPI } from 'node-red';
import type { Writer, WriteReport } from '../../lib/sync/runtime';
import type { Attachment } from './attach';
import { onInput } from './input';
import type { Status } from './status';
import { asSyncMessage } from './sync-message';

const look = (state: WriteReport['state']) => (state === 'done' ? 'well' : 'waiting');

/** Writes every message that comes in and passes it on with `result: { state, note }`. */
export const writeMessages = (RED: NodeAPI, node: Node, status: Status, { service }: Attachment<Writer>): void => {
  let written = 0;
  onInput(RED, node, status, async (received) => {
    const message = asSyncMessage(received);
    const writer = await service();
    const { state, note, message: after } = await writer.write(message);
    if (state === 'done') written += 1;
    return {
      // What comes again is not passed on: it is not written yet.
      outputs: state === 'done' ? { ...received, ...after, result: { state, note } } : null,
      show: () => status.show(look(state), state === 'done' ? 'written' : 'comes-again', { count: written }),
    };
  });
};
