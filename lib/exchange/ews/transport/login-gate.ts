/**
 * Keeps a refused login from being repeated: many mailboxes share one account, and a handful of refusals locks it (requirement A6).
 * While it is not known whether the server takes the login, one request goes ahead and the others wait for its answer; after a
 * refusal none is sent for 50 minutes, unless a person asks for it. A login that was taken before may be asked for once more after a
 * minute: a server that restarts refuses for a moment what it takes again afterwards (decision 0006).
 */
import { SyncError } from '../../../model/error';

/** The gate of one account. */
export interface LoginGate {
  /**
   * Runs `send` when the login may be used.
   * @throws SyncError `login-refused` without sending anything while a refusal is fresh
   */
  readonly pass: <T>(send: () => Promise<T>) => Promise<T>;
  /** Forgets a refusal: the next request asks the server. */
  readonly tryAgain: () => void;
}

const refusedForMs = 50 * 60_000;
const firstRefusalForMs = 60_000;

type State =
  | { readonly type: 'unknown' }
  | { readonly type: 'asking'; readonly answered: Promise<void> }
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly error: SyncError; readonly until: number };

/** A gate that knows nothing yet; `now` in ms. */
export const createLoginGate = (now: () => number = Date.now): LoginGate => {
  let state: State = { type: 'unknown' };
  /** The last answer about the login was a yes. */
  let taken = false;

  const note = (thrown: unknown): void => {
    if (thrown instanceof SyncError && thrown.scope === 'login') {
      // Requests that were under way together are refused together: that is one refusal.
      if (state.type !== 'refused') state = { type: 'refused', error: thrown, until: now() + (taken ? firstRefusalForMs : refusedForMs) };
      taken = false;
      // Anything else says nothing about the login.
    } else if (state.type === 'asking') state = { type: 'unknown' };
  };

  const sendNoting = async <T>(send: () => Promise<T>): Promise<T> => {
    try {
      const answer = await send();
      state = { type: 'accepted' };
      taken = true;
      return answer;
    } catch (thrown) {
      note(thrown);
      throw thrown;
    }
  };

  const goAhead = <T>(send: () => Promise<T>): Promise<T> => {
    const sent = sendNoting(send);
    state = {
      type: 'asking',
      answered: sent.then(
        () => undefined,
        () => undefined,
      ),
    };
    return sent;
  };

  return {
    pass: async (send) => {
      for (;;) {
        switch (state.type) {
          case 'accepted':
            return sendNoting(send);
          case 'refused':
            if (now() < state.until) throw state.error;
            return goAhead(send);
          case 'unknown':
            return goAhead(send);
          case 'asking':
            await state.answered;
        }
      }
    },
    tryAgain: () => {
      if (state.type === 'refused') state = { type: 'unknown' };
    },
  };
};
