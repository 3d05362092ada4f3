import type { IncomingMessage } from 'node:http';
import { callerOf, type Accounts, type Caller } from './accounts';
import { basicLogin } from './basic';
import { createNtlm } from './ntlm';
import type { Tokens } from './tokens';

/** How a client may log in. `Negotiate` stands for NTLM inside it; there is no Kerberos. */
export const loginSchemes = ['Negotiate', 'NTLM', 'Basic', 'Bearer'] as const;
export type LoginScheme = (typeof loginSchemes)[number];

/** The headers of a 401. */
export interface Refusal {
  readonly challenges: readonly string[];
  /** Exchange's explanation of a refused token. */
  readonly diagnostics?: string;
}

/** Says who sent a request, or with what to refuse it. */
export type Login = (incoming: IncomingMessage) => Promise<{ readonly caller: Caller } | { readonly refusal: Refusal }>;

/** What Exchange tells clients of OAuth: its own id as a resource, and where tokens are to be had. */
const bearer =
  'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", ' +
  'token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.windows.net/common/oauth2/authorize"';

const challengeOf = (scheme: LoginScheme): string =>
  scheme === 'Basic' ? 'Basic realm="127.0.0.1"' : scheme === 'Bearer' ? bearer : scheme;

const diagnosticsOf = {
  expired: '2000003;reason="The token has expired.";error_category="token_expired"',
  unknown: '2000001;reason="The token is not valid.";error_category="invalid_token"',
} as const;

/** Starts the logins of a server that offers these schemes; others are refused as if the header were not there. */
export function createLogin(accounts: Accounts, tokens: Tokens, schemes: readonly LoginScheme[], now: () => Date): Login {
  const ntlm = createNtlm(accounts, now);
  const challenges = schemes.map(challengeOf);
  const refusal: Refusal = { challenges };
  const result = (caller: Caller | undefined) => (caller ? { caller } : { refusal });

  const bearerLogin = (token: string): Awaited<ReturnType<Login>> => {
    const state = tokens.look(token);
    const caller = typeof state === 'object' ? callerOf(accounts, state.address) : undefined;
    if (caller) return { caller };
    const invalid = challenges.map((challenge) => (challenge === bearer ? `${bearer}, error="invalid_token"` : challenge));
    return { refusal: { challenges: invalid, diagnostics: diagnosticsOf[state === 'expired' ? 'expired' : 'unknown'] } };
  };

  return async (incoming) => {
    const [, name = '', value = ''] = /^(\w+)\s+(\S+)\s*$/.exec(incoming.headers.authorization ?? '') ?? [];
    const scheme = schemes.find((offered) => offered.toLowerCase() === name.toLowerCase());
    if (incoming.headers.authorization === undefined) return result(ntlm.callerOn(incoming.socket));
    if (scheme === 'Basic') return result(basicLogin(accounts, value));
    if (scheme === 'Bearer') return bearerLogin(value);
    if (scheme === undefined) return { refusal };
    const step = await ntlm.receive(incoming.socket, Buffer.from(value, 'base64'));
    if (step && 'challenge' in step) return { refusal: { challenges: [`${scheme} ${step.challenge.toString('base64')}`] } };
    return result(step?.caller);
  };
}
