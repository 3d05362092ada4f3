import { createHash, randomBytes } from 'node:crypto';

/** A token of the simulated authorization server, and until when it is good. */
export interface AccessToken {
  readonly token: string;
  /** Account in whose name it logs in: a mailbox's, or a service account's (an application with full access). */
  readonly address: string;
  /** Good for ever where absent. */
  readonly expires?: Date;
}

/** What became of a token. */
export type TokenState = { readonly address: string } | 'expired' | 'unknown';

/** The tokens a server accepts. */
export interface Tokens {
  readonly register: (token: AccessToken) => void;
  /** Makes up a token that is good for some ms, or for ever. */
  readonly issue: (address: string, lifetimeMs?: number) => string;
  readonly revoke: (token: string) => void;
  readonly look: (token: string) => TokenState;
}

/** Known by their digests: a look-up tells nothing by its time, and no token can be read out of memory dumps. */
const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Starts with the given tokens. */
export function createTokens(given: readonly AccessToken[], now: () => Date): Tokens {
  const known = new Map<string, Omit<AccessToken, 'token'>>();
  const register = ({ token, ...rest }: AccessToken): void => void known.set(digest(token), rest);
  for (const token of given) register(token);
  return {
    register,
    issue: (address, lifetimeMs) => {
      const token = randomBytes(48).toString('base64url');
      register({ token, address, ...(lifetimeMs === undefined ? {} : { expires: new Date(now().getTime() + lifetimeMs) }) });
      return token;
    },
    revoke: (token) => void known.delete(digest(token)),
    look: (token) => {
      const found = known.get(digest(token));
      if (!found) return 'unknown';
      return found.expires && found.expires <= now() ? 'expired' : { address: found.address };
    },
  };
}
