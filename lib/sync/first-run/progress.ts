/** How fast first synchronisations are and how long they will take. Pure. */

/** How many of how many rows were done at a moment; `at` in ms. */
export interface Sample {
  readonly at: number;
  readonly done: number;
  readonly total: number;
}

/** Progress as it is shown. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Rows per second. */
  readonly perSecond: number;
  /** Null while nothing can be said: nothing moves. */
  readonly remainingMs: number | null;
}

/** Only the recent past tells how long the rest will take, ms. */
const windowMs = 30_000;

/** Progress at the newest sample, by what happened since the oldest. */
export const progressOf = (samples: readonly Sample[]): Progress => {
  const [oldest, newest] = [samples[0], samples.at(-1)];
  if (oldest === undefined || newest === undefined) return { done: 0, total: 0, perSecond: 0, remainingMs: null };
  const seconds = (newest.at - oldest.at) / 1_000;
  const perSecond = seconds > 0 ? Math.max(0, newest.done - oldest.done) / seconds : 0;
  const left = Math.max(0, newest.total - newest.done);
  const remainingMs = left === 0 ? 0 : perSecond === 0 ? null : Math.round((left / perSecond) * 1_000);
  return { done: newest.done, total: newest.total, perSecond, remainingMs };
};

/** Samples with a new one, without those that are too old to count. */
export const withSample = (samples: readonly Sample[], sample: Sample): readonly Sample[] => {
  const all = [...samples, sample];
  const first = all.findIndex(({ at }) => sample.at - at <= windowMs);
  return all.slice(Math.min(first, Math.max(0, all.length - 2)));
};
