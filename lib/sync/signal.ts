/** A wake-up call inside one process. */

/** Listeners are called in order of registration; `raise` never throws. */
export interface Signal {
  /** Registers a listener; the returned function removes it. */
  readonly listen: (listener: () => void) => () => void;
  readonly raise: () => void;
}

/** A signal without listeners. */
export const createSignal = (): Signal => {
  const listeners = new Set<() => void>();
  return {
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    raise: () => {
      for (const listener of [...listeners]) listener();
    },
  };
};
