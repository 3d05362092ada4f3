/** Waiting for a locked database without holding the event loop. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isLocked } from './errors';

/** SQLite's own wait, which blocks the event loop, so it is short. */
export const busyTimeoutMs = 50;
const firstPauseMs = 10;
const longestPauseMs = 200;

/** Runs `task` until the database is free, with growing pauses; after `lockTimeoutMs` the lock's error goes to the caller. */
export const retryWhileLocked = async <T>(lockTimeoutMs: number, task: () => Promise<T>): Promise<T> => {
  const giveUpAt = performance.now() + lockTimeoutMs;
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
    try {
      return await task();
    } catch (thrown) {
      if (!isLocked(thrown) || performance.now() >= giveUpAt) throw thrown;
    }
    // Several waiting programs must not come back at the same moment.
    await sleep(pause / 2 + Math.random() * (pause / 2));
  }
};
