import { writingOperations } from './operations';

/** Requests since the start (or the last reset), by operation. */
export interface RequestCounters {
  readonly count: (operation: string) => number;
  readonly total: () => number;
  /** CreateItem, UpdateItem, DeleteItem, MoveItem and all others that change mailboxes, together. */
  readonly writes: () => number;
  readonly byOperation: () => Readonly<Record<string, number>>;
  readonly reset: () => void;
}

/** Starts at nothing. */
export const createCounters = (): RequestCounters & { readonly add: (operation: string) => void } => {
  const counts = new Map<string, number>();
  const sum = (wanted: (operation: string) => boolean): number =>
    [...counts].reduce((total, [name, count]) => total + (wanted(name) ? count : 0), 0);
  return {
    add: (operation) => void counts.set(operation, (counts.get(operation) ?? 0) + 1),
    count: (operation) => counts.get(operation) ?? 0,
    total: () => sum(() => true),
    writes: () => sum((name) => writingOperations.has(name)),
    byOperation: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
  };
};
