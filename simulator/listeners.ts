/** Functions that hear of something, one after the other; what one of them rejects with is the caller's. */
export const listenersOf = <Arguments extends readonly unknown[]>(): {
  readonly add: (listener: (...given: Arguments) => void | Promise<void>) => () => void;
  readonly call: (...given: Arguments) => Promise<void>;
} => {
  const listeners = new Set<(...given: Arguments) => void | Promise<void>>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    call: async (...given) => {
      for (const listener of [...listeners]) await listener(...given);
    },
  };
};
