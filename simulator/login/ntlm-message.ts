/** The three messages of NTLM: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp, 2.2.1. */

const signature = Buffer.from('NTLMSSP\0', 'latin1');

/** Flags of 2.2.2.5 that matter here. */
export const flags = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  seal: 0x20,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  targetTypeDomain: 0x10000,
  extendedSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;

/** Kinds of attributes in the target information (2.2.2.1). */
const attribute = { end: 0, computer: 1, domain: 2, dnsComputer: 3, dnsDomain: 4, dnsTree: 5, flags: 6, time: 7 } as const;

/** Type of a message: 1 to 3; undefined for anything that is none. */
export const messageType = (bytes: Buffer): number | undefined =>
  bytes.length >= 16 && bytes.subarray(0, 8).equals(signature) ? bytes.readUInt32LE(8) : undefined;

/** Flags of a NEGOTIATE_MESSAGE. */
export const negotiateFlags = (message: Buffer): number => message.readUInt32LE(12);

const windowsTime = (now: Date): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(now.getTime()) + 11_644_473_600_000n) * 10_000n);
  return bytes;
};

const pair = (kind: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(kind, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
};

/** Who a server says it is. */
export interface Target {
  readonly domain: string;
  readonly dnsDomain: string;
  readonly computer: string;
}

const targetInfo = (target: Target, now: Date): Buffer =>
  Buffer.concat([
    pair(attribute.domain, Buffer.from(target.domain, 'utf16le')),
    pair(attribute.computer, Buffer.from(target.computer, 'utf16le')),
    pair(attribute.dnsDomain, Buffer.from(target.dnsDomain, 'utf16le')),
    pair(attribute.dnsComputer, Buffer.from(`${target.computer.toLowerCase()}.${target.dnsDomain}`, 'utf16le')),
    pair(attribute.dnsTree, Buffer.from(target.dnsDomain, 'utf16le')),
    pair(attribute.time, windowsTime(now)),
    pair(attribute.end, Buffer.alloc(0)),
  ]);

const always = flags.ntlm | flags.extendedSecurity | flags.targetInfo | flags.targetTypeDomain | flags.requestTarget | flags.unicode;
const asWished = flags.sign | flags.seal | flags.alwaysSign | flags.key128 | flags.key56 | flags.keyExchange | flags.version;

/** The CHALLENGE_MESSAGE to a client's wishes. The challenge is 8 random bytes. */
export function challengeMessage(wished: number, challenge: Buffer, target: Target, now: Date): Buffer {
  const name = Buffer.from(target.domain, 'utf16le');
  const info = targetInfo(target, now);
  const head = Buffer.alloc(56);
  signature.copy(head);
  head.writeUInt32LE(2, 8);
  const field = (at: number, length: number, offset: number): void => {
    head.writeUInt16LE(length, at);
    head.writeUInt16LE(length, at + 2);
    head.writeUInt32LE(offset, at + 4);
  };
  field(12, name.length, 56);
  head.writeUInt32LE((always | (wished & asWished)) >>> 0, 20);
  challenge.copy(head, 24);
  field(40, info.length, 56 + name.length);
  // Windows Server 2019, revision 15 of the protocol.
  Buffer.from([10, 0, 0x63, 0x45, 0, 0, 0, 15]).copy(head, 48);
  return Buffer.concat([head, name, info]);
}

/** What an AUTHENTICATE_MESSAGE says. `mic` is absent where the client sent none. */
export interface Authentication {
  readonly domain: string;
  readonly user: string;
  readonly response: Buffer;
  readonly sessionKey: Buffer;
  readonly flags: number;
  readonly mic: Buffer | undefined;
}

const micAt = 72;
const micLength = 16;

const hasMic = (response: Buffer): boolean => {
  // Behind the proof (16) stands the client's challenge: 28 bytes, then its copy of the target information.
  for (let at = 44; at + 4 <= response.length; at += 4 + response.readUInt16LE(at + 2)) {
    const kind = response.readUInt16LE(at);
    if (kind === attribute.end) return false;
    if (kind === attribute.flags && at + 8 <= response.length) return (response.readUInt32LE(at + 4) & 2) !== 0;
  }
  return false;
};

/** Reads an AUTHENTICATE_MESSAGE; undefined where a field points outside of it. */
export function readAuthentication(message: Buffer): Authentication | undefined {
  if (message.length < 64) return undefined;
  const field = (at: number): Buffer | undefined => {
    const [length, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)];
    return offset + length <= message.length ? message.subarray(offset, offset + length) : undefined;
  };
  const [response, domain, user, sessionKey] = [field(20), field(28), field(36), field(52)];
  if (!response || !domain || !user || !sessionKey) return undefined;
  const given = message.readUInt32LE(60);
  const encoding = (given & flags.unicode) === 0 ? 'latin1' : 'utf16le';
  return {
    domain: domain.toString(encoding),
    user: user.toString(encoding),
    response,
    sessionKey,
    flags: given,
    mic: hasMic(response) ? message.subarray(micAt, micAt + micLength) : undefined,
  };
}

/** An AUTHENTICATE_MESSAGE as it was when its integrity code was computed. */
export const withoutMic = (message: Buffer): Buffer => Buffer.from(message).fill(0, micAt, micAt + micLength);
