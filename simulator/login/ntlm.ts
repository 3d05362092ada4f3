import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { credentialsNamed, netBiosDomain, type Accounts, type Caller } from './accounts';
import { challengeMessage, messageType, negotiateFlags, readAuthentication, type Target } from './ntlm-message';
import { isProof, responseKey } from './ntlm-proof';
import { listMailboxes } from '../storage/mailboxes';

/** Where a connection stands: challenged, or logged in for all further requests. */
type Connection = { readonly challenge: Buffer; readonly negotiate: Buffer; readonly message: Buffer } | { readonly caller: Caller };

/** What a message led to: who it is, the challenge to send, or nothing. */
export type NtlmStep = { readonly caller: Caller } | { readonly challenge: Buffer } | undefined;

/** NTLM logins of a server; each belongs to the connection it was made on. */
export interface Ntlm {
  /** The caller that a connection has logged in. */
  readonly callerOn: (socket: Socket) => Caller | undefined;
  readonly receive: (socket: Socket, message: Buffer) => Promise<NtlmStep>;
}

const targetOf = ({ database, services }: Accounts): Target => {
  const first = listMailboxes(database)[0]?.address ?? [...services.keys()][0] ?? 'user@exchange.test';
  return { domain: netBiosDomain(first), dnsDomain: first.split('@')[1]?.toLowerCase() ?? '', computer: 'EX01' };
};

/** Starts without any connection. */
export function createNtlm(accounts: Accounts, now: () => Date): Ntlm {
  const connections = new WeakMap<Socket, Connection>();

  const challengeTo = (socket: Socket, negotiate: Buffer): NtlmStep => {
    const challenge = randomBytes(8);
    const message = challengeMessage(negotiateFlags(negotiate), challenge, targetOf(accounts), now());
    connections.set(socket, { challenge, negotiate: Buffer.from(negotiate), message });
    return { challenge: message };
  };

  const authenticate = async (socket: Socket, message: Buffer): Promise<NtlmStep> => {
    const state = connections.get(socket);
    // A challenge is answered once.
    connections.delete(socket);
    const given = readAuthentication(message);
    if (!state || 'caller' in state || !given || given.user === '') return undefined;
    const handshake = { challenge: state.challenge, negotiate: state.negotiate, challengeMessage: state.message, authenticate: message };
    for (const { password, caller } of credentialsNamed(accounts, given.user, given.domain)) {
      if (!isProof(await responseKey(password, given.user, given.domain), given, handshake)) continue;
      connections.set(socket, { caller });
      return { caller };
    }
    return undefined;
  };

  return {
    callerOn: (socket) => {
      const state = connections.get(socket);
      return state && 'caller' in state ? state.caller : undefined;
    },
    receive: async (socket, message) => {
      const type = messageType(message);
      if (type === 1) return challengeTo(socket, message);
      if (type === 3) return authenticate(socket, message);
      connections.delete(socket);
      return undefined;
    },
  };
}
