/**
 * What a config node owns and its users share. Opened for the first user, closed after the last; while it cannot be
 * opened it is tried again, and every user hears of it.
 */
import type { Node } from 'node-red';
import { type SyncError, toSyncError } from '../../lib/model/error';

/** An open resource. */
export interface Opened<T> {
  readonly runtime: T;
  readonly close: () => Promise<void>;
}

/** State of a shared connection, as its users hear of it. */
export type SharedState<T> =
  | { readonly state: 'closed' | 'opening' }
  | { readonly state: 'open'; readonly runtime: T }
  | { readonly state: 'failed'; readonly error: SyncError; readonly retryInMs: number | null };

/** A node that uses a shared connection. */
export interface User<T> {
  readonly node: Node;
  readonly changed: (state: SharedState<T>) => void;
}

/** Something that nodes can use together. */
export interface Source<T> {
  /** Hears the present state at once and every later one; the returned function ends the use. */
  readonly use: (user: User<T>) => () => Promise<void>;
}

/** A connection that a config node owns. */
export interface SharedConnection<T> extends Source<T> {
  /** Ends it when its users have left, at the latest after `graceMs`. */
  readonly end: (graceMs: number) => Promise<void>;
}

/** Faults of the node's own settings: they change only with a deploy. */
const needsDeploy = ['field-missing', 'field-invalid', 'variable-missing', 'setting-invalid'];

/** Requirement A6: a refused login is tried again after 50 minutes, so that the account is not locked; a deploy tries it at once. */
const loginWaitMs = 50 * 60_000;

/** Waits between attempts: 2 s doubling to a minute; what a person must change first is looked at every minute. */
const retryAfter = (error: SyncError, attempt: number): number | null => {
  if (needsDeploy.includes(error.code)) return null;
  if (error.scope === 'login') return loginWaitMs;
  if (error.scope === 'configuration') return 60_000;
  return Math.min(60_000, 1_000 * 2 ** attempt);
};

/** `failed` hears each new cause once, with one user per tab, so that each tab can catch it. */
export const shareConnection = <T>(
  open: () => Promise<Opened<T>>,
  failed: (error: SyncError, witnesses: readonly Node[]) => void,
): SharedConnection<T> => {
  const users = new Set<User<T>>();
  let state: SharedState<T> = { state: 'closed' };
  let opened: Opened<T> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let attempt = 0;
  let lastCode = '';
  let empty: (() => void) | null = null;
  /** Opening and closing never overlap. */
  let turn: Promise<void> = Promise.resolve();

  const tell = (next: SharedState<T>) => {
    state = next;
    for (const user of [...users]) user.changed(next);
  };
  const witnesses = () => [...new Map([...users].map(({ node }) => [node.z, node])).values()];
  const fail = (error: SyncError) => {
    attempt += 1;
    const retryInMs = retryAfter(error, attempt);
    tell({ state: 'failed', error, retryInMs });
    if (error.code !== lastCode) failed(error, witnesses());
    lastCode = error.code;
    if (retryInMs !== null && users.size > 0) timer = setTimeout(() => void inTurn(tryOpen), retryInMs);
  };
  const tryOpen = async () => {
    clearTimeout(timer);
    if (users.size === 0 || opened !== null) return;
    if (state.state !== 'failed') tell({ state: 'opening' });
    try {
      opened = await open();
    } catch (thrown) {
      fail(toSyncError(thrown));
      return;
    }
    attempt = 0;
    lastCode = '';
    tell({ state: 'open', runtime: opened.runtime });
  };
  const shut = async () => {
    clearTimeout(timer);
    const was = opened;
    opened = null;
    tell({ state: 'closed' });
    await was?.close();
  };
  const shutUnused = async () => {
    if (users.size === 0) await shut();
  };
  const inTurn = (task: () => Promise<void>): Promise<void> => {
    // A connection that cannot be closed cleanly is gone all the same.
    turn = turn.then(task).catch(() => undefined);
    return turn;
  };

  return {
    use: (user) => {
      users.add(user);
      user.changed(state);
      void inTurn(tryOpen);
      return async () => {
        users.delete(user);
        if (users.size > 0) return;
        empty?.();
        await inTurn(shutUnused);
      };
    },
    end: async (graceMs) => {
      if (users.size > 0) {
        await new Promise<void>((resolve) => {
          const limit = setTimeout(resolve, graceMs);
          empty = () => {
            clearTimeout(limit);
            resolve();
          };
        });
      }
      await inTurn(shut);
    },
  };
};

/** Two sources as one: open when both are, failed when one is. */
export const both = <A, B>(first: Source<A>, second: Source<B>): Source<{ readonly exchange: A; readonly tenant: B }> => ({
  use: ({ node, changed }) => {
    let a: SharedState<A> = { state: 'closed' };
    let b: SharedState<B> = { state: 'closed' };
    const tell = () => {
      if (a.state === 'failed') changed(a);
      else if (b.state === 'failed') changed(b);
      else if (a.state === 'open' && b.state === 'open') changed({ state: 'open', runtime: { exchange: a.runtime, tenant: b.runtime } });
      else changed({ state: a.state === 'closed' || b.state === 'closed' ? 'closed' : 'opening' });
    };
    const leaveFirst = first.use({
      node,
      changed: (state) => {
        a = state;
        tell();
      },
    });
    const leaveSecond = second.use({
      node,
      changed: (state) => {
        b = state;
        tell();
      },
    });
    return async () => {
      await Promise.all([leaveFirst(), leaveSecond()]);
    };
  },
});
