import type { FaultAction } from '../faults/fault';

/** Cuts a stream of envelopes into HTTP chunks. */
export interface Chunks {
  readonly write: (envelope: string) => void;
  /** Sends what is still held back. */
  readonly end: () => void;
}

/** One chunk per envelope, unless a fault joins several envelopes to one chunk or cuts chunks into pieces of some bytes. */
export function inChunks(actions: readonly FaultAction[], send: (chunk: Buffer) => void): Chunks {
  const fault = actions.find((action) => action.kind === 'chunks');
  const { envelopes = 1, bytes = Infinity } = fault ?? {};
  const size = Math.max(bytes, 1);
  let held: string[] = [];
  const flush = (): void => {
    const joined = Buffer.from(held.join(''));
    held = [];
    for (let at = 0; at < joined.length; at += size) send(joined.subarray(at, Math.min(at + size, joined.length)));
  };
  return {
    write: (envelope) => {
      held.push(envelope);
      if (held.length >= envelopes) flush();
    },
    end: flush,
  };
}
