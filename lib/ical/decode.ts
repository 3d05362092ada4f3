/** Bytes of a calendar file into text. iCalendar is UTF-8 (RFC 5545, section 3.1.4), but many programs write something else. */

const isUtf16 = (bytes: Uint8Array, zeroAt: 0 | 1): boolean => {
  // Latin text in UTF-16 has a zero in every second byte.
  const probe = bytes.subarray(0, 200);
  const zeros = probe.filter((byte, at) => at % 2 === zeroAt && byte === 0).length;
  return probe.length > 3 && zeros > probe.length / 4;
};

const encodingOf = (bytes: Uint8Array): string => {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || isUtf16(bytes, 1)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || isUtf16(bytes, 0)) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
};

/** Text of UTF-8 or UTF-16 with or without byte order mark; what is not valid UTF-8 is read as Windows-1252 (Latin-1). */
export const decodeCalendar = (source: Uint8Array | string): string =>
  (typeof source === 'string' ? source : new TextDecoder(encodingOf(source)).decode(source)).replace(/^\uFEFF/, '');
