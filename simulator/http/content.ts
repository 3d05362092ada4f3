import type { IncomingMessage } from 'node:http';

/** The encodings that Exchange's SOAP 1.1 endpoint reads, by the names they go by. */
const encodings: Readonly<Record<string, 'utf-8' | 'utf-16le' | 'utf-16be'>> = {
  'utf-8': 'utf-8',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
};

/** How a request's bytes become text; undefined for content that is refused with 415: not `text/xml`, compressed, or in another encoding. */
export function decoderOf({ headers }: IncomingMessage): ((bytes: Buffer) => string) | undefined {
  const [, type = '', rest = ''] = /^\s*([^;\s]+)\s*(;.*)?$/s.exec(headers['content-type'] ?? '') ?? [];
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]+)"?/i.exec(rest) ?? [];
  const label = Object.hasOwn(encodings, charset.toLowerCase()) ? encodings[charset.toLowerCase()] : undefined;
  const isPlain = (headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity';
  if (type.toLowerCase() !== 'text/xml' || label === undefined || !isPlain) return undefined;
  return (bytes) => {
    // A byte order mark goes before what the header says; the decoder takes it off.
    const isBigEndian = label === 'utf-16le' && bytes[0] === 0xfe && bytes[1] === 0xff;
    return new TextDecoder(isBigEndian ? 'utf-16be' : label).decode(bytes);
  };
}
