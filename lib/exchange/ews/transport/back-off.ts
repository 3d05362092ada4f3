/**
 * Pauses after `server-busy`. All requests of a connection share them: when Exchange asks one to wait, the others wait too. Exchange may
 * ask for 0 ms, so a floor of its own doubles with every refusal.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { SyncError } from '../../../model/error';

/** The pause of a connection. */
export interface BackOff {
  /**
   * Waits until requests may be sent, but not longer than `patienceMs`.
   * @throws SyncError `server-busy` with the rest of the pause
   */
  readonly ready: (patienceMs: number, signal: AbortSignal) => Promise<void>;
  /** The server was busy for a request sent at `sentAt` (ms of the clock): requests wait from now on. */
  readonly busy: (sentAt: number, askedMs: number | null) => void;
  /** A request was answered: the next refusal starts with a short pause again. */
  readonly answered: () => void;
}

const longestFloorMs = 60_000;
const longestAskedMs = 600_000;

/** A doubling pause with jitter: between half and all of `baseMs * 2^step`, never more than a minute. */
export const pauseMs = (baseMs: number, step: number, random: () => number): number => {
  const full = Math.min(longestFloorMs, baseMs * 2 ** Math.min(step, 16));
  return Math.round(full / 2 + (random() * full) / 2);
};

/** A back-off whose first own pause is about `baseMs`. */
export const createBackOff = (baseMs: number, random: () => number, now: () => number = Date.now): BackOff => {
  let until = 0;
  let raisedAt = 0;
  let step = 0;
  return {
    ready: async (patienceMs, signal) => {
      for (let rest = until - now(); rest > 0; rest = until - now()) {
        if (rest > patienceMs) {
          throw new SyncError(
            'server-busy',
            'connection',
            'Exchange asked to wait; it is tried again after that.',
            {},
            { backOffMs: rest },
          );
        }
        await wait(rest, undefined, { signal });
      }
    },
    busy: (sentAt, askedMs) => {
      // Requests that were under way together are refused together: that is one refusal, not eight.
      if (sentAt >= raisedAt) {
        until = Math.max(until, now() + pauseMs(baseMs, step, random));
        raisedAt = now();
        step += 1;
      }
      until = Math.max(until, now() + Math.min(askedMs ?? 0, longestAskedMs));
    },
    answered: () => {
      step = 0;
    },
  };
};
