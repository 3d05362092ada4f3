/** The client's side of NTLM, after MS-NLMP and not after the simulator: one connection, each message seen. */
import { createHmac, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { md4 } from 'hash-wasm';

export interface NtlmUser {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

export interface NtlmAnswer {
  readonly status: number;
  readonly challenges: readonly string[];
  readonly text: string;
}

const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('md5', key).update(data).digest();

/** How an authentication is spoilt. */
export interface Variant {
  readonly spoil?: 'mic' | 'proof';
  /** Sends NTLMv1 or LMv2 only. */
  readonly version?: 'v1' | 'lm';
  readonly withMic?: boolean;
  readonly oem?: boolean;
}

const negotiate = Buffer.concat([
  Buffer.from('NTLMSSP\0\x01\0\0\0', 'latin1'),
  Buffer.from('0782080000000000000000000000000000000000', 'hex'),
]);

const withFlags = (info: Buffer): Buffer => {
  const end = info.subarray(-4);
  return Buffer.concat([info.subarray(0, -4), Buffer.from('0600040002000000', 'hex'), end]);
};

/** The AUTHENTICATE_MESSAGE that answers a challenge. */
export async function authenticateMessage(challenge: Buffer, who: NtlmUser, variant: Variant): Promise<Buffer> {
  const hash = Buffer.from(await md4(Buffer.from(who.password, 'utf16le')), 'hex');
  const key = hmac(hash, Buffer.from(who.user.toUpperCase() + who.domain, 'utf16le'));
  const infoAt = challenge.readUInt32LE(44);
  const info = challenge.subarray(infoAt, infoAt + challenge.readUInt16LE(40));
  const blob = Buffer.concat([
    Buffer.from('0101000000000000', 'hex'),
    Buffer.alloc(8, 1),
    randomBytes(8),
    Buffer.alloc(4),
    variant.withMic === true ? withFlags(info) : info,
    Buffer.alloc(4),
  ]);
  const proof = hmac(key, Buffer.concat([challenge.subarray(24, 32), blob]));
  const sessionKey = hmac(key, proof);
  if (variant.spoil === 'proof') proof[0] = (proof[0] ?? 0) ^ 1;
  const encoding = variant.oem === true ? 'latin1' : 'utf16le';
  const lm = Buffer.alloc(24, 7);
  const nt = variant.version === 'v1' ? Buffer.alloc(24, 9) : variant.version === 'lm' ? Buffer.alloc(0) : Buffer.concat([proof, blob]);
  const parts = [lm, nt, Buffer.from(who.domain, encoding), Buffer.from(who.user, encoding), Buffer.from('PC', encoding), Buffer.alloc(0)];
  const head = Buffer.alloc(88);
  head.write('NTLMSSP\0', 'latin1');
  head.writeUInt32LE(3, 8);
  let at = head.length;
  for (const [index, part] of parts.entries()) {
    head.writeUInt16LE(part.length, 12 + index * 8);
    head.writeUInt16LE(part.length, 14 + index * 8);
    head.writeUInt32LE(at, 16 + index * 8);
    at += part.length;
  }
  head.writeUInt32LE(variant.oem === true ? 0x88202 : 0x88201, 60);
  const message = Buffer.concat([head, ...parts]);
  if (variant.withMic === true) hmac(sessionKey, Buffer.concat([negotiate, challenge, message])).copy(message, 72);
  if (variant.spoil === 'mic') message[72] = (message[72] ?? 0) ^ 1;
  return message;
}

/** A client that keeps to one connection. */
export const ntlmClient = (url: string) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (body: string, authorization?: string): Promise<NtlmAnswer> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'text/xml; charset=utf-8', ...(authorization === undefined ? {} : { authorization }) };
      const sent = request(url, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const challenges = response.headersDistinct['www-authenticate'] ?? [];
          resolve({ status: response.statusCode ?? 0, challenges, text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const challengeOf = async (scheme: string): Promise<Buffer> => {
    const answer = await send('', `${scheme} ${negotiate.toString('base64')}`);
    const text = answer.challenges.find((challenge) => challenge.startsWith(`${scheme} `)) ?? '';
    return Buffer.from(text.slice(scheme.length + 1), 'base64');
  };
  return {
    send,
    challengeOf,
    /** The whole handshake; the body goes with its last message. */
    login: async (body: string, who: NtlmUser, variant: Variant = {}, scheme = 'NTLM'): Promise<NtlmAnswer> => {
      const message = await authenticateMessage(await challengeOf(scheme), who, variant);
      return send(body, `${scheme} ${message.toString('base64')}`);
    },
    close: () => agent.destroy(),
  };
};
