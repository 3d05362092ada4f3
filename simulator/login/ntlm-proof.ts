/** The arithmetic of NTLMv2: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp, 3.3.2 and 3.4. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { md4 } from 'hash-wasm';
import { flags, withoutMic, type Authentication } from './ntlm-message';

const hmac = (key: Buffer, ...parts: readonly Buffer[]): Buffer => {
  const sum = createHmac('md5', key);
  for (const part of parts) sum.update(part);
  return sum.digest();
};

/** Windows maps each character by itself: one that would become two stays as it is. */
const upper = (text: string): string =>
  Array.from(text, (character) => (character.toUpperCase().length === character.length ? character.toUpperCase() : character)).join('');

/** The key of a user's NTLMv2 responses (NTOWFv2). */
export async function responseKey(password: string, user: string, domain: string): Promise<Buffer> {
  const hash = Buffer.from(await md4(Buffer.from(password, 'utf16le')), 'hex');
  return hmac(hash, Buffer.from(upper(user) + domain, 'utf16le'));
}

/** RC4, which OpenSSL 3 no longer offers; it only unwraps 16 bytes here. */
export function rc4(key: Buffer, text: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number): number => state[index & 255] ?? 0;
  const swap = (one: number, two: number): void => {
    [state[one], state[two]] = [at(two), at(one)];
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let [i, j] = [0, 0];
  return Buffer.from(
    text.map((byte) => {
      i = (i + 1) & 255;
      j = (j + at(i)) & 255;
      swap(i, j);
      return byte ^ at(at(i) + at(j));
    }),
  );
}

const proofLength = 16;

/** NTLMv1 responses have 24 bytes; the shortest of NTLMv2 is longer. */
const shortestResponse = 44;

/** The messages of a handshake as they went over the wire. */
export interface Handshake {
  readonly challenge: Buffer;
  readonly negotiate: Buffer;
  readonly challengeMessage: Buffer;
  readonly authenticate: Buffer;
}

/** True where the response was made with this key (NTLMv2 only: NTLMv1 and LM are refused), and nobody changed the messages on their way. */
export function isProof(key: Buffer, given: Authentication, handshake: Handshake): boolean {
  const { response } = given;
  if (response.length < shortestResponse) return false;
  const [proof, rest] = [response.subarray(0, proofLength), response.subarray(proofLength)];
  if (!timingSafeEqual(hmac(key, handshake.challenge, rest), proof)) return false;
  if (!given.mic) return true;
  const sessionKey = hmac(key, proof);
  const exported = (given.flags & flags.keyExchange) === 0 ? sessionKey : rc4(sessionKey, given.sessionKey);
  const expected = hmac(exported, handshake.negotiate, handshake.challengeMessage, withoutMic(handshake.authenticate));
  return expected.length === given.mic.length && timingSafeEqual(expected, given.mic);
}
