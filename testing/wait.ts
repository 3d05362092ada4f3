/** Waiting for something that happens elsewhere: a condition is asked until it holds, never a fixed time. */

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const found = <Value>(value: Value | null | undefined | false): value is Value => value !== null && value !== undefined && value !== false;

/** Text, or something that makes it when it is needed: what was there instead. */
type Description = string | (() => string);

/** Resolves with the first answer of `ask` that is neither null, undefined nor false. Rejects after `limitMs`, naming what was waited for. */
export async function until<Value>(
  what: Description,
  ask: () => Value | null | undefined | false | Promise<Value | null | undefined | false>,
  limitMs = 15_000,
): Promise<Value> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await ask();
    if (found(value)) return value;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for: ${typeof what === 'string' ? what : what()}`);
    await pause(20);
  }
}

/** Resolves when `count` has kept its value for `quietMs`: work that was set off has come to its end. */
export async function untilQuiet(what: string, count: () => number | Promise<number>, quietMs = 1_500, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs;
  let last = await count();
  let since = Date.now();
  while (Date.now() - since < quietMs) {
    if (Date.now() > end) throw new Error(`never became quiet: ${what}`);
    await pause(50);
    const now = await count();
    if (now !== last) {
      last = now;
      since = Date.now();
    }
  }
}
