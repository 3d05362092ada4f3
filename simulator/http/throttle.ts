/** How much one mailbox may have at work at the same time. */
export interface Throttling {
  /** Ordinary requests; EWSMaxConcurrency, 27 in Exchange's default policy. */
  readonly requests?: number;
  /** Open streams; 10 in Exchange's default policy (3 in 2013). */
  readonly streams?: number;
  /** Subscriptions of one account to one mailbox; EWSMaxSubscriptions, 5000 in Exchange's default policy. */
  readonly subscriptions?: number;
}

/** Exchange's own limits where the simulator always keeps them. */
export const defaultThrottling = { streams: 10, subscriptions: 5000 };

/** Counts what is at work. */
export interface Throttle {
  /** Lets one more in and answers how to let it go; undefined where there are too many. */
  readonly enter: (kind: 'requests' | 'streams', address: string) => (() => void) | undefined;
}

/** Starts with nothing at work; without a number there is no limit. */
export function createThrottle(limits: Throttling): Throttle {
  const counts = new Map<string, number>();
  return {
    enter: (kind, address) => {
      const key = `${kind} ${address.toLowerCase()}`;
      const count = counts.get(key) ?? 0;
      if (count >= (limits[kind] ?? Infinity)) return undefined;
      counts.set(key, count + 1);
      let isInside = true;
      return () => {
        if (!isInside) return;
        isInside = false;
        const left = (counts.get(key) ?? 1) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
  };
}
