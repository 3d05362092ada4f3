/**
 * Collects single calls into batches per key (a mailbox, a table): one message is one item on the wires, but one request carries many.
 * While a batch of a key runs, the next one gathers, so an idle system waits for nothing and a busy one fills its batches.
 */
import type { Result } from '../model/result';

/** Adds one member to the batch of its key; settles with its own result. */
export interface Batcher<Member, Value> {
  readonly add: (member: Member) => Promise<Value>;
  /** Resolves when nothing is waiting or running. */
  readonly idle: () => Promise<void>;
}

/** What a batcher needs. `run` gives one result per member, in order; when it rejects, every member of that batch rejects. */
export interface BatcherOptions<Member, Value> {
  readonly keyOf: (member: Member) => string;
  readonly size: number;
  readonly run: (members: readonly Member[]) => Promise<readonly Result<Value>[]>;
}

interface Waiting<Member, Value> {
  readonly member: Member;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

/** How long the first member waits for company, ms: a burst from one in-node arrives within this time. */
const gatherMs = 5;

/** A batcher without members. */
export const createBatcher = <Member, Value>(options: BatcherOptions<Member, Value>): Batcher<Member, Value> => {
  const queues = new Map<string, Waiting<Member, Value>[]>();
  const running = new Map<string, Promise<void>>();

  const runOne = async (batch: readonly Waiting<Member, Value>[]): Promise<void> => {
    try {
      const results = await options.run(batch.map((waiting) => waiting.member));
      batch.forEach((waiting, index) => {
        const result = results[index];
        if (result === undefined) waiting.reject(new Error('a batch gave fewer results than it has members'));
        else if (result.ok) waiting.resolve(result.value);
        else waiting.reject(result.error);
      });
    } catch (thrown) {
      for (const waiting of batch) waiting.reject(thrown);
    }
  };

  const drain = async (key: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    const queue = queues.get(key) ?? [];
    while (queue.length > 0) await runOne(queue.splice(0, options.size));
    queues.delete(key);
    running.delete(key);
  };

  return {
    add: (member) =>
      new Promise<Value>((resolve, reject) => {
        const key = options.keyOf(member);
        const queue = queues.get(key);
        if (queue !== undefined) queue.push({ member, resolve, reject });
        else {
          queues.set(key, [{ member, resolve, reject }]);
          running.set(key, drain(key));
        }
      }),
    idle: async () => {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
};
