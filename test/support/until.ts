/** Waiting for something that happens elsewhere: a condition is asked until it holds, never a fixed time. */

/** Resolves with the first value of `ask` that is neither null, undefined nor false. Rejects after `limitMs`, naming what was waited for. */
export const until = async <T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  limitMs = 15_000,
): Promise<T> => {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await ask();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Resolves when `count` has kept its value for `quietMs`: work that was set off has come to its end. */
export const untilQuiet = async (what: string, count: () => number | Promise<number>, quietMs = 1_500, limitMs = 60_000): Promise<void> => {
  const end = Date.now() + limitMs;
  let last = await count();
  let since = Date.now();
  while (Date.now() - since < quietMs) {
    if (Date.now() > end) throw new Error(`never became quiet: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = await count();
    if (now !== last) {
      last = now;
      since = Date.now();
    }
  }
};
