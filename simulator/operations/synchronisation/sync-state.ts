import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EwsError } from '../../errors';

const digest = (text: string): Buffer => createHash('sha512').update(text).digest();

/** As long as Exchange's states (several hundred characters); a change of any byte of the state shows in it. */
const sealOf = (content: string): Buffer => Buffer.concat(['a', 'b', 'c', 'd'].map((salt) => digest(salt + content)));

const sealLength = sealOf('').length;
const largestState = 4096;

/** A sync state as clients see it: base64 of compressed data, meaningless to them. */
export const encodeSyncState = (content: string): string =>
  gzipSync(Buffer.concat([Buffer.from(content), sealOf(content)])).toString('base64');

const unpacked = (state: string): Buffer => {
  try {
    return gunzipSync(Buffer.from(state, 'base64'), { maxOutputLength: largestState });
  } catch {
    return Buffer.alloc(0);
  }
};

/** What `encodeSyncState` was given; a state that is cut, changed or of another server is an `ErrorInvalidSyncStateData`. */
export function decodeSyncState(state: string): string {
  const bytes = unpacked(state.trim());
  const content = bytes.subarray(0, -sealLength).toString();
  if (bytes.length < sealLength || !bytes.subarray(-sealLength).equals(sealOf(content))) throw new EwsError('ErrorInvalidSyncStateData');
  return content;
}
