/**
 * Trying again after what passes by itself: deadlocks and other conflicts, killed sessions, failovers. What is tried again runs from its
 * start, and only because nothing of it was committed: a lost answer to COMMIT comes as a `SyncError` and is never repeated.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isLocked, isPassing } from './errors';
import { faultOf } from './faults';

/** Pauses before the second and each further attempt, ms: about two seconds together, then the callers' own waiting begins. */
const pausesMs = [25, 100, 400, 1500] as const;

/** Whether the same work may succeed a moment later. */
export const mayPass = (thrown: unknown): boolean => {
  const fault = faultOf(thrown);
  return fault !== null && (isLocked(fault) || isPassing(fault));
};

/** Runs `task` until it succeeds or fails for good; after the last attempt its error goes to the caller. */
export const retryPassing = async <T>(task: () => Promise<T>, sleep: (ms: number) => Promise<unknown> = pause): Promise<T> => {
  for (const ms of pausesMs) {
    try {
      return await task();
    } catch (thrown) {
      if (!mayPass(thrown)) throw thrown;
    }
    // Two that were in each other's way must not come back at the same moment.
    await sleep(ms / 2 + Math.random() * (ms / 2));
  }
  return task();
};
