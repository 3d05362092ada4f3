/** Notices that a stream has gone silent: a connection that is half open delivers nothing and no error either. */
import { SyncError } from '../../../model/error';

/** A timer that every sign of life starts anew. */
export interface Watchdog {
  /** Aborts when the silence lasted too long. */
  readonly signal: AbortSignal;
  readonly alive: () => void;
  readonly stop: () => void;
  /** What to tell when it aborted. */
  readonly error: () => SyncError;
}

/** A running watchdog. */
export const createWatchdog = (silenceMs: number): Watchdog => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), silenceMs);
  return {
    signal: controller.signal,
    alive: () => timer.refresh(),
    stop: () => clearTimeout(timer),
    error: () =>
      new SyncError('server-unreachable', 'connection', `The notification stream was silent for ${silenceMs} ms; it is opened again.`, {
        reason: 'stream-silent',
      }),
  };
};
