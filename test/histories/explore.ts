/** Runs many histories, several at a time, as most of each is waiting; what ends badly is made shorter and written down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { histories, type History } from './operations';
import { runHistory, type Ending } from './run';

/** What to run. */
export interface Exploration {
  readonly count: number;
  readonly seed: number;
  /** Operations of the longest history. */
  readonly longest: number;
  /** Histories that run at a time. */
  readonly atOnce: number;
  /** Where failing histories are written. */
  readonly folder: string;
  /** Attempts to make a failing history shorter. */
  readonly shortenings: number;
  readonly tell: (line: string) => void;
}

/** A history that ends badly, and the file that replays it. */
export interface Failure {
  readonly number: number;
  readonly file: string;
  readonly faults: readonly string[];
}

const without = (history: History, from: number, count: number): History => ({
  ...history,
  operations: history.operations.filter((_, index) => index < from || index >= from + count),
});

/** Leaves out halves, quarters and so on as long as the end is bad: a history depends on moments, so this is done by trying, not by proof. */
const shorten = async (
  history: History,
  ending: Ending,
  shortenings: number,
): Promise<{ readonly history: History; readonly ending: Ending }> => {
  let best = { history, ending };
  let left = shortenings;
  for (let size = Math.ceil(history.operations.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.history.operations.length && left > 0;) {
      const candidate = without(best.history, from, size);
      left -= 1;
      const tried = candidate.operations.length === 0 ? null : await runHistory(candidate);
      if (tried !== null && tried.faults.length > 0) best = { history: candidate, ending: tried };
      else from += size;
    }
  }
  return best;
};

const write = (folder: string, name: string, content: unknown): string => {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
  return file;
};

/** Runs `count` histories of a seed; tells of every one that ends badly. */
export const explore = async ({ count, seed, longest, atOnce, folder, shortenings, tell }: Exploration): Promise<readonly Failure[]> => {
  const waiting = [...fc.sample(histories(longest), { numRuns: count, seed }).entries()];
  const failures: Failure[] = [];
  let ended = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [number, history] = next;
      const ending = await runHistory(history);
      ended += 1;
      if (ended % 100 === 0) tell(`${ended} of ${count}, ${failures.length} end badly`);
      if (ending.faults.length === 0) continue;
      // A history depends on moments: what was seen is kept before anything is tried again.
      write(folder, `history-${seed}-${number}-whole`, { ...history, ...ending });
      const short = await shorten(history, ending, shortenings);
      const file = write(folder, `history-${seed}-${number}`, { ...short.history, ...short.ending });
      failures.push({ number, file, faults: short.ending.faults });
      tell(
        `history ${number} ends badly, ${history.operations.length} operations shortened to ${short.history.operations.length}: ${file}`,
      );
      for (const fault of short.ending.faults.slice(0, 5)) tell(`  ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failures;
};

const isHistory = (value: unknown): value is History =>
  typeof value === 'object' && value !== null && 'rule' in value && 'operations' in value && Array.isArray(value.operations);

/** Runs the history of a file until it ends badly, at most so many times: it depends on moments. */
export const replay = async (text: string, times: number): Promise<Ending> => {
  const history: unknown = JSON.parse(text);
  if (!isHistory(history)) throw new Error('the file holds no history');
  let ending = await runHistory(history);
  for (let time = 1; time < times && ending.faults.length === 0; time += 1) ending = await runHistory(history);
  return ending;
};
