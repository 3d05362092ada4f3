/** Hands events from several producers to one consumer. A change that is waiting already is not queued twice, so a slow consumer costs no memory. */
import type { WatchEvent } from '../../connection';

/** The queue of one `watch`. */
export interface EventQueue {
  readonly push: (event: WatchEvent) => void;
  /** No more events; the consumer gets what is waiting and ends. */
  readonly end: () => void;
  readonly events: () => AsyncIterable<WatchEvent>;
}

const keyOf = (event: WatchEvent): string | null => (event.type === 'changed' ? `${event.kind} ${event.mailbox}` : null);

/** An empty queue. */
export const createEventQueue = (): EventQueue => {
  const waiting: WatchEvent[] = [];
  const waitingChanges = new Set<string>();
  let ended = false;
  let wake: () => void = () => undefined;

  const take = (): WatchEvent | undefined => {
    const event = waiting.shift();
    const key = event === undefined ? null : keyOf(event);
    if (key !== null) waitingChanges.delete(key);
    return event;
  };

  return {
    push: (event) => {
      const key = keyOf(event);
      if (ended || (key !== null && waitingChanges.has(key))) return;
      if (key !== null) waitingChanges.add(key);
      waiting.push(event);
      wake();
    },
    end: () => {
      ended = true;
      wake();
    },
    events: async function* () {
      while (true) {
        const event = take();
        if (event !== undefined) yield event;
        else if (ended) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
};
